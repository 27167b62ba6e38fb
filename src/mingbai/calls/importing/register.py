"""Who stood behind each caller when it called: the register's spans, looked up by the column.

The register is a higher room's; who starts an import reads it there and hands it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_TRUNKS = 1 << 24  # more than there are: a resource and a trunk make one number


class Stood(NamedTuple):
    """Numbers first ≤ n ≤ last stood so while since ≤ t < until (µs). `use`: place in kernel.terms.USES."""

    first: int
    last: int
    since_us: int
    until_us: int
    resource: int
    holder: int
    principal: int
    use: int


class Assigned(NamedTuple):
    """On one trunk the numbers of a resource called for that principal."""

    resource: int
    trunk: int
    since_us: int
    until_us: int
    principal: int


class Registered:
    """What `importing.judging.Register` asks for."""

    def __init__(self, stood: Iterable[Stood], assigned: Iterable[Assigned] = ()) -> None:
        self._stood = _array(stood, Stood._fields)
        self._spans = _Intervals(self._stood["first"], self._stood["last"])
        self._assigned = _array(assigned, Assigned._fields)
        keys = self._assigned["resource"] * _TRUNKS + self._assigned["trunk"]
        self._lines = _Intervals(keys, keys)

    def __call__(self, callers: Ints, at_us: Ints, trunks: Ints) -> dict[str, Ints]:
        """`resource`, `holder`, `principal`, `use` of each row, 0 and for `use` −1 where nobody had the number."""
        span = _then(self._spans, callers, at_us, self._stood)
        found = {
            name: np.append(self._stood[name], -1 if name == "use" else 0)[span]
            for name in ("resource", "holder", "principal", "use")
        }
        rows = np.flatnonzero((span >= 0) & (trunks > 0))
        if len(rows) and len(self._assigned["trunk"]):
            keys = found["resource"][rows] * _TRUNKS + trunks[rows]
            line = _then(self._lines, keys, at_us[rows], self._assigned)
            known = line >= 0
            found["principal"][rows[known]] = self._assigned["principal"][line[known]]
        return found


class _Intervals:
    """Intervals of whole numbers, by the pieces between their ends: which of them hold a piece."""

    def __init__(self, first: Ints, last: Ints) -> None:
        self._bounds = np.unique(np.concatenate([first, last + 1]))
        begin, end = np.searchsorted(self._bounds, first), np.searchsorted(self._bounds, last + 1)
        sizes = end - begin
        owner = np.repeat(np.arange(len(first)), sizes)
        piece = np.repeat(begin - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
        order = np.lexsort((owner, piece))
        self._owner = owner[order]
        self._begin = np.searchsorted(piece[order], np.arange(len(self._bounds) + 1))

    def holding(self, values: Ints) -> tuple[Ints, Ints]:
        """(first place, count) in `owners` of those that hold each value."""
        piece = np.searchsorted(self._bounds, values, side="right") - 1
        inside = piece >= 0
        piece = np.where(inside, piece, 0)
        if not len(self._bounds):
            return np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
        begin = self._begin[piece]
        return begin, np.where(inside, self._begin[piece + 1] - begin, 0)

    @property
    def owners(self) -> Ints:
        return self._owner


def _then(intervals: _Intervals, values: Ints, at_us: Ints, spans: dict[str, Ints]) -> Ints:
    """The last span that held each value at its time; −1 for none."""
    found = np.full(len(values), -1, np.int64)
    begin, count = intervals.holding(values)
    rows, step = np.flatnonzero(count > 0), 0
    while len(rows):
        one = intervals.owners[begin[rows] + step]
        then = (spans["since_us"][one] <= at_us[rows]) & (at_us[rows] < spans["until_us"][one])
        found[rows[then]] = one[then]
        step += 1
        rows = rows[count[rows] > step]
    return found


def _array(rows: Iterable[tuple[int, ...]], names: Sequence[str]) -> dict[str, Ints]:
    table = np.array(list(rows), np.int64).reshape(-1, len(names))
    return {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(names)}
