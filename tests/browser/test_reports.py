"""Reporting a call and what becomes of it: as anybody, a subscriber, the operator's staff and an authority see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.cases import actions as cases
from mingbai.cases.actions import Said
from mingbai.cases.models import Report
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.people import actions as people

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
LOOKS = ((360, False, "zh-CN"), (1280, True, "en-GB"))
ROGUE, PHONE, PASSWORD = "02160876100", "13812345678", "spring-rain-2026"


def _house(scene: Any) -> dict[str, int]:
    """Reports that wait, one that is late, a directive, an authority with an account."""
    office = people.create_organisation(name="海东省通信管理局", kind="authority")
    people.create_account(username="office", password=PASSWORD, organisation=office, role="admin")
    for n in range(4):
        reporter = people.ensure_subscriber(parse(f"1391234000{n}"))
        cases.report(Said(source="hotline", number=parse(ROGUE), kind="marketing", reporter=reporter, verified=True,
                          organisation=scene.operator, feed="12321", feed_id=str(n), text="推销房产，拒绝后又打来",
                          received_at=clock.now() - timedelta(days=20 * (n == 0))))  # fmt: skip
    while cases.triage() or cases.count_stale():
        pass
    cases.watch_clocks()
    directive, _follow = cases.direct(
        authority=office, account=1, reference="通管函〔2026〕88号", number=parse(ROGUE), text="请核查该号码的营销外呼",
        due_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    return {"directive": directive, "report": Report.objects.order_by("id").values_list("id", flat=True)[1]}


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_anybody_reports_and_follows(
    scene: Any, visitor: Visitors, code_of: Callable[[int], str], width: int, dark: bool, locale: str
) -> None:
    one = visitor(width=width, dark=dark, locale=locale)
    page = one.open("/report/")
    check(page)
    page.fill("main [name=reported]", ROGUE)
    page.fill("main [name=text]", "推销房产")
    page.fill("main [name=number]", PHONE)
    page.click("main form button")
    check(page)
    page.fill("main [name=code]", code_of(scene.subscriber))
    page.click("main form button")
    follow = page.inner_text("main h1")
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", follow)
    check(page)
    page = one.open("/report/follow/")
    check(page)
    page.fill("main [name=follow]", follow.lower())
    page.click("main form button")
    expect(page.locator("main h1")).to_have_text(follow)
    assert "6100" not in page.inner_text("main")


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_one_tap_and_what_became_of_it(
    scene: Any, visitor: Visitors, code_of: Callable[[int], str], width: int, dark: bool, locale: str
) -> None:
    me = visitor(width=width, dark=dark, locale=locale)
    me.log_in_by_code(scene, code_of)
    page = me.open("/my/calls/")
    page.locator("form[action$='/my/reports/call/'] button").first.click()
    check(page)
    while cases.triage() or cases.count_stale():
        pass
    check(me.open("/my/reports/"))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_staff_and_authority(scene: Any, visitor: Visitors, width: int, dark: bool, locale: str) -> None:
    made = _house(scene)
    staff = visitor(width=width, dark=dark, locale=locale)
    staff.log_in("operator")
    for path in ("/console/reports/", "/console/reports/clocks/", f"/console/reports/{made['report']}/",
                 "/console/reports/feeds/", f"/console/directives/{made['directive']}/"):  # fmt: skip
        check(staff.open(path))
    office = visitor(width=width, dark=dark, locale=locale)
    office.log_in("office")
    for path in ("/authority/", "/authority/directives/new/", f"/authority/directives/{made['directive']}/",
                 "/authority/reports/"):  # fmt: skip
        check(office.open(path))
