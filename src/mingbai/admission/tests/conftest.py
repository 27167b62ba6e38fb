"""An operator with staff, a reseller, a call centre and firms; papers, and an application from end to end."""

from __future__ import annotations

import io
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from mingbai.admission import actions, queries, sheet
from mingbai.admission.actions import Declaration, Hours, Item, Paper, Volume
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

PASSWORD = "spring-rain-2026"
PDF = b"%PDF-1.4\n% a scan\n"
YES = {item.value: (True, "") for item in Item}
ROLES = ("admin", "compliance", "operations", "auditor")


class Hall:
    """Where numbers are applied for. Accounts by `who[(organisation, role)]`; firms by name."""

    def __init__(self) -> None:
        self.who: dict[tuple[str, str], int] = {}
        self.operator = self._firm("海东移动", "operator", "operator")
        self.reseller = self._firm("华通转售", "agent", "reseller")
        self.centre = self._firm("云呼中心", "call_centre", "centre")
        self.firm = self._firm("青禾保险股份有限公司", "enterprise", "firm", industry="insurance")
        self.trunk = numbers.create_trunk("haidong-1", self.operator)
        self.second = people.create_account(
            username="second", password=PASSWORD, organisation=self.operator, role="compliance"
        )

    def _firm(self, name: str, kind: str, short: str, **more: Any) -> int:
        made = people.create_organisation(name=name, kind=kind, **more)
        for role in ROLES:
            self.who[short, role] = people.create_account(
                username=f"{short}-{role}", password=PASSWORD, organisation=made, role=role
            )
        return made

    def another(self, name: str, short: str, kind: str = "call_centre") -> int:
        """One more firm with its accounts."""
        return self._firm(name, kind, short)

    def declared(self, number: str = "95011123", **more: Any) -> Declaration:
        first = parse(number)
        return Declaration(
            **{
                "carrier": self.operator, "use": "service", "industry": "insurance", "about": "保单到期提醒与客户回访",
                "volume": Volume(10, 60, 600), "hours": Hours(540, 1080), "first": first, "last": first,
                "principal": self.firm, "reseller": self.reseller, "trunks": (self.trunk,),
                **more,
            }
        )  # fmt: skip

    def identity(self, **more: str) -> dict[str, str]:
        return {
            "licence": "91130100MA0D2XYZ6K", "legal_person": "张伟", "contact": "13812345678",
            "address": "河北省石家庄市裕华区槐安东路32号3号楼2单元501室", "bank": "6222020011112222333", **more,
        }  # fmt: skip

    def entered(self, *, applicant: int = 0, short: str = "centre", **more: Any) -> int:
        account = self.who[short, "operations"]
        return actions.enter(account=account, applicant=applicant or self.centre, declaration=self.declared(**more))

    def paper(self, application: int, paper: str, *, days: int | None = 400, short: str = "centre") -> int:
        expires: date | None = None if days is None else clock.now().date() + timedelta(days=days)
        return actions.add_paper(
            application, account=self.who[short, "operations"], paper=paper, file=io.BytesIO(PDF + paper.encode()),
            file_name=f"{paper}.pdf", expires_on=expires,
        )  # fmt: skip

    def papers(self, application: int, *, short: str = "centre", days: int | None = 400) -> None:
        for paper in Paper:
            self.paper(application, paper.value, days=days, short=short)

    def submitted(self, *, short: str = "centre", identity: dict[str, str] | None = None, **more: Any) -> int:
        application = self.entered(short=short, **more)
        self.papers(application, short=short)
        actions.submit(application, account=self.who[short, "operations"], identity=identity or self.identity())
        return application

    def approved(self, **more: Any) -> int:
        application = self.submitted(**more)
        actions.approve(application, account=self.second, answers=YES)
        return application

    def sign(self, application: int, short: str = "centre") -> None:
        contract = queries.contract(application)
        assert contract is not None
        actions.sign(application, account=self.who[short, "admin"], signer="李明", text_sha256=contract.text_sha256)

    def allocated(self, *, short: str = "centre", **more: Any) -> int:
        application = self.approved(short=short, **more)
        self.sign(application, short)
        actions.allocate(application, account=self.who["operator", "operations"])
        return application

    def state(self, application: int) -> str:
        found = queries.application(application)
        assert found is not None
        return found.state


def home_of(tmp_path: Path, settings: Any) -> Home:
    made = Home(tmp_path / "house")
    made.root.mkdir(mode=0o700)
    shutil.copytree(settings.HOME.keys, made.keys)
    shutil.copy(settings.HOME.profile, made.profile)
    for folder in (made.files, made.log, made.journal, made.lake):
        folder.mkdir(mode=0o700)
    settings.HOME = made
    return made


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Home:
    """Files of one test are not another's."""
    return home_of(tmp_path, settings)


@pytest.fixture
def hall(db: None, home: Home, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """The contract's PDF is drawn with a small font, except where `real_sheet` is asked for: a second each else."""
    monkeypatch.setattr(sheet, "contract", plain_sheet)
    return Hall()


@pytest.fixture
def real_sheet(monkeypatch: pytest.MonkeyPatch, hall: Hall) -> None:
    monkeypatch.setattr(sheet, "contract", REAL_SHEET)


REAL_SHEET = sheet.contract


def plain_sheet(text: str, *, text_sha256: str, signed: list[str], at: datetime) -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=10)
    page.cell(text=text_sha256)
    return bytes(page.output())
