"""The gate as it is now, read from what it shares: its open journal segments and its facts."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mingbai.gate import journal, meters
from mingbai.gate.facts import Reader
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as notices
from mingbai.web import outcomes, words

WINDOW_US = 60_000_000
_RECORD = np.dtype(list(journal.FIELDS))
_ATTEMPT = journal.MODES.index("attempt")
_HOSTS = {host: at for at, host in enumerate(meters.HOSTS, 1)}


@dataclass(frozen=True)
class Rule:
    """How often a rule decided in the window, answered with SIP code `sip`; `hosts`: who asked, where that is known."""

    code: int
    rule: str
    decision: str
    sip: int
    hosts: tuple[str, ...]
    reason: Any
    count: int
    percent: int


@dataclass(frozen=True)
class Live:
    """The last minute of the gate. `facts_age_s` is None without facts; `behind` counts changes not yet in them.

    `asked`: attempts by host, those of a process long gone left out; `slowest_us`: 99 of 100 verdicts took less, 0 when
    that is not known.
    """

    attempts: int
    per_second: float
    last_us: int
    verdicts: list[tuple[str, int]]
    asked: list[tuple[str, int]]
    slowest_us: float
    rules: list[Rule]
    facts_age_s: float | None
    behind: int
    waiting_messages: int
    segments: int


class _Recent(NamedTuple):
    """Columns of attempts; `host` is a place in meters.HOSTS, counted from 1, 0 unknown."""

    code: NDArray[np.int64]
    sip: NDArray[np.int64]
    decision: NDArray[np.int64]
    host: NDArray[np.int64]
    at_us: NDArray[np.int64]


def now(home: Home) -> Live:
    """Counts of the minute before the newest attempt in the journal's segments that are not yet collected."""
    lanes = _lanes(home)
    recent = _recent(home, {lane.pid: _HOSTS[lane.host] for lane in lanes})
    last = int(recent.at_us.max()) if len(recent.at_us) else 0
    fresh = recent.at_us > last - WINDOW_US
    recent = _Recent(*(column[fresh] for column in recent))
    age, position = _facts(home)
    span = max(1.0, (last - int(recent.at_us.min())) / 1e6) if len(recent.at_us) else 1.0
    return Live(
        attempts=len(recent.code),
        per_second=len(recent.code) / span,
        last_us=last,
        verdicts=[(name, int((recent.decision == i).sum())) for i, name in enumerate(words.DECISIONS)],
        asked=[(host, int((recent.host == at).sum())) for host, at in _HOSTS.items()],
        slowest_us=_slowest(lanes),
        rules=_rules(recent),
        facts_age_s=age,
        behind=max(0, ledger.size() - 1 - position),
        waiting_messages=notices.waiting(),
        segments=len(journal.closed_segments(home.journal)),
    )


def _lanes(home: Home) -> list[meters.Told]:
    try:
        return meters.read(home.meters)
    except (OSError, Problem):  # a gate without meters is a gate all the same
        return []


def _recent(home: Home, hosts: Mapping[int, int]) -> _Recent:
    """The attempts in the open segments and the last closed ones; `hosts`: process → host."""
    parts, by = [], []
    for path in [*journal.closed_segments(home.journal)[-2:], *journal.open_segments(home.journal)]:
        with contextlib.suppress(FileNotFoundError):
            data = path.read_bytes()
            whole = (len(data) - journal.HEADER) // journal.RECORD
            if whole > 0:
                found = np.frombuffer(data, _RECORD, count=whole, offset=journal.HEADER)
                found = found[(found["sequence"] > 0) & (found["mode"] == _ATTEMPT)]
                parts.append(found)
                by.append(np.full(len(found), hosts.get(journal.writer_of(data), 0), np.int64))
    if not parts:
        empty = np.empty(0, np.int64)
        return _Recent(empty, empty, empty, empty, empty)
    kept, host = np.concatenate(parts), np.concatenate(by)
    code, sip, decision, at_us = (kept[name].astype(np.int64) for name in ("code", "sip", "decision", "at_us"))
    return _Recent(code, sip, decision, host, at_us)


def _rules(recent: _Recent) -> list[Rule]:
    """One row for each rule, decision and SIP code, the most frequent first."""
    triples, which, counts = np.unique(
        np.stack([recent.code, recent.decision, recent.sip]), axis=1, return_inverse=True, return_counts=True
    )
    total = max(1, len(recent.code))
    found = []
    for at, ((code, decision, sip), count) in enumerate(zip(triples.T.tolist(), counts.tolist(), strict=True)):
        said = outcomes.outcome(code, decision)
        rule, reason = (said.rule, said.reason) if said else (str(code), "")
        asked = set(recent.host[which.reshape(-1) == at].tolist())
        hosts = tuple(host for host, place in _HOSTS.items() if place in asked)
        found.append(Rule(code, rule, words.DECISIONS[decision], sip, hosts, reason, count, round(100 * count / total)))
    return sorted(found, key=lambda one: -one.count)


_seen: deque[tuple[float, tuple[int, ...]]] = deque()  # when, and how many verdicts had taken how long by then


def _slowest(lanes: list[meters.Told]) -> float:
    """The time, µs, that 99 of 100 verdicts of the last minute stayed below; of all of them at the first look."""
    cells = [outcome.cells for lane in lanes for outcome in lane.outcomes]
    now, totals = clock.monotonic(), tuple(map(sum, zip(*cells, strict=True))) or (0,) * meters.CELLS
    while len(_seen) > 1 and _seen[0][0] < now - WINDOW_US / 1e6:
        _seen.popleft()
    before = _seen[0][1] if _seen and sum(_seen[0][1]) < sum(totals) else (0,) * meters.CELLS
    _seen.append((now, totals))
    taken = [max(0, a - b) for a, b in zip(totals, before, strict=True)]
    wanted, so_far = 0.99 * sum(taken), 0
    for bound, count in zip(meters.BOUNDS_NS, taken, strict=False):
        so_far += count
        if count and so_far >= wanted:
            return bound / 1000
    return 0.0


_readers: dict[str, Reader] = {}


def _facts(home: Home) -> tuple[float | None, int]:
    """(age in seconds, position in the ledger's order) of the facts in force."""
    key = str(home.facts)
    if key not in _readers:
        _readers[key] = Reader(home.facts, Lookup(home.key("lookup")))
    try:
        with _readers[key].view() as view:
            return max(0.0, (clock.now_us() - view.synced_at) / 1e6), view.position
    except Problem:
        return None, -1
