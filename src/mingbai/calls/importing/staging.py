"""Good rows of an import, held by day until all have been read, then written into the lake a day at a time.

What does not fit into memory waits in the import's folder, its numbers already pseudonyms. Of the records of one call
between the same two numbers on one day one is kept: of legs the answered one that talked longest, else the first; and
none where an earlier import put that call there.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls import lake
from mingbai.calls.importing import causes, identity
from mingbai.calls.importing.judging import Judged, Register
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.kernel import columns
from mingbai.kernel.home import Home

HELD = 1_000_000  # rows in memory, and in one file of the lake
_CHUNK = 1 << 17  # rows
_RANK_MS = 1 << 32
_COLUMNS = [field.name for field in lake.SCHEMA if field.name not in ("segment", "source", "seen")]


@dataclass
class Report:
    """What was written: rows of the lake, repeats left out, first and last time (µs, 0 when there is none)."""

    written: int = 0
    repeats: int = 0
    first_us: int = 0
    last_us: int = 0


class Staging:
    """The rows of one import. `place`: a folder of its own, emptied here."""

    def __init__(self, home: Home, place: Path, zone: str, register: Register | None) -> None:
        self._home, self._place, self._zone, self._register = home, place, zone, register
        self._pseudonyms = Pseudonyms(home)
        self._held: dict[int, list[pa.Table]] = defaultdict(list)
        self._spilled: dict[int, list[Path]] = defaultdict(list)
        self._rows = 0
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True, mode=0o700)

    def tables(
        self, judged: Judged, rows: NDArray[np.int64], file: int | NDArray[np.int64], trunks: NDArray[np.int64]
    ) -> dict[int, pa.Table]:
        """The good rows of a part by day, for `hold`; any thread may make them. `rows`: their numbers in the file
        (its place among the import's is `file`, of all or row by row); `trunks`: the trunk of each, by id, 0 for none.
        """
        good = np.flatnonzero(judged.faults == 0)
        days = lake.local_days(judged.at_us[good], self._zone)
        found = {}
        for day in np.unique(days).tolist():
            found[day] = self._table(judged, rows, good[days == day], day, file, trunks)
        return found

    def hold(self, tables: dict[int, pa.Table]) -> int:
        """Keep rows until `write`; how many."""
        count = sum(table.num_rows for table in tables.values())
        for day, table in tables.items():
            self._held[day].append(table)
        self._rows += count
        if self._rows >= HELD:
            self._spill()
        return count

    def _table(
        self, judged: Judged, rows: NDArray[np.int64], chosen: NDArray[np.int64], day: int, file: Any, trunks: Any
    ) -> pa.Table:
        quarter = quarter_of(date.fromordinal(day))
        self._pseudonyms.make(quarter)
        at, caller, callee = judged.at_us[chosen], judged.caller[chosen], judged.callee[chosen]
        head, tail = self._pseudonyms.column(caller, quarter)
        callee_head, callee_tail = self._pseudonyms.column(callee, quarter)
        call = self._calls(judged, chosen, quarter)
        talk, ring, answered = judged.talk_ms[chosen], judged.ring_ms[chosen], judged.answered[chosen]
        found: dict[str, Any] = {
            "at_us": at,
            "caller": head,
            "caller_tail": tail,
            "caller_kind": judged.caller_kind[chosen],
            "callee": callee_head,
            "callee_tail": callee_tail,
            "callee_kind": judged.callee_kind[chosen],
            "trunk": pa.array(trunks[chosen]),
            "row": rows[chosen].astype(np.int32),
            "answered": pa.array(answered == 1, mask=answered < 0),
            "ring_ms": pa.array(ring.astype(np.int32), mask=ring < 0),
            "talk_ms": pa.array(talk.astype(np.int32), mask=talk < 0),
            "call": call,
            "cause": causes.array(judged.cause[chosen]),
            "near": columns.near(caller, callee),
            **self._standing(caller, at, trunks[chosen]),
            "file": np.broadcast_to(np.asarray(file, np.int32), len(rows))[chosen],
            "key": identity.keys(call, head, callee_head),
            "rank": np.maximum(answered.astype(np.int64) + 1, 0) * _RANK_MS + np.maximum(talk, 0),
        }
        return pa.table(found)

    def _calls(self, judged: Judged, chosen: NDArray[np.int64], quarter: str) -> NDArray[np.int64]:
        without = identity.of_calls(
            judged.at_us[chosen], judged.caller[chosen], judged.callee[chosen], self._pseudonyms, quarter
        )
        if judged.call is None:
            return without
        ids: Any = judged.call if len(chosen) == len(judged.call) else cast(Any, judged.call).take(pa.array(chosen))
        named = identity.of_ids(ids, self._pseudonyms, quarter)
        sizes = np.diff(np.frombuffer(ids.buffers()[1], np.int64, len(ids) + 1, ids.offset * 8))
        return np.where(sizes > 0, named, without)

    def _standing(self, callers: NDArray[np.int64], at: NDArray[np.int64], trunks: NDArray[np.int64]) -> dict[str, Any]:
        if self._register is None:
            return {}
        found = self._register(callers, at, trunks)
        use = found["use"]
        return {
            "resource": found["resource"],
            "holder": found["holder"],
            "principal": found["principal"],
            "use": pa.array(use.astype(np.int8), mask=use < 0),
        }

    def _spill(self) -> None:
        for day, tables in self._held.items():
            path = self._place / f"{day}-{len(self._spilled[day])}.arrow"
            table = pa.concat_tables(tables)
            with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table, max_chunksize=_CHUNK)
            self._spilled[day].append(path)
        self._held.clear()
        self._rows = 0

    def _parts(self, day: int) -> list[pa.Table]:
        found = []
        for path in self._spilled.get(day, ()):
            with pa.memory_map(str(path)) as file:
                found.append(pa.ipc.open_file(file).read_all())
        return found + self._held.get(day, [])

    def write(self, name: str, segments: list[str], source: str, progress: Callable[[int, int], None]) -> Report:
        """Put every day into the lake as files of this name; the same again puts them in the place of the former."""
        report = Report()
        days = sorted({*self._held, *self._spilled})
        total = sum(table.num_rows for day in days for table in self._parts(day)) or 1
        done = 0
        with ThreadPoolExecutor(2) as pool:
            for day in days:
                parts = self._parts(day)
                pieces: list[Future[str]] = []
                keep = self._kept(day, parts, segments)
                for piece in _pieces(parts, keep):
                    pieces.append(
                        pool.submit(self._write, day, f"{name}-{len(pieces)}.parquet", piece, segments, source)
                    )
                    if len(pieces) > 1:
                        pieces[-2].result()
                names = [one.result() for one in pieces]
                lake.replace(self._home, date.fromordinal(day), name, names)
                rows = sum(table.num_rows for table in parts)
                self._count(report, parts, keep)
                done += rows
                progress(done, total)
        return report

    def _count(self, report: Report, parts: list[pa.Table], keep: NDArray[np.bool_]) -> None:
        report.written += int(keep.sum())
        report.repeats += int(len(keep) - keep.sum())
        at = np.concatenate([table["at_us"].to_numpy() for table in parts])
        report.first_us = min(int(at.min()), report.first_us or int(at.min()))
        report.last_us = max(int(at.max()), report.last_us)

    def _kept(self, day: int, parts: list[pa.Table], segments: list[str]) -> NDArray[np.bool_]:
        """Which rows of a day are the only or the best record of their call and not in the lake yet."""
        keys = np.concatenate([table["key"].to_numpy() for table in parts])
        keep = np.ones(len(keys), np.bool_)
        there = self._there(day, segments)
        if len(there):
            keep &= ~np.isin(keys, there)
        ordered = np.sort(keys)
        again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        if len(again):
            rows = np.flatnonzero(keep & np.isin(keys, again))
            ranks = np.concatenate([table["rank"].to_numpy() for table in parts])[rows]
            best = rows[np.lexsort((rows, -ranks, keys[rows]))]
            first = np.ones(len(best), np.bool_)
            first[1:] = keys[best[1:]] != keys[best[:-1]]
            keep[rows] = False
            keep[best[first]] = True
        return keep

    def _there(self, day: int, segments: list[str]) -> NDArray[np.int64]:
        """Calls that other imports have put into the lake on that day."""
        found = [np.empty(0, np.int64)]
        for table in lake.calls_of(self._home, date.fromordinal(day)):
            own = pa.compute.is_in(table["segment"].cast(pa.string()), value_set=pa.array(segments, pa.string()))
            rest = table.filter(pa.compute.invert(own))
            found.append(identity.keys(*(rest[one].to_numpy() for one in ("call", "caller", "callee"))))
        return np.concatenate(found)

    def _write(self, day: int, name: str, rows: pa.Table, segments: list[str], source: str) -> str:
        count = rows.num_rows
        filled: dict[str, Any] = {
            "segment": pa.DictionaryArray.from_arrays(rows["file"].combine_chunks(), pa.array(segments)),
            "source": pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), pa.array([source])),
            "seen": pa.array(np.full(count, lake.SWITCH, np.int8)),
        }
        arrays = [
            filled[field.name]
            if field.name in filled
            else rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(count, field.type)
            for field in lake.SCHEMA
        ]
        lake.put(self._home, date.fromordinal(day), name, pa.Table.from_arrays(arrays, schema=lake.SCHEMA))
        return name

    def withdraw(self, name: str) -> None:
        """Take out of the lake what `write` put there under this name."""
        for day in sorted({*self._held, *self._spilled}):
            lake.replace(self._home, date.fromordinal(day), name, [])

    def clear(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)


def _pieces(parts: list[pa.Table], keep: NDArray[np.bool_]) -> Iterator[pa.Table]:
    """What is kept, in tables of about HELD rows."""
    waiting: list[pa.Table] = []
    rows, place = 0, 0
    for table in parts:
        mask = keep[place : place + table.num_rows]
        place += table.num_rows
        waiting.append(table if mask.all() else table.filter(pa.array(mask)))
        rows += waiting[-1].num_rows
        while rows >= HELD + HELD // 2:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, HELD)
            waiting = [whole.slice(HELD)]
            rows -= HELD
    if rows:
        yield pa.concat_tables(waiting)
