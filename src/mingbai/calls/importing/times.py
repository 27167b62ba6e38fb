"""Times of call records by column: µs since 1970-01-01 UTC.

Forms of a fixed width (2026-11-22 07:00:00 with any marks between, with a fraction, Z or an offset; 20261122070000;
seconds, milliseconds and microseconds of Unix) are read as columns; anything else goes once for each distinct text.
Times without an offset are local to a stated zone; one that the clock showed twice is the earlier.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls.importing.text import text_of, windows
from mingbai.kernel.problems import Problem

Micros = NDArray[np.int64]
NONE = np.iinfo(np.int64).min
WRONG = NONE + 1
_S = 1_000_000
_QUARTER_S = 900
_DAY_S = 86_400
_LONGEST = 40
_NEVER_US = 2 * _DAY_S * _S  # switches write the epoch, in whatever zone, for what never happened
_YEAR_US = 366 * _DAY_S * _S
_MOST_US = 253_402_300_800 * _S  # the year 10000
EPOCHS = {"epoch_s": _S, "epoch_ms": 1_000, "epoch_us": 1}
_ZONED = r"\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\s*UTC)?"
_WRITTEN = re.compile(
    r"(\d{4})\D(\d{1,2})\D(\d{1,2})日?[T\s]*(\d{1,2})\D(\d{1,2})(?:\D(\d{1,2})(?:[.,:](\d{1,9}))?)?秒?" + _ZONED
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})[T\s]*(\d{2}):?(\d{2}):?(\d{2})(?:[.,]?(\d{1,6}))?" + _ZONED)
_UNIX = re.compile(r"(\d{9,10})[.](\d{1,9})")
_WHOLE = re.compile(r"(\d{12,19})(?:\.0*)?")  # ms, µs, ns since 1970
NOTHING = frozenset({"", "null", "nan", "none", "\\n", "n/a", "na", "nil", "(null)", "<null>", "-", "--", "—", "nat"})
"""What programs write for an empty cell, in lower case."""
_WIDTHS = {13: 1_000_000, 16: 1_000, 19: 1}  # digits of ms, µs, ns → ns of one
_PARTS = {"%Y": 4, "%m": 2, "%d": 2, "%H": 2, "%M": 2, "%S": 2}


class Clock(NamedTuple):
    """How a file tells the time. `form`: "auto", a key of EPOCHS, or a form of strptime; `offset_us` is added."""

    zone: str
    form: str = "auto"
    offset_us: int = 0


def read(column: pa.Array[Any], clock: Clock) -> Micros:
    """Times of a column of large_binary (ASCII), timestamps or numbers; NONE where empty, WRONG where unreadable.

    Raises Problem for a column of another type.
    """
    if pa.types.is_timestamp(column.type):
        return _shift(_timestamps(column, clock.zone), clock)
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return _shift(_numbers(column, clock.form), clock)
    if pa.types.is_null(column.type):
        return np.full(len(column), NONE, np.int64)
    if not pa.types.is_large_binary(column.type):
        what = f"a column of {column.type} holds no times"
        raise Problem("calls.column_type", what, mend="write timestamps, whole numbers or text")
    return _shift(_texts(column, clock), clock)


def local_to_utc(local_s: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Seconds of a local clock, counted as if it were UTC's, as seconds UTC."""
    if not len(local_s):
        return local_s
    quarters = local_s // _QUARTER_S
    first = int(quarters.min())
    if int(quarters.max()) - first > 1 << 21:  # sixty years: too wide for a table
        present, back = np.unique(quarters, return_inverse=True)
        return local_s - np.array(_offsets(present.tolist(), zone), np.int64)[back]
    seen = np.zeros(int(quarters.max()) - first + 1, np.bool_)
    seen[quarters - first] = True
    table = np.zeros(len(seen), np.int64)
    places = np.flatnonzero(seen)
    table[places] = _offsets((places + first).tolist(), zone)
    found: NDArray[np.int64] = local_s - table[quarters - first]
    return found


def _offsets(quarters: list[int], zone: str) -> list[int]:
    there, epoch = zone_of(zone), datetime(1970, 1, 1)  # noqa: DTZ001  # a clock on a wall
    found = []
    for quarter in quarters:
        offset = (epoch + timedelta(seconds=quarter * _QUARTER_S)).replace(tzinfo=there).utcoffset()
        found.append(int(offset.total_seconds()) if offset is not None else 0)
    return found


def zone_of(text: str) -> ZoneInfo | timezone:
    """A zone by its name (“Asia/Shanghai”) or offset (“+08:00”, “Z”). Raises Problem when there is none such."""
    if text in ("Z", "UTC") or re.fullmatch(r"[+-]\d{2}(:?\d{2})?", text):
        return _fixed(text)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        mend = "write Asia/Shanghai, UTC or +08:00"
        raise Problem("calls.zone", "there is no such time zone", where="zone", mend=mend) from None


def _fixed(text: str) -> timezone:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    if ahead >= timedelta(hours=24):
        raise Problem("calls.zone", "there is no such time zone", where="zone", mend="write +08:00")
    return timezone(-ahead if text[0] == "-" else ahead)


