"""Calls into the running window as they come: from the gate's journal, from the lake at a start, from records of
switches that are imported meanwhile; whom they concern is to be looked at, and how far they were read is kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from mingbai.calls import queries as calls
from mingbai.detection.actions import kept
from mingbai.detection.hourly.known import Known
from mingbai.detection.hourly.pieces import Bools, whole
from mingbai.detection.hourly.waiting import Waiting
from mingbai.detection.hourly.window import Running
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind

_SLICE_S = 1.0
"""Records of an import are taken up for so long in one batch: calls that happen now do not wait for them."""
_WHO = ["caller", "caller_kind", "callee", "callee_kind"]
_NOBODY = [int(Kind.WITHHELD), int(Kind.MALFORMED)]
"""All such callers have one pseudonym."""
_BEGUN_BEFORE_MS = 2 * 3_600_000  # a segment is begun so long before its first record at most


class Feed:
    """What of the calls is in the window, and what waits to be judged. `batch`: the number of the one under way."""

    def __init__(self, home: Home, window: Running) -> None:
        self._home, self._window = home, window
        self.callers, self.callees = Waiting(), Waiting()
        self.batch = 0
        self._told: dict[str, int] = {}  # rows of each segment that are in the window
        self._judged: deque[tuple[int, dict[str, int]]] = deque()  # by batch: positions, once its calls were judged
        self._entry = self._imports = 0  # the last segment, and import, that was seen to be in the lake
        self._importing: Iterator[int] = iter(())
        self._goes_on = False  # an import was not taken up to its end

    def load(self, since_us: int, known: Known, burst: int) -> int:
        """Make the window from journal and lake; who called beyond the position that stands is to be looked at."""
        positions = kept()
        followed = calls.follow(self._home, {})
        anchored = calls.anchored(since_us)  # before the lake is listed: what comes later is met in the next batch
        imports = calls.imported(since_us)
        without = {part.segment for part in followed} | {name for one in imports for name in one.segments}
        self._window.load(calls.files(self._home, since_us), since_us, known, burst, without=without)
        for part in followed:
            self._take(part, positions.get(part.segment, 0), known)
        stored = {one.segment: one for one in anchored if one.segment not in self._told}
        self._told.update({name: one.rows for name, one in stored.items()})
        self._moved({name: one.rows for name, one in stored.items() if positions.get(name) != one.rows})
        beyond = [one.first_us for name, one in stored.items() if positions.get(name, 0) < one.rows]
        if beyond:
            for rows in self._window.since(max(since_us, min(beyond)), _WHO):
                self._wait(rows)
        self._entry = max((one.entry for one in anchored), default=0)
        for which in imports:
            sum(self._import(which, since_us, known, judged=which.segments.keys() <= positions.keys()))
            self._imports = which.entry
        return self._window.count()

    def follow(self, since_us: int, known: Known, parts: list[calls.Followed]) -> int:
        """What came since, `parts` of the journal; how many calls are new."""
        fresh = sum(self._take(part, self._told.get(part.segment, 0), known) for part in parts)
        for one in calls.anchored(since_us, self._entry):
            if self._told.get(one.segment, 0) < one.rows:  # it went to the lake before it was read to its end
                for part in calls.stored(self._home, one.segment, self._told.get(one.segment, 0)):
                    fresh += self._take(part, self._told.get(part.segment, 0), known)
            self._entry = one.entry
        begun = clock.monotonic()
        self._goes_on = False
        for taken in self._imported(since_us, known):
            fresh += taken
            if clock.monotonic() - begun > _SLICE_S:
                self._goes_on = True
                break
        return fresh

    def news(self) -> list[calls.Followed]:
        """What the gate's workers wrote since."""
        return calls.follow(self._home, self._told)

    def more(self, since_us: int) -> bool:
        """Whether there is anything in the lake that was not seen there."""
        if self._goes_on:
            return True
        return bool(calls.anchored(since_us, self._entry) or calls.imported(since_us, self._imports))

    def positions(self) -> dict[str, int]:
        """How far everything was judged: those of batches of which nobody waits any more."""
        none = self.batch + 1
        oldest = min(self.callers.oldest(none), self.callees.oldest(none))
        found: dict[str, int] = {}
        for batch, moved in self._judged:
            if batch < oldest:
                found |= moved
        return found

    def kept(self, positions: Mapping[str, int]) -> None:
        """These were written down."""
        for _, moved in self._judged:
            for name in [name for name, rows in moved.items() if positions.get(name, -1) >= rows]:
                del moved[name]
        while self._judged and not self._judged[0][1]:
            self._judged.popleft()

    def forget(self, since_us: int) -> None:
        """Segments that no window reaches any more; their names begin with when they were begun (RFC 9562 5.7)."""
        least = f"{max(0, since_us // 1000 - _BEGUN_BEFORE_MS):012x}"
        self._told = {name: rows for name, rows in self._told.items() if name >= least}

    def _imported(self, since_us: int, known: Known) -> Iterator[int]:
        """Imports that are new, a file of the lake at a time; the rest of one goes on in the next batch."""
        while True:
            yield from self._importing
            which = next(iter(calls.imported(since_us, self._imports)), None)
            if which is None:
                return
            self._imports = which.entry
            self._importing = self._import(which, since_us, known)

    def _import(
        self, which: calls.Imported, since_us: int, known: Known, *, judged: bool = False
    ) -> Iterator[int]:  # fmt: skip
        for rows in calls.records(self._home, which, since_us):
            self._window.settle(self._home, self._shaped(rows), known)
            if not judged:
                self._wait(rows)
            yield 0 if judged else rows.num_rows
        if not judged:
            self._moved(dict(which.segments))

    def _take(self, part: calls.Followed, judged: int, known: Known) -> int:
        """Rows of a segment into the window; whom those not judged yet concern is to be looked at."""
        fresh = 0
        for rows in part.days.values():
            self._window.add(self._shaped(rows), known)
            fresh += self._wait(rows, whole(rows["row"]) >= judged)
        self._told[part.segment] = part.upto
        self._moved({part.segment: part.upto})
        return fresh

    def _shaped(self, rows: pa.Table) -> pa.Table:
        return rows.select(self._window.schema.names).cast(self._window.schema)

    def _wait(self, rows: pa.Table, which: Bools | None = None) -> int:
        """Callers that are somebody, and people called, of these rows; how many rows."""
        rows = rows.select(_WHO) if which is None else rows.select(_WHO).filter(pa.array(which))
        callers, callees = whole(rows["caller"]), whole(rows["callee"])
        self.callers.add(callers[~np.isin(whole(rows["caller_kind"]), _NOBODY)], self.batch)
        self.callees.add(callees[whole(rows["callee_kind"]) != int(Kind.MALFORMED)], self.batch)
        return rows.num_rows

    def _moved(self, positions: dict[str, int]) -> None:
        if positions:
            self._judged.append((self.batch, positions))
