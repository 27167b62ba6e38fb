"""The gate as it is now, read from what it shares: its open journal segments and its facts."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingbai.gate import journal
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


@dataclass(frozen=True)
class Rule:
    """How often a rule decided in the window."""

    code: int
    rule: str
    decision: str
    reason: Any
    count: int
    percent: int


@dataclass(frozen=True)
class Live:
    """The last minute of the gate. `facts_age_s` is None without facts; `behind` counts changes not yet in them."""

    attempts: int
    per_second: float
    last_us: int
    verdicts: list[tuple[str, int]]
    rules: list[Rule]
    facts_age_s: float | None
    behind: int
    waiting_messages: int
    segments: int


def now(home: Home) -> Live:
    """Counts of the minute before the newest attempt in the journal's segments that are not yet collected."""
    codes, decisions, times = _recent(home)
    last = int(times.max()) if len(times) else 0
    fresh = times > last - WINDOW_US
    codes, decisions, times = codes[fresh], decisions[fresh], times[fresh]
    age, position = _facts(home)
    size = ledger.size()
    span = max(1.0, (last - int(times.min())) / 1e6) if len(times) else 1.0
    return Live(
        attempts=len(codes),
        per_second=len(codes) / span,
        last_us=last,
        verdicts=[(name, int((decisions == i).sum())) for i, name in enumerate(words.DECISIONS)],
        rules=_rules(codes, decisions),
        facts_age_s=age,
        behind=max(0, size - 1 - position),
        waiting_messages=notices.waiting(),
        segments=len(journal.closed_segments(home.journal)),
    )


def _recent(home: Home) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Code, decision and time of the attempts in the open segments and the last closed ones."""
    parts = []
    for path in [*journal.closed_segments(home.journal)[-2:], *journal.open_segments(home.journal)]:
        with contextlib.suppress(FileNotFoundError):
            data = path.read_bytes()
            whole = (len(data) - journal.HEADER) // journal.RECORD
            if whole > 0:
                found = np.frombuffer(data, _RECORD, count=whole, offset=journal.HEADER)
                parts.append(found[(found["sequence"] > 0) & (found["mode"] == _ATTEMPT)])
    if not parts:
        empty = np.empty(0, np.int64)
        return empty, empty, empty
    kept = np.concatenate(parts)
    return kept["code"].astype(np.int64), kept["decision"].astype(np.int64), kept["at_us"].astype(np.int64)


def _rules(codes: NDArray[np.int64], decisions: NDArray[np.int64]) -> list[Rule]:
    pairs, counts = np.unique(np.stack([codes, decisions]), axis=1, return_counts=True)
    total = max(1, len(codes))
    found = []
    for (code, decision), count in zip(pairs.T.tolist(), counts.tolist(), strict=True):
        said = outcomes.outcome(code, decision)
        rule, reason = (said.rule, said.reason) if said else (str(code), "")
        found.append(Rule(code, rule, words.DECISIONS[decision], reason, count, round(100 * count / total)))
    return sorted(found, key=lambda one: -one.count)


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
