"""/api/v1: keys and scopes, problem details, idempotency, cursors; no subject in an address."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.kernel.msisdn import parse
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db


class Caller:
    """A firm's system with a key."""

    def __init__(self, key: str) -> None:
        self._client, self._headers = Client(), {"Authorization": f"Bearer {key}"}

    def post(self, path: str, body: Any, **headers: str) -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self._client.post(f"/api/v1{path}", text, content_type="application/json", headers=sent)

    def get(self, path: str) -> Any:
        return self._client.get(f"/api/v1{path}", headers=self._headers)


@pytest.fixture
def caller(house: SimpleNamespace) -> Caller:
    scopes = ["consent:read", "consent:write"]
    return Caller(people.create_api_key(organisation=house.firm, name="CRM", scopes=scopes)[1])


def test_a_consent_is_recorded_as_claimed_and_withdrawn_in_one_call(caller: Caller, house: SimpleNamespace) -> None:
    body = {"number": house.phone, "purpose": "marketing", "reference": "A-1", "proof_sha256": "ab" * 32}
    made = caller.post("/consents", body)
    assert made.status_code == 201
    assert made.json()["state"] == "claimed"
    assert house.phone not in made.content.decode()
    gone = caller.post("/withdrawals", {"number": house.phone, "purpose": "marketing"})
    assert gone.json()["state"] == "withdrawn"
    again = caller.post("/consents", body)
    assert again.status_code == 409
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.json()["code"] == "consent.refused"


def test_a_refusal_is_one_call(caller: Caller, house: SimpleNamespace) -> None:
    assert caller.post("/refusals", {"number": house.phone}).json()["state"] == "refused"
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="survey") == "refused"


@pytest.mark.parametrize("key", ["", "mb_wrong"])
def test_a_stranger_is_turned_away(house: SimpleNamespace, key: str) -> None:
    answer = Caller(key).get("/consents")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["type"] == "urn:mingbai:problem:api.key_unknown"


def test_a_key_does_what_its_scopes_say(house: SimpleNamespace) -> None:
    reader = Caller(people.create_api_key(organisation=house.firm, name="r", scopes=["consent:read"])[1])
    answer = reader.post("/refusals", {"number": house.phone})
    assert (answer.status_code, answer.json()["where"]) == (403, "consent:write")
    writer = Caller(people.create_api_key(organisation=house.firm, name="w", scopes=["consent:write"])[1])
    assert writer.get("/consents").status_code == 403


