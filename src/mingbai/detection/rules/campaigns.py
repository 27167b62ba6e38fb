"""外呼活动: numbers that behave as one and hang together are shown as one campaign. Pure, deterministic.

Alike is not enough: two couriers are alike. Numbers belong together when they are alike *and* something binds them: the
same holder, the same principal, people whom both called, or a trunk on which most numbers were found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.detection.rules.measures import Column, Counts, parts
from mingbai.kernel.profile import Detection

CAMPAIGNS = pa.schema(
    [
        pa.field("campaign", pa.int64(), nullable=False),
        pa.field("subject", pa.int64(), nullable=False),
        pa.field("tail", pa.int64(), nullable=False),
        pa.field("numbers", pa.int64(), nullable=False),
        pa.field("bonds", pa.list_(pa.string()), nullable=False),
    ]
)
"""A number a row: its campaign (the smallest subject in it), how many numbers that has, and what binds them."""
BONDS = ("holder", "principal", "callees", "trunk")
_SHARES = ("spread", "unanswered", "short", "brief", "unreturned", "strangers", "unused", "one_ring", "night", "near")
_COMMON_AT_LEAST = 3  # people whom two numbers called; fewer meet by chance
_CROWDED = 200  # found numbers that called one person: then having called it binds nobody


class _Bond(NamedTuple):
    name: str
    one: NDArray[np.int64]
    other: NDArray[np.int64]


def campaigns(
    features: pa.Table, settings: Detection, contacts: pa.Table | None = None, trunks: pa.Table | None = None
) -> pa.Table:
    """Campaigns (CAMPAIGNS) among the found numbers whose feature rows are `features`.

    `contacts`: subject, callee of these numbers, distinct. `trunks`: features by trunk.
    """
    counts = Counts(features)
    order = np.lexsort((_ids(counts, "tail"), _ids(counts, "subject")))
    counts = Counts(features.take(order))
    habits = _habits(counts)
    union = _Union(counts.rows)
    subjects = _ids(counts, "subject")
    found = [*_by_owner(counts), *_by_trunk(counts, trunks), *_by_callees(subjects, contacts, settings)]
    tied: list[tuple[str, int]] = []
    for bond in found:
        alike = _likeness(habits, bond.one, bond.other) >= settings.campaign_likeness / 100.0
        for one, other in zip(bond.one[alike].tolist(), bond.other[alike].tolist(), strict=True):
            union.join(one, other)
            tied.append((bond.name, one))
    return _table(counts, subjects, union, tied, settings.campaign_numbers)


def _habits(counts: Counts) -> NDArray[np.float64]:
    """A row a number: shares, active hours, lengths of talk; each of the three of length one, so that each weighs as
    much."""
    shares = np.stack([np.nan_to_num(parts(counts)[name].percent, nan=0.0) for name in _SHARES], axis=1)
    hours = np.stack([np.nan_to_num(counts[f"h{hour}"], nan=0.0) for hour in range(24)], axis=1)
    talks = np.stack([np.nan_to_num(counts[f"talk_{part}"], nan=0.0) for part in range(8)], axis=1)
    return np.concatenate([_unit(shares), _unit(_blurred(hours)), _unit(talks)], axis=1)


def _blurred(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ten past the hour is near ten to it."""
    return np.asarray(hours + 0.5 * (np.roll(hours, 1, axis=1) + np.roll(hours, -1, axis=1)))


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0))


def _likeness(habits: NDArray[np.float64], one: NDArray[np.int64], other: NDArray[np.int64]) -> Column:
    """Cosine of the habits of each pair, of what is known of both: 0 to 1."""
    known = np.minimum((habits[one] ** 2).sum(axis=1), (habits[other] ** 2).sum(axis=1))
    return np.asarray((habits[one] * habits[other]).sum(axis=1) / np.maximum(known, 1.0))


def _ids(counts: Counts, name: str) -> NDArray[np.int64]:
    """A column of ids, exact (a float would round pseudonyms); 0 where unknown."""
    if name not in counts.table.column_names:
        return np.zeros(counts.rows, np.int64)
    column: Any = counts.table[name].cast(pa.int64())
    return np.asarray(column.fill_null(0).to_numpy(), np.int64)