def _shift(found: Micros, clock: Clock) -> Micros:
    """Times of 1970-01-01 and 02 mean that there was none, unless the offset says that time is counted from another
    day; then the stated offset."""
    known = (found > WRONG) & (abs(clock.offset_us) < _YEAR_US)
    found = np.where(known & (found < _NEVER_US) & (found >= -_NEVER_US), NONE, found)
    return np.where(found > WRONG, found + clock.offset_us, found)


def _timestamps(column: Any, zone: str) -> Micros:
    plain = column.cast(pa.timestamp("us", column.type.tz), safe=False).cast(pa.int64()).fill_null(NONE)
    found: Micros = plain.to_numpy(zero_copy_only=False).copy()
    if column.type.tz is None:
        known = found != NONE
        seconds, rest = np.divmod(found[known], _S)
        found[known] = local_to_utc(seconds, zone) * _S + rest
    return found


def _numbers(column: Any, form: str) -> Micros:
    values = column.cast(pa.float64(), safe=False).fill_null(float("nan")).to_numpy(zero_copy_only=False)
    present = np.isfinite(values)
    sizes = np.where(present, np.abs(values), 0)
    unit = np.full(len(values), float(EPOCHS.get(form, 0)))
    if form not in EPOCHS:
        unit = np.select([sizes < 1e11, sizes < 1e14, sizes < 1e17], [float(_S), 1_000.0, 1.0], 0.001)
    micros = np.where(present, values, 0) * unit
    sound = np.abs(micros) < _MOST_US
    exact = np.where(sound, micros, 0).astype(np.int64)
    if pa.types.is_integer(column.type):  # a double holds no 17 digits
        whole = column.cast(pa.int64(), safe=False).fill_null(0).to_numpy(zero_copy_only=False)
        exact = np.where(sound, np.where(unit < 1, whole // 1_000, whole), 0) * np.maximum(unit, 1).astype(np.int64)
    return np.where(present, np.where(sound, exact, WRONG), NONE)


def _texts(column: pa.Array[Any], clock: Clock) -> Micros:
    offsets, text = text_of(column)
    sizes = np.diff(offsets)
    found = np.full(len(sizes), WRONG, np.int64)
    found[sizes == 0] = NONE
    for size in np.unique(sizes[(sizes > 0) & (sizes <= _LONGEST)]).tolist():
        rows = np.flatnonzero(sizes == size)
        found[rows] = _of_width(windows(text, offsets[rows], size), clock)
    rest = np.flatnonzero((found == WRONG) & (sizes <= 64))
    if len(rest):
        coded = cast(Any, column).take(pa.array(rest)).dictionary_encode()
        values = np.array([_one(value, clock) for value in coded.dictionary.to_pylist()], np.int64)
        found[rest] = values[coded.indices.to_numpy(zero_copy_only=False)]
    return found


def _of_width(chars: NDArray[np.uint8], clock: Clock) -> Micros:
    """Rows of one width; WRONG for what is of no known form."""
    digits = np.subtract(chars.T, 48, order="C")  # a row for each place; below "0" it wraps
    known, size = digits <= 9, len(digits)
    if clock.form in EPOCHS or (clock.form == "auto" and size in (9, 10, 13, 16) and known.all(axis=0).any()):
        scale = EPOCHS.get(clock.form) or {9: _S, 10: _S, 13: 1_000, 16: 1}[size]
        whole = known.all(axis=0)
        if size > 18:
            return np.full(chars.shape[0], WRONG, np.int64)
        value = _value(digits, range(size))
        found = np.where(whole & (value < _MOST_US // scale), value * scale, WRONG)
        if clock.form in EPOCHS or whole.all():
            return found
        return np.where(whole, found, _calendar(digits, known, chars, clock))
    return _calendar(digits, known, chars, clock)


def _calendar(digits: NDArray[np.uint8], known: NDArray[np.bool_], chars: Any, clock: Clock) -> Micros:
    places = _places(clock.form, len(digits))
    count = chars.shape[0]
    if places is None:
        return np.full(count, WRONG, np.int64)
    at, marks = places
    sound = np.ones(count, np.bool_)
    for place, mark in marks.items():
        sound &= chars[:, place] == ord(mark) if mark else ~known[place]
    for part in at.values():
        for place in part:
            sound &= known[place]
    year, month, day, hour, minute, second = (_value(digits, at.get(name, ())) for name in "YmdHMS")
    local, real = _seconds(year, month, day, hour, minute, second)
    sound &= real
    fraction, offset, tail = _tail(digits, known, chars) if clock.form == "auto" else (0, NONE, np.True_)
    sound &= tail
    never = sound & (year == 0) | (known.all(axis=0) & (_value(digits, range(min(len(digits), 18))) == 0))
    utc = np.where(sound, local, 0)
    zoned = offset != NONE
    utc = np.where(zoned, utc - np.where(zoned, offset, 0), local_to_utc(utc, clock.zone))
    return np.where(never, NONE, np.where(sound, utc * _S + fraction, WRONG))


def _places(form: str, size: int) -> tuple[dict[str, Any], dict[int, str]] | None:
    """Where the parts of a time stand in a text of this size, and which marks between; None when it is not fixed."""
    if form == "auto":
        if size == 14:
            return _laid("%Y%m%d%H%M%S"), {}
        if size in (16, *range(19, 33)):
            at = {"Y": range(4), "m": range(5, 7), "d": range(8, 10), "H": range(11, 13), "M": range(14, 16)}
            if size > 16:
                at["S"] = range(17, 19)
            return at, dict.fromkeys((4, 7, 10, 13, 16) if size > 16 else (4, 7, 10, 13), "")
        return None
    if any(part not in _PARTS for part in re.findall("%.", form)):
        return None
    bare = re.sub("%.", lambda part: "\0" * _PARTS[part.group()], form)
    if len(bare) != size:
        return None
    return _laid(form), {place: char for place, char in enumerate(bare) if char != "\0"}


def _laid(form: str) -> dict[str, Any]:
    at, place = {}, 0
    for part in re.findall("%.|.", form):
        size = _PARTS.get(part, 1)
        if part in _PARTS:
            at[part[1]] = range(place, place + size)
        place += size
    return at


def _tail(digits: Any, known: Any, chars: Any) -> tuple[Any, Any, Any]:
    """(µs, offset in s or NONE, sound) of what stands behind the seconds: a fraction, Z, an offset."""
    size, count = len(digits), chars.shape[0]
    fraction, offset = np.zeros(count, np.int64), np.full(count, NONE, np.int64)
    if size <= 19:
        return fraction, offset, np.ones(count, np.bool_)
    begun, stop = chars[:, 19], size
    zulu = chars[:, size - 1] == ord("Z")
    signed = np.zeros(count, np.bool_)
    if size >= 25:
        sign = chars[:, size - 6]
        signed = ((sign == ord("+")) | (sign == ord("-"))) & (chars[:, size - 3] == ord(":"))
        signed &= known[[size - 5, size - 4, size - 2, size - 1]].all(axis=0)
        ahead = _value(digits, (size - 5, size - 4)) * 3600 + _value(digits, (size - 2, size - 1)) * 60
        offset = np.where(signed, np.where(sign == ord("-"), -ahead, ahead), offset)
    offset = np.where(zulu, 0, offset)
    ends = np.where(signed, stop - 6, np.where(zulu, stop - 1, stop))
    sound = (ends == 19) | (((begun == ord(".")) | (begun == ord(","))) & (ends > 20))
    for place in range(20, size):
        inside = ends > place
        sound &= ~inside | known[place]
        if place < 26:
            fraction += np.where(inside & known[place], digits[place].astype(np.int64) * 10 ** (25 - place), 0)
    return fraction, offset, sound


def _value(digits: NDArray[np.uint8], places: Any) -> NDArray[np.int64]:
    found = np.zeros(digits.shape[1], np.int64)
    for place in places:
        found *= 10
        found += np.where(digits[place] <= 9, digits[place], 0)
    return found


def _seconds(year: Any, month: Any, day: Any, hour: Any, minute: Any, second: Any) -> tuple[Any, Any]:
    """Seconds since 1970 on the wall's clock, and whether there is such a moment; proleptic Gregorian calendar."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    real = (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    real &= day <= longest[np.where(real, month, 0)] + (leap & (month == 2))
    years = year - (month <= 2)
    months = (month + 9) % 12
    days = 365 * years + years // 4 - years // 100 + years // 400 + (153 * months + 2) // 5 + day - 1 - 719_468
    return days * _DAY_S + hour * 3600 + minute * 60 + second, real


def _one(raw: bytes, clock: Clock) -> int:
    text = raw.decode("utf-8", "replace").strip()
    if text.lower() in NOTHING or not text.strip("0"):
        return NONE
    try:
        if clock.form in EPOCHS:
            return int(float(text) * EPOCHS[clock.form])
        if clock.form != "auto":
            return _micros(datetime.strptime(text, clock.form), clock)  # noqa: DTZ007  # it may say its own zone
        unix = _UNIX.fullmatch(text)
        if unix:
            return int(unix[1]) * _S + int(unix[2].ljust(6, "0")[:6])
        match = _WRITTEN.fullmatch(text)
        if match is None and (whole := _WHOLE.fullmatch(text)) and len(whole[1]) in _WIDTHS:
            return int(whole[1]) * _WIDTHS[len(whole[1])] // 1_000
        match = match or _COMPACT.fullmatch(text)
        if match is None:
            return WRONG
        if int(match[1]) == 0:
            return NONE
        parts = [int(part or 0) for part in match.groups()[:6]]
        moment = datetime(*parts, tzinfo=_fixed(match[8]) if match[8] else None)  # type: ignore[misc, arg-type]  # six numbers
        return _micros(moment, clock) + int((match[7] or "0").ljust(6, "0")[:6])
    except (ValueError, OverflowError, Problem):
        return WRONG


def _micros(moment: datetime, clock: Clock) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone_of(clock.zone))
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
