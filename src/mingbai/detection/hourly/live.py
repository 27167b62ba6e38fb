"""Each batch: what the gate's workers wrote since the last one, whom it concerns, what their calls of the running
window say, put down with how far the journal was read.

What is kept of the window lives in memory and is made again from lake and journal at a start. What decides is the
position in the database: killed anywhere, the next start judges whatever lies beyond it, and a finding that stands
already is not put down twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls import queries as calls
from mingbai.detection import looking, references, rules
from mingbai.detection import queries as findings
from mingbai.detection.actions import kept, record
from mingbai.detection.actions.recording import Found
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.engines.running import Plan, Running, planned
from mingbai.detection.features import Counting, Given, Window, columns, features
from mingbai.detection.looking import CALLS
from mingbai.detection.states import Found as By
from mingbai.detection.states import Kind, Verdict
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home

_HOUR_US = 3_600_000_000
_REFRESH_S = 300.0  # registered numbers and trunks, and refusals whole
_KINDS = (Kind.NUMBER, Kind.CALLEE)
_Key = tuple[str, str, int]  # kind, rule, subject


class Batch(NamedTuple):
    """What one batch did. `calls` were new, `numbers` looked at, `found` put down; ids of new `findings`."""

    calls: int
    numbers: int
    findings: list[int]


class Live:
    """The running window of one installation; one thread works it."""

    def __init__(self, home: Home, *, threads: int = 2, memory_gb: int = 4) -> None:
        self._home = home
        self._window = Running(CALLS, home.lake / "spill" / "hour", threads=threads, memory_gb=memory_gb)
        self._told: dict[str, int] = {}  # rows of each segment that are in the window
        self._put_down: dict[str, int] = {}  # of these, the position that the database has
        self._pending: set[int] = set()  # calling numbers that are to be looked at
        self._stand: dict[_Key, tuple[date, bool]] = {}  # what was put down, for which day, whether as a finding
        self._settled: dict[int, date] = {}  # numbers that stand found, on which day
        self._known_at = float("-inf")
        self._refused_at = datetime.fromtimestamp(0, UTC)
        self._quarters: tuple[str, ...] = ()
        self._entry = 0  # the last segment that was seen to be in the lake
        self._loaded = False

    def step(self) -> Batch:
        """One batch. The first one makes the window, and judges what came since the position that stands."""
        now_us = clock.now_us()
        fresh = self._load(now_us) if not self._loaded else self._follow(now_us)
        self._window.forget(self._since(now_us))
        if not self._pending:
            return Batch(fresh, 0, [])
        self._refresh(now_us)
        looked_at, news = self._judge(now_us)
        moved = {name: rows for name, rows in self._told.items() if self._put_down.get(name) != rows}
        rules_now = findings.in_force().rules
        recorded = record(news, by=By.HOUR, rules=rules_now, positions=moved)
        self._put_down.update(moved)
        self._pending.clear()
        for one in news:
            self._stand[one.kind, one.rule, one.head] = one.day, one.verdict == Verdict.FINDING
            if one.kind == Kind.NUMBER and one.verdict == Verdict.FINDING:
                self._settled[one.head] = one.day
        return Batch(fresh, looked_at, [*recorded.new, *recorded.changed])

    def close(self) -> None:
        self._window.close()

    def _since(self, now_us: int) -> int:
        return now_us - profile.load(self._home).detection.window_hours * _HOUR_US

    def _load(self, now_us: int) -> int:
        """The window from journal and lake; who called beyond the position is to be looked at."""
        positions, since = kept(), self._since(now_us)
        followed = calls.follow(self._home, {})
        for part in followed:
            self._take(part, positions.get(part.segment, 0))
        anchored = calls.anchored(since)  # before the lake is listed: what comes later is met in the next batch
        self._entry = max((one.entry for one in anchored), default=0)
        first, last = self._day(since), self._day(now_us)
        traffic = calls.traffic(self._home, first, last + timedelta(days=1))
        self._window.load(traffic.files, since, without=[part.segment for part in followed])
        stored = {one.segment: one for one in anchored if one.segment not in self._told}
        self._told.update({name: one.rows for name, one in stored.items()})
        self._put_down = {name: rows for name, rows in positions.items() if name in self._told}
        beyond = [one.first_us for name, one in stored.items() if positions.get(name, 0) < one.rows]
        if beyond:
            self._pending.update(self._window.callers(max(since, min(beyond))).tolist())
        self._loaded = True
        return self._window.count()

    def _follow(self, now_us: int) -> int:
        fresh = sum(self._take(part, self._told.get(part.segment, 0)) for part in calls.follow(self._home, self._told))
        for one in calls.anchored(self._since(now_us), self._entry):
            if self._told.get(one.segment, 0) < one.rows:  # it went to the lake before it was read to its end
                for part in calls.stored(self._home, one.segment, self._told.get(one.segment, 0)):
                    fresh += self._take(part, self._told.get(part.segment, 0))
            self._entry = one.entry
        return fresh

    def _take(self, part: calls.Followed, judged: int) -> int:
        """Rows of a segment into the window; whoever called in those not judged yet is to be looked at."""
        fresh = 0
        for rows in part.days.values():
            self._window.add(rows.select(CALLS.names).cast(CALLS))
            beyond = np.asarray(rows["row"], np.int64) >= judged
            self._pending.update(np.asarray(rows["caller"], np.int64)[beyond].tolist())
            fresh += int(beyond.sum())
        self._told[part.segment] = part.upto
        return fresh

    def _refresh(self, now_us: int) -> None:
        """References: whole now and then, refusals as they come."""
        quarters = tuple(sorted({calls.quarter(self._day(at)) for at in (self._since(now_us), now_us)}))
        engine, now = self._window.engine, clock.monotonic()
        begun = clock.now()
        if quarters != self._quarters or now - self._known_at >= _REFRESH_S:
            known = references.references(self._home, quarters, agreed=False)
            self._refusals = known.refusals
            engine.read("numbers", known.numbers, columns.NUMBERS)
            engine.read("trunks", known.trunks, columns.TRUNKS)
            engine.read("consents", known.consents, columns.CONSENTS)
            self._quarters, self._known_at = quarters, now
        else:
            more = references.refusals(self._home, quarters, self._refused_at)
            if more.num_rows:
                self._refusals = pa.concat_tables([self._refusals, more])
        engine.read("refusals", self._refusals, columns.REFUSED)
        self._refused_at = begun - timedelta(seconds=5)  # whoever refused while it was read is read again

    def _judge(self, now_us: int) -> tuple[int, list[Found]]:
        settings = findings.in_force().settings
        counting, since = Counting.of(settings), self._since(now_us)
        numbers = np.fromiter(self._unsettled(now_us), np.int64)
        looked_at = self._window.choose(since, numbers, counting.least, counting.burst_calls)
        tables = self._window.carry_out(self._planned(counting, now_us), _KINDS)
        tables[Kind.NUMBER] = _only(tables[Kind.NUMBER], numbers)
        judged = rules.judge_all(tables, settings)
        looked = looking.Looked(
            self._window.engine, self._window.calls, unbound("refusals", columns.REFUSED), tables
        )  # fmt: skip
        return looked_at, list(looking.found(looked, self._new(judged, now_us), settings, str(self._zone())))

    def _unsettled(self, now_us: int) -> Iterable[int]:
        """Those to be looked at, but whoever stands found already today: the whole day looks at them again."""
        today = self._day(now_us)
        return (one for one in self._pending if self._settled.get(one) != today)

    def _new(self, judged: pa.Table, now_us: int) -> pa.Table:
        """Without what stands today as it is, so that its calls are not looked up again."""
        today, names = self._day(now_us), ("kind", "rule", "subject", "verdict")
        new = [
            self._stand.get((kind, rule, subject), (date.min, False)) < (today, verdict == Verdict.FINDING)
            for kind, rule, subject, verdict in looking.values(judged, *names)
        ]
        return judged.filter(pa.array(new, pa.bool_()))

    def _planned(self, counting: Counting, now_us: int) -> Plan:
        """The features' statements for a window that reaches to the end of today, so that they hold all day long."""
        back = 1 + profile.load(self._home).detection.window_hours // 24
        return _plan(counting, self._day(now_us) - timedelta(days=back), back + 2, str(self._zone()))

    def _day(self, at_us: int) -> date:
        return datetime.fromtimestamp(at_us / 1e6, self._zone()).date()

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(profile.load(self._home).gate.timezone)


@lru_cache(maxsize=2)
def _plan(counting: Counting, first: date, days: int, zone: str) -> Plan:
    """Compiling takes seconds, so it is done once a day and settings."""
    window = Window.of_days(first, days, zone)
    named = {name: unbound(name, schema) for name, schema in columns.INPUTS.items() if name != "calls"}
    given = Given(unbound("calls", CALLS), **named)
    return planned(lambda keep: features(given, counting, window, keep))


def _only(table: pa.Table, numbers: NDArray[np.int64]) -> pa.Table:
    """Rows of these subjects: the others' calls are here in part only."""
    return table.filter(pa.array(np.isin(np.asarray(table["subject"], np.int64), numbers)))
