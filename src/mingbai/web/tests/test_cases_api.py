"""Cases, notices and appeals by API: each kind of organisation its part, every cell, and nothing of who reported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from mingbai.cases import actions
from mingbai.cases.actions import Said
from mingbai.cases.tests.desk import ROGUE, SECOND, THIRD, VERIFIER, Desk
from mingbai.cases.tests.reporting import phone, settle, world
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


class Asker:
    """A system with a key of an organisation."""

    def __init__(self, organisation: int, *scopes: str) -> None:
        scopes = scopes or ("cases:read", "cases:write")
        self._key = people.create_api_key(organisation=organisation, name="系统", scopes=scopes)[1]

    def get(self, path: str) -> Any:
        return Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self._key}"})

    def post(self, path: str, idempotency: str = "", **body: Any) -> Any:
        head = {"Authorization": f"Bearer {self._key}"} | ({"Idempotency-Key": idempotency} if idempotency else {})
        return Client().post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=head)


@pytest.fixture
def at(house: SimpleNamespace) -> Iterator[Desk]:
    """A case found and a number suspended: reported by people and a partner, directed by an authority too."""
    with world() as made:
        resource = numbers.register_number(
            first=parse(ROGUE), holder=house.firm, principal=house.other, use="marketing"
        )
        desk = Desk(made, house.operator, house.firm, house.other, resource)
        house.partner = people.create_organisation(name="来电助手", kind="enterprise")
        house.authority = people.create_organisation(name="海东通信管理局", kind="authority")
        house.stranger = people.create_organisation(name="路人公司", kind="enterprise")
        house.case = desk.reported(1, 2, 3)
        told = Said(source="partner", number=parse(ROGUE), kind="marketing", organisation=house.partner, feed="p",
                    feed_id="1")  # fmt: skip
        actions.report(told)
        directed, _follow = actions.direct(
            authority=house.authority, account=90, reference="海通管〔2026〕7号", number=parse(ROGUE),
            text="请核查该号码外呼情况", due_at=clock.now().replace(year=clock.now().year + 1),
        )  # fmt: skip
        assert directed
        settle()
        desk.verified(house.case)
        actions.find(house.case, finding="marketing", text="未经同意反复推销", account=VERIFIER)
        desk.stands(house.case)
        desk.measure(house.case, "warn", "holder")
        yield desk


PARTS = {  # organisation: part, ground, people, finding, measures, own reports
    "operator": ("operator", True, True, "marketing", 2, 0),
    "authority": ("authority", True, True, "marketing", 2, 0),
    "firm": ("restricted", False, False, "marketing", 2, 0),
    "partner": ("reporter", False, False, "marketing", 0, 1),
    "other": None,
    "stranger": None,
}


@pytest.mark.parametrize("who", PARTS)
def test_each_sees_its_part_of_a_case_and_nobody_a_reporter(at: Desk, house: SimpleNamespace, who: str) -> None:
    asker, due = Asker(getattr(house, who)), PARTS[who]
    one, listed = asker.get(f"/cases/{house.case}"), asker.get("/cases").json()
    if due is None:
        assert one.status_code == 404
        assert one.headers["Content-Type"] == "application/problem+json"
        assert listed == {"items": [], "next": None}
        return
    part, ground, counted, finding, measures, reports = due
    told = one.json()
    assert [told] == listed["items"]
    assert (told["part"], told["finding"], len(told["measures"]), told["reports"]) == (part, finding, measures, reports)
    assert (told["ground"] is not None, told["people"] is not None) == (ground, counted)
    text = one.content.decode()
    assert not any(phone(n) in text or phone(n)[-4:] in text for n in (1, 2, 3))


def test_who_is_restricted_reads_its_notices_and_appeals_once(at: Desk, house: SimpleNamespace) -> None:
    asker = Asker(house.firm)
    told = asker.get("/notices").json()["items"]
    assert [one["kind"] for one in told] == ["suspend", "warn"]
    assert told[0]["read_at"] is None
    read = asker.get(f"/notices/{told[0]['id']}").json()
    assert read["read_at"] is not None
    assert set(read["parts"]["zh"]) == {"measure", "reason", "remedy", "materials", "appeal"}

    first = asker.post(f"/cases/{house.case}/appeals", idempotency="a1", text="系预约回访，附凭证编号")
    again = asker.post(f"/cases/{house.case}/appeals", idempotency="a1", text="系预约回访，附凭证编号")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert asker.post(f"/cases/{house.case}/appeals", text="再说一次").status_code == 409
    actions.decide_appeal(first.json()["id"], account=THIRD, outcome="upheld", text="凭证属实", finding="legitimate")
    (appeal,) = asker.get("/appeals").json()["items"]
    assert (appeal["outcome"], appeal["answer"]) == ("upheld", "凭证属实")
    assert asker.get(f"/cases/{house.case}").json()["state"] == "overturned"


@pytest.mark.parametrize("who", ["operator", "authority", "partner", "other", "stranger"])
def test_nobody_else_reads_a_notice_or_appeals(at: Desk, house: SimpleNamespace, who: str) -> None:
    notice = Asker(house.firm).get("/notices").json()["items"][0]["id"]
    asker = Asker(getattr(house, who))
    assert asker.get("/notices").json()["items"] == []
    assert asker.get(f"/notices/{notice}").status_code == 404
    assert asker.get("/appeals").json()["items"] == []
    assert asker.post(f"/cases/{house.case}/appeals", text="与我无关的申诉").status_code == 404


def test_scopes_pages_and_wrong_questions(at: Desk, house: SimpleNamespace) -> None:
    assert Asker(house.firm, "consent:read").get("/cases").status_code == 403
    assert Asker(house.firm, "cases:read").post(f"/cases/{house.case}/appeals", text="只读密钥").status_code == 403
    asker = Asker(house.operator)
    other = actions.open_case(number="95011199", ground="hand", account=SECOND)
    first = asker.get("/cases?limit=1").json()
    assert [one["id"] for one in first["items"]] == [house.case]
    rest = asker.get(f"/cases?limit=1&cursor={first['next']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([other], None)
    assert [one["id"] for one in asker.get("/cases?state=open").json()["items"]] == [other]
    assert asker.get("/cases?state=unknown").status_code == 422
    assert asker.get("/cases?what=1").status_code == 422
    assert asker.get(f"/cases/{1 << 70}").status_code == 404


def test_the_docs_tell_of_cases_and_of_the_interface_for_phone_apps(house: SimpleNamespace) -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert "/api/v1/cases" in page
    assert "/phoneblock/api/" in page
