"""An operator, firms and people with a gate that refuses their calls: for the stories of redress."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from mingbai.consent import actions as consent
from mingbai.gate import feed
from mingbai.gate.check import Answer, Gate
from mingbai.gate.feed import segments
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import Decision
from mingbai.ledger import order
from mingbai.notices import queries as messages
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

PASSWORD = "spring-rain-2026"
FIRM_NUMBER, CALLED, CALLING, STRANGE = "4008109889", "13812345678", "13911112222", "13700001111"


class Town:
    """An operator, a call centre that calls for an insurer, another firm, people, and a gate that knows them."""

    def __init__(self, home: Home) -> None:
        self.operator = people.create_organisation(name="海东移动", kind="operator", industry="telecom")
        self.centre = people.create_organisation(name="正道呼叫", kind="call_centre")
        self.insurer = people.create_organisation(name="青禾保险", kind="enterprise", industry="insurance")
        self.other = people.create_organisation(name="白鹭湾地产", kind="enterprise", industry="property")
        for name in ("operator", "centre", "insurer", "other"):
            for role in ("admin", "auditor"):
                where = getattr(self, name)
                people.create_account(username=f"{name}-{role}", password=PASSWORD, organisation=where, role=role)
        trunk = numbers.create_trunk("haidong-1", self.operator)
        numbers.register_number(
            first=parse(FIRM_NUMBER),
            holder=self.centre,
            principal=self.insurer,
            use="marketing",
            trunks=[trunk],
            outbound_committed=True,
        )
        self.called = people.ensure_subscriber(parse(CALLED))
        consent.refuse(subscriber=self.called, principal=self.insurer, how="sms")
        consent.block(subscriber=self.called, kind="number", value=CALLING)
        integrate()
        feed.rebuild(home)
        self.gate, self.gate_runs = Gate(home), True

    def refused(self, caller: str) -> str:
        """A call that the gate refuses; its verdict's id."""
        return str(self.answer(caller).receipt)

    def answer(self, caller: str) -> Answer:
        """What the gate says to a call that it refuses."""
        answer = self.gate.attempt(self.gate.question(parse(caller), parse(CALLED), trunk="haidong-1"))
        assert answer.verdict.decision == Decision.REFUSE, answer.verdict
        assert answer.receipt
        return answer


@pytest.fixture
def town(house: Home, settings: Any) -> Iterator[Town]:
    cache.clear()
    settings.PUBLIC_URL = "https://mingbai.example.cn"
    settings.REDRESS_EMAIL = "shensu@haidong.example"
    settings.REDRESS_TEL = "+8610086"
    made = Town(house)
    yield made
    if made.gate_runs:
        made.gate.close()


def integrate() -> None:
    while order.integrate():
        pass


def seal(home: Home, town: Town) -> None:
    """What the work loop does within a minute or two: the segment closed, stored, anchored, in order."""
    town.gate.close()
    town.gate_runs = False
    while segments.collect(home):
        pass
    integrate()


def logged_in(username: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def by_code(number: str, back: str) -> tuple[Client, Any]:
    """Somebody who logs in from the page by SMS code, and where that leads."""
    client = Client()
    assert client.post("/my/login/", {"number": number, "next": back}).headers["Location"] == "/my/code/"
    texts = [one.text for one in messages.messages(people.ensure_subscriber(parse(number))) if one.template == "code"]
    answer = client.post("/my/code/", {"code": re.findall(r"\d{4,8}", texts[0])[0]})
    return client, answer


def text(answer: Any) -> str:
    return str(answer.content.decode())


def parts(answer: Any) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """(header, payload, what was signed, r ‖ s) of a compact JWS, read without this project's code."""
    head, body, signature = text(answer).split(".")

    def raw(part: str) -> bytes:
        assert "=" not in part
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))

    return json.loads(raw(head)), json.loads(raw(body)), f"{head}.{body}".encode(), raw(signature)


def jcard(answer: Any) -> list[Any]:
    found: list[Any] = parts(answer)[1]["jcard"]
    return found


def dict_of(card: list[Any]) -> dict[str, str]:
    assert card[0] == "vcard"
    assert card[1][0] == ["version", {}, "text", "4.0"]
    assert all(len(line) == 4 and isinstance(line[1], dict) for line in card[1])
    return {line[0]: line[3] for line in card[1]}
