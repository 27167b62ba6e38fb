"""The desk of cases, and what a restricted firm sees, in a browser: clean for axe, both languages, phone and desk."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.cases import actions, queries
from mingbai.cases.actions import Said, Wish
from mingbai.cases.rules.appeals import Party
from mingbai.kernel.msisdn import parse
from mingbai.people import actions as people
from mingbai.people import queries as identities

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))
NUMBER = "4008109889"
PASSWORD = "spring-rain-2026"


@pytest.fixture
def case(scene: Any) -> SimpleNamespace:
    """A case on the scene's firm, found by `verifier`, with a light measure that stands and a heavy one that waits."""
    made = SimpleNamespace()
    known = identities.account("verifier")
    made.verifier = (
        known.id
        if known
        else people.create_account(
            username="verifier", password=PASSWORD, organisation=scene.operator, role="compliance"
        )
    )
    for who, text in (("13812345678", "天天推销保险，说了不要还打"), ("13900001201", "周末一早打来推销")):
        reporter = people.ensure_subscriber(parse(who))
        actions.report(
            Said(source="web", number=parse(NUMBER), kind="marketing", reporter=reporter, verified=True, text=text)
        )
    while actions.triage() or actions.count_stale():
        pass
    made.id = actions.open_case(number=NUMBER, ground="hand", account=made.verifier)
    actions.take_up(made.id, account=made.verifier)
    recording = io.BytesIO(b"#!AMR recording " + os.urandom(8))
    actions.add_sample(made.id, source="centre", name="2026-11-21.amr", file=recording, account=made.verifier)
    for kind, seen, note in (
        ("pattern", "confirms", "两日内集中呼叫未同意用户"), ("sample", "confirms", "录音为推销保险"),
        ("test_call", "undecided", "回拨无人接听"),
    ):  # fmt: skip
        actions.check(made.id, kind=kind, seen=seen, note=note, account=made.verifier)
    party = Party(organisation=scene.firm)
    question = actions.ask_holder(made.id, text="请说明外呼名单来源", account=made.verifier, page="https://x.cn")
    actions.answer_question(question, party=party, text="客户留资，凭证稍后补充")
    actions.check(made.id, kind="holder_answer", seen="undecided", note="未附凭证", account=made.verifier)
    actions.find(made.id, finding="after_refusal", text="明确拒绝后仍呼叫", account=made.verifier)
    limit = Wish(kind="limit", scope="number", days=30, reason="多人举报，核实属实", limits=(0, 20, 100))
    actions.propose(made.id, limit, account=made.verifier)
    heavy = Wish(kind="suspend", scope="holder", days=30, reason="整改前暂停呼出")
    made.waiting = actions.propose(made.id, heavy, account=made.verifier)
    made.notice = queries.notices_of(party)[0].id
    return made


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_desk_of_cases_is_clean(
    scene: Any, case: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    staff = visitor(width=width, dark=dark, locale=locale)
    staff.log_in("operator")
    check(staff.open("/console/cases/"), "list")
    page = staff.open(f"/console/cases/{case.id}/")
    page.wait_for_selector("#foreseen strong, #foreseen p:not(.quiet)")
    page.select_option("#measures select[name=kind]", "suspend")  # what it would hit is counted anew
    expect(page.locator("#foreseen")).to_contain_text("would not have rung" if locale == "en-GB" else "将不能接通")
    check(page, "file")
    page = staff.open("/console/cases/approvals/")
    check(page, "approvals")
    page.locator(f"form[action$='/measures/{case.waiting}/approve/'] button").click()
    expect(page.locator("main")).to_contain_text("Approved." if locale == "en-GB" else "已同意")
    check(page)


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_what_a_restricted_firm_sees_is_clean_and_it_appeals(
    scene: Any, case: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    firm = visitor(width=width, dark=dark, locale=locale)
    firm.log_in("firm")
    check(firm.open("/enterprise/measures/"), "conduct")
    page = firm.open(f"/enterprise/measures/{case.notice}/")
    check(page, "notice")
    page.fill("main textarea[name=text]", "该用户已于昨日签字同意，请核查。")
    page.locator("main section form button").click()
    check(page, "appealed")
    staff = visitor(width=width, dark=dark, locale=locale)
    staff.log_in("operator")
    (appeal,) = queries.case(case.id).appeals  # type: ignore[union-attr]  # it is there
    page = staff.open(f"/console/appeals/{appeal.id}/")
    check(page, "decide")
    page.check("input[name=outcome][value=upheld]")
    page.fill("textarea[name=answer]", "凭证属实，予以更正。")
    page.locator("main form button").click()
    check(page, "decided")
    assert {one.stage for one in queries.case(case.id).measures} == {"lifted", "dropped"}  # type: ignore[union-attr]  # it is there


def test_a_case_is_taken_up_and_looked_at_by_keyboard_and_form(scene: Any, visitor: Visitors) -> None:
    made = actions.open_case(number="95533", ground="hand", account=1)
    staff = visitor(width=1280, dark=False, locale="zh-CN")
    staff.log_in("operator")
    page = staff.open(f"/console/cases/{made}/")
    page.locator(f"form[action$='/cases/{made}/take/'] button").click()
    form = page.locator("#verification form:has(input[value=pattern])")
    form.locator("select").select_option("undecided")
    form.locator("textarea").fill("近期呼叫量正常")
    form.locator("button").click()
    expect(page.locator("#verification")).to_contain_text("近期呼叫量正常")
    check(page, "verifying")
