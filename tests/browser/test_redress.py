"""The page to which a refused call leads, as a stranger, the firm, a person and staff see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.looks import check

from mingbai.calls import queries as calls
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use

pytestmark = pytest.mark.browser
Visitors = Callable[..., Any]
# Colours do not depend on the width, nor the width of a page on its colours: two looks show both.
LOOKS = ((360, True, "en-GB"), (1280, False, "zh-CN"))


def _refused(scene: Any) -> str:
    """The address of the newest refused call of the scene's firm."""
    found = next(one for one in calls.attempts_of(scene.firm) if one.decision == Decision.REFUSE)
    return f"/redress/{found.receipt_id}"


@pytest.fixture
def refused_person(scene: Any) -> Iterator[str]:
    """The address of a call by the scene's subscriber that was refused just now: its segment is still open."""
    writer = journal.Writer(scene.home.journal)
    record = journal.Record(
        at_us=clock.now_us(), caller=8613812345678, callee=8613900001201, consent=0, position=0, trunk=1, resource=0,
        holder=0, principal=0, age_ms=12, code=int(Code.CALLEE_BLOCKED), sip=607, purpose=journal.NO_PURPOSE,
        use=USES.index(Use.PERSONAL), mode=0, decision=int(Decision.REFUSE), caller_kind=int(Kind.MOBILE),
        callee_kind=int(Kind.MOBILE),
    )  # fmt: skip
    yield f"/redress/{journal.receipt_id(writer.segment, writer.append(tuple(record)))}"
    writer.close()


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_a_stranger_s_page_is_clean(scene: Any, visitor: Visitors, width: int, dark: bool, locale: str) -> None:
    check(visitor(width=width, dark=dark, locale=locale).open(_refused(scene)))


@pytest.mark.parametrize(("width", "dark", "locale"), LOOKS)
def test_the_pages_of_firm_and_staff_are_clean(
    scene: Any, visitor: Visitors, width: int, dark: bool, locale: str
) -> None:
    at, look = _refused(scene), {"width": width, "dark": dark, "locale": locale}
    firm = visitor(**look)
    firm.log_in("firm")
    page = firm.open(at)
    check(page)
    page.fill("main textarea[name=text]", "该用户已于昨日签字同意，请核查。")
    page.click("main form[action$='/appeal'] button")
    check(firm.page)
    staff = visitor(**look)
    staff.log_in("operator")
    page = staff.open(at)
    check(page)
    page.fill("main [name=reason]", "用户来电询问")
    page.click("main form[action$='/look'] button")
    check(page)
    check(staff.open("/console/appeals/"))
    page.click("tbody a")
    check(page)


def test_a_firm_appeals_and_reads_the_answer(scene: Any, visitor: Visitors) -> None:
    """From the firm's list of refused calls; without JavaScript, since forms suffice."""
    firm, staff = visitor(width=360, javascript=False), visitor()
    firm.log_in("firm")
    page = firm.open("/enterprise/refusals/")
    page.click("text=查看记录与申诉 >> nth=0")
    expect(page.locator("main")).to_contain_text("139****1201")
    page.fill("main textarea[name=text]", "该用户已于昨日签字同意，请核查。")
    page.click("text=提交申诉")
    expect(page.locator("main")).to_contain_text("申诉已留档")
    staff.log_in("operator")
    case = staff.open("/console/appeals/")
    case.keyboard.press("j")
    case.keyboard.press("Enter")
    case.fill("main textarea[name=answer]", "已核查，同意凭证有效，已更正。")
    case.click("main form button")
    expect(case.locator("main")).to_contain_text("已答复")
    page.reload()
    expect(page.locator("main")).to_contain_text("已核查，同意凭证有效")
    page.fill("main [name=number]", "13900001201")
    with page.expect_download() as download:
        page.click("text=领取凭证")
    assert "c2sp.org/tlog-proof@v1" in download.value.path().read_text()


def test_a_person_is_led_back_after_the_code(
    scene: Any, visitor: Visitors, code_of: Callable[[int], str], refused_person: str
) -> None:
    who = visitor(width=360)
    page = who.open(refused_person)
    expect(page.locator("h1")).to_contain_text("没有接通")
    page.fill("main [name=number]", "13812345678")
    page.click("main form .oneline button")
    page.fill("main [name=code]", code_of(scene.subscriber))
    page.click("main button")
    assert page.url.endswith(refused_person)
    expect(page.locator("main")).to_contain_text("13812345678")
    check(page)
