"""The call lake: one schema for every attempt and every call record, in Parquet, a folder a day.

`lake/attempts/day=2026-11-21/` holds files and `files.json`, the list of those that count. A file is written aside,
synced and renamed, then the list is replaced in one rename: a reader sees a file whole or not at all, and merging many
small files into one neither hides nor doubles a row. The day is the local day of the profile's time zone. Rows are
sorted by callee, then time, so that one person's attempts lie together.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.kernel import clock
from mingbai.kernel.home import Home

# Units and meanings: docs/calls.md. Columns are only ever added, at the end, nullable.
SCHEMA = pa.schema(
    [
        pa.field("at_us", pa.int64(), nullable=False),
        pa.field("caller", pa.int64(), nullable=False),
        pa.field("caller_tail", pa.int64(), nullable=False),
        pa.field("caller_kind", pa.int8(), nullable=False),
        pa.field("callee", pa.int64(), nullable=False),
        pa.field("callee_tail", pa.int64(), nullable=False),
        pa.field("callee_kind", pa.int8(), nullable=False),
        pa.field("trunk", pa.int64()),
        pa.field("decision", pa.int8()),
        pa.field("code", pa.int16()),
        pa.field("sip", pa.int16()),
        pa.field("resource", pa.int64()),
        pa.field("holder", pa.int64()),
        pa.field("principal", pa.int64()),
        pa.field("purpose", pa.int8()),
        pa.field("use", pa.int8()),
        pa.field("consent", pa.int64()),
        pa.field("position", pa.int64()),
        pa.field("age_ms", pa.int64()),
        pa.field("segment", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("row", pa.int32(), nullable=False),
        pa.field("source", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("answered", pa.bool_()),
        pa.field("ring_ms", pa.int32()),
        pa.field("talk_ms", pa.int32()),
        pa.field("call", pa.int64()),
        pa.field("cause", pa.int16()),
        pa.field("near", pa.int8()),
        pa.field("seen", pa.int8()),
    ]
)
GATE, SWITCH = 0, 1
"""Values of `seen`: an attempt that our gate judged, a switch's record of a call. Empty in old files, the gate's."""
_ROW_GROUP = 100_000
_MERGE_FROM = 32
_SMALL_BYTES = 32 << 20
_LINGER_S = 600
_EPOCH = date(1970, 1, 1).toordinal()


def attempts(home: Home) -> Path:
    """The folder of all days."""
    return home.lake / "attempts"


def folder(home: Home, day: date) -> Path:
    return attempts(home) / f"day={day.isoformat()}"


def local_days(at_us: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """The local day (ordinal of datetime.date) of each time in µs since 1970 UTC."""
    quarters, back = np.unique(at_us // 900_000_000, return_inverse=True)
    zone_info = ZoneInfo(zone)
    days = [_local_day(int(quarter) * 900, zone_info) for quarter in quarters]
    return np.array(days, np.int64)[back]


def _local_day(at_s: int, zone: ZoneInfo) -> int:
    # offsets of all zones in use are whole quarter hours, so a quarter hour lies within one local day
    return datetime.fromtimestamp(at_s, zone).date().toordinal()


def write(home: Home, day: date, name: str, rows: pa.Table) -> None:
    """Add `rows` (SCHEMA) to a day as file `name`. The same name again replaces it: writing twice is writing once."""
    place = folder(home, day)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(home):
        _put(place, name, rows)
        listed = _list(place)
        if name not in listed.files:
            _relist(place, listed._replace(files=[*listed.files, name]))


def put(home: Home, day: date, name: str, rows: pa.Table) -> None:
    """Write a file that does not count yet; `replace` makes it count."""
    place = folder(home, day)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    _put(place, name, rows)


def replace(home: Home, day: date, prefix: str, names: Sequence[str]) -> None:
    """Of a day's files whose name begins with `prefix` let just `names`, which were `put`, count."""
    place = folder(home, day)
    with locked(home):
        listed = _list(place)
        former = [name for name in listed.files if name.startswith(prefix)]
        files = [name for name in listed.files if name not in former]
        if former or names:
            _relist(place, listed._replace(files=[*files, *names]))
        for name in set(former) - set(names):
            (place / name).unlink(missing_ok=True)


