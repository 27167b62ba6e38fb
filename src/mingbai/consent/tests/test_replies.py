"""What an SMS reply does, and that each is answered."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from mingbai.consent import actions, queries, replies
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import queries as people

from .conftest import Firm, Person

pytestmark = pytest.mark.django_db


def mention(subscriber: int, *firms: int) -> None:
    for firm in firms:
        notices.send(subscriber=subscriber, template="call.after", text="…", context=f"principal:{firm}")


@pytest.fixture
def called() -> Iterator[Home]:
    """A home whose journal is this test's own."""
    yield settings.HOME
    shutil.rmtree(settings.HOME.journal, ignore_errors=True)


def call(home: Home, subscriber: int, firm: int, decision: Decision = Decision.LABEL, *, days: float = 0) -> None:
    """One attempt for `firm` on the subscriber's number, so many days ago."""
    writer = journal.Writer(home.journal, capacity=16)
    code = Code.CONSENT_MISSING if decision == Decision.REFUSE else Code.LABELLED
    record = journal.Record(
        at_us=clock.now_us() - int(days * 86_400_000_000), caller=864008109889,
        callee=int(people.number_of(subscriber).digits), consent=0, position=0, trunk=1, resource=2, holder=firm,
        principal=firm, age_ms=1, code=int(code), sip=302, purpose=journal.NO_PURPOSE, use=USES.index(Use.MARKETING),
        mode=0, decision=int(decision), caller_kind=int(Kind.TOLL_400), callee_kind=int(Kind.MOBILE),
    )  # fmt: skip
    writer.append(tuple(record))
    writer.close()


def answer(subscriber: int) -> str:
    """The last thing the house wrote."""
    return next(line.text for line in messages.messages(subscriber) if not line.incoming)


def refused(subscriber: int, *firms: int) -> list[bool]:
    return [queries.status(subscriber=subscriber, principal=firm, purpose="marketing") == "refused" for firm in firms]


@pytest.mark.parametrize("word", ["T", "t", " td ", "Ｔ", "退订", "拒收", "stop"])
def test_a_bare_word_stops_the_firm_last_named(person: Person, firm: Firm, word: str) -> None:
    one, house = person(1), firm("好房")
    mention(one, house)
    assert notices.receive(subscriber=one, text=word) == "consent.stop"
    assert refused(one, house) == [True]
    assert "好房" in answer(one)


def test_when_several_firms_were_named_the_subscriber_is_asked(person: Person, firm: Firm) -> None:
    one, house, lender = person(1), firm("好房"), firm("快贷")
    mention(one, house, lender)
    notices.receive(subscriber=one, text="T")
    assert refused(one, house, lender) == [False, False]
    assert "T1 快贷" in answer(one)
    assert "T2 好房" in answer(one)
    assert "T0 全部" in answer(one)
    assert notices.receive(subscriber=one, text="t 2") == "consent.choose"
    assert refused(one, house, lender) == [True, False]
    # Only one is left that a bare T can mean.
    notices.receive(subscriber=one, text="T")
    assert refused(one, house, lender) == [True, True]


def test_t0_stops_all_and_whoever_else_holds_a_consent(person: Person, firm: Firm) -> None:
    one, house, lender, other = person(1), firm("好房"), firm("快贷"), firm("保安")
    actions.give(subscriber=one, principal=other, purpose="marketing", how="web")
    mention(one, house, lender)
    notices.receive(subscriber=one, text="T")
    notices.receive(subscriber=one, text="T0")
    assert refused(one, house, lender, other) == [True, True, True]


def test_a_choice_that_was_not_offered_is_asked_again(person: Person, firm: Firm) -> None:
    one, house, lender = person(1), firm("好房"), firm("快贷")
    mention(one, house, lender)
    notices.receive(subscriber=one, text="T")
    notices.receive(subscriber=one, text="T7")
    assert refused(one, house, lender) == [False, False]
    assert "T1" in answer(one)


@pytest.mark.parametrize("word", ["TT", "全部退订", "stop all"])
def test_one_word_stops_everybody(person: Person, firm: Firm, word: str) -> None:
    one, house, lender = person(1), firm("好房"), firm("快贷")
    for each in (house, lender):
        actions.give(subscriber=one, principal=each, purpose="marketing", how="web")
    assert notices.receive(subscriber=one, text=word) == "consent.stop_all"
    assert refused(one, house, lender) == [True, True]


