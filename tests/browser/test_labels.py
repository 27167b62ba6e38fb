"""Labels in a browser: anybody looks one up, whose number it is asks for its correction, staff answers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import actions as people

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))
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
        check(who.open(path), f"labels-{name}")


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_anybody_looks_a_number_up(
    scene: Any, said: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    who = visitor(width=width, dark=dark, locale=locale)
    for name, number in (("rogue", ROGUE), ("firm", "4008109889"), ("person", "13900000001")):
        page = who.open("/number/")
        page.fill("main [name=number]", number)
        page.click("main form button")
        check(page, f"labels-look-{name}")
    check(who.open("/number/wrong/"), "labels-stranger")


def test_from_a_wrong_label_to_its_correction(
    scene: Any, said: SimpleNamespace, visitor: Visitors, code_of: Callable[[int], str]
) -> None:
    me, staff = visitor(width=360), visitor()
    me.log_in_by_code(scene, code_of)
    page = me.open("/number/wrong/")
    expect(page.get_by_text("骚扰电话 5人举报")).to_be_visible()
    check(page, "labels-mine")
    staff.log_in("operator")
    desk = staff.open("/console/labels/")
    desk.click("text=我没有打过骚扰电话")
    desk.click("tr[data-row] a")
    desk.check("[name=granted][value=yes]")
    desk.fill("[name=answer]", "已核实，号码曾被冒用，标注已撤销。")
    desk.click("main form button")
    expect(desk.locator("main")).to_contain_text("已纠正")
    check(desk, "labels-answered")
    page = me.open("/number/wrong/")
    expect(page.get_by_text("号码曾被冒用")).to_be_visible()
    expect(page.get_by_text("骚扰电话 5人举报")).to_have_count(0)
