"""The look-up for anybody, requests for correction, and the console's page of labels; who may do what there."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from mingbai.kernel.msisdn import parse
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
ROGUE, LINE = "02160876100", "4008109889"


def label(number: str, kind: str = "confirmed_criminal", count: int = 42) -> int:
    return numbers.set_label(number=parse(number), kind=kind, source="case", case=1, count=count)


def looked_up(client: Client, number: str) -> str:
    return str(client.post("/number/", {"number": number}).content.decode())


def test_anybody_looks_a_number_up(client: Client, house: SimpleNamespace) -> None:
    label(ROGUE)
    assert "诈骗电话 42人举报" in looked_up(client, ROGUE)
    page = looked_up(client, LINE)
    assert "青禾保险 推销" in page
    assert "海东移动" in page  # by whom it is connected
    label(LINE, "suspected_marketing", 900)
    assert "人举报" not in looked_up(client, LINE)  # the recorded name goes before what nobody verified
    label(LINE, "confirmed_marketing", 900)
    assert "违规营销 900人举报" in looked_up(client, LINE)


def test_of_a_person_nothing_but_the_label_is_told(client: Client, house: SimpleNamespace) -> None:
    numbers.register_number(first=parse("13900000001"), holder=house.firm, use="personal")
    label("13900000001", "suspected_malicious", 9)
    page = looked_up(client, "13900000001")
    assert "疑似骚扰 9人举报" in page
    assert "青禾保险" not in page


def test_the_look_up_is_no_list(client: Client, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.web.public.views.lookups_per_hour", lambda: 2)
    assert [client.post("/number/", {"number": ROGUE}).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/number/").status_code == 200


def test_a_subscriber_asks_and_reads_the_answer(
    me: Client, house: SimpleNamespace, desk: Callable[[str], Client]
) -> None:
    assert "没有" in me.get("/number/wrong/").content.decode()  # nothing is said of it
    label(house.phone, "confirmed_malicious", 3)
    assert "骚扰电话 3人举报" in me.get("/number/wrong/").content.decode()
    assert me.post("/number/wrong/", {"text": "我"}).status_code == 422
    assert me.post("/number/wrong/", {"text": "我没有打过骚扰电话"}).status_code == 302
    assert me.post("/number/wrong/", {"text": "我没有打过骚扰电话"}).status_code == 409
    (asked,) = queries.corrections(state="open")
    staff = Client()
    staff.post("/login/", {"username": "operator-compliance", "password": "spring-rain-2026"})
    assert "我没有打过骚扰电话" in staff.get("/console/labels/").content.decode()
    page = f"/console/labels/corrections/{asked.id}/"
    assert "138****5678" in staff.get(page).content.decode()
    assert staff.post(page, {"granted": "maybe", "answer": "已核实"}).status_code == 422
    assert staff.post(page, {"granted": "yes", "answer": "已核实，号码曾被冒用，标注已撤销"}).status_code == 302
    assert staff.post(page, {"granted": "no", "answer": "标注保留，理由如下"}).status_code == 409
    assert queries.label_for(parse(house.phone)) is None
    assert "号码曾被冒用" in me.get("/number/wrong/").content.decode()


def test_a_firm_asks_about_its_own_numbers_alone(desk: Callable[[str], Client], house: SimpleNamespace) -> None:
    label(LINE, "confirmed_marketing", 5)
    label(ROGUE)
    firm = desk("firm-compliance")
    assert firm.post("/number/wrong/", {"number": ROGUE, "text": "这个号码是我们的"}).status_code == 404
    assert firm.post("/number/wrong/", {"number": LINE, "text": "我们均有用户同意"}).status_code == 302
    assert [one.organisation for one in queries.corrections()] == [house.firm]
    assert "我们均有用户同意" in firm.get("/number/wrong/").content.decode()


def test_a_stranger_is_told_how_to_log_in(client: Client, house: SimpleNamespace) -> None:
    label(ROGUE)
    page = client.get("/number/wrong/").content.decode()
    assert "/my/login/?next=/number/wrong/" in page
    client.post("/number/wrong/", {"number": ROGUE, "text": "不是我们的号码"})
    assert queries.corrections() == []


def test_staff_labels_by_hand_and_takes_back(desk: Callable[[str], Client], house: SimpleNamespace) -> None:
    staff = desk("operator-compliance")
    told: dict[str, Any] = {"do": "set", "number": ROGUE, "kind": "certified", "text": "松风大药房", "reason": ""}
    assert staff.post("/console/labels/", told).status_code == 422
    made = staff.post("/console/labels/", {**told, "reason": "营业执照核验", "days": "30"})
    assert made.status_code == 302
    assert "松风大药房" in staff.get(made.url).content.decode()
    assert staff.post("/console/labels/", {"do": "find", "number": ROGUE}).url == made.url
    assert staff.post("/console/labels/", {"do": "find", "number": "13900000009"}).status_code == 404
    (one,) = queries.labels_of(parse(ROGUE))
    assert one.account is not None
    assert one.expires_at is not None
    assert staff.post(f"/console/labels/{one.id}/end/", {"reason": "号码已退"}).status_code == 302
    assert "号码已退" in staff.get(made.url).content.decode()
    label(ROGUE)
    (fresh,) = [one for one in queries.labels_of(parse(ROGUE)) if one.ended_at is None]
    staff.post(f"/console/labels/{fresh.id}/end/", {"reason": "冒用", "do": "correct"})
    assert queries.cleared_at(parse(ROGUE)) is not None
    assert staff.get("/console/labels/99999999/").status_code == 404


def test_who_fetched_the_list_stands_on_the_page(desk: Callable[[str], Client], house: SimpleNamespace) -> None:
    label(ROGUE)
    partner = people.create_organisation(name="来电管家", kind="enterprise")
    key = people.create_api_key(organisation=partner, name="app", scopes=["labels:read"])[1]
    Client().get("/phoneblock/api/blocklist", headers={"authorization": f"Bearer {key}"})
    numbers.correct_labels(parse(ROGUE), reason="标注有误")
    staff = desk("operator-auditor")
    assert "来电管家" in staff.get("/console/labels/").content.decode()
    (one,) = queries.labels_of(parse(ROGUE))
    assert "尚未取走" in staff.get(f"/console/labels/{one.labelled}/").content.decode()


ROLES = ("admin", "compliance", "operations", "auditor")
ACTIONS = {  # action → roles of the operator who may, of a firm who may
    "see": (ROLES, ()),
    "set": (("admin", "compliance"), ()),
    "end": (("admin", "compliance"), ()),
    "answer": (("admin", "compliance"), ()),
    "ask": ((), ("admin", "compliance")),
}
CELLS = [(who, role, action) for who in ("operator", "firm") for role in ROLES for action in ACTIONS]


def act(client: Client, action: str, labelled: int, correction: int) -> Any:
    told = {"do": "set", "number": "13900000007", "kind": "service", "text": "快递", "reason": "核验"}
    return {
        "see": lambda: client.get("/console/labels/"),
        "set": lambda: client.post("/console/labels/", told),
        "end": lambda: client.post(f"/console/labels/{labelled}/end/", {"reason": "误标"}),
        "answer": lambda: client.post(
            f"/console/labels/corrections/{correction}/", {"granted": "no", "answer": "标注保留"}
        ),
        "ask": lambda: client.post("/number/wrong/", {"number": LINE, "text": "这个标注不对"}),
    }[action]()


@pytest.mark.parametrize(("who", "role", "action"), CELLS)
def test_every_cell_of_role_and_action(
    desk: Callable[[str], Client], house: SimpleNamespace, who: str, role: str, action: str
) -> None:
    made = label(LINE, "confirmed_marketing", 5)
    asked = 0
    if action == "answer":
        asked = numbers.ask_correction(number=parse(LINE), text="这个标注不对", organisation=house.firm)
    answer = act(desk(f"{who}-{role}"), action, made, asked)
    allowed = role in ACTIONS[action][0 if who == "operator" else 1]
    if action == "ask":
        assert (len(queries.corrections()) == 1) is allowed
    else:
        assert answer.status_code == ((200 if action == "see" else 302) if allowed else 403)