def _by_owner(counts: Counts) -> Iterator[_Bond]:
    for name in ("holder", "principal"):
        yield from _within(name, _ids(counts, name))


def _within(name: str, groups: NDArray[np.int64]) -> Iterator[_Bond]:
    """All pairs within each group but 0: of each number with every later one."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=groups[order][:1] - 1)) if len(order) else order
    for members in np.split(order, starts[1:]):
        if len(members) < 2 or groups[members[0]] == 0:
            continue
        for place in range(len(members) - 1):
            rest = np.sort(members[place + 1 :])
            yield _Bond(name, np.full(len(rest), members[place]), rest)


def _by_trunk(counts: Counts, trunks: pa.Table | None) -> Iterator[_Bond]:
    """Trunks on which half of the numbers or more were found."""
    if trunks is None:
        return
    called = Counts(trunks)
    numbers = dict(zip(_ids(called, "subject").tolist(), called["numbers"].tolist(), strict=True))
    of = _ids(counts, "trunk")
    found = Counter(of.tolist())
    rotten = [trunk for trunk, many in found.items() if trunk and 2 * many >= numbers.get(trunk, float("inf"))]
    yield from _within("trunk", np.where(np.isin(of, rotten), of, 0))


def _by_callees(subjects: NDArray[np.int64], contacts: pa.Table | None, settings: Detection) -> Iterator[_Bond]:
    """Pairs of numbers that called enough of the same people."""
    if contacts is None or not contacts.num_rows:
        return
    called = Counts(contacts)
    caller, callee = _ids(called, "subject"), _ids(called, "callee")
    place = np.searchsorted(subjects, caller)
    there = (place < len(subjects)) & (subjects[np.minimum(place, len(subjects) - 1)] == caller)
    place, callee = place[there], callee[there]
    reach = np.bincount(place, minlength=len(subjects))
    common: Counter[tuple[int, int]] = Counter()
    order = np.lexsort((place, callee))
    place, callee = place[order], callee[order]
    for group in np.split(place, np.flatnonzero(np.diff(callee)) + 1):
        if 1 < len(group) <= _CROWDED:
            members = group.tolist()
            common.update((one, other) for at, one in enumerate(members) for other in members[at + 1 :] if one != other)
    pairs = [
        pair for pair, many in sorted(common.items())
        if many >= _COMMON_AT_LEAST and 100 * many >= settings.campaign_shared * min(reach[pair[0]], reach[pair[1]])
    ]  # fmt: skip
    if pairs:
        one, other = np.array(pairs, np.int64).T
        yield _Bond("callees", one, other)


class _Union:
    """Disjoint sets; the smallest member stands for its set."""

    def __init__(self, many: int) -> None:
        self.above = list(range(many))

    def top(self, one: int) -> int:
        while self.above[one] != one:
            self.above[one] = self.above[self.above[one]]
            one = self.above[one]
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.top(one), self.top(other)))
        self.above[high] = low


def _table(
    counts: Counts, subjects: NDArray[np.int64], union: _Union, tied: list[tuple[str, int]], least: int
) -> pa.Table:
    tops = np.array([union.top(row) for row in range(counts.rows)], np.int64)
    bonds: dict[int, set[str]] = {}
    for name, row in tied:
        bonds.setdefault(int(tops[row]), set()).add(name)
    sizes = np.bincount(tops, minlength=counts.rows) if counts.rows else tops
    rows = [row for row in range(counts.rows) if sizes[tops[row]] >= max(least, 2)]
    tails = _ids(counts, "tail")
    made: dict[str, Any] = {
        "campaign": [int(subjects[tops[row]]) for row in rows],
        "subject": [int(subjects[row]) for row in rows],
        "tail": [int(tails[row]) for row in rows],
        "numbers": [int(sizes[tops[row]]) for row in rows],
        "bonds": [[name for name in BONDS if name in bonds[int(tops[row])]] for row in rows],
    }
    return pa.table(made, schema=CAMPAIGNS)
