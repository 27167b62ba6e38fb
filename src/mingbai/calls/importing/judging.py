"""Rows of call records as columns: what they mean, and which of them cannot be taken and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing import causes, times
from mingbai.calls.importing.faults import number as fault
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.text import text_of
from mingbai.kernel import columns
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.problems import Problem

MOST_MS = 7 * 86_400_000  # of one call: what is longer is a wrong unit
_SLACK_US = 2_000_000  # times of one record are cut to seconds apart from each other
_ID = 128  # bytes
_NO = -1  # a duration that is not there
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
    caller, caller_kind = _numbers(cells["caller"], layout)
    callee, callee_kind = _numbers(cells["callee"], layout)
    mark(caller_kind == Kind.MALFORMED, "caller_unreadable")
    mark(callee_kind == Kind.WITHHELD, "callee_missing")
    mark(callee_kind == Kind.MALFORMED, "callee_unreadable")
    answered, ring, talk = _course(cells, at, layout, mark)
    cause = cells.get("cause")
    call = cells.get("call")
    ids = None if call is None else _bytes(call)
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


def words(column: pa.Array[Any]) -> pa.Array[Any]:
    """Cells as text (large_string): UTF-8, and where it is not, GB 18030. Other types are written as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(cast(Any, kind).value_type)
        kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        column, kind = column.cast(pa.large_binary()), pa.large_binary()
    if not pa.types.is_large_binary(kind):
        return _fill(column.cast(pa.large_string()), "")
    column = _fill(column, b"")
    _, text = text_of(column)
    if not len(text) or int(text.max()) < 128:
        return _as_text(column)
    coded = cast(Any, column).dictionary_encode()
    plain = pa.array([words_of(value) for value in coded.dictionary.to_pylist()], pa.large_string())
    return plain.take(coded.indices)


def words_of(value: bytes) -> str:
    """Bytes as text: UTF-8, else GB 18030."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("gb18030", "replace")


def _as_text(column: pa.Array[Any]) -> pa.Array[Any]:
    """ASCII as text, its bytes where they are."""
    _, bounds, data = column.buffers()
    return pa.Array.from_buffers(pa.large_string(), len(column), [None, bounds, data], 0, column.offset)


def _bytes(column: pa.Array[Any]) -> pa.LargeBinaryArray:
    if pa.types.is_large_binary(column.type):
        return cast(pa.LargeBinaryArray, _fill(column, b""))
    return cast(pa.LargeBinaryArray, words(column).cast(pa.large_binary()))


def _fill(column: pa.Array[Any], value: Any) -> pa.Array[Any]:
    return pc.fill_null(column, pa.scalar(value, column.type)) if column.null_count else column


def _numbers(column: pa.Array[Any], layout: Layout) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    if pa.types.is_floating(column.type):  # 13812345678.0, as a table with empty cells keeps it
        column = pc.cast(pc.round(column), pa.int64(), safe=False)
    if not pa.types.is_integer(column.type):
        column = words(column)
        for prefix in layout.strip:
            begun = pc.starts_with(column, prefix)
            column = pc.if_else(begun, pc.utf8_slice_codeunits(column, len(prefix)), column)
    elif layout.strip or layout.area:
        column = column.cast(pa.large_string())
    numbers, kinds = columns.classify(column)
    if layout.area:
        local = np.flatnonzero((kinds == Kind.UNALLOCATED) | (kinds == Kind.PROVINCIAL_96))
        if len(local):
            coded = cast(Any, column).take(pa.array(local)).dictionary_encode()
            read = [parse(text or "", area=layout.area) for text in coded.dictionary.to_pylist()]
            places = coded.indices.to_numpy(zero_copy_only=False)
            numbers[local] = np.array([int(one.digits or 0) for one in read], np.int64)[places]
            kinds[local] = np.array([one.kind for one in read], np.int8)[places]
    return numbers, kinds


def _times(cells: Cells, name: str, layout: Layout, mark: _Marks, code: str) -> NDArray[np.int64]:
    column = cells.get(name)
    if column is None:
        return np.full(len(mark.faults), times.NONE, np.int64)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) or pa.types.is_binary(column.type):
        column = _fill(column.cast(pa.large_binary()), b"")
    elif pa.types.is_large_binary(column.type):
        column = _fill(column, b"")
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
    known = [text.strip().lower() for text in coded.dictionary.to_pylist()]
    values = np.array([_NO if not text else int(text in layout.answered) for text in known] or [_NO], np.int8)
    found: NDArray[np.int8] = values[coded.indices.to_numpy(zero_copy_only=False)]
    return found


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
    """A number, or h:mm:ss; nan for nothing, inf for anything else."""
    text = text.strip()
    if not text:
        return float("nan")
    parts = text.split(":")
    try:
        if len(parts) in (2, 3) and all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            found = 0.0
            for part in parts:
                found = found * 60 + int(part)
            return found
        found = float(text.replace(",", ".")) if text.isascii() else float("inf")
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
