"""The lake as detection reads it: one row a call, whoever saw it.

Where an attempt at the gate and a switch's record are of the same call (same caller, same called number, no further
apart than the profile says, each the other's nearest), the record stands and takes over what the gate knew. A day on
which only one side saw anything is read from the lake itself; of another a joined copy lies in `lake/traffic/`, made
when it is asked for and made again when the day has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from mingbai.calls import lake
from mingbai.calls.queries.opened import columns_of, connect
from mingbai.kernel import profile
from mingbai.kernel.home import Home

TRAFFIC = tuple(name for name in lake.SCHEMA.names if name not in ("sip", "position", "age_ms"))
"""The columns, as the lake has them; more may stand beside them."""
_OF_GATE = ("decision", "code", "purpose", "consent")
_BETTER_OF_GATE = ("trunk", "resource", "holder", "principal", "use")  # 0 or empty: the record's
_MEMORY = "2GB"


class Traffic(NamedTuple):
    """Parquet files that all have TRAFFIC, and how far the profile's zone is ahead of UTC on the first day (s)."""

    files: list[str]
    zone_offset_s: int


def traffic(home: Home, begin: date, end: date) -> Traffic:
    """The calls of the local days begin ≤ day < end. Their files stay readable for some minutes, as the lake's do."""
    zone = ZoneInfo(profile.load(home).gate.timezone)
    offset = datetime(begin.year, begin.month, begin.day, 12, tzinfo=zone).utcoffset()
    files: list[str] = []
    for day in lake.days(home):
        if begin <= day < end:
            files += _of_day(home, day)
    return Traffic(files, int(offset.total_seconds()) if offset else 0)


def _of_day(home: Home, day: date) -> list[str]:
    files = lake.files(home, [day])
    sides = {_side(name, Path(name).stat().st_mtime_ns) for name in files}
    if len(sides) <= 1 and None not in sides:
        return files
    return [_joined(home, day, files)]


@lru_cache(maxsize=4096)
def _side(name: str, changed_ns: int) -> int | None:
    """Who saw the calls of a file: lake.GATE or lake.SWITCH; None when both did, or an earlier version wrote it."""
    del changed_ns  # part of the key: a file of this name may be another one by now
    found = pq.ParquetFile(name)
    if "seen" not in found.schema_arrow.names:
        return None
    place = found.schema_arrow.get_field_index("seen")
    seen: set[int] = set()
    for group in range(found.metadata.num_row_groups):
        statistics: Any = found.metadata.row_group(group).column(place).statistics
        if statistics is None or not statistics.has_min_max or statistics.null_count:
            return None
        seen |= {statistics.min, statistics.max}
    return seen.pop() if len(seen) == 1 else None


def _joined(home: Home, day: date, files: Sequence[str]) -> str:
    """The day's joined copy, made anew when the day or the setting has changed."""
    within_s = profile.load(home).calls.same_call_s
    said = json.dumps([within_s, TRAFFIC, [(name, Path(name).stat().st_mtime_ns) for name in files]])
    place = home.lake / "traffic" / f"day={day.isoformat()}"
    path = place / f"{hashlib.sha256(said.encode()).hexdigest()[:24]}.parquet"
    if path.exists():
        return str(path)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(home):
        if not path.exists():
            for left in place.glob("*.new"):  # by who died making one: we are alone here
                left.unlink()
            former = sorted(place.glob("*.parquet"), key=lambda one: one.stat().st_mtime_ns)
            _make(home, path, files, within_s)
            for old in former[:-1]:  # the last may still be read
                old.unlink()
    return str(path)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    with (home.lake / "traffic" / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(home: Home, path: Path, files: Sequence[str], within_s: int) -> None:
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with connect(home, _MEMORY) as connection:
        connection.execute("SET preserve_insertion_order = false")
        found = connection.read_parquet(list(files), union_by_name=True)
        found.project(columns_of(found, TRAFFIC)).create_view("calls")
        for side, name in ((lake.GATE, "g"), (lake.SWITCH, "s")):
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM calls WHERE coalesce(seen, 0) = {side}")  # noqa: S608  # a number
        connection.execute(_PAIRS, [within_s * 1_000_000])
        connection.execute(_COPY.format(path=str(aside).replace("'", "''")))
    aside.replace(path)


def matched(home: Home, records: pa.Table, attempts: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Records of switches as they stand for the gate's attempts that are of the same calls, and those attempts.

    Both have the same columns, of TRAFFIC those that are wanted, `segment`, `row` and `seen` among them; attempts may
    have more, and rows that are none. The records keep their columns and number.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("s", records)
        connection.register("calls", attempts)
        connection.execute(f"CREATE TEMP TABLE g AS SELECT * FROM calls WHERE coalesce(seen, 0) = {lake.GATE}")  # noqa: S608  # a number
        connection.execute(_PAIRS, [profile.load(home).calls.same_call_s * 1_000_000])
        joined = 'FROM s LEFT JOIN pairs USING (segment, "row") LEFT JOIN g'
        on = 'ON g.segment = pairs.of_segment AND g."row" = pairs.of_row'
        made = connection.execute(
            f"SELECT {_merged(records.column_names)} {joined} {on}"
        ).to_arrow_table()  # names of columns
        gone = connection.execute(f"SELECT g.* FROM g SEMI JOIN pairs {on}").to_arrow_table()  # noqa: S608  # ours
        return made.cast(records.schema), gone


_PAIRS = """
CREATE TEMP TABLE pairs AS
SELECT segment, "row", of_segment, of_row FROM (
    SELECT s.segment, s."row", g.segment AS of_segment, g."row" AS of_row,
           row_number() OVER (PARTITION BY s.segment, s."row" ORDER BY abs(s.at_us - g.at_us), g.segment, g."row") AS a,
           row_number() OVER (PARTITION BY g.segment, g."row" ORDER BY abs(s.at_us - g.at_us), s.segment, s."row") AS b
    FROM s JOIN g ON s.caller = g.caller AND s.callee = g.callee AND abs(s.at_us - g.at_us) <= ?
) WHERE a = 1 AND b = 1
"""


def _merged(names: Sequence[str] = TRAFFIC) -> str:
    found = []
    for name in names:
        if name in _OF_GATE:
            found.append(f'coalesce(s."{name}", g."{name}") AS "{name}"')
        elif name in _BETTER_OF_GATE:
            gates = f'nullif(g."{name}", 0)' if name != "use" else 'CASE WHEN g.resource > 0 THEN g."use" END'
            found.append(f'coalesce({gates}, s."{name}", g."{name}") AS "{name}"')
        else:
            found.append(f's."{name}"')
    return ", ".join(found)


_COPY = f"""
COPY (
    SELECT {_merged()} FROM s LEFT JOIN pairs USING (segment, "row")
        LEFT JOIN g ON g.segment = pairs.of_segment AND g."row" = pairs.of_row
    UNION ALL
    SELECT {", ".join(f'g."{name}"' for name in TRAFFIC if name != "seen")}, coalesce(g.seen, {lake.GATE})::TINYINT
    FROM g ANTI JOIN pairs ON g.segment = pairs.of_segment AND g."row" = pairs.of_row
    ORDER BY callee, at_us
) TO '{{path}}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)
"""  # noqa: S608  # names of columns
assert TRAFFIC[-1] == "seen", "a UNION goes by place"
