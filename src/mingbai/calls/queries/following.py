"""Calls as they happen: what the gate's workers write, row by row, before and after their segments reach the lake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.calls import lake, segments
from mingbai.calls.models import Import, Segment
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
            part = segments.since(path, told.get(journal.segment_of(path), 0))
        except (FileNotFoundError, ValueError):
            continue  # closed, or in the lake, in the meantime: met there
        part = _news(part, still=path.suffix == ".open")
        if len(part.records):
            days = segments.rows_by_day(part, zone, pseudonyms)
            found.append(Followed(part.name, part.first + len(part.records), days))
    return found


def _news(part: segments.Segment, *, still: bool) -> segments.Segment:
    """What can be told of it: the rest of an open one when that is whole."""
    whole = part.whole & segments.sound(part.records)
    upto = int(np.argmin(whole)) if still and not whole.all() else len(whole)
    return part._replace(records=part.records[:upto], whole=whole[:upto])


def anchored(since_us: int, after: int = 0) -> list[Anchored]:
    """Segments in the lake with records at or after a time (µs), that came there after entry `after`; oldest first."""
    # a segment's name begins with when it was begun, in ms (RFC 9562 5.7), so that its primary key finds it
    least = f"{max(0, since_us - _CREATED_BEFORE_US) // 1000:012x}"
    rows = Segment.objects.filter(name__gte=least, last_us__gte=since_us, entry__gt=after).order_by("entry")
    return [Anchored(*row) for row in rows.values_list("name", "rows", "first_us", "last_us", "entry")]


class Imported(NamedTuple):
    """An import of switches' records that is in the lake: what its rows have as segment. Times in µs."""

    segments: Mapping[str, int]
    first_us: int
    last_us: int
    entry: int


def imported(since_us: int, after: int = 0) -> list[Imported]:
    """Imports with records at or after a time (µs) that came after entry `after`, oldest first; rows by segment."""
    rows = Import.objects.filter(last_us__gte=since_us, entry__gt=after).order_by("entry").prefetch_related("files")
    return [
        Imported({file.segment: file.rows for file in row.files.all()}, row.first_us, row.last_us, row.entry)
        for row in rows
    ]


def imported_meanwhile(home: Home, first: date, last: date, since: datetime) -> bool:
    """Whether records of these local days, the last included, were imported after a moment."""
    zone = ZoneInfo(profile.load(home).gate.timezone)
    begin, end = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    reach = {"last_us__gte": int(begin.timestamp() * 1e6), "first_us__lt": int(end.timestamp() * 1e6)}
    return Import.objects.filter(made_at__gt=since, **reach).exists()


def records(home: Home, which: Imported, since_us: int) -> Iterator[pa.Table]:
    """Its rows at or after a time, as rows of the lake, file by file."""
    zone = profile.load(home).gate.timezone
    ends = lake.local_days(np.array([max(since_us, which.first_us), which.last_us]), zone).tolist()
    wanted = pa.array(sorted(which.segments), pa.string())
    for name in lake.files(home, [date.fromordinal(one) for one in range(ends[0], ends[-1] + 1)]):
        rows = pq.read_table(name, filters=(pc.field("at_us") >= since_us) & pc.field("segment").isin(wanted))
        if rows.num_rows:
            yield _shaped(rows)


def days(home: Home) -> list[date]:
    """Local days of which the lake has calls, oldest first."""
    return [day for day in lake.days(home) if lake.files(home, [day])]


def files(home: Home, since_us: int) -> list[str]:
    """Files of the lake with all that was called at or after a time (µs), and more."""
    zone = profile.load(home).gate.timezone
    first = date.fromordinal(int(lake.local_days(np.array([since_us]), zone)[0]))
    return lake.files(home, [day for day in lake.days(home) if day >= first])


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
    return _shaped(pq.read_table(name, filters=[("segment", "=", segment), ("row", ">=", begin)]))


def _shaped(table: pa.Table) -> pa.Table:
    """With every column of the schema: empty where the file is older."""
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
