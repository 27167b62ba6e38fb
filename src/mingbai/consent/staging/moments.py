"""Dates and times by column, as firms write them; one that does not exist spoils its row alone.

Times without a zone are the profile's local time. Result: whole seconds since 1970-01-01 UTC; NONE for an empty cell,
WRONG for what cannot be read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Seconds = npt.NDArray[np.int64]
NONE = np.iinfo(np.int64).min
WRONG = NONE + 1
DAY = 86_400
_PIECE = 4096
_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T\s]*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?")


def seconds(column: Any, zone: str, *, day_ends: bool = False) -> Seconds:
    """A column of text, dates or timestamps. `day_ends`: a bare date means the end of that day, else its beginning.

    Raises TypeError for other types of column.
    """
    if pa.types.is_timestamp(column.type):
        return _timestamps(column, zone)
    if pa.types.is_date(column.type):
        return _shift(_local(column.cast(pa.timestamp("s")), zone), day_ends)
    if pa.types.is_null(column.type):
        return np.full(len(column), NONE, dtype=np.int64)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise TypeError(f"a column of times is text, dates or timestamps, not {column.type}")
    return _texts(pc.utf8_trim_whitespace(column.cast(pa.string())), zone, day_ends=day_ends)


def _texts(column: Any, zone: str, *, day_ends: bool) -> Seconds:
    """Fast by piece; a piece with anything unusual goes value by value."""
    found = np.empty(len(column), dtype=np.int64)
    try:
        found[:] = _plain(column, zone, day_ends=day_ends)
        return found
    except pa.ArrowInvalid:
        pass
    for first in range(0, len(column), _PIECE):
        piece = column.slice(first, _PIECE)
        try:
            found[first : first + _PIECE] = _plain(piece, zone, day_ends=day_ends)
        except pa.ArrowInvalid:
            found[first : first + _PIECE] = _by_value(piece, zone, day_ends=day_ends)
    return found


def _plain(column: Any, zone: str, *, day_ends: bool) -> Seconds:
    """ISO 8601 without a zone. Raises ArrowInvalid when one value is anything else."""
    sizes = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    bare = sizes == 10
    if not (bare | (sizes == 19) | (sizes == 16) | (sizes == 0)).all():
        raise pa.ArrowInvalid("other forms")
    if (sizes == 0).any():
        column = pc.if_else(pc.equal(column, pa.scalar("")), pa.scalar(None, pa.string()), column)
    found = _local(column.cast(pa.timestamp("s")), zone)
    return np.where(bare, _shift(found, day_ends), found)


def _local(column: Any, zone: str) -> Seconds:
    """Local times, some null, as seconds UTC."""
    fixed = pc.assume_timezone(column, zone, ambiguous="earliest", nonexistent="earliest")
    found: Seconds = fixed.cast(pa.int64()).fill_null(NONE).to_numpy(zero_copy_only=False)
    return found


def _timestamps(column: Any, zone: str) -> Seconds:
    whole = pc.floor_temporal(column, unit="second") if column.type.unit != "s" else column
    if column.type.tz is None:
        return _local(whole.cast(pa.timestamp("s")), zone)
    found: Seconds = (
        whole.cast(pa.timestamp("s", "UTC")).cast(pa.int64()).fill_null(NONE).to_numpy(zero_copy_only=False)
    )
    return found


def _shift(found: Seconds, day_ends: bool) -> Seconds:
    return np.where(found > WRONG, found + DAY, found) if day_ends else found


def _by_value(column: Any, zone: str, *, day_ends: bool) -> Seconds:
    """Each distinct text once."""
    coded = column.dictionary_encode()
    local = ZoneInfo(zone)
    values = np.array([*(_one(text, local, day_ends) for text in coded.dictionary.to_pylist()), NONE], dtype=np.int64)
    found: Seconds = values[coded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)]
    return found


def _one(text: str, local: ZoneInfo, day_ends: bool) -> int:
    if not text:
        return NONE
    match = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return WRONG
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    zone = match[7] if match.re is _WRITTEN else None
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone) if zone else local)
    except ValueError:
        return WRONG
    bare = match[4] is None
    return int(moment.timestamp()) + (DAY if bare and day_ends else 0)


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if text[0] == "-" else ahead)