def test_a_suspended_firm_s_key_opens_nothing(caller: Caller, house: SimpleNamespace) -> None:
    people.set_organisation_state(house.firm, "suspended", "整改")
    assert caller.get("/consents").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"number": "13812345678"},
        {"number": "13812345678", "purpose": "any"},
        {"number": "13812345678", "purpose": "marketing", "how": "signature"},
        {"number": "13812345678", "purpose": "marketing", "proof_sha256": "13812345678"},
        {"number": "13812345678", "purpose": "marketing", "unknown": 1},
        {"number": "13812345678", "purpose": "marketing", "expires_at": "2030-01-01T00:00:00"},
        {"number": "13812345678", "purpose": "marketing", "expires_at": "2020-01-01T00:00:00Z"},
        {"number": "hello", "purpose": "marketing"},
        {"number": "95588", "purpose": "marketing"},
        {"number": "13812345678", "purpose": "marketing", "reference": "A\0"},
        [],
        "{",
    ],
)
def test_bad_input_is_told_without_repeating_it(caller: Caller, body: Any) -> None:
    answer = caller.post("/consents", body)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code"} <= set(answer.json())
    told = {**answer.json(), "detail": ""}  # it shows how a number is written, by the same example
    assert "13812345678" not in json.dumps(told)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ('{"number":"13812345678","purpose":"service","purpose":"marketing"}', "purpose"),
        ('{"number":"13812345678","number":"13812345678","purpose":"marketing"}', "number"),
        (r'{"number":"13812345678","\u006eumber":"13987654321","purpose":"marketing"}', "number"),
        ('{"13812345678":1,"13812345678":2}', ""),
    ],
)
def test_a_field_given_twice_is_refused(caller: Caller, house: SimpleNamespace, body: str, where: str) -> None:
    answer = caller.post("/consents", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.field_twice")
    assert answer.json().get("where", "") == where
    assert "13812345678" not in answer.content.decode()
    assert consents.of_firm(house.firm) == []


@pytest.mark.parametrize("number", ["110", "95588", "10086"])
def test_nothing_is_said_for_a_service_number(caller: Caller, number: str) -> None:
    for path, body in (
        ("/consents", {"purpose": "service"}),
        ("/refusals", {}),
        ("/withdrawals", {"purpose": "service"}),
    ):
        answer = caller.post(path, {"number": number, **body})
        assert (answer.status_code, answer.json()["code"]) == (422, "people.service_number")
        assert answer.json()["where"] == "number"


def test_a_text_that_cannot_be_stored_is_told_with_its_field(caller: Caller, house: SimpleNamespace) -> None:
    answer = caller.post("/consents", {"number": house.phone, "purpose": "marketing", "reference": "A\0"})
    assert (answer.status_code, answer.json()["code"], answer.json()["where"]) == (422, "web.nul", "reference")


def test_a_fault_of_ours_is_told_without_details(
    caller: Caller, house: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_words: object) -> int:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(consent, "give", broken)
    answer = caller.post("/consents", {"number": house.phone, "purpose": "marketing"}, Idempotency_Key="one")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert (answer.json()["code"], answer.json()["status"]) == ("api.fault", 500)
    assert "secret" not in answer.content.decode()
    told = [one for one in caplog.records if one.name == "django.request"]
    assert len(told) == 1
    assert told[0].exc_info is not None
    monkeypatch.undo()
    again = caller.post("/consents", {"number": house.phone, "purpose": "marketing"}, Idempotency_Key="one")
    assert again.status_code == 201


def test_the_same_key_gets_the_same_answer(caller: Caller, house: SimpleNamespace) -> None:
    body = {"number": house.phone, "purpose": "marketing"}
    first = caller.post("/consents", body, Idempotency_Key="one")
    consent.refuse(subscriber=house.subscriber, principal=house.firm, how="web")
    second = caller.post("/consents", body, Idempotency_Key="one")
    assert (second.status_code, second.content) == (first.status_code, first.content)
    other = caller.post("/consents", {**body, "purpose": "service"}, Idempotency_Key="one")
    assert (other.status_code, other.json()["code"]) == (422, "api.idempotency_reused")
    assert caller.post("/consents", body, Idempotency_Key="k" * 300).status_code == 422


def test_idempotency_keys_of_two_firms_do_not_meet(caller: Caller, house: SimpleNamespace, settings: Any) -> None:
    other = Caller(people.create_api_key(organisation=house.other, name="x", scopes=["consent:write"])[1])
    body = {"number": house.phone, "purpose": "marketing"}
    ids = {one.post("/consents", body, Idempotency_Key="one").json()["id"] for one in (caller, other)}
    assert len(ids) == 2
    for path in settings.HOME.files.rglob("idempotency/*/*"):
        assert house.phone not in path.read_text("utf-8")


def test_a_list_comes_page_by_page(caller: Caller, house: SimpleNamespace) -> None:
    for i in range(5):
        somebody = people.ensure_subscriber(parse(f"1390000000{i}"))
        consent.give(subscriber=somebody, principal=house.firm, purpose="marketing", how="recording")
    consent.refuse(
        subscriber=people.ensure_subscriber(parse("13900000000")), principal=house.firm, purpose="marketing", how="sms"
    )
    consent.give(subscriber=house.subscriber, principal=house.other, purpose="marketing", how="recording")
    seen, cursor = [], ""
    while cursor is not None:
        page = caller.get(f"/consents?limit=2&cursor={cursor}").json()
        seen += page["items"]
        cursor = page["next"]
    assert len(seen) == 5
    assert seen[0]["number"] == "139****0000"
    consent.give(subscriber=house.subscriber, principal=house.firm, purpose="service", how="web")
    own_act = caller.get("/consents?state=given").json()["items"]
    assert [one["number"] for one in own_act] == ["138****5678"]
    assert seen[1]["number"] == "8613900000001"
    assert len(caller.get("/consents?state=refused").json()["items"]) == 1
    for bad in ("cursor=!!", "limit=0", "limit=x", "state=cats", "stat=refused", "state=given&state=refused", "=0"):
        assert caller.get(f"/consents?{bad}").status_code == 422


def test_another_firm_s_consent_is_not_there(caller: Caller, house: SimpleNamespace) -> None:
    theirs = consent.give(subscriber=house.subscriber, principal=house.other, purpose="marketing", how="recording")
    assert caller.get(f"/consents/{theirs}").status_code == 404
    assert caller.get(f"/consents/{theirs}/receipt").status_code == 404
    assert caller.get("/consents/99999999999999999999999").status_code == 404


def test_receipts_come_and_are_checked(caller: Caller, house: SimpleNamespace) -> None:
    made = caller.post("/consents", {"number": house.phone, "purpose": "marketing"}).json()["id"]
    assert caller.get(f"/consents/{made}/receipt").status_code == 409
    while order.integrate():
        pass
    text = caller.get(f"/consents/{made}/receipt").content.decode()
    good = caller.post("/receipts/verify", {"receipt": text, "vkey": ledger.vkey()})
    assert (good.status_code, good.json()["kind"]) == (200, "consent.claimed")
    bad = caller.post("/receipts/verify", {"receipt": text.replace("index ", "index 1")})
    assert (bad.status_code, bad.json()["code"]) == (422, "api.receipt_refused")


def test_a_number_is_looked_up_in_a_body(caller: Caller, house: SimpleNamespace) -> None:
    found = caller.post("/numbers/lookup", {"number": "4008109889"}).json()
    assert (found["holder"], found["use"]) == ("青禾保险", "marketing")
    assert caller.post("/numbers/lookup", {"number": house.phone}).json()["holder"] is None


def test_an_operator_s_key_registers_numbers(caller: Caller, house: SimpleNamespace) -> None:
    body = {"first": "4008100001", "last": "4008100009", "holder": house.firm, "use": "service"}
    operator = Caller(people.create_api_key(organisation=house.operator, name="oss", scopes=["numbers:write"])[1])
    made = operator.post("/numbers", body, Idempotency_Key="n1")
    assert made.status_code == 201
    assert operator.post("/numbers", body, Idempotency_Key="n1").json() == made.json()
    assert operator.post("/numbers", body).status_code == 409
    firm = Caller(people.create_api_key(organisation=house.firm, name="x", scopes=["numbers:write"])[1])
    assert firm.post("/numbers", {**body, "first": "4008100011"}).status_code == 403


def test_an_operator_s_gateway_hands_over_what_a_subscriber_wrote(house: SimpleNamespace) -> None:
    gateway = Caller(people.create_api_key(organisation=house.operator, name="smsc", scopes=["messages:write"])[1])
    notices.send(subscriber=house.subscriber, template="call.after", text="…", context=f"principal:{house.firm}")
    body = {"from": house.phone, "text": "T", "message_id": "m-1"}
    for _ in range(2):
        answer = gateway.post("/messages", body)
        assert (answer.status_code, answer.json()) == (200, {"handled": "consent.stop"})
    assert consents.status(subscriber=house.subscriber, principal=house.firm, purpose="marketing") == "refused"
    said = [one for one in messages.messages(house.subscriber) if one.incoming]
    assert [one.text for one in said] == ["T"]
    stranger = gateway.post("/messages", {"from": "+8613700000009", "text": "谁啊", "message_id": "m-2"})
    assert stranger.json() == {"handled": ""}


def test_two_operators_may_count_their_messages_alike(house: SimpleNamespace) -> None:
    other = people.create_organisation(name="海西移动", kind="operator")
    for organisation in (house.operator, other):
        gateway = Caller(people.create_api_key(organisation=organisation, name="s", scopes=["messages:write"])[1])
        gateway.post("/messages", {"from": house.phone, "text": "TT", "message_id": "1"})
    assert sum(one.incoming for one in messages.messages(house.subscriber)) == 2


def test_messages_come_from_operators_and_of_people_alone(caller: Caller, house: SimpleNamespace) -> None:
    body = {"from": house.phone, "text": "T", "message_id": "m-1"}
    assert caller.post("/messages", body).status_code == 403
    firm = Caller(people.create_api_key(organisation=house.firm, name="x", scopes=["messages:write"])[1])
    assert firm.post("/messages", body).status_code == 403
    gateway = Caller(people.create_api_key(organisation=house.operator, name="smsc", scopes=["messages:write"])[1])
    assert gateway.post("/messages", {**body, "from": "4008109889"}).json()["code"] == "api.sender"
    assert gateway.post("/messages", {**body, "message_id": ""}).status_code == 422
    assert gateway.post("/messages", {**body, "sender": house.phone}).status_code == 422
    assert messages.messages(house.subscriber) == []


def test_the_correlator_comes_back(caller: Caller) -> None:
    assert caller.post("/numbers/lookup", {"number": "95533"}, X_Correlator="abc-1").headers["X-Correlator"] == "abc-1"


def test_other_addresses_are_told_as_problems(caller: Caller, client: Client) -> None:
    for path in ("/nothing", "/consents/x", "/consents/%0c%0a"):
        answer = caller.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert client.get("/api/").status_code == 404
    sent = Client(enforce_csrf_checks=True).post("/api/v1/consents/-1", "{}", content_type="application/json")
    assert (sent.status_code, sent.headers["Content-Type"]) == (404, "application/problem+json")


def test_the_description_names_no_subject_in_an_address(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert all("number}" not in path and "phone" not in path for path in told["paths"])
    page = client.get("/api/v1/docs").content.decode()
    assert "/consents" in page
    assert "cdn" not in page


def test_logs_hold_no_numbers(caller: Caller, house: SimpleNamespace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caller.post("/consents", {"number": house.phone, "purpose": "marketing"})
    caller.post("/consents", {"number": house.phone, "purpose": "cats"})
    Client().post("/number/", {"number": house.phone})
    said = " ".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert house.phone not in said