def calls_of(home: Home, day: date) -> Iterator[pa.Table]:
    """`call`, `caller`, `callee`, `segment` of the switches' records of a day, file by file."""
    wanted = ["call", "caller", "callee", "segment", "seen"]
    for name in files(home, [day]):
        if "seen" in pq.read_schema(name).names:
            found = pq.read_table(name, columns=wanted, filters=[("seen", "=", SWITCH)])
            if found.num_rows:
                yield found


@contextmanager
def unfinished(home: Home, prefix: str) -> Iterator[None]:
    """While entered, and after it was left by an error, files whose name begins with `prefix` are not merged."""
    marks = home.lake / "unfinished"
    marks.mkdir(parents=True, exist_ok=True, mode=0o700)
    (marks / prefix).touch()
    yield
    (marks / prefix).unlink()


def days(home: Home) -> list[date]:
    """Days that have rows, oldest first."""
    if not attempts(home).exists():
        return []
    found = (entry.name.removeprefix("day=") for entry in attempts(home).iterdir() if entry.name.startswith("day="))
    return sorted(date.fromisoformat(name) for name in found)


def files(home: Home, wanted: Sequence[date] | None = None) -> list[str]:
    """Paths of the files that count, of the `wanted` days or all."""
    found = []
    for day in days(home) if wanted is None else wanted:
        place = folder(home, day)
        found += [str(place / name) for name in _list(place).files]
    return found


def merge(home: Home, day: date, *, at_least: int = _MERGE_FROM) -> int:
    """Merge a day's small files into one when there are `at_least` of them; returns how many were merged.

    The merged ones stay on disk for ten minutes, for readers that listed them before.
    """
    place = folder(home, day)
    with locked(home):
        listed, now = _list(place), clock.now_s()
        gone = [name for name, at in listed.dead if at <= now - _LINGER_S]
        dead = [(name, at) for name, at in listed.dead if name not in gone]
        waiting = tuple(mark.name for mark in (home.lake / "unfinished").glob("*"))
        small = [name for name in listed.files if not name.startswith(waiting)]
        small = [name for name in small if (place / name).stat().st_size < _SMALL_BYTES]
        small = small if len(small) >= at_least else []
        files = [name for name in listed.files if name not in small]
        if small:
            name = f"merged-{clock.now_us()}.parquet"
            _put(place, name, pa.concat_tables([pq.read_table(place / part, schema=SCHEMA) for part in small]))
            files.append(name)
        if small or gone:
            _relist(place, _Listed(files, dead + [(name, now) for name in small]))
        for name in gone:
            (place / name).unlink(missing_ok=True)
    return len(small)


def _put(place: Path, name: str, rows: pa.Table) -> None:
    aside = place / f".{name}.new"
    ordered = rows.cast(SCHEMA).sort_by([("callee", "ascending"), ("at_us", "ascending")])
    coded: Any = ["segment", "source"]
    pq.write_table(ordered, aside, compression="zstd", row_group_size=_ROW_GROUP, use_dictionary=coded)
    aside.chmod(0o600)
    _sync(aside)
    aside.replace(place / name)
    _sync(place)


class _Listed(NamedTuple):
    """The files of a day that count, and those that were merged and when (s), kept for readers that listed them."""

    files: list[str]
    dead: list[tuple[str, int]]


def _list(place: Path) -> _Listed:
    path = place / "files.json"
    if not path.exists():
        return _Listed([], [])
    found = json.loads(path.read_bytes())
    return _Listed(found["files"], [(name, at) for name, at in found["dead"]])


def _relist(place: Path, listed: _Listed) -> None:
    aside = place / ".files.json.new"
    aside.write_text(json.dumps(listed._asdict()))
    _sync(aside)
    aside.replace(place / "files.json")
    _sync(place)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """While held, nobody else adds a file to the lake or merges some."""
    home.lake.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.lake / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
