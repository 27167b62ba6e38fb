"""Calls as they happen: what the gate's workers write, row by row, before and after their segments reach the lake."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls import segments
from mingbai.calls.models import Segment
from mingbai.calls.pseudonyms import Pseudonyms
from mingbai.gate import journal
from mingbai.kernel import profile
from mingbai.kernel.home import Home

_CREATED_BEFORE_US = 2 * 3_600_000_000  # a segment is begun at most an hour before its first record


class Followed(NamedTuple):
    """New rows of one segment: all before row `upto` have now been told; by local day, as rows of the lake."""

    segment: str
    upto: int
    days: Mapping[date, pa.Table]


class Anchored(NamedTuple):
    """A segment that is in the lake, with how many rows it has. Times in µs."""

    segment: str
    rows: int
    first_us: int
    last_us: int


def follow(home: Home, told: Mapping[str, int]) -> list[Followed]:
    """What stands in the journal beyond the rows told before, of segments being written too; `told` by segment.

    A record that is only half there ends what is told of an open segment until it is whole; in a closed one it is
    passed over. Segments without news are left out.
    """
    zone, pseudonyms = profile.load(home).gate.timezone, Pseudonyms(home)
    found = []
    for path in [*journal.open_segments(home.journal), *journal.closed_segments(home.journal)]:
        try:
            part = segments.read(path, check=False)
        except (FileNotFoundError, ValueError):
            continue  # closed, or in the lake, in the meantime: met there
        begin = told.get(part.name, 0)
        if len(part.records) > begin:
            whole, upto = _news(part, begin, still=path.suffix == ".open")
            if upto > begin:
                days = segments.rows_by_day(part._replace(whole=whole), zone, pseudonyms)
                found.append(Followed(part.name, upto, days))
    return found


def _news(part: segments.Segment, begin: int, *, still: bool) -> tuple[NDArray[np.bool_], int]:
    """Which rows are new and whole, and the row after the last that was looked at."""
    new = part.whole[begin:] & segments.sound(part.records[begin:])
    upto = len(part.records)
    if still and not new.all():
        upto = begin + int(np.argmin(new))
    whole = np.zeros(len(part.records), np.bool_)
    whole[begin:upto] = new[: upto - begin]
    return whole, upto


def anchored(since_us: int) -> list[Anchored]:
    """Segments in the lake with records at or after a time (µs), oldest first."""
    # a segment's name begins with when it was begun, in ms (RFC 9562 5.7), so that its primary key finds it
    least = f"{max(0, since_us - _CREATED_BEFORE_US) // 1000:012x}"
    rows = Segment.objects.filter(name__gte=least, last_us__gte=since_us).order_by("name")
    return [Anchored(*row) for row in rows.values_list("name", "rows", "first_us", "last_us")]


def heads(home: Home, numbers: Sequence[int] | NDArray[np.int64], quarter: str) -> NDArray[np.int64]:
    """The heads of numbers' pseudonyms in a quarter; makes its key when it has none. Raises Problem when it is gone."""
    pseudonyms = Pseudonyms(home)
    pseudonyms.make(quarter)
    return pseudonyms.column(np.asarray(numbers, np.int64), quarter)[0]


def has_key(home: Home, quarter: str) -> bool:
    """Whether the numbers of a quarter can be told, and found, still."""
    return Pseudonyms(home).exists(quarter)


def in_journal(home: Home) -> Collection[str]:
    """Names of the segments that stand in the journal now."""
    paths = [*journal.open_segments(home.journal), *journal.closed_segments(home.journal)]
    return {journal.segment_of(path) for path in paths}
