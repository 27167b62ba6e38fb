"""Every page, in both languages, light and dark, narrow and wide: no axe violation, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PUBLIC = ("/", "/number/", "/receipt/", "/login/", "/my/login/")
ZONE = ("", "?q=流量", "?q=无此方案", "{1}/", "{2}/history/", "compare/?plan={1}&plan={2}", "cheapest/")
TARIFFS = ("", "new/", "import/", "simplify/", "plan/{1}/edit/")
MY = ("/my/", "/my/calls/", "/my/blocks/", "/my/record/")
ENTERPRISE = ("", "whitelist/", "scrub/", "refusals/", "proofs/", "numbers/", "statistics/", "keys/")
CONSOLE = ("", "search/", "numbers/", "numbers/import/", "organisations/", "appeals/", "log/", "rules/")
LOOKS = ((360, False, "zh-CN"), (1280, True, "zh-CN"), (360, True, "en-GB"), (1280, False, "en-GB"))
# Colours do not depend on the width, nor the width of a page on its colours: two looks show both for the desks.
DESKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))
CHECKED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "preload": False}


def _check(visitor: Any, path: str) -> None:
    page = visitor.open(path)
    found = Axe().run(page, options=CHECKED).response["violations"]
    told = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]
    assert told == [], path
    wide, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= inner, f"{path} is {wide} px wide on a screen of {inner}"


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_public_pages(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for path in PUBLIC:
        _check(who, path)


def _named(path: str, tariffs: Any) -> str:
    """A path with its plans' ids."""
    return path.replace("{1}", str(tariffs.plan["1"])).replace("{2}", str(tariffs.plan["2"]))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_disclosure_zone(
    scene: Any, tariffs: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for path in ZONE:
        _check(who, "/tariffs/" + _named(path, tariffs))


@pytest.mark.parametrize(("width", "dark", "locale"), DESKS)
def test_tariffs_on_the_console(
    scene: Any, tariffs: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("operator")
    for path in (*TARIFFS, f"version/{tariffs.review}/"):
        _check(who, "/console/tariffs/" + _named(path, tariffs))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_a_subscriber_s_pages(
    scene: Any, visitor: Callable[..., Any], code_of: Callable[[int], str], width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in_by_code(scene, code_of)
    for path in (*MY, f"/my/give/{scene.firm}/"):
        _check(who, path)


@pytest.mark.parametrize(("width", "dark", "locale"), DESKS)
def test_a_firm_s_pages(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("firm")
    for path in ENTERPRISE:
        _check(who, f"/enterprise/{path}")


@pytest.mark.parametrize(("width", "dark", "locale"), DESKS)
def test_the_console(scene: Any, visitor: Callable[..., Any], width: int, dark: bool, locale: str) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("operator")
    for path in (*CONSOLE, f"numbers/{scene.number}/", f"organisations/{scene.firm}/"):
        _check(who, f"/console/{path}")
    page = who.open(f"/console/subscribers/{scene.subscriber}/")
    page.fill("main [name=reason]", "用户来电咨询")
    page.click("main form button")
    _check(who, f"/console/subscribers/{scene.subscriber}/")
