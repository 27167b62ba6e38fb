"""The console's page of messages that did not arrive, and what a gateway tells through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from mingbai.kernel import clock
from mingbai.ledger import queries as ledger
from mingbai.notices import actions, outbox, queries
from mingbai.notices.delivery.acks import Ack
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
USE = {"what": "5G畅享", "used": "流量已用80%", "beyond": "每GB 5元"}


@pytest.fixture
def lost(house: SimpleNamespace) -> int:
    message = actions.tell("use", subscriber=house.subscriber, values=USE)
    outbox.claim("main", first=True, owner="us", limit=10)
    outbox.acknowledge("main", [Ack(message, 1, 1, 11, "")], clock.now())
    return message


def test_what_did_not_arrive_is_listed_without_its_text_and_filtered(desk: Desk, lost: int) -> None:
    client = desk("operator-operations")
    page = client.get("/console/notices/").content.decode()
    assert f"/console/notices/{lost}/" in page
    assert "138****5678" in page
    assert "流量已用80%" not in page
    assert "13812345678" not in page
    for query, there in (
        ("kind=use&why=failed", True),
        ("kind=bill", False),
        ("why=late", False),
        ("kind=x&why=y", True),
    ):
        assert (f"/notices/{lost}/" in client.get(f"/console/notices/?{query}").content.decode()) is there


@pytest.mark.parametrize(("act", "kind"), [("again", "notices.sent_again"), ("seen", "notices.seen_to")])
def test_it_is_seen_to_on_record(desk: Desk, house: SimpleNamespace, lost: int, act: str, kind: str) -> None:
    client = desk("operator-compliance")
    assert client.post(f"/console/notices/{lost}/", {"act": act, "reason": " "}).status_code == 422
    assert client.post(f"/console/notices/{lost}/", {"act": act, "reason": "手机关机"}).status_code == 302
    assert queries.missed() == []
    assert ledger.of_subject(f"subscriber:{house.subscriber}")[-1].kind == kind
    assert client.get(f"/console/notices/{lost}/").status_code == 404
    assert queries.waiting() == (1 if act == "again" else 0)


def test_who_may_not(desk: Desk, client: Client, lost: int) -> None:
    for path in ("/console/notices/", f"/console/notices/{lost}/"):
        assert client.get(path).status_code == 302
        assert desk("operator-auditor").get(path).status_code == 403
        assert desk("firm-admin").get(path).status_code == 403
        client.logout()


def test_a_gateway_tells_what_became_of_a_message(client: Client, house: SimpleNamespace) -> None:
    key = people.create_api_key(organisation=house.operator, name="gateway", scopes=["messages:write"])[1]
    message = actions.tell("use", subscriber=house.subscriber, values=USE)
    outbox.claim("backup", first=True, owner="us", limit=10)
    outbox.acknowledge("backup", [Ack(message, 1, 1, 0, "g-1")], clock.now())

    def tell(**body: object) -> tuple[int, dict[str, object]]:
        answer = client.post(
            "/api/v1/messages/receipts",
            json.dumps({"link": "backup", "id": "g-1", "delivered": False, "status": "absent"} | body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        return answer.status_code, answer.json()

    assert tell(id="g-2") == (200, {"known": False})
    assert tell() == (200, {"known": True})
    assert [(row.why, row.failure) for row in queries.missed()] == [("undelivered", "absent")]
    assert tell(delivered="perhaps")[0] == 422
    assert tell(link="Not A Link")[0] == 422
