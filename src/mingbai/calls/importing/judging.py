"""Rows of call records as columns: what they mean, and which of them cannot be taken and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing import causes, numbers, times
from mingbai.calls.importing.cells import filled, ids_of, words
from mingbai.calls.importing.faults import number as fault
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.text import text_of
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem

MOST_MS = 7 * 86_400_000  # of one call: what is longer is a wrong unit
_SLACK_US = 2_000_000  # times of one record are cut to seconds apart from each other
_ID = 128  # bytes
_NO = -1  # a duration that is not there
_CLOCKED = re.compile(r"(?:(\d{1,5}):)?(\d{1,5}):(\d{1,5}(?:\.\d{1,9})?)", re.ASCII)
_SPOKEN = re.compile(r"(?:(\d{1,5})小?时)?(?:(\d{1,5})分钟?)?(?:(\d{1,7}(?:\.\d{1,9})?)秒)?", re.ASCII)
Faults = NDArray[np.uint8]
Millis = NDArray[np.int64]


class Window(NamedTuple):
    """Calls with since ≤ at < until are taken, µs since the epoch."""

    since_us: int
    until_us: int


@dataclass
class Judged:
    """Columns of rows in their order; what stands in rows with a fault means nothing. Durations −1 where unknown.

    `answered`: 1, 0, −1 unknown. `call`: large_binary, empty where there is no id.
    """

    faults: Faults
    at_us: NDArray[np.int64]
    caller: NDArray[np.int64]
    caller_kind: NDArray[np.int8]
    callee: NDArray[np.int64]
    callee_kind: NDArray[np.int8]
    answered: NDArray[np.int8]
    ring_ms: Millis
    talk_ms: Millis
    cause: NDArray[np.int16]
    call: pa.LargeBinaryArray | None


Cells = Mapping[str, Any]  # our name of a column → its cells: large_binary from text, any type from Parquet


def judge(cells: Cells, spoiled: Faults, layout: Layout, window: Window) -> Judged:
    """`spoiled`: faults that rows have already. Raises Problem for a column of a type that cannot be read."""
    count = len(spoiled)
    mark = _Marks(spoiled.copy())
    at = _times(cells, "start", layout, mark, "start_unreadable")
    mark(at == times.NONE, "start_missing")
    mark(at >= window.until_us, "start_future")
    mark((at > times.WRONG) & (at < window.since_us), "start_past")
    caller, caller_kind = numbers.read(cells["caller"], layout)
    callee, callee_kind = numbers.read(cells["callee"], layout)
    mark(caller_kind == Kind.MALFORMED, "caller_unreadable")
    mark(callee_kind == Kind.WITHHELD, "callee_missing")
    mark(callee_kind == Kind.MALFORMED, "callee_unreadable")
    answered, ring, talk = _course(cells, at, layout, mark)
    cause = cells.get("cause")
    call = cells.get("call")
    ids = None if call is None else ids_of(call)
    if ids is not None:
        mark(np.diff(text_of(ids)[0]) > _ID, "call_long")
    return Judged(
        faults=mark.faults,
        at_us=at,
        caller=caller,
        caller_kind=caller_kind,
        callee=callee,
        callee_kind=callee_kind,
        answered=answered,
        ring_ms=ring,
        talk_ms=talk,
        cause=causes.none(count) if cause is None else causes.read(words(cause), layout.cause),
        call=ids,
    )


class _Marks:
    """The first fault of each row."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def __call__(self, rows: Any, code: str) -> None:
        found = np.flatnonzero(rows & (self.faults == 0))
        self.faults[found] = fault(code)


def _times(cells: Cells, name: str, layout: Layout, mark: _Marks, code: str) -> NDArray[np.int64]:
    column = cells.get(name)
    if column is None:
        return np.full(len(mark.faults), times.NONE, np.int64)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_binary(column.type):
        column = filled(column.cast(pa.large_binary()), b"")
    elif pa.types.is_large_binary(column.type):
        column = filled(column, b"")
    elif pa.types.is_dictionary(column.type):
        column = words(column).cast(pa.large_binary())
    found = times.read(column, layout.time)
    mark(found == times.WRONG, code)
    return found


