"""Calls as they happen: what the gate's workers write, row by row, before and after their segments reach the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.calls import lake, segments
from mingbai.calls.models import Segment
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
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
    """A segment that is in the lake, with how many rows it has. Times in µs; `entry` in the log, later ones greater."""

    segment: str
    rows: int
    first_us: int
    last_us: int
    entry: int


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


def anchored(since_us: int, after: int = 0) -> list[Anchored]:
    """Segments in the lake with records at or after a time (µs), that came there after entry `after`; oldest first."""
    # a segment's name begins with when it was begun, in ms (RFC 9562 5.7), so that its primary key finds it
    least = f"{max(0, since_us - _CREATED_BEFORE_US) // 1000:012x}"
    rows = Segment.objects.filter(name__gte=least, last_us__gte=since_us, entry__gt=after).order_by("entry")
    return [Anchored(*row) for row in rows.values_list("name", "rows", "first_us", "last_us", "entry")]


def stored(home: Home, segment: str, begin: int) -> list[Followed]:
    """Rows from `begin` on of a segment that has gone into the lake; nothing when it has not."""
    known = Segment.objects.filter(name=segment).first()
    if known is None:
        return []
    zone = profile.load(home).gate.timezone
    ends = lake.local_days(np.array([known.first_us, known.last_us]), zone).tolist()
    found = {}
    for day in (date.fromordinal(one) for one in range(ends[0], ends[-1] + 1)):
        files = lake.files(home, [day])
        own = [name for name in files if Path(name).name == f"{segment}.parquet"]
        rows = [_rows_of(name, segment, begin) for name in own or files]
        if rows:
            found[day] = pa.concat_tables(rows)
    return [Followed(segment, known.rows, found)]


def _rows_of(name: str, segment: str, begin: int) -> pa.Table:
    table = pq.read_table(name, filters=[("segment", "=", segment), ("row", ">=", begin)])
    columns = [
        table[field.name] if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in lake.SCHEMA
    ]
    return pa.table(dict(zip(lake.SCHEMA.names, columns, strict=True))).cast(lake.SCHEMA)


def heads(home: Home, numbers: Sequence[int] | NDArray[np.int64], quarter: str) -> NDArray[np.int64]:
    """The heads of numbers' pseudonyms in a quarter; makes its key when it has none. Raises Problem when it is gone."""
    pseudonyms = Pseudonyms(home)
    pseudonyms.make(quarter)
    return pseudonyms.column(np.asarray(numbers, np.int64), quarter)[0]


def has_key(home: Home, quarter: str) -> bool:
    """Whether the numbers of a quarter can be told, and found, still."""
    return Pseudonyms(home).exists(quarter)


def quarter(day: date) -> str:
    """The quarter under whose key the numbers of a local day's calls stand."""
    return quarter_of(day)