def test_n_disputes_what_was_claimed(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    actions.give(subscriber=one, principal=house, purpose="marketing", how="api")
    mention(one, house)
    assert notices.receive(subscriber=one, text="n") == "consent.never"
    assert refused(one, house) == [True]
    assert len(queries.proof_requests(subscriber=one, open_only=True)) == 1
    assert "证明" in answer(one)


def test_n_where_nothing_was_claimed_refuses(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    mention(one, house)
    notices.receive(subscriber=one, text="N")
    assert refused(one, house) == [True]
    assert queries.proof_requests(subscriber=one) == []


def test_words_that_nobody_knows_are_answered_with_help(person: Person) -> None:
    one = person(1)
    assert notices.receive(subscriber=one, text="谁啊") == ""
    assert "回复T" in answer(one)


def test_a_bare_word_after_a_week_refers_to_nothing(person: Person, firm: Firm) -> None:
    one, house = person(1), firm("好房")
    with clock.at(clock.now()) as advance:
        mention(one, house)
        advance(7 * 86_400 + 1)
        notices.receive(subscriber=one, text="T")
        assert refused(one, house) == [False]
        assert "无从得知" in answer(one)


def test_a_message_that_comes_twice_acts_once(person: Person, firm: Firm) -> None:
    one, house, lender = person(1), firm("好房"), firm("快贷")
    mention(one, house)
    assert notices.receive(subscriber=one, text="T", message_id="smsc-1") == "consent.stop"
    mention(one, lender)
    assert notices.receive(subscriber=one, text="T", message_id="smsc-1") == "consent.stop"
    assert refused(one, house, lender) == [True, False]


def test_another_subscribers_messages_do_not_count(person: Person, firm: Firm) -> None:
    one, two, house = person(1), person(2), firm("好房")
    mention(two, house)
    notices.receive(subscriber=one, text="T")
    assert refused(two, house) == [False]


def test_a_bare_word_without_any_message_stops_the_firm_that_called(person: Person, firm: Firm, called: Home) -> None:
    one, two, house, lender = person(1), person(2), firm("好房"), firm("快贷")
    call(called, one, house)
    call(called, two, lender)
    assert notices.receive(subscriber=one, text="T") == "consent.stop"
    assert refused(one, house, lender) == [True, False]
    assert "好房" in answer(one)


def test_several_firms_that_called_are_asked_about_and_those_that_rang_come_first(
    person: Person, firm: Firm, called: Home
) -> None:
    one, house, lender, school = person(1), firm("好房"), firm("快贷"), firm("英语学校")
    call(called, one, school, Decision.REFUSE)
    call(called, one, house, days=1)
    call(called, one, lender, days=0.5)
    notices.receive(subscriber=one, text="T")
    assert "T1 快贷，T2 好房，T0" in answer(one)
    notices.receive(subscriber=one, text="T2")
    assert refused(one, house, lender, school) == [True, False, False]
    for left in (lender, school):
        notices.receive(subscriber=one, text="T")
        assert refused(one, left) == [True]


def test_a_message_says_more_than_a_call(person: Person, firm: Firm, called: Home) -> None:
    one, house, lender = person(1), firm("好房"), firm("快贷")
    call(called, one, lender)
    mention(one, house)
    notices.receive(subscriber=one, text="T")
    assert refused(one, house, lender) == [True, False]


def test_n_and_tt_reach_firms_that_called_too(person: Person, firm: Firm, called: Home) -> None:
    one, two, house, lender = person(1), person(2), firm("好房"), firm("快贷")
    actions.give(subscriber=one, principal=house, purpose="marketing", how="api")
    call(called, one, house)
    assert notices.receive(subscriber=one, text="N") == "consent.never"
    assert len(queries.proof_requests(subscriber=one, open_only=True)) == 1
    for each in (house, lender):
        call(called, two, each, Decision.REFUSE)
    notices.receive(subscriber=two, text="TT")
    assert refused(two, house, lender) == [True, True]


def test_a_call_of_last_week_is_not_meant(person: Person, firm: Firm, called: Home) -> None:
    one, house = person(1), firm("好房")
    call(called, one, house, days=7.1)
    notices.receive(subscriber=one, text="T")
    assert refused(one, house) == [False]
    assert "无从得知" in answer(one)


@pytest.mark.django_db(transaction=True)
def test_no_writer_waits_while_calls_are_looked_up(
    person: Person, firm: Firm, called: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, inside = person(1), []
    found = replies.calls.attempts_to
    monkeypatch.setattr(
        replies.calls,
        "attempts_to",
        lambda *args, **more: (inside.append(connection.in_atomic_block), found(*args, **more))[1],
    )
    notices.receive(subscriber=one, text="T")
    assert inside == [False]
