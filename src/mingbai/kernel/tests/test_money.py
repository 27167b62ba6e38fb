"""Fen, never floats."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel.money import parse_yuan, yuan
from mingbai.kernel.problems import Problem


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_what_is_written_is_read_again(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [("59", 5900), ("59.9", 5990), ("59.90", 5990), ("¥59.90", 5990), ("￥0.01", 1), ("59元", 5900),
     (" 1,299.00 ", 129900), ("0", 0), ("-3.5", -350), ("007", 700)],
)  # fmt: skip
def test_yuan_as_people_write_it(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "free", "1.999", "1.", ".5", "1e3", "--1", "٣", "1 000", "NaN", "59元/月"])
def test_what_is_no_amount_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(Problem) as problem:
        parse_yuan(text)
    assert problem.value.code == "money.unreadable"
    assert "59.90" in problem.value.mend


@given(st.text(max_size=20))
def test_nothing_else_is_raised(text: str) -> None:
    with suppress(Problem):
        assert isinstance(parse_yuan(text), int)
