"""The pure rules of the room, by properties."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mingbai.numbers.rules import Taken

RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8)).map(lambda r: (r[0], r[0] + r[1])), max_size=30)


@given(RANGES)
def test_taken_finds_an_overlap_exactly_when_there_is_one(ranges: list[tuple[int, int]]) -> None:
    taken = Taken()
    kept: list[tuple[int, int]] = []
    for first, last in ranges:
        met = taken.add(first, last, len(kept))
        overlapping = [mark for mark, (a, b) in enumerate(kept) if a <= last and first <= b]
        assert (met in overlapping) if overlapping else met is None
        if met is None:
            kept.append((first, last))
