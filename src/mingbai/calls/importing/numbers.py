"""Callers and called of call records: telephone numbers in every form, or the ids of a data set that has none."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing import times
from mingbai.calls.importing.cells import words
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.text import text_of
from mingbai.kernel import columns
from mingbai.kernel.msisdn import MALFORMED, WITHHELD, Kind, Msisdn, parse

Numbers = NDArray[np.int64]
Kinds = NDArray[np.int8]
# Ids lie above all telephone numbers, which have 18 digits at most, and begin as none of ours does: whole numbers as
# they are behind a 5, others by a hash between 6 and 8.
_IDS, _NAMED, _NAMES, _ID_DIGITS = 5 * 10**18, 6 * 10**18, 2 * 10**18, 17
_ODD = (int(Kind.MALFORMED), 860, 861)  # read once more: what is no number, and what a 0 and a −1 were read as
_HIDDEN = frozenset({"coverage", "undefined", "nil", "p", "o", "u", "空", "无", "无主叫", "保密", "不可用", "不显示"})


def read(column: pa.Array[Any], layout: Layout) -> tuple[Numbers, Kinds]:
    """As `kernel.columns.classify`, by what the layout says of numbers; an id of a data set is Kind.MOBILE."""
    if layout.ids:
        return _ids(column)
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_floating(column.type):  # 13812345678.0, as a table with empty cells keeps it
        column = pc.cast(pc.round(column), pa.int64(), safe=False)
    if pa.types.is_integer(column.type):
        if not (layout.strip or layout.area):
            return columns.classify(column)
        column = column.cast(pa.large_string())
    column = _without_fraction(words(column))
    for prefix in layout.strip:
        begun = pc.starts_with(column, prefix)
        column = pc.if_else(begun, pc.utf8_slice_codeunits(column, len(prefix)), column)
    numbers, kinds = columns.classify(column)
    if layout.area:
        local = np.flatnonzero((kinds == Kind.UNALLOCATED) | (kinds == Kind.PROVINCIAL_96))
        _singly(column, local, numbers, kinds, lambda text: parse(text, area=layout.area))
    odd = np.flatnonzero((kinds == _ODD[0]) | (numbers == _ODD[1]) | (numbers == _ODD[2]))
    _singly(column, odd, numbers, kinds, lambda text: _once_more(text, layout.area))
    return numbers, kinds


def _singly(column: Any, rows: NDArray[np.int64], numbers: Numbers, kinds: Kinds, how: Any) -> None:
    """Read some rows again, each distinct text once."""
    if len(rows):
        coded = column.take(pa.array(rows)).dictionary_encode()
        found = [how(text or "") for text in coded.dictionary.to_pylist()]
        places = coded.indices.to_numpy(zero_copy_only=False)
        numbers[rows] = np.array([int(one.digits or 0) for one in found], np.int64)[places]
        kinds[rows] = np.array([one.kind for one in found], np.int8)[places]


def _without_fraction(column: Any) -> Any:
    """13812345678.0 as 13812345678: else the point would be a mark between figures, and the number another."""
    _, text = text_of(column)
    if not (text == ord(".")).any():
        return column
    return pc.replace_substring_regex(column, r"^(\+?[0-9]{3,})\.0{1,2}$", r"\1")


def _once_more(text: str, area: str) -> Msisdn:
    """What no network writes and programs do: marks of a spreadsheet, user@host without a scheme, words and noughts
    for a number that is not there."""
    bare = text.strip().removeprefix("=").strip("'\"` ")
    if "<" in bare:
        bare = bare.rpartition("<")[2].partition(">")[0]
    bare = bare.partition("@")[0].rpartition(":")[2] if "@" in bare else bare
    word = bare.strip().lower()
    if word in times.NOTHING or word in _HIDDEN or not word.strip("0") or word == "-1" or word.startswith("coverage"):
        return WITHHELD
    found = parse(bare, area=area)
    return found if found.kind != Kind.MALFORMED else MALFORMED


def _ids(column: pa.Array[Any]) -> tuple[Numbers, Kinds]:
    if pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        column = pc.cast(pc.round(column.cast(pa.float64())), pa.int64(), safe=False)
    if pa.types.is_integer(column.type):
        values = column.cast(pa.int64(), safe=False).fill_null(-1).to_numpy(zero_copy_only=False)
        if (np.abs(values) < 10**_ID_DIGITS).all():
            found = np.where(values >= 0, values + _IDS, 0)
            return found, np.where(values >= 0, Kind.MOBILE, Kind.WITHHELD).astype(np.int8)
    coded = cast(Any, _without_fraction(words(column))).dictionary_encode()
    known = np.array([_id(text) for text in coded.dictionary.to_pylist()] or [0], np.int64)
    found = known[coded.indices.to_numpy(zero_copy_only=False)]
    return found, np.where(found > 0, Kind.MOBILE, Kind.WITHHELD).astype(np.int8)


def _id(text: str) -> int:
    text = text.strip()
    if text.lower() in times.NOTHING or text == "-1":
        return 0
    if text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS:
        return _IDS + int(text)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return _NAMED + int.from_bytes(digest, "big") % _NAMES
