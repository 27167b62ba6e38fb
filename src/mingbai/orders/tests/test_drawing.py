"""What a hand left on the pad and what is no signature: by points, never by pixels."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel.problems import Problem
from mingbai.orders.signing.rules import HEIGHT, WIDTH, check, read
from mingbai.orders.tests.conftest import NAME


def verdict(strokes: Any) -> str:
    """The code of the refusal, "" when it counts."""
    try:
        check(read(json.dumps(strokes)), span_percent=12, length_percent=30)
    except Problem as problem:
        return problem.code
    return ""


REFUSED: dict[str, tuple[Any, str]] = {
    "nothing": ([], "orders.signature_empty"),
    "empty strokes": ([[], []], "orders.signature_empty"),
    "one point": ([[[450, 150, 0]]], "orders.signature_dot"),
    "a point held": ([[[450, 150, n] for n in range(500)]], "orders.signature_dot"),
    "a shaking dot": ([[[450 + n % 9, 150 + n % 7, n] for n in range(500)]], "orders.signature_dot"),
    "dots all over": ([[[90 * n, 30 * n, n]] for n in range(10)], "orders.signature_dot"),
    "a drag of two points": ([[[0, 150, 0], [900, 150, 5]]], "orders.signature_dot"),
    "a short line": ([[[100 + n, 150, n] for n in range(60)]], "orders.signature_dot"),
    "outside": ([[[901, 0, 0]]], "orders.drawing"),
    "before it began": ([[[1, 1, -1]]], "orders.drawing"),
    "backwards": ([[[1, 1, 5], [2, 2, 4]]], "orders.drawing"),
    "fractions": ([[[1.5, 1, 0]]], "orders.drawing"),
    "truth": ([[[True, 1, 0]]], "orders.drawing"),
    "two numbers": ([[[1, 1]]], "orders.drawing"),
    "an object": ({"strokes": []}, "orders.drawing"),
    "text": ("李明", "orders.drawing"),
    "too many points": ([[[n % 900, 1, 0] for n in range(6_001)]], "orders.drawing"),
    "too many strokes": ([[]] * 201, "orders.drawing"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_signature_is_refused(case: str) -> None:
    sent, code = REFUSED[case]
    assert verdict(sent) == code


def test_a_name_counts_and_so_does_one_that_is_a_single_line() -> None:
    assert verdict(NAME) == ""
    assert verdict([[[100 + 8 * n, 150, 10 * n] for n in range(50)]]) == ""  # 一


@pytest.mark.parametrize("text", ["", "  ", "[", "[" * 100_000, "null", "x" * 200_001, "[[[1,1,1e400]]]"])
def test_noise_is_no_drawing(text: str) -> None:
    with pytest.raises(Problem, match=r"cannot be read|nothing was drawn"):
        check(read(text), span_percent=12, length_percent=30)


points = st.tuples(st.integers(0, WIDTH), st.integers(0, HEIGHT))
strokes = st.lists(st.lists(points, max_size=40), max_size=12)


def timed(drawn: list[list[tuple[int, int]]]) -> list[list[list[int]]]:
    clock = iter(range(100_000))
    return [[[x, y, next(clock)] for x, y in stroke] for stroke in drawn]


@given(strokes)
def test_more_of_the_same_never_turns_a_signature_into_none(drawn: list[list[tuple[int, int]]]) -> None:
    before, after = verdict(timed(drawn)), verdict(timed([*drawn, [(0, 0)], *drawn]))
    assert before or not after


@given(strokes, st.integers(0, 100), st.integers(0, 100))
def test_where_on_the_pad_makes_no_difference(drawn: list[list[tuple[int, int]]], right: int, down: int) -> None:
    small = [[(x * 8 // 9, y * 2 // 3) for x, y in stroke] for stroke in drawn]
    moved = [[(x + right, y + down) for x, y in stroke] for stroke in small]
    assert verdict(timed(small)) == verdict(timed(moved))


@given(st.lists(st.lists(st.tuples(st.integers(400, 500), st.integers(100, 200)), max_size=60), max_size=20))
def test_nothing_as_small_as_a_dot_counts(drawn: list[list[tuple[int, int]]]) -> None:
    assert verdict(timed(drawn)) in {"orders.signature_empty", "orders.signature_dot"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=30))
def test_nothing_that_is_sent_breaks_it(sent: Any) -> None:
    assert verdict(sent) in {"orders.drawing", "orders.signature_empty", "orders.signature_dot", ""}
