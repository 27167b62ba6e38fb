"""The score: the sum of its terms, monotone in the evidence, the same in every order of rows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.detection.features.columns import BY_NUMBER
from mingbai.detection.rules import judge, scores_of
from mingbai.detection.rules.terms import BOUND
from mingbai.detection.rules.tests.made import COLD, ORDINARY, SETTINGS, table
from mingbai.kernel.profile.detecting import TERMS

S = SETTINGS
ALL = replace(
    S,
    prior_points=0,
    suspicion_points=0,
    weights_for=dict.fromkeys(TERMS, 2.0),
    weights_against=dict.fromkeys(TERMS, 1.0),
)
"""Every term weighs, so that each is seen."""


@st.composite
def rows(draw: st.DrawFn) -> dict[str, int]:
    """Counts that can be: parts are no more than their wholes."""
    calls = draw(st.integers(1, 3000))

    def part(of: int) -> int:
        return draw(st.integers(0, of))

    recorded, callees = part(calls), draw(st.integers(1, calls))
    answered, rung = part(recorded), part(calls)
    short = part(answered)
    return {
        "calls": calls, "recorded": recorded, "callees": callees, "answered": answered, "rung": rung, "short": short,
        "long": part(answered - short), "talk_ms": answered * draw(st.integers(0, 300_000)),
        "talk_s2": answered * draw(st.integers(0, 90_000)), "days": draw(st.integers(1, 30)), "returned": part(callees),
        "repeated": part(callees), "known": part(calls), "first_in": part(500), "unused": part(calls),
        "consented": part(callees),
        "rejected": part(recorded), "one_ring": part(rung), "night": part(calls), "near": part(calls),
        "refusers_called": part(callees), "refusing": part(callees), "hopped": part(callees),
        "spoofed": part(calls), "burst": part(calls),
        "most_60min": part(calls), "most_to_one": part(calls), "age_days": draw(st.integers(-1, 900)),
        "sort": draw(st.integers(0, 8)), "use": draw(st.integers(-1, 5)),
    }  # fmt: skip


def score(row: dict[str, int]) -> float:
    return float(scores_of(table(row), ALL).score[0])


@settings(max_examples=60)
@given(st.lists(rows(), max_size=8))
def test_the_terms_of_a_finding_sum_to_its_score(made: list[dict[str, int]]) -> None:
    for one in judge(table(*made), ALL).to_pylist():
        terms: Any = one["terms"]
        assert math.isclose(math.fsum(term["contribution"] for term in terms), one["score"], abs_tol=1e-6)
        for term in terms:
            assert math.isclose(term["value"] * term["weight"], term["contribution"], abs_tol=1e-6)
            assert term["name"] == "prior" or abs(term["value"]) <= BOUND


@settings(max_examples=40)
@given(st.lists(rows(), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_finding(made: list[dict[str, int]], random: Any) -> None:
    whole = table(*made)
    order = list(range(len(made)))
    random.shuffle(order)
    other = whole.take(pa.array(order))

    def told(features: pa.Table) -> list[Any]:
        return sorted(judge(features, ALL).to_pylist(), key=lambda one: (one["rule"], one["subject"]))

    assert told(whole) == told(other)


MORE = {  # what speaks for it, and within which whole
    "unused": "calls", "one_ring": "rung", "near": "calls", "night": "calls", "refusers_called": "callees",
    "refusing": "callees", "hopped": "callees", "spoofed": "calls", "rejected": "recorded", "burst": "calls",
}  # fmt: skip
LESS = {
    "returned": "callees",
    "known": "calls",
    "first_in": "",
    "long": "answered",
    "repeated": "callees",
    "consented": "callees",
}


@settings(max_examples=60)
@given(rows(), st.sampled_from(sorted(MORE)), st.integers(1, 200))
def test_more_of_what_speaks_for_it_never_lowers_the_score(row: dict[str, int], name: str, by: int) -> None:
    more = row | {name: min(row[name] + by, row[MORE[name]])}
    assert score(more) >= score(row) - 1e-9


@settings(max_examples=60)
@given(rows(), st.sampled_from(sorted(LESS)), st.integers(1, 200))
def test_more_of_what_speaks_against_it_never_raises_the_score(row: dict[str, int], name: str, by: int) -> None:
    most = row[LESS[name]] if LESS[name] else 10_000
    assert score(row | {name: min(row[name] + by, most)}) <= score(row) + 1e-9


def test_few_calls_say_little() -> None:
    one = {name: 1 if name in ("calls", "recorded", "callees", "days", "rung") else 0 for name in COLD}
    assert score(one) < score({name: 100 * value if name != "days" else 1 for name, value in one.items()})
    assert not judge(table(one), S).num_rows


def test_a_cold_caller_scores_and_an_ordinary_one_does_not() -> None:
    cold, ordinary = scores_of(table(COLD, ORDINARY), S).score
    assert cold >= S.finding_points
    assert ordinary < S.suspicion_points


def test_no_single_term_makes_a_finding_but_what_is_proof_by_itself() -> None:
    """Nobody is found for one habit: the largest that a share or a size can add leaves a score below even odds."""
    proof = {"refused", "refusing", "hopped", "spoofed", "bombing"}
    for term in set(TERMS) - proof:
        assert BOUND * S.weights_for[term] - S.prior_points < S.finding_points, term


@pytest.mark.parametrize("name", [name for name in BY_NUMBER.names if name not in ("subject", "tail")])
def test_a_column_that_is_missing_does_no_harm(name: str) -> None:
    judged = judge(table(COLD, ORDINARY).drop_columns([name]), S)
    assert set(judged["subject"].to_pylist()) <= {1}
