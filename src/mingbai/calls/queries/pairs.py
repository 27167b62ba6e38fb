"""Which calls there were between two numbers, in either direction; for many pairs at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa
from django.conf import settings

from mingbai.calls import lake
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.calls.queries import attempts
from mingbai.calls.queries.opened import connect, view_attempts
from mingbai.gate import journal
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.terms import Decision

Pair = tuple[str, str]  # normal forms: one number, another
_SQL = (
    "SELECT p.n, a.at_us, p.out, a.decision, a.segment, a.row FROM attempts a JOIN pairs p"
    " ON a.caller = p.caller AND a.callee = p.callee AND a.caller_tail = p.caller_tail"
    " AND a.callee_tail = p.callee_tail WHERE a.at_us >= ? AND a.at_us < ?"
    " AND NOT list_contains(?::VARCHAR[], a.segment)"
)


class Met(NamedTuple):
    """One call between two numbers. `out`: the first called the second. `id`: its receipt id."""

    at_us: int
    out: bool
    rang: bool
    id: str


class Between(NamedTuple):
    """The calls between two numbers in a time, oldest first."""

    calls: tuple[Met, ...] = ()


def known_since_us() -> int | None:
    """From when on calls can be looked up by number: the first day whose key was not destroyed, else the journal's
    first record; None while there is no record of any call."""
    home: Home = settings.HOME
    pseudonyms = Pseudonyms(home)
    readable = [day for day in lake.days(home) if pseudonyms.exists(quarter_of(day))]
    starts = [int(part.records["at_us"].min()) for part in attempts.plain(home).parts if len(part.records)]
    if readable:
        starts.append(_first_of(home, min(readable)))
    return min(starts, default=None)


def between(pairs: Collection[Pair], since_us: int, until_us: int) -> dict[Pair, Between]:
    """Calls with since ≤ at < until between the two of each pair, both ways; every pair has an answer.

    Quarters whose key was destroyed are left out, see `known_since_us`.
    """
    home: Home = settings.HOME
    asked = list(dict.fromkeys(pairs))
    found: dict[int, list[Met]] = defaultdict(list)
    if asked:
        parts = attempts.plain(home)
        _from_journal(parts, asked, since_us, until_us, found)
        for window in attempts.windows(attempts.days_between(home, since_us, until_us)):
            _from_lake(home, window, asked, [since_us, until_us, parts.names], found)
    return {pair: Between(tuple(sorted(found[n]))) for n, pair in enumerate(asked)}


def _from_journal(
    parts: attempts.Plain, asked: Sequence[Pair], since_us: int, until_us: int, found: dict[int, list[Met]]
) -> None:
    places: dict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for n, (one, other) in enumerate(asked):
        places[int(one), int(other)].append((n, True))
        places[int(other), int(one)].append((n, False))
    numbers = np.array(sorted({number for pair in places for number in pair}), np.int64)
    for part in parts.parts:
        records = part.records
        near = part.whole & (records["at_us"] >= since_us) & (records["at_us"] < until_us)
        near &= np.isin(records["caller"], numbers) & np.isin(records["callee"], numbers)
        for row in np.flatnonzero(near).tolist():
            at_us, decision = int(records["at_us"][row]), int(records["decision"][row])
            for n, out in places.get((int(records["caller"][row]), int(records["callee"][row])), ()):
                found[n].append(_met(at_us, out, decision, part.name, row))


def _from_lake(
    home: Home, window: Sequence[date], asked: Sequence[Pair], values: list[Any], found: dict[int, list[Met]]
) -> None:
    pseudonyms, quarter = Pseudonyms(home), quarter_of(window[0])
    if not pseudonyms.exists(quarter):
        return
    heads, tails = pseudonyms.column(np.array([int(n) for pair in asked for n in pair], np.int64), quarter)
    one, other = slice(0, None, 2), slice(1, None, 2)
    columns = {
        "n": np.tile(np.arange(len(asked)), 2),
        "out": np.repeat([True, False], len(asked)),
        "caller": np.concatenate([heads[one], heads[other]]),
        "caller_tail": np.concatenate([tails[one], tails[other]]),
        "callee": np.concatenate([heads[other], heads[one]]),
        "callee_tail": np.concatenate([tails[other], tails[one]]),
    }
    for n, at_us, out, decision, segment, row in _read(home, window, pa.table(columns), values):
        found[n].append(_met(at_us, out, decision, segment, row))


def _read(home: Home, window: Sequence[date], pairs: pa.Table, values: list[Any]) -> list[tuple[Any, ...]]:
    """As in `attempts`: a file merged away after it was listed makes the whole window be read again."""
    for again in (True, False):
        files = lake.files(home, window)
        if not files:
            return []
        with connect(home) as connection:
            try:
                connection.register("pairs", pairs)
                view_attempts(connection, files)
                return connection.execute(_SQL, values).fetchall()
            except duckdb.IOException:
                if not again:
                    raise
    return []


def _met(at_us: int, out: bool, decision: int, segment: str, row: int) -> Met:
    return Met(at_us, bool(out), decision != Decision.REFUSE, journal.receipt_id(segment, row))


def _first_of(home: Home, day: date) -> int:
    """The start of a local day, in UTC."""
    zone = ZoneInfo(profile.load(home).gate.timezone)
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp() * 1e6)
