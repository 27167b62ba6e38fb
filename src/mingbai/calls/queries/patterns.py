"""呼叫特征: how a number, a holder or a principal calls; and how many people would lose which calls if it could not.

What still stands in the journal counts beside what is in the lake. People are told apart a quarter at a time, as their
pseudonyms are: over the end of a quarter one person counts twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from mingbai.calls import segments
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.calls.queries.attempts import Chosen, Plain, lake_rows, plain
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.terms import Decision

_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
_RANG = (int(Decision.ALLOW), int(Decision.LABEL))
_REFUSED_BY_CALLEE, _WITHOUT_CONSENT = (501, 502), 602  # gate.decide.rules.Code, stable for ever
_COUNTED = "SELECT at_us // 3600000000, decision, code, consent > 0, count(*) FROM attempts WHERE {where} GROUP BY ALL"
_PEOPLE = (
    "SELECT count(*), max(n) FROM (SELECT callee, callee_tail, count(*) AS n FROM attempts"
    " WHERE {where} AND decision IN (0, 1) GROUP BY ALL)"
)


class Target(NamedTuple):
    """Whose calls: exactly one of the four. `number` in normal form; `holder`, `principal` ids of organisations, `firm`
    of one in either part."""

    number: str = ""
    holder: int = 0
    principal: int = 0
    firm: int = 0


@dataclass(slots=True)
class Pattern:
    """How a target called in a time. Counts of attempts; `people` were rung at least once.

    `days` by local day and decision, `clock` by local hour of the day, 0–23. `most_an_hour` in one hour of the clock,
    `most_a_person` calls that rang one person. `after_refusal`: the called person had refused or blocked it;
    `without_consent`: no consent stood where one is needed; `agreed`: rang, and a consent was cited.
    """

    since: datetime
    until: datetime
    calls: int = 0
    rang: int = 0
    agreed: int = 0
    after_refusal: int = 0
    without_consent: int = 0
    people: int = 0
    most_an_hour: int = 0
    most_a_person: int = 0
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    clock: list[int] = field(default_factory=lambda: [0] * 24)


class Limits(NamedTuple):
    """Calls at most, an hour and a day; 0 = none."""

    per_hour: int = 0
    per_day: int = 0


def pattern(target: Target, days: int, *, callees: Collection[str] = ()) -> Pattern:
    """How `target` called in the last `days` days; only calls to `callees` (normal forms), when there are any."""
    home: Home = settings.HOME
    now = clock.now()
    until_us = clock.now_us() + 1
    since_us = until_us - days * _DAY_US
    chosen = _Aimed(target, tuple(callees))
    parts = plain(home)
    made = Pattern(datetime.fromtimestamp(since_us / 1e6, UTC), now)
    counts = _counts(home, parts, chosen, since_us, until_us)
    _fill(made, counts, ZoneInfo(profile.load(home).gate.timezone))
    made.people, made.most_a_person = _people(home, parts, chosen, since_us, until_us)
    return made


def beyond(target: Target, days: int, limits: Limits) -> int:
    """How many calls that rang in the last `days` days lay above a limit an hour or a day: what it would have cost."""
    home: Home = settings.HOME
    until_us = clock.now_us() + 1
    counts = _counts(home, plain(home), _Aimed(target, ()), until_us - days * _DAY_US, until_us)
    zone = ZoneInfo(profile.load(home).gate.timezone)
    hours: dict[int, int] = defaultdict(int)
    of_day: dict[date, int] = defaultdict(int)
    for (hour, decision, _code, _agreed), count in counts.items():
        if decision in _RANG:
            hours[hour] += count
            of_day[datetime.fromtimestamp(hour * 3600, zone).date()] += count
    over_hour = sum(max(0, count - limits.per_hour) for count in hours.values()) if limits.per_hour else 0
    over_day = sum(max(0, count - limits.per_day) for count in of_day.values()) if limits.per_day else 0
    return max(over_hour, over_day)


class _Aimed:
    """Attempts of a target, to some people if asked."""

    def __init__(self, target: Target, callees: Sequence[str]) -> None:
        self._target, self._callees = target, np.array([int(one) for one in callees], np.int64)

    @property
    def by_number(self) -> bool:
        return bool(self._target.number) or len(self._callees) > 0

    def among(self, records: segments.Records) -> NDArray[np.bool_]:
        number, holder, principal, firm = self._target
        if number:
            found: NDArray[np.bool_] = records["caller"] == int(number)
        else:
            found = (records["holder"] == (holder or firm)) if holder or firm else np.zeros(len(records), bool)
            found |= (records["principal"] == (principal or firm)) if principal or firm else False
        return found & np.isin(records["callee"], self._callees) if len(self._callees) else found

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]:
        number, holder, principal, firm = self._target
        values: list[Any]
        if number:
            where, values = "caller = ? AND caller_tail = ?", list(pseudonyms.of(number, quarter))
        elif firm:
            where, values = "(holder = ? OR principal = ?)", [firm, firm]
        else:
            where, values = ("holder = ?", [holder]) if holder else ("principal = ?", [principal])
        if len(self._callees):
            where += " AND list_contains(?::BIGINT[], callee)"
            values.append(pseudonyms.column(self._callees, quarter)[0].tolist())
        return where, values


_Counts = dict[tuple[int, int, int, bool], int]  # hour (since 1970, UTC), decision, code, a consent is cited


def _counts(home: Home, parts: Plain, chosen: _Aimed, since_us: int, until_us: int) -> _Counts:
    counts: _Counts = defaultdict(int)
    for records in _records(parts, chosen, since_us, until_us):
        hours, agreed = records["at_us"] // _HOUR_US, records["consent"] > 0
        keys = np.stack([hours.astype(np.int64), records["decision"], records["code"], agreed], axis=1)
        for key, count in zip(*np.unique(keys.astype(np.int64), axis=0, return_counts=True), strict=True):
            counts[int(key[0]), int(key[1]), int(key[2]), bool(key[3])] += int(count)
    rows = lake_rows(home, _COUNTED, parts, chosen, since_us, until_us, numbers=chosen.by_number)
    for hour, decision, code, agreed_, count in rows:
        counts[hour, decision or 0, code or 0, bool(agreed_)] += count
    return counts


def _fill(made: Pattern, counts: _Counts, zone: ZoneInfo) -> None:
    hours: dict[int, int] = defaultdict(int)
    for (hour, decision, code, agreed), count in sorted(counts.items()):
        local = datetime.fromtimestamp(hour * 3600, zone)
        day = made.days.setdefault(local.date().isoformat(), {})
        word = Decision(decision).name.lower()
        day[word] = day.get(word, 0) + count
        made.clock[local.hour] += count
        hours[hour] += count
        made.calls += count
        made.rang += count if decision in _RANG else 0
        made.agreed += count if decision in _RANG and agreed else 0
        made.after_refusal += count if code in _REFUSED_BY_CALLEE else 0
        made.without_consent += count if code == _WITHOUT_CONSENT else 0
    made.most_an_hour = max(hours.values(), default=0)


def _people(home: Home, parts: Plain, chosen: _Aimed, since_us: int, until_us: int) -> tuple[int, int]:
    """How many were rung, and how often the one who was rung most; journal and lake together."""
    fresh: dict[int, int] = defaultdict(int)
    for records in _records(parts, chosen, since_us, until_us):
        rang = records[np.isin(records["decision"], _RANG)]
        for callee, count in zip(*np.unique(rang["callee"], return_counts=True), strict=True):
            fresh[int(callee)] += int(count)
    people, most = 0, max(fresh.values(), default=0)
    for count, n in lake_rows(home, _PEOPLE, parts, chosen, since_us, until_us, numbers=chosen.by_number):
        people, most = people + count, max(most, n or 0)
    return people + len(fresh) - _in_lake(home, parts, chosen, since_us, until_us, list(fresh)), most


def _in_lake(home: Home, parts: Plain, chosen: _Aimed, since_us: int, until_us: int, callees: list[int]) -> int:
    """How many of those in the journal were counted in the lake too."""
    pseudonyms, quarter = Pseudonyms(home), quarter_of(clock.now().date())
    if not callees or not pseudonyms.exists(quarter):
        return 0
    heads = ",".join(map(str, pseudonyms.column(np.array(callees, np.int64), quarter)[0].tolist()))
    sql = (
        "SELECT count(DISTINCT callee) FROM attempts"  # noqa: S608  # whole numbers
        f" WHERE {{where}} AND decision IN (0, 1) AND callee IN ({heads})"
    )
    return sum(row[0] for row in lake_rows(home, sql, parts, chosen, since_us, until_us, numbers=True))


def _records(parts: Plain, chosen: Chosen, since_us: int, until_us: int) -> Iterator[segments.Records]:
    for part in parts.parts:
        records = part.records[part.whole & chosen.among(part.records)]
        yield records[(records["at_us"] >= since_us) & (records["at_us"] < until_us)]
