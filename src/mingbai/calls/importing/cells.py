"""Cells of call records as text or bytes, whatever kind of column they come in."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mingbai.calls.importing import times
from mingbai.calls.importing.text import text_of
from mingbai.kernel.problems import Problem

_NOTHING_BYTES = 8
_NO_ID = pa.array([*times.NOTHING, "0"], pa.large_string())


def words(column: pa.Array[Any]) -> pa.Array[Any]:
    """Cells as text (large_string): UTF-8, and where it is not, GB 18030. Other types are written as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(cast(Any, kind).value_type)
        kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        column, kind = column.cast(pa.large_binary()), pa.large_binary()
    if not pa.types.is_large_binary(kind):
        try:
            return filled(column.cast(pa.large_string()), "")
        except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
            what = f"a column of {kind} cannot be read"
            raise Problem("calls.column_type", what, mend="write text, whole numbers or times") from None
    column = filled(column, b"")
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


def ids_of(column: pa.Array[Any]) -> pa.LargeBinaryArray:
    """Call ids as they stand; empty where a program wrote that there is none."""
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind) or pa.types.is_large_binary(kind):
        column = filled(column.cast(pa.large_binary()), b"")
    else:
        column = words(column).cast(pa.large_binary())
    short = np.flatnonzero(np.diff(text_of(column)[0]) < _NOTHING_BYTES)
    if len(short):
        found = cast(Any, column).take(pa.array(short))
        none = pc.is_in(pc.ascii_lower(words(found)), value_set=_NO_ID).to_numpy(zero_copy_only=False)
        if none.any():
            empty = np.zeros(len(column), np.bool_)
            empty[short[none]] = True
            column = pc.if_else(pa.array(empty), pa.scalar(b"", pa.large_binary()), column)
    return cast(pa.LargeBinaryArray, column)


def filled(column: pa.Array[Any], value: Any) -> pa.Array[Any]:
    """With `value` in empty places."""
    return pc.fill_null(column, pa.scalar(value, column.type)) if column.null_count else column
