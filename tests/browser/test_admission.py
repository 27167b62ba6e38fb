"""Admission in a browser: a firm applies and signs, staff reviews; clean in both languages and widths."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from tests.looks import check

from mingbai.admission import actions, queries, sheet
from mingbai.admission.actions import Declaration, Hours, Item, Paper, Volume
from mingbai.admission.tests.conftest import plain_sheet
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people
from mingbai.people import queries as known

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "spring-rain-2026"
IDENTITY = {
    "licence": "91130100MA0D2XYZ6K", "legal_person": "张伟", "contact": "13812345678",
    "address": "河北省石家庄市裕华区槐安东路32号", "bank": "6222020011112222333",
}  # fmt: skip
YES = {item.value: (True, "") for item in Item}


@pytest.fixture
def hall(scene: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Applications in every state, one like a firm that was put out, a held SIM order, a doubt, a chain."""
    monkeypatch.setattr(sheet, "contract", plain_sheet)
    made = SimpleNamespace(scene=scene)
    made.reviewer = people.create_account(
        username="reviewer", password=PASSWORD, organisation=scene.operator, role="admin"
    )
    firm = known.account("firm")
    assert firm is not None
    made.firm = firm.id
    trunk = numbers.trunk_by_name("haidong-1")
    assert trunk is not None
    made.trunk = trunk.id
    made.allocated = _applied(made, "95011123")
    actions.approve(made.allocated, account=made.reviewer, answers=YES)
    _sign(made, made.allocated)
    actions.allocate(made.allocated, account=made.reviewer)
    made.approved = _applied(made, "95011124")
    actions.approve(made.approved, account=made.reviewer, answers=YES)
    made.findings = _applied(made, "95011125")
    no = YES | {"volume": (False, "日呼叫量与坐席数不符")}
    actions.send_back(made.findings, account=made.reviewer, answers=no, reason="请说明呼叫量")
    actions.limit(scene.firm, account=made.reviewer, ground="屡次违规外呼，合同终止")
    made.submitted = _applied(made, "95011126")
    actions.screen(
        operator=scene.operator, reference="W-20261122-07", address="深圳市福田区1号", recipient="陈强",
        contact="13600003333", cards=9,
    )  # fmt: skip
    actions.list_place("深圳市福田区2号", account=made.reviewer, ground="猫池窝点，警方通报 2026-11-20")
    actions.add_paper(
        made.allocated, account=made.firm, paper="telecom_licence", file=io.BytesIO(b"%PDF-1.4"),
        file_name="许可证.pdf", expires_on=clock.now().date() + timedelta(days=9),
    )  # fmt: skip
    actions.look(made.allocated)
    return made


def _applied(made: SimpleNamespace, number: str) -> int:
    first = parse(number)
    wanted = Declaration(
        carrier=made.scene.operator, use="service", industry="insurance", about="保单到期提醒与客户回访",
        volume=Volume(10, 90, 600), hours=Hours(540, 1080), first=first, last=first, trunks=(made.trunk,),
        label="青禾保险 客服",
    )  # fmt: skip
    application = actions.enter(account=made.firm, applicant=made.scene.firm, declaration=wanted)
    for paper in Paper:
        actions.add_paper(
            application, account=made.firm, paper=paper.value, file=io.BytesIO(b"%PDF-1.4"),
            file_name=f"{paper.value}.pdf", expires_on=clock.now().date() + timedelta(days=300),
        )  # fmt: skip
    actions.submit(application, account=made.firm, identity=IDENTITY)
    return application


def _sign(made: SimpleNamespace, application: int) -> None:
    contract = queries.contract(application)
    assert contract is not None
    actions.sign(application, account=made.firm, signer="李明", text_sha256=contract.text_sha256)


# What is wrong in one list is wrong in all: the narrow look opens one page of each kind.
WIDE = (
    "",
    "?state=allocated",
    "?state=resting",
    "looks/",
    "entry/",
    "sims/",
    "chain/",
    "new/",
    "{submitted}/",
    "{allocated}/",
)
NARROW = ("", "looks/", "entry/", "{submitted}/", "chain/{firm}/")
OWN = ("", "{findings}/", "{approved}/contract/", "{allocated}/change/")


@pytest.mark.parametrize(
    ("locale", "width", "dark", "pages"), [("zh-CN", 1280, False, WIDE), ("en", 390, True, NARROW)], ids=["zh", "en"]
)
def test_every_page_is_clean(
    hall: SimpleNamespace, visitor: Callable[..., Any], locale: str, width: int, dark: bool, pages: tuple[str, ...]
) -> None:
    names = {
        "submitted": hall.submitted, "allocated": hall.allocated, "approved": hall.approved,
        "findings": hall.findings, "firm": hall.scene.firm,
    }  # fmt: skip
    staff = visitor(locale=locale, width=width, dark=dark)
    staff.log_in("reviewer")
    for path in pages:
        check(staff.open(f"/console/resources/{path.format(**names)}"))
    firm = visitor(locale=locale, width=width, dark=dark)
    firm.log_in("firm")
    for path in OWN:
        check(firm.open(f"/enterprise/applications/{path.format(**names)}"))


def test_a_firm_applies_signs_and_staff_decides(hall: SimpleNamespace, visitor: Callable[..., Any]) -> None:
    firm = visitor()
    firm.log_in("firm")
    page = firm.open("/enterprise/applications/new/")
    for name, text in (
        ("first", "95011150"), ("last", "95011159"), ("per_minute", "10"), ("per_hour", "60"), ("per_day", "600"),
        ("about", "保单到期提醒与客户回访"), ("trunks", "haidong-1"),
    ):  # fmt: skip
        page.fill(f"main [name={name}]", text)
    page.select_option("main [name=use]", "service")
    with page.expect_navigation():
        page.click("main form.sheet button")
    for paper in Paper:
        page.select_option("main [name=paper]", paper.value)
        page.check("main [name=endless]")
        page.set_input_files(
            "main [name=file]", {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1"}
        )
        with page.expect_navigation():
            page.click("main form[enctype] button")
    with page.expect_navigation():
        page.click("main form:has([name=licence]) button")
    assert page.locator(".title .verdict.verify").count() == 1
    contract = firm.open(f"/enterprise/applications/{hall.approved}/contract/")
    contract.fill("main [name=signer]", "李明")
    contract.check("main [name=agree]")
    with contract.expect_navigation():
        contract.click("main form.sheet button")
    assert queries.application(hall.approved).state == "signed"  # type: ignore[union-attr]
    staff = visitor()
    staff.log_in("reviewer")
    entry = staff.open("/console/resources/entry/")
    entry.locator("main form:has(button[value=through]) [name=reason]").first.fill("已经整改，材料核实")
    with entry.expect_navigation():
        entry.locator("main button[value=through]").first.click()
    assert entry.locator("main .verdict.verify").count() > 0
    asked = staff.open("/console/resources/chain/")
    asked.fill("main [name=number]", "95011123")
    with asked.expect_navigation():
        asked.click("main form.oneline button")
    assert asked.locator("main ol.lines > li").count() == 3
    assert "青禾保险" in asked.inner_text("main ol.lines")


def test_the_queue_by_keyboard(hall: SimpleNamespace, visitor: Callable[..., Any]) -> None:
    staff = visitor()
    staff.log_in("reviewer")
    page = staff.open("/console/resources/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/resources/{hall.submitted}/")
    assert page.locator("main fieldset").count() == len(Item)
