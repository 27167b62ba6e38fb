"""Every page, in both languages, light and dark, narrow and wide: no axe violation, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.looks import check

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/number/", "/receipt/", "/login/", "/my/login/")
ZONE = ("", "?q=流量", "?q=无此方案", "{1}/", "{2}/history/", "compare/?plan={1}&plan={2}", "cheapest/")
TARIFFS = ("", "new/", "import/", "simplify/", "plan/{1}/edit/")
MY = ("/my/", "/my/calls/", "/my/blocks/", "/my/record/")
ENTERPRISE = ("", "whitelist/", "scrub/", "refusals/", "proofs/", "numbers/", "statistics/", "keys/")
CONSOLE = ("", "search/", "numbers/", "numbers/import/", "organisations/", "appeals/", "log/", "rules/")
# Colours do not depend on the width, nor the width of a page on its colours: two looks show both.
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_public_pages(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for path in PUBLIC:
        check(who.open(path))


def _named(path: str, tariffs: Any) -> str:
    """A path with its plans' ids."""
    return path.replace("{1}", str(tariffs.plan["1"])).replace("{2}", str(tariffs.plan["2"]))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_disclosure_zone(
    scene: Any, tariffs: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for path in ZONE:
        check(who.open("/tariffs/" + _named(path, tariffs)))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_tariffs_on_the_console(
    scene: Any, tariffs: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("operator")
    for path in (*TARIFFS, f"version/{tariffs.review}/"):
        check(who.open("/console/tariffs/" + _named(path, tariffs)))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_a_subscriber_s_pages(
    scene: Any, visitor: Callable[..., Any], code_of: Callable[[int], str], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in_by_code(scene, code_of)
    for path in (*MY, f"/my/give/{scene.firm}/"):
        check(who.open(path))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_a_firm_s_pages(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("firm")
    for path in ENTERPRISE:
        check(who.open(f"/enterprise/{path}"))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_console(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("operator")
    for path in (*CONSOLE, f"numbers/{scene.number}/", f"organisations/{scene.firm}/"):
        check(who.open(f"/console/{path}"))
    page = who.open(f"/console/subscribers/{scene.subscriber}/")
    page.fill("main [name=reason]", "用户来电咨询")
    page.click("main form button")
    check(who.open(f"/console/subscribers/{scene.subscriber}/"))
