"""Consents, refusals and blocks in the database, their entries, and what the gate is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mingbai.consent import actions, events, queries
from mingbai.kernel import clock, msisdn
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import PURPOSES, Purpose
from mingbai.ledger import actions as ledger_actions
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people

from .conftest import Firm, Person

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 1, 4, tzinfo=UTC)
MARKETING, ANY = PURPOSES.index(Purpose.MARKETING), PURPOSES.index(Purpose.ANY)


def told(subscriber: int) -> tuple[tuple[int, ...], ...]:
    """The consents that the gate is told of, without their ids."""
    ((_, known),) = queries.facts([subscriber])
    return tuple(consent[:4] for consent in known[0]) if known else ()


def kinds(subscriber: int) -> list[str]:
    return [entry.kind for entry in ledger.of_subject(f"subscriber:{subscriber}")]


def test_given_refused_and_given_again_by_the_subscriber(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    given = actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
    assert told(one)[0][:3] == (house, MARKETING, 1)
    assert actions.refuse(subscriber=one, principal=house, purpose="marketing", how="web") == given
    assert told(one) == ((house, MARKETING, 3, told(one)[0][3]),)
    assert actions.give(subscriber=one, principal=house, purpose="marketing", how="sms") == given
    assert told(one)[0][2] == 1
    assert kinds(one) == [events.GIVEN, events.REFUSED, events.GIVEN]


def test_refusing_again_changes_and_records_nothing(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    first = actions.refuse(subscriber=one, principal=house, how="web")
    assert actions.refuse(subscriber=one, principal=house, how="sms") == first
    assert kinds(one) == [events.REFUSED]


def test_a_refusal_of_everything_ends_every_consent(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
    actions.give(subscriber=one, principal=house, purpose="survey", how="web")
    actions.refuse(subscriber=one, principal=house, how="web")
    assert {consent[1:3] for consent in told(one)} == {(ANY, 3), (MARKETING, 3), (PURPOSES.index(Purpose.SURVEY), 3)}
    assert not any(view.counts for view in queries.of_subscriber(one))


def test_giving_one_purpose_after_refusing_everything_opens_that_one_alone(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.refuse(subscriber=one, principal=house, how="web")
    actions.give(subscriber=one, principal=house, purpose="service", how="web")
    status = {p: queries.status(subscriber=one, principal=house, purpose=p) for p in Purpose if p is not Purpose.ANY}
    assert status.pop(Purpose.SERVICE) == "given"
    assert set(status.values()) == {"refused"}


@pytest.mark.parametrize("how", ["recording", "api"])
def test_what_a_firm_says_is_a_claim_and_meets_a_refusal(person: Person, firm: Firm, how: str) -> None:
    one, two, house = person(1), person(2), firm("好房")
    actions.give(subscriber=one, principal=house, purpose="marketing", how=how)
    assert told(one)[0][2] == 2
    actions.refuse(subscriber=two, principal=house, how="web")
    with pytest.raises(Problem, match="refused"):
        actions.give(subscriber=two, principal=house, purpose="marketing", how=how)
    actions.withdraw(subscriber=one, principal=house, purpose="marketing", how="web")
    with pytest.raises(Problem, match="refused"):
        actions.give(subscriber=one, principal=house, purpose="marketing", how=how)


def test_withdrawing_what_was_never_given_refuses(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.withdraw(subscriber=one, principal=house, purpose="marketing", how="web")
    assert told(one) == ((house, MARKETING, 3, 0),)


def test_a_consent_ends_with_its_term(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    with clock.at(DAY) as advance:
        actions.give(
            subscriber=one, principal=house, purpose="marketing", how="web", expires_at=DAY + timedelta(hours=30)
        )
        assert told(one) == ((house, MARKETING, 1, (DAY + timedelta(hours=30)).date().toordinal() - 719163),)
        assert actions.expire_due() == 0
        advance(31 * 3600)
        assert told(one) == ()
        assert queries.status(subscriber=one, principal=house, purpose="marketing") == ""
        assert actions.expire_due() == 1
        assert actions.expire_due() == 0
    assert kinds(one) == [events.GIVEN, events.EXPIRED]
    assert queries.of_subscriber(one)[0].state == "expired"


def test_a_consent_does_not_outlast_the_calendar(person: Person, firm: Firm) -> None:
    late = datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12)))
    with pytest.raises(Problem) as raised:
        actions.give(subscriber=person(1), principal=firm("好房"), purpose="marketing", how="api", expires_at=late)
    assert raised.value.code == "consent.expires_late"


def test_a_consent_that_names_no_term_gets_the_profiles(person: Person, firm: Firm) -> None:
    with clock.at(DAY):
        given = actions.give(subscriber=person(1), principal=firm("好房"), purpose="marketing", how="web")
    view = queries.consent(given)
    assert view is not None
    assert view.expires_at == DAY + timedelta(days=730)


def test_refusing_everybody(person: Person, firm: Firm) -> None:
    one = person(1)
    for name in ("好房", "快贷", "保安"):
        actions.give(subscriber=one, principal=firm(name), purpose="marketing", how="web")
    assert actions.refuse_all(one, "web") == 3
    assert queries.holders(one) == []
    assert actions.refuse_all(one, "web") == 0


def test_a_recycled_number_begins_with_nothing(person: Person, firm: Firm) -> None:
    old, house, number = person(1), firm("好房"), msisdn.require("13800000001")
    actions.give(subscriber=old, principal=house, purpose="marketing", how="web")
    actions.block(subscriber=old, kind="category", value="loans")
    key, _ = queries.facts([old])[0]
    new = people.recycle(number)
    assert new != old
    assert queries.facts([old]) == queries.facts([new]) == [(key, None)]
    with pytest.raises(Problem, match="another user"):
        actions.give(subscriber=old, principal=house, purpose="marketing", how="web")


@pytest.mark.parametrize(
    ("kind", "value", "kept", "place"),
    [
        ("number", "021-60876100", "862160876100", 1),
        ("prefix", "95", "8695", 2),
        ("category", "loans", "loans", 4),
    ],
)
def test_blocks(person: Person, kind: str, value: str, kept: str, place: int) -> None:
    one = person(1)
    block = actions.block(subscriber=one, kind=kind, value=value)
    assert actions.block(subscriber=one, kind=kind, value=value) == block
    ((_, known),) = queries.facts([one])
    assert known is not None
    assert known[place] in ((int(kept) if kept.isdigit() else kept,), (kept,), 1)
    assert [(view.kind, view.value) for view in queries.blocks(one)] == [(kind, kept)]
    assert actions.unblock(subscriber=one, kind=kind, value=value)
    assert not actions.unblock(subscriber=one, kind=kind, value=value)
    assert queries.facts([one])[0][1] is None
    assert kinds(one) == [events.BLOCKED, events.UNBLOCKED]
    # A blocked number is another person's; the log must not hold it.
    for entry in ledger.of_subject(f"subscriber:{one}"):
        assert "60876100" not in str(entry.content)


@pytest.mark.parametrize(
    ("value", "covered", "spared"),
    [
        ("+1", ["+12125551234", "+18005551234"], ["1069000001", "13812345678", "+74951234567", "10086"]),
        ("+7", ["+74951234567"], ["+12125551234", "075587654321"]),
    ],
)
def test_a_whole_country_is_blocked_and_nothing_else(
    person: Person, value: str, covered: list[str], spared: list[str]
) -> None:
    one = person(1)
    actions.block(subscriber=one, kind="prefix", value=value)
    ((_, known),) = queries.facts([one])
    assert known is not None
    assert all(msisdn.parse(number).digits.startswith(known[2]) for number in covered)
    assert not any(msisdn.parse(number).digits.startswith(known[2]) for number in spared)
    assert actions.unblock(subscriber=one, kind="prefix", value=value)


def test_blocks_of_firms_and_their_limit(person: Person, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    one, house = person(1), firm("好房")
    actions.block(subscriber=one, kind="firm", value=str(house))
    ((_, known),) = queries.facts([one])
    assert known is not None
    assert known[3] == (house,)
    with pytest.raises(Problem, match="no such organisation"):
        actions.block(subscriber=one, kind="firm", value="999999")
    monkeypatch.setattr("mingbai.consent.actions.blocks.BLOCKS_AT_MOST", 1)
    with pytest.raises(Problem, match="stand already"):
        actions.block(subscriber=one, kind="category", value="loans")


def test_facts_by_chunks_are_those_of_each(person: Person, firm: Firm) -> None:
    people_ = [person(place) for place in range(40)]
    house, lender = firm("好房"), firm("快贷")
    for place, one in enumerate(people_):
        if place % 2:
            actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
        if place % 3 == 0:
            actions.refuse(subscriber=one, principal=lender, how="web")
        if place % 5 == 0:
            actions.block(subscriber=one, kind="category", value="loans")
    alone = {key: known for key, known in queries.facts(people_) if known is not None}
    chunks = [part for part in queries.all_facts(chunk=7) if part]
    keys = [key for part in chunks for key, _ in part]
    assert {key: known for part in chunks for key, known in part} == alone
    assert keys == sorted(keys)


def test_an_erased_subscriber_keeps_nothing_that_opens(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.give(subscriber=one, principal=house, purpose="marketing", how="api", reference="HT-张三-1")
    ledger_actions.shred(f"subscriber:{one}", reason="asked to be forgotten")
    assert queries.of_subscriber(one)[0].reference == ""
    from mingbai.people import queries as people_queries

    assert people_queries.masked(one) == "***"


def test_every_change_tells_the_feed_whose_facts_changed(person: Person, firm: Firm) -> None:
    from mingbai.ledger import order

    one, house = person(1), firm("好房")
    size = ledger.size()
    actions.give(subscriber=one, principal=house, purpose="marketing", how="web")
    actions.refuse(subscriber=one, principal=house, how="web")
    actions.block(subscriber=one, kind="category", value="loans")
    order.integrate()
    refs = [change.ref for change in ledger.changes(max(size - 1, -1), 100)]
    assert refs[-3:] == [f"subscriber:{one}"] * 3
