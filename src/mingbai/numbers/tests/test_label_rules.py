"""Which label goes before the others, and how people stop counting: by table and by property."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel import profile
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import LabelKind
from mingbai.numbers.rules import labels as rules
from mingbai.numbers.rules.labels import Ask, Ending, Said

AT = datetime(2026, 11, 22, tzinfo=UTC)
_TERMS = profile.parse(profile.packaged("cn-2018-whitelist"), "cn").labels
ASK = Ask(_TERMS.precedence, _TERMS.words, 90, 3)
KINDS = list(LabelKind)


def said(kind: str, count: int = 0, *, id: int = 1, days: int = 0, ends: int | None = None, text: str = "") -> Said:
    """A label counted `days` ago, which ends in `ends` days."""
    end = None if ends is None else AT + timedelta(days=ends)
    return Said(id, LabelKind(kind), text, count, AT - timedelta(days=days), end)


CERTIFIED = said("certified", text="松风大药房", id=9)
ORDER = [
    ("confirmed_criminal", "诈骗电话 5人举报"),
    ("confirmed_malicious", "骚扰电话 5人举报"),
    ("confirmed_marketing", "违规营销 5人举报"),
    ("certified", "松风"),
    ("service", "松风"),
    ("suspected_criminal", "疑似诈骗 5人举报"),
    ("suspected_malicious", "疑似骚扰 5人举报"),
    ("suspected_marketing", "疑似推销 5人举报"),
]


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_what_was_verified_goes_before_a_name_and_a_name_before_a_suspicion(place: int) -> None:
    named = ("certified", "service")
    standing = [
        said(kind, 0, id=at, text="松风") if kind in named else said(kind, 5, id=at)
        for at, (kind, _) in enumerate(ORDER)
    ]
    found = rules.shown(reversed(standing[place:]), AT, ASK)
    assert found is not None
    assert (found.kind, found.text) == ORDER[place]


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        ([], None),
        ([said("suspected_malicious", 2)], None),  # too few people
        ([said("suspected_malicious", 3)], "疑似骚扰 3人举报"),
        ([said("suspected_malicious", 32)], "疑似骚扰 32人举报"),
        ([said("confirmed_malicious", 32)], "骚扰电话 32人举报"),
        ([said("confirmed_malicious", 0)], "骚扰电话"),
        ([said("confirmed_malicious", 7, text="改号诈骗")], "改号诈骗 7人举报"),
        ([said("suspected_malicious", 5, id=1), said("suspected_malicious", 9, id=2)], "疑似骚扰 9人举报"),
        ([said("confirmed_malicious", 1, ends=0)], None),
        ([said("confirmed_malicious", 1, ends=1)], "骚扰电话 1人举报"),
        ([said("suspected_malicious", 12, days=90)], "疑似骚扰 6人举报"),
        ([said("suspected_malicious", 12, days=179)], "疑似骚扰 6人举报"),
        ([said("suspected_malicious", 12, days=180)], "疑似骚扰 3人举报"),
        ([said("suspected_malicious", 12, days=270)], None),
        ([said("confirmed_malicious", 12, days=900)], "骚扰电话"),  # verified stays, people fade
        ([CERTIFIED, said("suspected_criminal", 999)], "松风大药房"),
        ([CERTIFIED, said("confirmed_marketing", 1)], "违规营销 1人举报"),
    ],
)
def test_what_is_shown(standing: list[Said], text: str | None) -> None:
    found = rules.shown(standing, AT, ASK)
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("kind", "shown"), [("confirmed_marketing", True), ("certified", True), ("suspected_criminal", False)]
)
def test_a_registration_stands_where_a_certified_name_does(kind: str, shown: bool) -> None:
    standing = [said(kind, 0 if kind == "certified" else 50, text="松风" if kind == "certified" else "")]
    assert (rules.shown(standing, AT, ASK, registered=True) is not None) is shown


def test_a_kind_that_the_profile_leaves_out_is_not_shown() -> None:
    without = ASK._replace(precedence=tuple(kind for kind in ASK.precedence if kind != "suspected_marketing"))
    assert rules.shown([said("suspected_marketing", 99)], AT, without) is None


@pytest.mark.parametrize(
    ("label", "ending"),
    [
        (said("suspected_malicious", 1, days=90), Ending.FADED),
        (said("suspected_malicious", 1, days=89), None),
        (said("confirmed_malicious", 0, days=900), None),
        (said("confirmed_malicious", 3, ends=0), Ending.EXPIRED),
        (said("certified", 0, ends=-1), Ending.EXPIRED),
    ],
)
def test_how_a_label_ends(label: Said, ending: Ending | None) -> None:
    assert rules.ending_at(label, AT, ASK) == ending


@given(st.integers(0, 10_000), st.integers(0, 4_000), st.integers(1, 400))
def test_people_only_fade_and_the_next_change_is_when_they_do(count: int, days: int, half_life: int) -> None:
    label = said("confirmed_malicious", count, days=days)
    now = rules.count_at(count, label.counted_at, AT, half_life)
    assert 0 <= now <= count
    due = rules.next_change(label, AT, half_life)
    if due is None:
        assert now == 0
        return
    assert due > AT
    just_before = due - timedelta(microseconds=1)
    assert rules.count_at(count, label.counted_at, just_before, half_life) == now
    assert rules.count_at(count, label.counted_at, due, half_life) == now // 2


some = st.lists(
    st.builds(
        Said, st.integers(1, 99), st.sampled_from(KINDS), st.just("字"), st.integers(0, 50),
        st.integers(0, 400).map(lambda days: AT - timedelta(days=days)),
        st.none() | st.integers(-5, 5).map(lambda days: AT + timedelta(days=days)),
    ),
    max_size=6,
    unique_by=lambda label: label.id,
)  # fmt: skip


@given(some, st.booleans())
def test_the_order_of_labels_is_no_matter_and_what_ended_is_never_shown(standing: list[Said], registered: bool) -> None:
    found = rules.shown(standing, AT, ASK, registered=registered)
    assert found == rules.shown(standing[::-1], AT, ASK, registered=registered)
    if found is None:
        return
    (label,) = [one for one in standing if one.id == found.id]
    assert rules.ending_at(label, AT, ASK) is None
    assert len(found.text) <= 40
    if rules.is_suspicion(found.kind):
        assert found.votes >= ASK.shown_from
        assert not registered


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("13900000001", {"kind": "no_kind"}, "numbers.label_kind"),
    ("13900000001", {"source": "rumour"}, "numbers.label_kind"),
    ("13900000001", {"source": "reports", "count": 0}, "numbers.label_count"),
    ("13900000001", {"count": -1}, "numbers.label_count"),
    ("13900000001", {"text": "长" * 29}, "numbers.label"),
    ("13900000001", {"text": "\x00"}, "numbers.label"),
    ("13900000001", {"source": "hand", "reason": "  "}, "numbers.no_reason"),
    ("13900000001", {"kind": "certified"}, "numbers.label_text"),
    ("13900000001", {"kind": "service", "text": "快递", "count": 3}, "numbers.label_count"),
    ("110", {}, "numbers.label_public"),
    ("12345678901234567890123", {}, "numbers.label_number"),
    ("anonymous", {}, "numbers.label_number"),
]


@pytest.mark.parametrize(("number", "told", "code"), WRONG)
def test_what_cannot_be_said_of_a_number(number: str, told: dict[str, Any], code: str) -> None:
    wanted = {"kind": "confirmed_malicious", "source": "case", "text": "", "count": 1, "reason": "", **told}
    with pytest.raises(Problem) as refused:
        rules.check(parse(number), **wanted)
    assert refused.value.code == code


def test_the_longest_text_fits_with_the_most_people() -> None:
    label = said("confirmed_malicious", rules.MOST_COUNTED, text="长" * rules.LONGEST_TEXT)
    assert len(rules.wording(label, rules.MOST_COUNTED, ASK)) <= 40
