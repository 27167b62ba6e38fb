"""Each batch: what the gate's workers wrote since the last one, whom it concerns, what their calls of the running
window say, put down with how far the journal was read.

What is kept of the window is made again from lake and journal at a start. What decides is the position in the database:
killed anywhere, the next start judges whatever lies beyond it, and a finding that stands already is not put down twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from mingbai.calls import queries as calls
from mingbai.detection import looking, rules
from mingbai.detection import queries as findings
from mingbai.detection.actions import record
from mingbai.detection.actions.recording import Found
from mingbai.detection.engines.prepared import Plan, planned
from mingbai.detection.engines.protocol import unbound
from mingbai.detection.features import Counting, Given, Window, columns, features
from mingbai.detection.hourly.current import Current
from mingbai.detection.hourly.feed import Feed
from mingbai.detection.hourly.known import Known
from mingbai.detection.hourly.pieces import HOUR_US, Ints
from mingbai.detection.hourly.window import ROOM, Chosen, Counted, Running
from mingbai.detection.looking import CALLS
from mingbai.detection.states import Found as By
from mingbai.detection.states import Kind, Verdict
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.profile import Detection

_FORGET_S = 60.0
_SHORTEST_S, _LONGEST_S, _WITHIN_S, _TIMES = 1.0, 3.0, 7.0, 12.0
_MANY = 20_000  # that wait, as after some hours down; those with very many calls wait as a matter of course
_KINDS = (Kind.NUMBER, Kind.CALLEE)
_KEPT = pa.schema([*CALLS, pa.field("resource", pa.int64())])
_Key = tuple[str, str, int]  # kind, rule, subject


class Batch(NamedTuple):
    """What one batch did. `calls` were new, `numbers` looked at; ids of new `findings`, and of those put right."""

    calls: int
    numbers: int
    findings: list[int]


def pause_s(took_s: float, *, behind: bool = False) -> float:
    """How long to wait after a batch, by what it took: so long that detection takes a small part of a core, yet two
    batches and what lies between them, the longest that a call waits, stay within some seconds; little when behind."""
    most = _SHORTEST_S if behind else min(_LONGEST_S, _WITHIN_S - 2 * took_s)
    return max(_SHORTEST_S, min(most, _TIMES * took_s))


class Live:
    """The running window of one installation; one thread works it. `room`: calls that a batch looks at, about."""

    def __init__(self, home: Home, *, threads: int = 2, memory_gb: int = 2, room: int = ROOM) -> None:
        self._home = home
        spill = home.lake / "spill" / "hour"
        self._window = Running(_KEPT, spill, threads=threads, memory_gb=memory_gb, room=room)
        self._feed = Feed(home, self._window)
        self._stand: dict[_Key, tuple[date, bool]] = {}  # what was put down, for which day, whether as a finding
        self._settled: dict[int, date] = {}  # numbers that stand found, on which day
        self._current = Current(home)
        self._known: Known  # from the first batch on
        self._forget_at = float("-inf")
        self._loaded = False

    def step(self) -> Batch:
        """One batch. The first one makes the window, and judges what came since the position that stands."""
        now_us, settings = clock.now_us(), findings.in_force()
        since, counting = self._since(now_us), Counting.of(settings.settings)
        counted = Counted(counting.least, counting.burst_calls)
        self._feed.batch += 1
        fresh = self._read(now_us, counting)
        self._forget(since, counted)
        if not (len(self._feed.callers) or len(self._feed.callees)):
            return Batch(fresh, 0, [])
        with self._all_or_nothing():
            self._feed.callers.done(self._settled_on(self._day(now_us)))
            chosen = self._window.choose(
                since, self._feed.callers, self._feed.callees, self._known, counted, self._feed.batch
            )  # fmt: skip
            news = self._judged(chosen, settings.settings, counting, now_us) if chosen.calls else []
            positions = self._feed.positions()
            recorded = record(news, by=By.HOUR, rules=settings.rules, positions=positions)
        self._feed.kept(positions)
        self._stands(news)
        return Batch(fresh, len(chosen.numbers), [*recorded.new, *recorded.changed])

    @property
    def waiting(self) -> int:
        """Numbers that a batch had no room for."""
        return len(self._feed.callers) + len(self._feed.callees)

    @property
    def behind(self) -> bool:
        """Whether they are so many that the next batch should come soon."""
        return self.waiting > _MANY

    def close(self) -> None:
        self._current.close()
        self._window.close()

    def _read(self, now_us: int, counting: Counting) -> int:
        """New calls into the window. Refusals are read after the calls: one that came before a call is known then."""
        since = self._since(now_us)
        if not self._loaded:
            self._refresh(now_us)
            self._planned(counting, now_us)  # takes seconds, which no call is to wait for
            fresh = self._feed.load(since, self._known, counting.burst_calls)
            self._loaded = True
            return fresh
        parts = self._feed.news()
        if not parts and not self._feed.more(since):
            return 0
        self._refresh(now_us)
        return self._feed.follow(since, self._known, parts)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Whoever was taken off the lists waits again when what was found could not be put down."""
        callers, callees = self._feed.callers.copy(), self._feed.callees.copy()
        try:
            yield
        except BaseException:
            self._feed.callers, self._feed.callees = callers, callees
            raise

    def _forget(self, since: int, counted: Counted) -> None:
        if clock.monotonic() < self._forget_at:
            return
        self._forget_at = clock.monotonic() + _FORGET_S
        self._window.forget(since, counted.burst)
        self._feed.forget(since)
        old = self._day(since) - timedelta(days=1)
        self._stand = {key: one for key, one in self._stand.items() if one[0] > old}
        self._settled = {number: day for number, day in self._settled.items() if day > old}

    def _refresh(self, now_us: int) -> None:
        quarters = sorted({calls.quarter(self._day(at)) for at in (self._since(now_us), now_us)})
        self._known = self._current.known(tuple(quarters))

    def _judged(self, chosen: Chosen, settings: Detection, counting: Counting, now_us: int) -> list[Found]:
        tables = self._window.carry_out(self._planned(counting, now_us))
        for kind, subjects in ((Kind.NUMBER, chosen.numbers), (Kind.CALLEE, chosen.callees)):
            tables[kind] = _only(tables[kind], subjects)
        judged = self._new(rules.judge_all(tables, settings), now_us)
        if not judged.num_rows:
            return []
        refusals = unbound("refusals", columns.REFUSED)
        looked = looking.Looked(self._window.engine, self._window.calls, refusals, tables)
        return list(looking.found(looked, judged, settings, str(self._zone())))

    def _settled_on(self, day: date) -> Ints:
        """Who stands found already that day: the whole day looks at them again."""
        return np.array([number for number, on in self._settled.items() if on == day], np.int64)

    def _new(self, judged: pa.Table, now_us: int) -> pa.Table:
        """Without what stands today as it is, so that its calls are not looked up again."""
        today, names = self._day(now_us), ("kind", "rule", "subject", "verdict")
        new = [
            self._stand.get((kind, rule, subject), (date.min, False)) < (today, verdict == Verdict.FINDING)
            for kind, rule, subject, verdict in looking.values(judged, *names)
        ]
        return judged.filter(pa.array(new, pa.bool_()))

    def _stands(self, news: list[Found]) -> None:
        for one in news:
            self._stand[one.kind, one.rule, one.head] = one.day, one.verdict == Verdict.FINDING
            if one.kind == Kind.NUMBER and one.verdict == Verdict.FINDING:
                self._settled[one.head] = one.day

    def _planned(self, counting: Counting, now_us: int) -> Plan:
        """The features' statements for a window that reaches to the end of today, so that they hold all day long."""
        back = 1 + profile.load(self._home).detection.window_hours // 24
        return _plan(counting, self._day(now_us) - timedelta(days=back), back + 2, str(self._zone()))

    def _since(self, now_us: int) -> int:
        return now_us - profile.load(self._home).detection.window_hours * HOUR_US

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
    return planned(lambda keep: features(given, counting, window, keep, _KINDS), _KINDS)


def _only(table: pa.Table, subjects: Ints) -> pa.Table:
    """Rows of these subjects: the others' calls are here in part only."""
    return table.filter(pa.array(np.isin(np.asarray(table["subject"], np.int64), subjects)))
