"""The desk of findings in a browser: clean for axe, both languages, phone and desk; with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.detection.tests import found
from mingbai.people import actions as people

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))
PASSWORD = "spring-rain-2026"


@pytest.fixture
def detected(scene: Any) -> SimpleNamespace:
    """Findings of every kind in the scene; a rule set, proposed by somebody else than `operator`, that was tried."""
    proposer = people.create_account(
        username="proposer", password=PASSWORD, organisation=scene.operator, role="compliance"
    )
    return found.world(scene.firm, proposer)


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_desk_of_findings_is_clean(
    scene: Any, detected: SimpleNamespace, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    staff = visitor(width=width, dark=dark, locale=locale)
    staff.log_in("operator")
    check(staff.page, "detection-home")
    base = "/console/findings"
    for path, name in (
        ("/", "queue"), (f"/{detected.mass}/", "finding"), (f"/{detected.bombed}/", "bombed"),
        (f"/{detected.mass}/number/", "number"), ("/campaigns/", "campaigns"),
        (f"/campaigns/{detected.campaign}/", "campaign"), ("/holders/", "holders"), ("/days/", "days"),
        ("/rules/", "rules"), ("/rules/new/", "new"), (f"/rules/{detected.rules}/", "set"),
        (f"/runs/{detected.run}/", "run"),
    ):  # fmt: skip
        page = staff.open(base + path)
        if page.locator(".chart").count():
            page.wait_for_selector(".chart canvas")
        check(page, f"detection-{name}")


def test_a_finding_is_judged_by_keyboard(scene: Any, detected: SimpleNamespace, visitor: Visitors) -> None:
    staff = visitor()
    staff.log_in("operator")
    page = staff.open("/console/findings/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    ticked = page.locator("input[name=finding]:checked")
    expect(ticked).to_have_count(1)
    page.fill("#many [name=reason]", "特征明显，立案核实")
    page.locator("#many [name=reason]").press("Enter")  # the first button: a case
    expect(page.locator("main")).to_contain_text("已处理 1 条线索")
    page.goto(f"{staff.base}/console/findings/?state=cased")
    expect(page.locator("main td a[href*='/console/cases/']")).to_have_count(1)


def test_it_works_without_javascript(scene: Any, detected: SimpleNamespace, visitor: Visitors) -> None:
    staff = visitor(javascript=False)
    staff.log_in("operator")
    page = staff.open(f"/console/findings/{detected.mass}/number/")
    page.locator("details.why summary").first.click()
    expect(page.locator("details[open] table").first).to_be_visible()
    page = staff.open(f"/console/findings/rules/{detected.rules}/")
    page.locator("form[action$='/live/'] button").click()
    expect(page.locator("main")).to_contain_text("即刻启用")
