"""Numbers applied for on pages, from the form to the chain; and who may do what, every cell of the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from mingbai.admission import actions, queries, sheet
from mingbai.admission.actions import Item, Paper
from mingbai.admission.tests.conftest import plain_sheet
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people
from mingbai.web.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
ROLES = ("admin", "compliance", "operations", "auditor")
IDENTITY = {
    "licence": "91130100MA0D2XYZ6K", "legal_person": "张伟", "contact": "13812345678",
    "address": "河北省石家庄市裕华区槐安东路32号", "bank": "6222020011112222333",
}  # fmt: skip
YES = {f"item.{item.value}": "yes" for item in Item}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "contract", plain_sheet)


def declared(house: SimpleNamespace, **more: str) -> dict[str, str]:
    return {
        "sort": "numbers", "first": "95011123", "last": "", "use": "service", "industry": "insurance",
        "about": "保单到期提醒与客户回访", "per_minute": "10", "per_hour": "60", "per_day": "600", "from": "09:00",
        "to": "18:00", "carrier": str(house.operator), "trunks": "haidong-1", "principal": "白鹭湾地产", **more,
    }  # fmt: skip


def scan(name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n% a scan")


def as_(username: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def applied(house: SimpleNamespace, **more: str) -> int:
    """An application of the firm, with its papers, submitted on its pages."""
    firm = as_("firm-operations")
    made = firm.post("/enterprise/applications/new/", declared(house, **more))
    assert made.status_code == 302, made.content.decode()
    application = int(made.url.rstrip("/").rpartition("/")[2])
    to = f"/enterprise/applications/{application}/do/"
    expires = (clock.now() + timedelta(days=300)).date().isoformat()
    for paper in Paper:
        sent = {"do": "paper", "paper": paper.value, "file": scan(), "expires_on": expires}
        assert firm.post(to, sent).status_code == 302
    answer = firm.post(to, {"do": "submit", **IDENTITY})
    assert answer.status_code == 302, answer.content.decode()
    return application


def test_from_the_form_to_the_chain(house: SimpleNamespace) -> None:
    application = applied(house)
    staff = as_("operator-compliance")
    assert "青禾保险" in staff.get("/console/resources/").content.decode()
    page = f"/console/resources/{application}/"
    assert "item.chain" in staff.get(page).content.decode()
    assert staff.post(f"{page}do/", {"do": "approve", **YES, "item.use": "no"}).status_code == 422
    refused = staff.post(f"{page}do/", {"do": "approve", **YES, "item.use": "no", "note.use": "用途不符"})
    assert refused.status_code == 409
    assert "用途不符" in refused.content.decode()
    assert staff.post(f"{page}do/", {"do": "approve", **YES}).status_code == 302
    firm = as_("firm-admin")
    sign = f"/enterprise/applications/{application}/contract/"
    text = queries.contract(application)
    assert text is not None
    assert "违约后果" in firm.get(sign).content.decode()
    signed = {"signer": "李明", "agree": "yes", "text_sha256": text.text_sha256}
    assert firm.post(sign, signed | {"text_sha256": "0"}).status_code == 409
    assert firm.post(sign, {"signer": "李明", "text_sha256": text.text_sha256}).status_code == 422
    assert firm.post(sign, signed).status_code == 302
    pdf = firm.get(f"/enterprise/applications/{application}/contract.pdf")
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert "attachment" in pdf["Content-Disposition"]
    assert as_("operator-operations").post(f"{page}do/", {"do": "allocate"}).status_code == 302
    chain = staff.post("/console/resources/chain/", {"number": "95011123"}).content.decode()
    assert "海东移动" in chain
    assert "白鹭湾地产" in chain
    mine = firm.post("/enterprise/applications/chain/", {"number": "95011123"}).content.decode()
    assert "白鹭湾地产" in mine
    past = {"number": "95011123", "at": "2020-01-01T00:00"}
    assert 'class="empty"' in staff.post("/console/resources/chain/", past).content.decode()
    numbers.register_number(first=parse("95011199"), holder=house.operator, use="service")
    assert "海东移动" not in firm.post("/enterprise/applications/chain/", {"number": "95011199"}).content.decode()
    hangs = staff.get(f"/console/resources/chain/{house.firm}/").content.decode()
    assert "95011123" in hangs
    changed = {**declared(house, use="survey", first="95011124"), "changed_on": clock.now().date().isoformat()}
    answer = firm.post(f"/enterprise/applications/{application}/change/", changed)
    assert answer.status_code == 302, answer.content.decode()
    again = queries.application(int(answer.url.rstrip("/").rpartition("/")[2]))
    assert again is not None
    assert (str(again.first), again.use) == (parse("95011123").digits, "survey")
    assert again.changes == application


def test_what_is_wrong_on_the_form_is_told_with_what_was_typed(house: SimpleNamespace) -> None:
    firm = as_("firm-admin")
    for field, text in (
        ("first", "13812345678"), ("first", "abc"), ("per_day", "many"), ("from", "9"), ("trunks", "nowhere"),
        ("principal", "没有这家"), ("carrier", "x"), ("about", "x"),
    ):  # fmt: skip
        answer = firm.post("/enterprise/applications/new/", declared(house, **{field: text}))
        assert 400 <= answer.status_code < 500, field
        assert 'role="alert"' in answer.content.decode(), field


def test_a_paper_is_the_firm_s_and_staff_s_on_record_and_nobody_else_s(house: SimpleNamespace) -> None:
    application = applied(house)
    paper = queries.documents(application)[0]
    assert as_("firm-auditor").get(f"/enterprise/applications/papers/{paper.id}/").content[:5] == b"%PDF-"
    assert as_("other-admin").get(f"/enterprise/applications/papers/{paper.id}/").status_code == 403
    staff = as_("operator-admin")
    assert staff.get(f"/console/resources/papers/{paper.id}/").status_code == 405
    assert staff.post(f"/console/resources/papers/{paper.id}/").content[:5] == b"%PDF-"
    assert as_("other-admin").get(f"/enterprise/applications/{application}/").status_code == 404
    assert as_("other-admin").get(f"/enterprise/applications/{application}/contract.pdf").status_code == 404


class Case:
    """One application in each state that something is asked of, and what is asked."""

    def __init__(self, house: SimpleNamespace) -> None:
        self.submitted = applied(house)
        self.draft = applied(house, first="95011124")
        compliance = people.create_account(
            username="third", password=PASSWORD, organisation=house.operator, role="admin"
        )
        actions.send_back(
            self.draft, account=compliance, answers={item.value: (True, "") for item in Item}, reason="请补充说明"
        )
        actions.limit(house.other, account=compliance, ground="屡次违规外呼")
        self.limit = queries.limits()[0].id
        self.order = actions.screen(
            operator=house.operator, reference="A", address="深圳市福田区1号", recipient="陈强", contact="13600003333",
            cards=9,
        )  # fmt: skip
        self.place = actions.list_place("深圳市福田区2号", account=compliance, ground="猫池窝点")
        self.paper = queries.documents(self.submitted)[0].id
        self.resource = house.number

    def acts(self) -> dict[str, Callable[[Client], Any]]:
        one, draft = f"/console/resources/{self.submitted}/", f"/enterprise/applications/{self.draft}/"
        do, mine = f"{one}do/", f"{draft}do/"
        return {
            "see resources": lambda c: c.get("/console/resources/"),
            "see application": lambda c: c.get(one),
            "see looks": lambda c: c.get("/console/resources/looks/"),
            "see entry": lambda c: c.get("/console/resources/entry/"),
            "see sims": lambda c: c.get("/console/resources/sims/"),
            "see any chain": lambda c: c.post("/console/resources/chain/", {"number": "4008109889"}),
            "enter for a firm": lambda c: c.get("/console/resources/new/"),
            "open a paper": lambda c: c.post(f"/console/resources/papers/{self.paper}/"),
            "approve": lambda c: c.post(do, {"do": "approve"}),
            "send back": lambda c: c.post(do, {"do": "send_back"}),
            "refuse": lambda c: c.post(do, {"do": "refuse"}),
            "allocate": lambda c: c.post(do, {"do": "allocate"}),
            "shut": lambda c: c.post(do, {"do": "shut"}),
            "settle a doubt": lambda c: c.post("/console/resources/looks/999999/", {"decision": "x"}),
            "decide on entry": lambda c: c.post("/console/resources/entry/likeness/999999/"),
            "limit entry": lambda c: c.post("/console/resources/entry/limit/"),
            "lift a limit": lambda c: c.post(f"/console/resources/entry/limit/{self.limit}/"),
            "identify a firm": lambda c: c.post("/console/resources/entry/identity/1/"),
            "decide on SIM orders": lambda c: c.post(f"/console/resources/sims/{self.order}/"),
            "list a place": lambda c: c.post("/console/resources/sims/places/"),
            "unlist a place": lambda c: c.post(f"/console/resources/sims/places/{self.place}/"),
            "see own": lambda c: c.get(draft),
            "see own chain": lambda c: c.get("/enterprise/applications/chain/"),
            "apply": lambda c: c.get("/enterprise/applications/new/"),
            "amend": lambda c: c.post(f"{draft}edit/"),
            "hand in": lambda c: c.post(mine, {"do": "paper"}),
            "submit": lambda c: c.post(mine, {"do": "submit"}),
            "withdraw": lambda c: c.post(mine, {"do": "withdraw"}),
            "give back": lambda c: c.post(mine, {"do": "give_back"}),
            "refile": lambda c: c.get(f"{draft}change/"),
        }  # fmt: skip


_READ = {"see resources", "see application", "see looks", "see entry", "see sims", "see any chain"}
_REVIEW = {
    "open a paper", "approve", "send back", "refuse", "settle a doubt", "decide on entry", "limit entry",
    "lift a limit", "identify a firm", "decide on SIM orders", "list a place", "unlist a place",
}  # fmt: skip
_APPLY = {"apply", "amend", "hand in", "submit", "withdraw", "give back", "refile"}
_OWN = {"see own", "see own chain"}
MAY = {
    ("operator", "admin"): _READ | _REVIEW | {"enter for a firm", "allocate", "shut"},
    ("operator", "compliance"): _READ | _REVIEW | {"enter for a firm"},
    ("operator", "operations"): _READ | {"enter for a firm", "allocate", "shut"},
    ("operator", "auditor"): _READ,
    ("firm", "admin"): _OWN | _APPLY,
    ("firm", "compliance"): _OWN | _APPLY,
    ("firm", "operations"): _OWN | _APPLY,
    ("firm", "auditor"): _OWN,
    ("other", "admin"): set(),
}
# An operator's staff sees the enterprise face of its own organisation, where the firm's application does not exist.
_ELSEWHERE = {"apply", "see own chain"}


@pytest.mark.parametrize(("desk", "role"), list(MAY))
def test_every_cell(house: SimpleNamespace, desk: str, role: str) -> None:
    acts = Case(house).acts()
    client = as_(f"{desk}-{role}")
    for name, act in acts.items():
        answer = act(client)
        assert "/login/" not in answer.get("Location", ""), name
        if name in MAY[desk, role]:
            assert answer.status_code != 403, name
        elif desk != "firm" and name in _ELSEWHERE:
            assert answer.status_code in (200, 403), name
        elif name in _OWN | _APPLY and desk != "firm":
            assert answer.status_code in (403, 404), name  # another firm's application is none to them
        else:
            assert answer.status_code == 403, (name, answer.status_code)


@pytest.mark.parametrize("role", ROLES)
def test_only_an_administrator_signs(house: SimpleNamespace, role: str) -> None:
    application = applied(house)
    as_("operator-admin").post(f"/console/resources/{application}/do/", {"do": "approve", **YES})
    text = queries.contract(application)
    assert text is not None
    sent = {"signer": "李明", "agree": "yes", "text_sha256": text.text_sha256}
    answer = as_(f"firm-{role}").post(f"/enterprise/applications/{application}/contract/", sent)
    assert answer.status_code == (302 if role == "admin" else 403)
    assert as_("operator-admin").get(f"/enterprise/applications/{application}/contract/").status_code == 404


class Asker:
    """A system with a key."""

    def __init__(self, organisation: int, scopes: list[str], **more: Any) -> None:
        self._key = people.create_api_key(organisation=organisation, name="系统", scopes=scopes, **more)[1]

    def post(self, path: str, **body: Any) -> Any:
        return Client().post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={"Authorization": f"Bearer {self._key}"},
        )  # fmt: skip


def test_who_answers_for_this_call_by_api(house: SimpleNamespace) -> None:
    operator = Asker(house.operator, ["numbers:read"])
    answer = operator.post("/numbers/chain", number="4008109889")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert [(link["role"], link["name"]) for link in told["links"]] == [
        ("carrier", "海东移动"), ("enterprise", "青禾保险"), ("number", "4008109889")
    ]  # fmt: skip
    before = (clock.now() - timedelta(days=1)).isoformat()
    assert operator.post("/numbers/chain", number="4008109889", at=before).status_code == 404
    assert operator.post("/numbers/chain", number="4008109889", at="2026-01-01T00:00:00").status_code == 422
    assert Asker(house.firm, ["numbers:read"]).post("/numbers/chain", number="4008109889").status_code == 200
    assert Asker(house.other, ["numbers:read"]).post("/numbers/chain", number="4008109889").status_code == 404
    assert Asker(house.firm, ["consent:read"]).post("/numbers/chain", number="4008109889").status_code == 403


def test_sim_orders_by_api(house: SimpleNamespace) -> None:
    shop = Asker(house.operator, ["sims:write"])
    asked = {
        "reference": "W-1", "address": "深圳市福田区1号", "recipient": "陈强", "contact": "13600003333", "cards": 1
    }  # fmt: skip
    assert shop.post("/sim-orders", **asked).json() | {"id": 0} == {
        "id": 0, "reference": "W-1", "cards": 1, "state": "let_through", "reasons": []
    }  # fmt: skip
    held = shop.post("/sim-orders", **asked | {"reference": "W-2", "cards": 5}).json()
    assert (held["state"], [one["reason"] for one in held["reasons"]]) == ("open", ["many_to_place", "many_to_person"])
    assert shop.post("/sim-orders", **asked | {"cards": 3}).status_code == 409
    assert shop.post("/sim-orders", **asked | {"cards": 0}).status_code == 422
    assert Asker(house.firm, ["sims:write"]).post("/sim-orders", **asked).status_code == 403
