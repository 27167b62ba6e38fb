"""What a phone was to show with a call is told in the list of calls, also after the number's label was changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.test import Client

from mingbai.calls import labels
from mingbai.calls import queries as calls
from mingbai.gate import feed
from mingbai.gate.check import Gate
from mingbai.gate.feed import segments
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)
LINE, PERSON = "95200011", "13800000001"


@pytest.fixture
def number(house: Home) -> int:
    """A service line of a firm that has two trunks, on the second of which it calls for another firm."""
    operator = people.create_organisation(name="青山通信", kind="operator")
    firm = people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")
    other = people.create_organisation(name="好房", kind="enterprise", industry="property")
    trunks = [numbers.create_trunk(name, operator) for name in ("one", "two")]
    made = numbers.register_number(first=msisdn.require(LINE), holder=firm, use="service", trunks=trunks)
    numbers.set_principal(made, trunks[1], other)
    return made


@pytest.fixture
def gate(house: Home, number: int) -> Iterator[Gate]:
    enforced(house)
    gate = Gate(house)
    yield gate
    with suppress(OSError):  # a test may have closed its journal
        gate.close()


def enforced(house: Home) -> None:
    while order.integrate():
        pass
    feed.catch_up(house)


def shown(gate: Gate, *, caller: str = LINE, trunk: str = "one") -> str:
    """The label of the gate's own verdict on an attempt."""
    call = gate.question(msisdn.parse(caller), msisdn.require(PERSON), trunk)
    return gate.attempt(call).verdict.label


def test_the_list_shows_the_label_that_the_gate_gave(gate: Gate, house: Home, number: int) -> None:
    said = [shown(gate)]
    for label in ("松风保险 理赔专线", "", "松风保险 客服"):
        numbers.set_own_label(number, label)
        said.append(shown(gate))  # the gate has not heard of the change
        enforced(house)
        said.append(shown(gate))
    said.append(shown(gate, trunk="two"))
    said.append(shown(gate, caller="anonymous", trunk=""))
    assert said[2:] == [
        "松风保险 理赔专线",
        "松风保险 理赔专线",
        "松风保险 客服电话",
        "松风保险 客服电话",
        "松风保险 客服",
        "好房 客服电话",
        labels.WITHHELD,
    ]
    person = people.ensure_subscriber(msisdn.require(PERSON))
    assert [one.label for one in reversed(calls.attempts_to(person))] == said
    gate.journal.close()
    while segments.collect(house):
        pass
    numbers.set_number_state(number, "closed", "到期")
    enforced(house)
    assert [one.label for one in reversed(calls.attempts_to(person))] == said


def test_the_page_of_calls_shows_it(gate: Gate, house: Home, number: int, client: Client) -> None:
    numbers.set_own_label(number, "松风保险 理赔专线")
    enforced(house)
    shown(gate)
    operator = people.create_organisation(name="海东移动", kind="operator")
    people.create_account(username="li", password="spring-rain-2026", organisation=operator, role="admin")
    client.post("/login/", {"username": "li", "password": "spring-rain-2026"})
    person = people.ensure_subscriber(msisdn.require(PERSON))
    client.post(f"/console/subscribers/{person}/", {"reason": "投诉 2026-17"})
    page = client.get(f"/console/subscribers/{person}/").content.decode()
    assert "松风保险 理赔专线" in page
