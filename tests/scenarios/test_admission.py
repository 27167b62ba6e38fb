"""A number from its application to its next holder, through the real gate: what was signed is what holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from mingbai.admission import actions, queries, sheet
from mingbai.admission.tests.conftest import Hall, plain_sheet
from mingbai.gate import feed
from mingbai.gate.check import Gate
from mingbai.gate.decide import Verdict
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.ledger import order
from mingbai.ledger import queries as ledger

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, PERSON = "95011123", "13800000001"


@pytest.fixture
def hall(house: Home, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setattr(sheet, "contract", plain_sheet)
    return Hall()


@pytest.fixture
def gate(house: Home, hall: Hall) -> Iterator[Gate]:
    enforced(house)
    gate = Gate(house)
    yield gate
    with suppress(OSError):
        gate.close()


def enforced(house: Home) -> None:
    while order.integrate():
        pass
    feed.catch_up(house)


def called(gate: Gate, trunk: str = "haidong-1") -> Verdict:
    return gate.attempt(gate.question(parse(NUMBER), parse(PERSON), trunk=trunk)).verdict


def test_what_was_signed_is_what_the_gate_holds_it_to(hall: Hall, house: Home, gate: Gate) -> None:
    assert called(gate).rule == "passed"  # nobody's yet
    application = hall.allocated(volume=actions.Volume(2, 60, 600))
    enforced(house)
    assert [called(gate).rule for _ in range(3)] == ["labelled", "labelled", "limit.number"]
    assert called(gate, "elsewhere").rule == "trunk.foreign"

    actions.give_back(application, account=hall.who["centre", "operations"], reason="业务终止")
    enforced(house)
    assert called(gate).rule == "number.closed"
    assert queries.chain(parse(NUMBER), clock.now()) is None
    entries = ledger.of_subject(f"organisation:{hall.centre}")
    assert all(one.index is not None for one in entries)


def test_reuse_is_a_tenure_of_its_own(hall: Hall, house: Home, gate: Gate) -> None:
    with clock.at(clock.now()) as advance:
        application = hall.allocated()
        advance(60)
        actions.shut(application, account=hall.who["operator", "operations"], reason="屡次违规外呼")
        again = hall.another("晨星通信", "star")
        advance(91 * 86_400)
        other = {
            "licence": "91440300MA5ABCDE22", "legal_person": "赵敏", "contact": "13700002222",
            "address": "广东省深圳市南山区科技园路1号", "bank": "6217000012345678901",
        }  # fmt: skip
        hall.allocated(short="star", applicant=again, identity=other)
        ago = (timedelta(0), timedelta(days=30), timedelta(days=91, seconds=30))
        told = [queries.chain(parse(NUMBER), clock.now() - time) for time in ago]
    now, resting, then = told
    assert now is not None
    assert (now.tenure, now.of(again), now.of(hall.centre)) == (2, True, False)
    assert resting is None
    assert then is not None
    assert (then.tenure, then.of(hall.centre)) == (1, True)