def _course(
    cells: Cells, at: NDArray[np.int64], layout: Layout, mark: _Marks
) -> tuple[NDArray[np.int8], Millis, Millis]:
    """(answered, ring, talk) from whatever of flag, times and durations there is; what is missing is worked out."""
    answer = _times(cells, "answer", layout, mark, "answer_unreadable")
    end = _times(cells, "end", layout, mark, "end_unreadable")
    has_answer, has_end = answer > times.WRONG, end > times.WRONG
    mark(has_end & (end < at - _SLACK_US), "end_order")
    mark(has_answer & ((answer < at - _SLACK_US) | (has_end & (answer > end + _SLACK_US))), "answer_order")
    talk, ring, whole = (_millis(cells, name, layout, mark) for name in ("talk", "ring", "duration"))
    for one in (talk, ring, whole):
        mark((one > MOST_MS) | (one < _NO), "too_long")
    whole = np.where((whole == _NO) & has_end, np.maximum(end - at, 0) // 1_000, whole)
    flag = _flag(cells.get("answered"), layout, len(at))
    answered = np.where(flag != _NO, flag, _NO)
    unsaid = flag == _NO
    answered = np.where(unsaid & (has_answer | (talk > 0)), 1, answered)
    told = ("answer" in cells, "talk" in cells)  # an empty cell says that there was no answer, a missing column nothing
    answered = np.where((answered == _NO) & (talk <= 0) & ~has_answer & any(told), 0, answered).astype(np.int8)
    mark((answered == 0) & (talk > 0), "answered_talk")
    yes = answered == 1
    talk = np.where(yes & (talk == _NO) & has_answer & has_end, np.maximum(end - answer, 0) // 1_000, talk)
    rest = np.maximum(whole - (answer - at) // 1_000, 0)
    talk = np.where(yes & (talk == _NO) & has_answer & (whole != _NO), rest, talk)
    talk = np.where(answered == 0, 0, talk)
    ring = np.where((ring == _NO) & yes & has_answer, np.maximum(answer - at, 0) // 1_000, ring)
    ring = np.where((ring == _NO) & yes & (whole != _NO) & (talk != _NO), np.maximum(whole - talk, 0), ring)
    ring = np.where((ring == _NO) & (answered == 0) & (whole != _NO), whole, ring)
    mark((talk > MOST_MS) | (ring > MOST_MS), "too_long")
    return answered, ring, talk


def _flag(column: pa.Array[Any] | None, layout: Layout, count: int) -> NDArray[np.int8]:
    """1 for a value that means answered, 0 for another, −1 for none."""
    if column is None:
        return np.full(count, _NO, np.int8)
    if pa.types.is_boolean(column.type):
        return cast(Any, column.cast(pa.int8())).fill_null(_NO).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]  # stubs
    coded = cast(Any, words(column)).dictionary_encode()
    known = [text.strip().lower().removesuffix(".0") for text in coded.dictionary.to_pylist()]
    values = np.array([_meant(text, layout) for text in known] or [_NO], np.int8)
    found: NDArray[np.int8] = values[coded.indices.to_numpy(zero_copy_only=False)]
    return found


def _meant(text: str, layout: Layout) -> int:
    if text in layout.answered:
        return 1
    if text in times.NOTHING or (layout.unanswered is not None and text not in layout.unanswered):
        return _NO
    return 0


def _millis(cells: Cells, name: str, layout: Layout, mark: _Marks) -> Millis:
    """A duration in ms; −1 where there is none, less where it is negative."""
    column = cells.get(name)
    if column is None:
        return np.full(len(mark.faults), _NO, np.int64)
    unit, values = layout.units[name], cast(Any, column)
    if pa.types.is_duration(column.type):
        values, unit = values.cast(pa.duration("us"), safe=False).cast(pa.int64()).cast(pa.float64()), 0.001
    elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        values = values.cast(pa.float64(), safe=False)
    else:
        found, wrong = _decimals(words(column))
        mark(wrong, f"{name}_unreadable")
        return _whole(found, unit)
    return _whole(cast(Any, values).fill_null(float("nan")).to_numpy(zero_copy_only=False), unit)


def _whole(values: NDArray[np.float64], unit: float) -> Millis:
    present = np.isfinite(values)
    negative = present & (values < 0)
    scaled = np.rint(np.clip(np.where(present, values, 0), -1e15, 1e15) * unit).astype(np.int64)
    return np.where(present, np.where(negative, _NO - 1, np.minimum(scaled, MOST_MS + 1)), _NO)


def _decimals(column: pa.Array[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Text as numbers, nan for an empty cell, and which are no number; each distinct text once if one is odd."""
    try:
        plain = pc.if_else(pc.equal(column, pa.scalar("", column.type)), pa.scalar(None, column.type), column)
        found = cast(Any, plain).cast(pa.float64()).fill_null(float("nan")).to_numpy(zero_copy_only=False)
        return found, np.isinf(found)
    except pa.ArrowInvalid:
        pass
    coded = cast(Any, column).dictionary_encode()
    values = np.array([_decimal(text) for text in coded.dictionary.to_pylist()], np.float64)
    found = values[coded.indices.to_numpy(zero_copy_only=False)]
    return np.where(np.isinf(found), np.nan, found), np.isinf(found)


def _decimal(text: str) -> float:
    """A number, or h:mm:ss, or 1小时2分3秒; nan for nothing, inf for anything else."""
    text = text.strip()
    if text.lower() in times.NOTHING:
        return float("nan")
    if match := _CLOCKED.fullmatch(text) or (_SPOKEN.fullmatch(text) if not text.isascii() else None):
        hours, minutes, seconds = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    try:
        found = float(text.replace(",", ".")) if text.isascii() and "_" not in text else float("inf")
    except ValueError:
        return float("inf")
    return found if found == found else float("inf")


Register = Callable[[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]], Mapping[str, NDArray[np.int64]]]
"""(callers, µs, trunk ids) → columns `resource`, `holder`, `principal`, `use` of each row as it stood then, 0 for none
(`use`: −1), handed in by who may ask the register."""


def require_columns(found: Mapping[str, Any]) -> None:
    """Raises Problem when a file has not the columns that a call record needs."""
    for name in ("caller", "callee", "start"):
        if name not in found:
            mend = "name the columns in a mapping file, see docs/calls.md"
            raise Problem("calls.column_missing", f"the file has no column for {name}", where=name, mend=mend)
