"""Which calls a finding rests on: those that its rule is about before all others, the latest first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.detection.states import Kind
from mingbai.kernel.profile import Detection

COLUMNS = (
    "at_us", "caller", "caller_tail", "callee", "callee_tail", "segment", "row", "source", "seen", "answered",
    "ring_ms", "talk_ms", "decision", "code",
)  # fmt: skip
"""What is kept of a cited call, as it is in the lake."""
_UNALLOCATED = 1  # Q.850
_HOUR_US = 3_600_000_000
_Mask = NDArray[np.bool_]


class Calls(NamedTuple):
    """Calls of one subject by time; `refused`: the called person had refused this caller or its firm before."""

    table: pa.Table
    refused: _Mask

    def column(self, name: str, empty: int = -1) -> NDArray[np.int64]:
        return _numbers(self.table, name, empty)

    def __len__(self) -> int:
        return int(self.table.num_rows)


def cited(calls: Calls, rule: str, settings: Detection) -> list[dict[str, Any]]:
    """At most `settings.cited_calls` of a subject's calls that a finding by `rule` rests on, oldest first."""
    if not len(calls):
        return []
    choose = _ABOUT.get(rule)
    told = choose(calls, settings) if choose else np.ones(len(calls), np.bool_)
    order = np.lexsort((-calls.column("at_us"), ~told))[: settings.cited_calls]
    order = order[told[order]] if told.any() else order
    rows = calls.table.take(np.sort(order)).select(COLUMNS).to_pylist()
    marked = calls.refused[np.sort(order)].tolist()
    return [{**row, "after_refusal": after} for row, after in zip(rows, marked, strict=True)]


def after_refusal(table: pa.Table, refusals: Mapping[int, list[tuple[int, int, int]]]) -> _Mask:
    """Which calls came after a refusal of theirs; `refusals` of a callee: (party, caller, at in s)."""
    names = ("callee", "caller", "holder", "principal", "at_us")
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return np.array([_refused(refusals.get(row[0], ()), *row[1:]) for row in rows], np.bool_)


def _refused(said: Any, caller: int, holder: int | None, principal: int | None, at_us: int) -> bool:
    for party, number, at_s in said:
        whose = (party and party in (holder, principal)) or number == caller or not (party or number)
        if whose and at_us > at_s * 1_000_000:
            return True
    return False


def of_subject(table: pa.Table, kind: str, subject: int) -> pa.Table:
    """Rows of the calls that a subject made, or that were made to it."""
    column = {Kind.NUMBER: "caller", Kind.HOLDER: "holder", Kind.TRUNK: "trunk", Kind.CALLEE: "callee"}[Kind(kind)]
    return table.filter(pa.array(_numbers(table, column, 0) == subject))


def _numbers(table: pa.Table, name: str, empty: int) -> NDArray[np.int64]:
    column: Any = table[name]
    kind = pa.int64() if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type) else column.type
    return np.asarray(pc.fill_null(column.cast(kind), empty).to_numpy(), np.int64)


def _after(calls: Calls, settings: Detection) -> _Mask:
    return calls.refused


def _rang_once(calls: Calls, settings: Detection) -> _Mask:
    ring = calls.column("ring_ms")
    return np.asarray((calls.column("answered") == 0) & (ring >= 0) & (ring <= settings.one_ring_ms))


def _short(calls: Calls, settings: Detection) -> _Mask:
    talk = calls.column("talk_ms")
    return np.asarray((calls.column("answered", 0) == 1) & (talk >= 0) & (talk < settings.short_s * 1_000))


def _to_nobody(calls: Calls, settings: Detection) -> _Mask:
    return np.asarray(calls.column("cause") == _UNALLOCATED)


def _near(calls: Calls, settings: Detection) -> _Mask:
    return np.asarray(calls.column("near") >= settings.near_digits)


def _answered(calls: Calls, settings: Detection) -> _Mask:
    return np.asarray(calls.column("answered", 0) == 1)


def _busiest(calls: Calls, settings: Detection) -> _Mask:
    """Within the 60 minutes in which most calls were made."""
    at = calls.column("at_us")
    since = np.searchsorted(at, at - _HOUR_US, side="right")
    last = int(np.argmax(np.arange(len(at)) - since))
    return np.asarray((np.arange(len(at)) >= since[last]) & (np.arange(len(at)) <= last))


def _to_one(calls: Calls, settings: Detection) -> _Mask:
    """To the person who was called most."""
    callee = calls.column("callee")
    people, counts = np.unique(callee, return_counts=True)
    return np.asarray(callee == people[np.argmax(counts)])


_ABOUT: dict[str, Callable[[Calls, Detection], _Mask]] = {
    "after_refusal": _after,
    "hopping": _after,
    "part_of_hopping": _after,
    "one_ring": _rang_once,
    "silent": _short,
    "dead_numbers": _to_nobody,
    "neighbour": _near,
    "robot": _answered,
    "high_frequency": _busiest,
    "bombing": _to_one,
    "burst_part": _to_one,
    "bombed": _busiest,
}
