"""Whose call it was, and what may be appealed, by table and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases import rules
from mingbai.cases.rules import Party
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision


@pytest.mark.parametrize(
    ("organisation", "holder", "principal", "theirs"),
    [(3, 3, 4, True), (4, 3, 4, True), (5, 3, 4, False), (0, 0, 0, False), (3, 3, 3, True), (0, 0, 4, False)],
)
def test_a_call_is_its_holder_s_and_its_principal_s(
    organisation: int, holder: int, principal: int, theirs: bool
) -> None:
    assert rules.made_for(organisation, holder=holder, principal=principal) is theirs


@given(st.integers(0, 100), st.integers(0, 100), st.none() | st.integers(0, 100))
def test_of_one_number_s_users_a_call_is_never_two_s(at: int, changed: int, ended: int | None) -> None:
    """A tenure ends when the next begins; whatever the moment, at most one of them had the number."""
    former = rules.made_from("8613812345678", 0, changed, caller="8613812345678", at_us=at)
    later = rules.made_from("8613812345678", changed, ended, caller="8613812345678", at_us=at)
    assert not (former and later)
    assert former is (at < changed)


@pytest.mark.parametrize(("number", "caller"), [("", ""), ("8613812345678", ""), ("", "8613812345678"), ("1", "2")])
def test_without_the_very_number_it_is_nobody_s(number: str, caller: str) -> None:
    assert not rules.made_from(number, 0, None, caller=caller, at_us=1)


def test_only_what_was_refused_can_be_appealed() -> None:
    assert [one for one in Decision if rules.may_appeal(one)] == [Decision.REFUSE]


@pytest.mark.parametrize("text", ["", "   ", "错", " abc ", "x" * 2001])
def test_too_few_or_too_many_words_are_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        rules.words(text, "text")
    assert (refused.value.code, refused.value.where) == ("cases.words", "text")


@given(st.text(min_size=4, max_size=2000).filter(lambda text: len(text.strip()) >= 4))
def test_words_are_kept_as_written_but_for_their_ends(text: str) -> None:
    assert rules.words(text, "text") == text.replace("\r\n", "\n").strip()


def test_what_is_theirs_is_sealed_under_their_own_key() -> None:
    assert Party(organisation=3).subject == "organisation:3"
    assert Party(subscriber=17).subject == "subscriber:17"
