"""The running window: the calls of some hours in sorted pieces, and DuckDB, which computes over those of a batch.

`choose` puts the calls that matter for some numbers beside each other as table `calls`, on which the features are
computed as over a day; a plan of statements, compiled once, is run for each batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from mingbai.calls import queries as calls
from mingbai.detection.engines.prepared import Plan, Prepared
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.features import columns
from mingbai.detection.hourly.known import Known
from mingbai.detection.hourly.loading import Origins, read
from mingbai.detection.hourly.pieces import HOUR_US, WHOLE, Ints, Piece, Pieces, filled, whole
from mingbai.detection.hourly.waiting import Waiting, affordable
from mingbai.kernel.home import Home
from mingbai.kernel.scratch import Scratch

ROOM = 150_000
"""Calls that a batch looks at, about, of callers and of people called each: a second or two of one core."""
_AT_ONCE = 200_000
"""Numbers of which it is seen in one batch whether they are to be looked at."""
_RECENT_US = 2 * HOUR_US
_APART_US = 3_600_000_000  # an attempt and the record of its call are nearer, whatever the profile says


class Chosen(NamedTuple):
    """Of whom all that counts is in `calls` now: callers and people called. `calls`: how many these are."""

    numbers: Ints
    callees: Ints
    calls: int


class Counted(NamedTuple):
    """From how many calls on somebody is looked at: of a caller in all, of a person called in the last two hours."""

    least: int
    burst: int


class Running:
    """The running window. `schema`: columns of a call, with `at_us`, `caller`, `callee`, `holder`, and the two texts
    `segment` and `source`. Below `spill` lie its files; those of a process that died go."""

    def __init__(
        self, schema: pa.Schema, spill: Path, *, threads: int = 2, memory_gb: int = 2, room: int = ROOM,
        whole_rows: int = WHOLE,
    ) -> None:  # fmt: skip
        self.schema, self._room = schema, room
        self._scratch = Scratch(spill)
        self._pieces = Pieces(self._scratch.path, whole_rows=whole_rows)
        self._origins = Origins(schema)
        self._hot = np.zeros(0, np.int64)  # people who got many calls of late
        self._newest_us = 0
        self._computed = Prepared(self._scratch.path / "duckdb", threads=threads, memory_gb=memory_gb)
        self.engine = self._computed.engine
        self.calls = unbound("calls", schema)

    def add(self, rows: pa.Table, known: Known) -> None:
        """Calls that just happened, or were found later; rows of `schema`."""
        if not rows.num_rows:
            return
        self._newest_us = max(self._newest_us, int(whole(rows["at_us"]).max()))
        self._pieces.add(self._origins.numbered(rows), known.marks(rows))

    def load(
        self, files: Sequence[str], since_us: int, known: Known, burst: int, *, without: Collection[str] = ()
    ) -> None:
        """Calls at or after a time from files of the lake, but those of the segments `without`."""
        for rows in read(files, self.schema, since_us, without):
            self.add(rows, known)
        self._heat(max(since_us, self._newest_us - _RECENT_US), burst)

    def settle(self, home: Home, records: pa.Table, known: Known) -> None:
        """Records of switches: where the gate judged an attempt of the same call, they stand in its place."""
        times, callers = whole(records["at_us"]), np.unique(whole(records["caller"]))
        first, last = int(times.min()) - _APART_US, int(times.max()) + _APART_US
        every, attempts = list(self._pieces), []
        for number, piece in enumerate(every):
            if piece.end_us >= first and piece.begin_us <= last:
                places = piece.standing(piece.by_caller(callers).places())
                at_us = whole(piece.rows["at_us"])[places]
                places = places[(at_us >= first) & (at_us <= last)]
                rows = self._origins.named(piece.take(places, self._origins.columns))
                attempts.append(rows.append_column("place", pa.array((number << 32) + places)))
        if sum(part.num_rows for part in attempts):
            records, gone = calls.matched(home, records, pa.concat_tables(attempts))
            for place in whole(gone["place"]).tolist():
                every[place >> 32].gone.add(place & 0xFFFFFFFF)
        self.add(records, known)

    def forget(self, before_us: int, burst: int) -> None:
        """Let go of what ended before a time."""
        self._pieces.forget(before_us)
        if len(self._hot):
            recent = max(before_us, self._newest_us - _RECENT_US)
            self._hot = self._hot[self._got(self._hot, recent) >= burst]

    def choose(
        self, since_us: int, numbers: Waiting, callees: Waiting, known: Known, counted: Counted, batch: int
    ) -> Chosen:
        """Put what counts for whoever waits into the table `calls`, beside it what is known of them, and take them off
        both lists: those whom there is no room for stay.

        Of a caller these are the calls that it made and got; what reached, in the last two hours, the people whom it
        called and who got `counted.burst` calls then; and the calls of its holder to people who had refused: who bombs
        is told by all who do, hopping by several numbers. Somebody with fewer than `counted.least` calls, neither
        registered nor unallocated, who called nobody who had refused, is not looked at.
        """
        callers = self._callers(numbers, known, counted.least, batch)
        recent = max(since_us, self._newest_us - _RECENT_US)
        own = [piece.by_caller(callers).places() for piece in self._pieces]
        brief = self._taken(own, ["at_us", "callee", "holder"])
        inside = whole(brief["at_us"]) >= since_us
        late = whole(brief["at_us"]) >= recent
        bombed = self._bombed(callees, np.unique(whole(brief["callee"])[late]), recent, counted.burst, batch)
        holders = np.unique(filled(brief["holder"])[inside])
        places = [
            np.unique(np.concatenate([mine, *self._others(piece, callers, bombed, holders[holders > 0], recent)]))
            for piece, mine in zip(self._pieces, own, strict=True)
        ]
        rows = self._taken(places, self._origins.columns)
        rows = self._origins.named(rows.filter(pa.array(whole(rows["at_us"]) >= since_us)))
        if rows.num_rows:
            self._put(rows, known)
        return Chosen(callers, bombed, rows.num_rows)

    def carry_out(self, plan: Plan) -> dict[str, pa.Table]:
        """The plan's results, over `calls` as it was chosen."""
        return self._computed.carry_out(plan)

    def since(self, at_us: int, names: Sequence[str]) -> Iterable[pa.Table]:
        """Those columns of the calls at or after a time, part by part."""
        for piece in self._pieces.since(at_us):
            late = np.flatnonzero(whole(piece.rows["at_us"]) >= at_us)
            yield piece.take(late, names)

    def count(self) -> int:
        """How many calls it holds."""
        return self._pieces.count()

    def close(self) -> None:
        self._computed.close()
        self._scratch.close()

    def _callers(self, waiting: Waiting, known: Known, least: int, batch: int) -> Ints:
        """Of those who wait, whom this batch looks at."""
        latest = waiting.latest(_AT_ONCE)
        numbers, news, since = waiting.numbers[latest], waiting.news[latest], waiting.since[latest]
        made, marked = np.zeros(len(numbers), np.int64), known.registered(numbers)
        for piece in self._pieces:
            made += piece.by_caller(numbers).sizes
            marked |= np.isin(numbers, piece.marked_callers)
        wanted = (made >= least) | marked
        waiting.done(numbers[~wanted])
        numbers, news, since, size = numbers[wanted], news[wanted], since[wanted], made[wanted]
        for piece in self._pieces:
            size += piece.by_callee(numbers).sizes
        found = numbers[affordable(size, news, since, self._room, batch)]
        waiting.done(found)
        return found

    def _bombed(self, waiting: Waiting, called: Ints, recent: int, burst: int, batch: int) -> Ints:
        """People called whom this batch looks at: of those who got new calls, and of those whom its callers called."""
        latest = waiting.latest(_AT_ONCE)
        fresh, news, since = waiting.numbers[latest], waiting.news[latest], waiting.since[latest]
        hot = self._got(fresh, recent) >= burst
        waiting.done(fresh[~hot])
        self._hot = np.union1d(self._hot, fresh[hot])
        late = np.setdiff1d(np.intersect1d(called, self._hot, assume_unique=True), fresh, assume_unique=True)
        numbers = np.concatenate([fresh[hot], late])
        news = np.concatenate([news[hot], np.zeros(len(late), np.int64)])
        since = np.concatenate([since[hot], np.full(len(late), batch, np.int64)])
        found = np.sort(numbers[affordable(self._got(numbers, recent), news, since, self._room, batch)])
        waiting.done(found)
        return found

    def _got(self, numbers: Ints, recent: int) -> Ints:
        """How many calls each got of late; a few more, where a piece begins earlier."""
        found = np.zeros(len(numbers), np.int64)
        for piece in self._pieces.since(recent):
            found += piece.by_callee(numbers).sizes
        return found

    def _others(self, piece: Piece, callers: Ints, bombed: Ints, holders: Ints, recent: int) -> Iterable[Ints]:
        """Places of the calls in a piece that count beside those which the callers made."""
        yield piece.rows_to(piece.by_callee(callers))
        if len(holders) and len(piece.marked):
            yield piece.marked[np.isin(piece.holders, holders)]
        if len(bombed) and piece.end_us >= recent:
            reached = piece.rows_to(piece.by_callee(bombed))
            yield reached[whole(piece.rows["at_us"])[reached] >= recent]

    def _taken(self, places: Sequence[Ints], names: Sequence[str]) -> pa.Table:
        pairs = zip(self._pieces, places, strict=True)
        parts = [piece.take(some, names) for piece, some in pairs if len(some)]
        return pa.concat_tables(parts) if parts else self._origins.empty().select(list(names))

    def _put(self, rows: pa.Table, known: Known) -> None:
        """As tables of DuckDB: the calls, and what is known of the numbers in them."""
        part = known.part(*(np.unique(whole(rows[side])) for side in ("caller", "callee")))
        self._computed.put("calls", rows)
        self.engine.read("refusals", part.refusals, columns.REFUSED)
        self.engine.read("numbers", part.numbers, columns.NUMBERS)
        self.engine.read("trunks", known.trunks, columns.TRUNKS)
        self.engine.read("consents", known.consents, columns.CONSENTS)

    def _heat(self, recent: int, burst: int) -> None:
        """Who got that many calls of late, after the window was made."""
        parts = [whole(rows["callee"]) for rows in self.since(recent, ["callee"])]
        people, calls = np.unique(np.concatenate(parts or [np.zeros(0, np.int64)]), return_counts=True)
        self._hot = people[calls >= burst]
