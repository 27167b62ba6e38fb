"""What an SMS reply does, and that each is answered."""

from __future__ import annotations

import pytest

from mingbai.consent import actions, queries
from mingbai.kernel import clock
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages

from .conftest import Firm, Person

pytestmark = pytest.mark.django_db


def mention(subscriber: int, *firms: int) -> None:
    for firm in firms:
        notices.send(subscriber=subscriber, template="call.after", text="…", context=f"principal:{firm}")


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
