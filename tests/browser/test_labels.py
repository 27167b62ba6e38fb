"""Labels in a browser: anybody looks one up, whose number it is asks for its correction, staff answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import actions as people

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
CHECKED = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "preload": False}
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))
SHOTS = os.environ.get("MINGBAI_SHOTS", "")
MINE, ROGUE = "13812345678", "02160876100"


@pytest.fixture
def said(scene: Any) -> SimpleNamespace:
    """Labels of every sort, a partner that has the list, a request of the scene's subscriber."""
    numbers.set_label(number=parse(ROGUE), kind="confirmed_criminal", source="case", case=3, count=42)
    numbers.set_label(number=parse("13900000001"), kind="suspected_marketing", source="reports", count=9)
    name = {"kind": "certified", "text": "松风大药房", "source": "hand", "account": 1, "reason": "营业执照核验"}
    numbers.set_label(number=parse("02188880000"), **name)  # type: ignore[arg-type]  # as named
    mine = numbers.set_label(number=parse(MINE), kind="confirmed_malicious", source="case", case=4, count=5)
    partner = people.create_organisation(name="来电管家", kind="enterprise")
    numbers.note_fetch(organisation=partner, key=1, since=0, version=queries.list_version(), rows=3)
    asked = numbers.ask_correction(number=parse(MINE), text="我没有打过骚扰电话，请核实。", subscriber=scene.subscriber)
    found = queries.label(mine)
    assert found is not None
    return SimpleNamespace(asked=asked, labelled=found.labelled)


def _check(page: Any, name: str, width: int) -> None:
    found = Axe().run(page, options=CHECKED).response["violations"]
    assert [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/labels-{name}-{width}.png", full_page=True)


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_desk_of_labels(
    scene: Any, said: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    who.log_in("operator")
    for name, path in (
        ("list", "/console/labels/"), ("one", f"/console/labels/{said.labelled}/"),
        ("asked", f"/console/labels/corrections/{said.asked}/"),
    ):  # fmt: skip
        _check(who.open(path), name, width)


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_anybody_looks_a_number_up(
    scene: Any, said: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for name, number in (("rogue", ROGUE), ("firm", "4008109889"), ("person", "13900000001")):
        page = who.open("/number/")
        page.fill("main [name=number]", number)
        page.click("main form button")
        _check(page, f"look-{name}", width)
    _check(who.open("/number/wrong/"), "stranger", width)


def test_from_a_wrong_label_to_its_correction(
    scene: Any, said: SimpleNamespace, visitor: Visitors, code_of: Callable[[int], str]
) -> None:
    me, staff = visitor(width=360), visitor()
    me.log_in_by_code(scene, code_of)
    page = me.open("/number/wrong/")
    expect(page.get_by_text("骚扰电话 5人举报")).to_be_visible()
    _check(page, "mine", 360)
    staff.log_in("operator")
    desk = staff.open("/console/labels/")
    desk.click("text=我没有打过骚扰电话")
    desk.click("tr[data-row] a")
    desk.check("[name=granted][value=yes]")
    desk.fill("[name=answer]", "已核实，号码曾被冒用，标注已撤销。")
    desk.click("main form button")
    expect(desk.locator("main")).to_contain_text("已纠正")
    _check(desk, "answered", 1280)
    page = me.open("/number/wrong/")
    expect(page.get_by_text("号码曾被冒用")).to_be_visible()
    expect(page.get_by_text("骚扰电话 5人举报")).to_have_count(0)
