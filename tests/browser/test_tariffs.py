"""The zone by hand: sliders, ticking to compare; findings that appear while one writes; a picture that is drawn."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import SHOTS

pytestmark = pytest.mark.browser


def test_findings_follow_the_writing(scene: Any, tariffs: Any, visitor: Callable[..., Any]) -> None:
    who = visitor()
    who.log_in("operator")
    page = who.open(f"/console/tariffs/plan/{tariffs.plan['1']}/edit/")
    page.fill("main [name=name]", "青山轻享套餐29元")
    expect(page.locator("#findings")).to_contain_text("29元")
    page.fill("main [name=name]", "青山轻享套餐19元")
    expect(page.locator("#findings")).not_to_contain_text("29元")


def test_sliders_choose(scene: Any, tariffs: Any, visitor: Callable[..., Any]) -> None:
    page = visitor(width=360).open("/tariffs/cheapest/")
    first = page.locator("#choices li .who").first
    assert first.inner_text() == "青山畅聊5G套餐59元"
    page.locator("main [name=data]").fill("100")
    expect(first).to_contain_text("大流量")


def test_two_are_ticked_and_compared(scene: Any, tariffs: Any, visitor: Callable[..., Any]) -> None:
    page = visitor().open("/tariffs/?sort=price&kind=package")
    boxes = page.locator("main [name=plan]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="比较勾选的方案").click()
    expect(page.locator("tr.differ").nth(3)).to_be_visible()


def test_the_picture_is_drawn(scene: Any, tariffs: Any, visitor: Callable[..., Any]) -> None:
    who = visitor()
    who.log_in("operator")
    page = who.open("/console/tariffs/simplify/")
    page.wait_for_selector("[data-scatter] canvas")


@pytest.mark.skipif(not SHOTS, reason="pictures are taken when MINGBAI_SHOTS names a folder")
@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False), (1280, True)])
def test_pictures(scene: Any, tariffs: Any, visitor: Callable[..., Any], width: int, dark: bool) -> None:
    who = visitor(width=width, dark=dark)
    plan = tariffs.plan
    zone = ("", f"{plan['9']}/", f"{plan['2']}/history/", f"compare/?plan={plan['1']}&plan={plan['2']}", "cheapest/")
    for place, path in enumerate(zone):
        _shoot(who, f"/tariffs/{path}", f"zone{place}", width, dark)
    who.log_in("operator")
    desk = ("", f"plan/{plan['1']}/edit/", f"version/{tariffs.review}/", "simplify/", "import/")
    for place, path in enumerate(desk):
        _shoot(who, f"/console/tariffs/{path}", f"desk{place}", width, dark)


def _shoot(who: Any, path: str, name: str, width: int, dark: bool) -> None:
    page = who.open(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{'dark' if dark else 'light'}.png"), full_page=True)
    assert page.title()
