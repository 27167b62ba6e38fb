"""How one consent moves: the table, and what holds on every path through it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mingbai.consent import rules
from mingbai.consent.rules import Act, How, State
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose

G, C, R, W, E, NO = State.GIVEN, State.CLAIMED, State.REFUSED, State.WITHDRAWN, State.EXPIRED, "no"

TABLE = [
    # act            nothing, given, claimed, refused, withdrawn, expired
    (Act.GIVE, (G, G, G, G, G, G)),
    (Act.REFUSE, (R, R, R, R, R, R)),
    (Act.WITHDRAW, (R, W, W, R, W, R)),
    (Act.EXPIRE, (None, E, E, R, W, E)),
    (Act.CLAIM, (C, G, C, NO, NO, C)),
    (Act.DISPUTE, (NO, R, R, NO, NO, NO)),
]


@pytest.mark.parametrize(("act", "after"), TABLE, ids=[act.value for act, _ in TABLE])
def test_each_act_from_each_state(act: Act, after: tuple[State | str | None, ...]) -> None:
    for before, expected in zip((None, G, C, R, W, E), after, strict=True):
        if expected == NO:
            with pytest.raises(Problem):
                rules.step(before, act)
        else:
            assert rules.step(before, act) == expected, before


def test_only_what_the_subscriber_does_gives() -> None:
    assert {how for how in How if rules.act_of(how) is Act.GIVE} == {How.WEB, How.SMS, How.SIGNATURE}


def test_a_consent_to_anything_is_none() -> None:
    with pytest.raises(Problem, match="names its purpose"):
        rules.check_purpose(Purpose.ANY, refusal=False)
    rules.check_purpose(Purpose.ANY, refusal=True)


@given(st.dictionaries(st.sampled_from(list(Purpose)), st.sampled_from(list(State))), st.sampled_from(list(Purpose)))
def test_a_refusal_of_everything_covers_every_purpose(states: dict[Purpose, State], purpose: Purpose) -> None:
    held = rules.effective({**states, Purpose.ANY: State.REFUSED}, purpose)
    assert held is State.REFUSED


def test_nothing_said_is_no_consent() -> None:
    assert rules.effective({}, Purpose.MARKETING) is None
    assert rules.effective({Purpose.SERVICE: State.GIVEN}, Purpose.MARKETING) is None


def test_opening_one_purpose_leaves_the_others_refused() -> None:
    others = rules.reopened(Purpose.MARKETING)
    assert set(others) == set(Purpose) - {Purpose.ANY, Purpose.MARKETING}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("95", "8695"),
        ("021", "8621"),
        ("+1212", "1212"),
        ("001212", "1212"),
        ("10690", "10690"),
        ("400-8", "864008"),
        ("＋１２１２", "1212"),
        ("+1", "1"),
        ("001", "1"),
        ("+7", "7"),
        ("+44", "44"),
    ],
)
def test_prefixes(text: str, normal: str) -> None:
    assert rules.prefix(text) == normal


@pytest.mark.parametrize("text", ["", "9", "abc", "+", "٩٥", "1234567890123", "1", "+4", "002"])
def test_prefixes_that_are_none(text: str) -> None:
    with pytest.raises(Problem):
        rules.prefix(text)


class ConsentMachine(RuleBasedStateMachine):
    """Any sequence of acts: what the subscriber said last is never overruled by a firm."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State | None = None
        self.last_own_was_no = False
        self.ever_own_yes = False

    @rule(act=st.sampled_from(list(Act)))
    def act(self, act: Act) -> None:
        before = self.state
        try:
            self.state = rules.step(before, act)
        except Problem:
            assert self.state is before
            return
        if act is Act.GIVE:
            self.last_own_was_no, self.ever_own_yes = False, True
        elif act in (Act.REFUSE, Act.WITHDRAW, Act.DISPUTE):
            self.last_own_was_no = True

    @invariant()
    def a_no_stands_until_the_subscriber_says_yes(self) -> None:
        if self.last_own_was_no:
            assert self.state in rules.CLOSED

    @invariant()
    def only_the_subscriber_gives(self) -> None:
        if self.state is State.GIVEN:
            assert self.ever_own_yes


TestConsentMachine = ConsentMachine.TestCase
