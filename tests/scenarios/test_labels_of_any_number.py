"""What is said of a number reaches the gate and goes with its calls; what stands against it stops them; both end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from mingbai.calls import queries as calls
from mingbai.gate import feed
from mingbai.gate.check import Gate
from mingbai.gate.decide import Verdict
from mingbai.gate.feed import segments
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)
BANK, SHOP, ROGUE, PERSON = "4008109889", "4008109801", "02160876100", "13800000001"


@pytest.fixture
def firm(house: Home) -> int:
    """A firm with a line and a range of a hundred."""
    made = people.create_organisation(name="某某银行", kind="enterprise", industry="bank")
    numbers.register_number(first=msisdn.require(BANK), holder=made, use="service")
    numbers.register_number(
        first=msisdn.require("4008109800"), last=msisdn.require("4008109850"), holder=made, use="service"
    )
    return made


@pytest.fixture
def gate(house: Home, firm: int) -> Iterator[Gate]:
    enforced(house)
    gate = Gate(house)
    yield gate
    with suppress(OSError):  # a test may have closed its journal
        gate.close()


def enforced(house: Home) -> None:
    while order.integrate():
        pass
    feed.catch_up(house)


def verdict(gate: Gate, caller: str) -> Verdict:
    return gate.attempt(gate.question(msisdn.parse(caller), msisdn.require(PERSON))).verdict


def said(gate: Gate, caller: str) -> tuple[int, str]:
    found = verdict(gate, caller)
    return found.code, found.label


def labelled(number: str, kind: str, count: int = 0, **more: Any) -> int:
    told: dict[str, Any] = {"kind": kind, "source": "case", "count": count, "case": 1, **more}
    return numbers.set_label(number=msisdn.require(number), **told)


def test_a_label_goes_with_the_calls_of_any_number_and_is_gone_when_it_ends(gate: Gate, house: Home) -> None:
    plain = (801, "某某银行 客服电话")
    assert [said(gate, number) for number in (BANK, SHOP, ROGUE)] == [plain, plain, (900, "")]
    for number in (BANK, SHOP, ROGUE):
        labelled(number, "confirmed_malicious", 32)
    labelled(ROGUE, "suspected_criminal", 90, source="reports", case=0)
    enforced(house)
    marked = (802, "骚扰电话 32人举报")
    assert [said(gate, number) for number in (BANK, SHOP, ROGUE)] == [marked, marked, marked]
    assert said(gate, "4008109802") == plain
    feed.rebuild(house)
    gate.reader.info()  # a gate looks for other facts five times a second, and at once when asked about them
    assert [said(gate, number) for number in (BANK, SHOP, ROGUE)] == [marked, marked, marked]
    assert numbers.drop_labels(case=1, reason="申诉成立", corrected=True) == 3
    enforced(house)
    suspected = (804, "疑似诈骗 90人举报")
    assert [said(gate, number) for number in (BANK, SHOP, ROGUE)] == [plain, plain, suspected]
    with gate.reader.view() as view:
        assert view.entries("numbers") == 2  # the line, and the number that nobody registered


def test_the_list_of_calls_shows_the_label_that_went_with_each(gate: Gate, house: Home) -> None:
    told = [said(gate, ROGUE)[1]]
    for count in (5, 6):
        labelled(ROGUE, "suspected_marketing", count, source="reports", case=0)
        told.append(said(gate, ROGUE)[1])  # the gate has not heard of it
        enforced(house)
        told.append(said(gate, ROGUE)[1])
    assert told == ["", "", "疑似推销 5人举报", "疑似推销 5人举报", "疑似推销 6人举报"]
    person = people.ensure_subscriber(msisdn.require(PERSON))
    assert [one.label for one in reversed(calls.attempts_to(person))] == told
    gate.journal.close()
    while segments.collect(house):
        pass
    numbers.correct_labels(msisdn.require(ROGUE), reason="标注有误")
    enforced(house)
    assert [one.label for one in reversed(calls.attempts_to(person))] == told


def test_what_stands_against_a_number_or_a_firm_stops_its_calls_until_it_is_lifted(
    gate: Gate, house: Home, firm: int
) -> None:
    now = clock.now()
    until = {"begin": now, "end": now + timedelta(days=7), "case": 1}
    one = numbers.restrict(target="number", kind="suspended", number=msisdn.require(ROGUE), **until)
    other = numbers.restrict(target="number", kind="shut", number=msisdn.require(SHOP), **until)
    enforced(house)
    assert [said(gate, number)[0] for number in (ROGUE, SHOP, "4008109802", BANK)] == [304, 305, 801, 801]
    third = numbers.restrict(target="holder", kind="suspended", organisation=firm, **until)
    enforced(house)
    assert [said(gate, number)[0] for number in (ROGUE, SHOP, "4008109802", BANK)] == [304, 305, 306, 306]
    feed.rebuild(house)
    gate.reader.info()  # a gate looks for other facts five times a second, and at once when asked about them
    assert [said(gate, number)[0] for number in (ROGUE, SHOP, "4008109802", BANK)] == [304, 305, 306, 306]
    for restriction in (one, other, third):
        numbers.lift(restriction, reason="申诉成立")
    enforced(house)
    assert [said(gate, number)[0] for number in (ROGUE, SHOP, "4008109802", BANK)] == [900, 801, 801, 801]
    limits = (1, 0, 0)
    numbers.restrict(target="principal", kind="limited", organisation=firm, limits=limits, **until)
    enforced(house)
    assert said(gate, BANK)[0] == 703


def test_a_number_that_is_registered_or_closed_keeps_its_label(gate: Gate, house: Home, firm: int) -> None:
    labelled(ROGUE, "confirmed_marketing", 9)
    enforced(house)
    made = numbers.register_number(first=msisdn.require(ROGUE), holder=firm, use="service")
    enforced(house)
    assert said(gate, ROGUE) == (802, "违规营销 9人举报")
    numbers.set_number_state(made, "closed", "到期")
    enforced(house)
    assert said(gate, ROGUE)[0] == 302
