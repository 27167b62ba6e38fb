"""Attempts on a number, attempts of an organisation, counts; from the lake and from the journal still being written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, NamedTuple, Protocol

import duckdb
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from mingbai.calls import labels, lake, segments, wording
from mingbai.calls.models import Segment
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.calls.queries.opened import connect, view_attempts
from mingbai.gate import journal
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import USES, Decision
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people

_FOREVER_US = 1 << 62
_WINDOW = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call that went through the gate, rung or not. Numbers in normal form, `caller` empty when there was none.

    `sip` is the verdict's SIP code, `age_ms` how old the gate's facts were; None where it is not recorded.
    `label` is what the called phone was to show, see `calls.labels`.
    `entry` is the ledger entry that its segment is anchored by, `index` that entry's place in the log; both None while
    that is still to happen. `trunk`, `resource`, `holder`, `principal` and `consent` are ids, 0 for none.
    """

    segment: str
    row: int
    at_us: int
    caller: str
    callee: str
    trunk: int
    decision: Decision
    code: int
    rule: str
    reason: Mapping[str, str]
    label: str
    purpose: str
    use: str
    resource: int
    holder: int
    principal: int
    consent: int
    sip: int | None
    age_ms: int | None
    entry: int | None
    index: int | None

    @property
    def receipt_id(self) -> str:
        return journal.receipt_id(self.segment, self.row)


class Statistics(NamedTuple):
    """Attempts counted. `rules` by rule, `decisions` by allow, label, refuse; `hours` by the hour's start (s, UTC)."""

    total: int
    decisions: dict[str, int]
    rules: dict[str, int]
    hours: dict[int, dict[str, int]]


class Plain(NamedTuple):
    """The journal as far as it is not in the lake; its records are looked at closely only when they are shown."""

    parts: list[segments.Segment]

    @property
    def names(self) -> list[str]:
        return [part.name for part in self.parts]


def attempts_to(subscriber: int, limit: int = 50, before_us: int | None = None, *, since_us: int = 0) -> list[Attempt]:
    """Attempts on a subscriber's number during the subscriber's own tenure, newest first; between times, if given.

    Whoever has the number next sees none of them. Raises Problem for an unknown or erased subscriber.
    """
    home: Home = settings.HOME
    view = people.subscriber(subscriber)
    number = people.number_of(subscriber)
    if view is None:
        raise Problem("people.unknown_subscriber", "no such subscriber", where="subscriber", status=404)
    since = max(since_us, int(view.began_at.timestamp() * 1e6))
    until = int(view.ended_at.timestamp() * 1e6) if view.ended_at else _FOREVER_US
    return _newest(home, _Callee(number.digits), since, min(until, before_us or _FOREVER_US), limit)


def attempts_of(organisation: int, limit: int = 50, before_us: int | None = None) -> list[Attempt]:
    """Attempts that an organisation's numbers made or that were made for it, newest first."""
    return _newest(settings.HOME, _Firm(organisation), 0, before_us or _FOREVER_US, limit)


def attempt(receipt_id: str) -> Attempt | None:
    """One attempt by its receipt id (verdict id), at once: from a segment being written, a closed one, or the lake.

    None when there is none, or its numbers can no longer be opened.
    """
    found = _located(settings.HOME, receipt_id)
    return _shown([found])[0] if found else None


def attempt_receipt(receipt_id: str) -> str | None:
    """The receipt (.tlog-proof) of an attempt; None while its segment is not anchored and in order yet.

    Whoever asks has been shown to be one of the two parties: that is the caller's to check. Raises Problem when there
    is no such attempt, or its quarter's key was destroyed.
    """
    home: Home = settings.HOME
    row = _located(home, receipt_id)
    if row is None:
        raise Problem("calls.no_attempt", "there is no such attempt", where="receipt", status=404)
    anchored = Segment.objects.filter(name=row["segment"]).first()
    if anchored is None:
        return None
    secret = segments.secret(Pseudonyms(home), anchored.quarter, anchored.name)
    salt = segments.salt(secret, row["row"])
    return ledger.row_receipt(anchored.entry, row["row"], salt=salt, content=segments.content(row))


def statistics(*, since_us: int, until_us: int = _FOREVER_US, organisation: int | None = None) -> Statistics:
    """Counts of attempts with since ≤ at < until, of all or of those that `attempts_of` would show."""
    home: Home = settings.HOME
    parts = plain(home)
    counts: dict[tuple[int, int, int], int] = {}
    chosen = _Firm(organisation) if organisation is not None else _Everything()
    for part in parts.parts:
        records = part.records[part.whole & chosen.among(part.records)]
        records = records[(records["at_us"] >= since_us) & (records["at_us"] < until_us)]
        keys = np.stack([records["at_us"] // 3_600_000_000, records["decision"], records["code"]], axis=1)
        for key, count in zip(*np.unique(keys.astype(np.int64), axis=0, return_counts=True), strict=True):
            place = int(key[0]), int(key[1]), int(key[2])
            counts[place] = counts.get(place, 0) + int(count)
    sql = "SELECT at_us // 3600000000, decision, code, count(*) FROM attempts WHERE {where} GROUP BY ALL"
    for hour, decision, code, count in lake_rows(home, sql, parts, chosen, since_us, until_us):
        counts[hour, decision, code] = counts.get((hour, decision, code), 0) + count
    return _counted(counts)


def _counted(counts: Mapping[tuple[int, int, int], int]) -> Statistics:
    decisions: dict[str, int] = {}
    rules: dict[str, int] = {}
    hours: dict[int, dict[str, int]] = {}
    for (hour, decision, code), count in sorted(counts.items()):
        word, rule = Decision(decision).name.lower(), wording.rule(code) or str(code)
        decisions[word] = decisions.get(word, 0) + count
        rules[rule] = rules.get(rule, 0) + count
        of_hour = hours.setdefault(hour * 3600, {})
        of_hour[word] = of_hour.get(word, 0) + count
    return Statistics(sum(decisions.values()), decisions, rules, hours)


def live(seconds: int = 60) -> dict[int, dict[str, int]]:
    """Attempts of the last seconds by second (s, UTC) and decision, from the journal that is still being written."""
    now = clock.now_s()
    found: dict[int, dict[str, int]] = {second: {} for second in range(now - seconds + 1, now + 1)}
    for part in plain(settings.HOME).parts:
        records = part.records[part.whole & (part.records["at_us"] // 1_000_000 > now - seconds)]
        pairs = np.stack([records["at_us"] // 1_000_000, records["decision"].astype(np.int64)], axis=1)
        for (at, decision), count in zip(*np.unique(pairs, axis=0, return_counts=True), strict=True):
            of_second = found.setdefault(int(at), {})
            word = Decision(int(decision)).name.lower()
            of_second[word] = of_second.get(word, 0) + int(count)
    return found


class _Callee:
    """Attempts on one number."""

    def __init__(self, digits: str) -> None:
        self._digits = digits

    def among(self, records: segments.Records) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = records["callee"] == int(self._digits)
        return found

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]:
        return "callee = ? AND callee_tail = ?", list(pseudonyms.of(self._digits, quarter))


class _Firm:
    """Attempts by or for one organisation."""

    def __init__(self, organisation: int) -> None:
        self._organisation = organisation

    def among(self, records: segments.Records) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = (records["holder"] == self._organisation) | (
            records["principal"] == self._organisation
        )
        return found

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]:
        return "(holder = ? OR principal = ?)", [self._organisation, self._organisation]


class _Everything:
    def among(self, records: segments.Records) -> NDArray[np.bool_]:
        return np.ones(len(records), bool)

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]:
        return "TRUE", []


class Chosen(Protocol):
    """Which attempts: of records of the journal, and as a condition on rows of the lake."""

    def among(self, records: segments.Records) -> NDArray[np.bool_]: ...

    def where(self, pseudonyms: Pseudonyms, quarter: str) -> tuple[str, list[Any]]: ...


def plain(home: Home) -> Plain:
    """Listed before the lake is read: a segment is in the lake before its plain file goes, so nothing is missed."""
    found: dict[str, segments.Segment] = {}
    for path in [*journal.open_segments(home.journal), *journal.closed_segments(home.journal)]:
        try:
            part = segments.read(path, check=False)
        except (FileNotFoundError, ValueError):
            continue
        found[part.name] = part
    return Plain(list(found.values()))


def _newest(home: Home, chosen: Chosen, since_us: int, until_us: int, limit: int) -> list[Attempt]:
    parts = plain(home)
    rows: list[dict[str, Any]] = []
    for part in parts.parts:
        times = part.records["at_us"]
        wanted = part.whole & chosen.among(part.records) & (times >= since_us) & (times < until_us)
        places = np.flatnonzero(wanted)
        places = places[np.argsort(times[places], kind="stable")][-limit:]
        places = places[segments.sound(part.records[places])]
        rows += [_plain_row(part, row) for row in places.tolist()]
    rows.sort(key=_by_time, reverse=True)
    del rows[limit:]
    sql = f"SELECT * FROM attempts WHERE {{where}} ORDER BY at_us DESC LIMIT {int(limit)}"  # noqa: S608  # a whole number
    rows += islice(_lake_dicts(home, sql, parts, chosen, since_us, until_us), limit)
    rows.sort(key=_by_time, reverse=True)
    return _shown(rows[:limit])


def _by_time(row: Mapping[str, Any]) -> tuple[int, str, int]:
    return row["at_us"], row["segment"], row["row"]


def _plain_row(part: segments.Segment, row: int) -> dict[str, Any]:
    return {**_fields(part.records, row), "segment": part.name, "row": row}


def _fields(records: segments.Records, place: int) -> dict[str, Any]:
    names = [name for name, _ in journal.FIELDS[:-3]]
    return dict(zip(names, records[names][place].tolist(), strict=True))


def _lake_dicts(
    home: Home, sql: str, parts: Plain, chosen: Chosen, since_us: int, until_us: int
) -> Iterator[dict[str, Any]]:
    """Rows of the lake as dicts with their numbers opened, newest window first."""
    pseudonyms = Pseudonyms(home)
    zone = profile.load(home).gate.timezone
    for values in lake_rows(home, sql, parts, chosen, since_us, until_us, numbers=True):
        row = dict(zip(lake.SCHEMA.names, values, strict=True))
        day = date.fromordinal(int(lake.local_days(np.array([row["at_us"]]), zone)[0]))
        for name in ("caller", "callee"):
            head, tail = np.array([row[name]], np.int64), np.array([row[f"{name}_tail"]], np.int64)
            row[name] = int(pseudonyms.open(head, tail, quarter_of(day))[0])
        yield row


def lake_rows(
    home: Home, sql: str, parts: Plain, chosen: Chosen, since_us: int, until_us: int, *, numbers: bool = False
) -> Iterator[tuple[Any, ...]]:
    """Rows of `sql` over table `attempts`, window by window from the newest; a window lies within one quarter.

    With `numbers`, quarters whose key was destroyed are left out.
    """
    pseudonyms = Pseudonyms(home)
    for window in windows(days_between(home, since_us, until_us)):
        quarter = quarter_of(window[0])
        if (numbers or isinstance(chosen, _Callee)) and not pseudonyms.exists(quarter):
            continue
        where, values = chosen.where(pseudonyms, quarter)
        values += [since_us, until_us, parts.names]
        where += " AND at_us >= ? AND at_us < ? AND NOT list_contains(?::VARCHAR[], segment)"
        yield from _read(home, window, sql.format(where=where), values)


def _read(home: Home, window: Sequence[date], sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The rows at once: a file that was merged away after it was listed makes the whole window be read again."""
    for again in (True, False):
        files = lake.files(home, window)
        if not files:
            return []
        with connect(home) as connection:
            try:
                view_attempts(connection, files)
                return connection.execute(sql, values).fetchall()
            except duckdb.IOException:
                if not again:
                    raise
    return []


def days_between(home: Home, since_us: int, until_us: int) -> list[date]:
    """Days of the lake that may hold such times, newest first; a day more at each end, for the time zone."""
    first = max(0, since_us) // 86_400_000_000 - 1
    last = min(until_us // 86_400_000_000 + 1, 10**6)
    epoch = date(1970, 1, 1).toordinal()
    return [day for day in reversed(lake.days(home)) if first <= day.toordinal() - epoch <= last]


def windows(days: Sequence[date]) -> Iterator[list[date]]:
    window: list[date] = []
    for day in days:
        if window and (quarter_of(day) != quarter_of(window[0]) or window[0] - day > _WINDOW):
            yield window
            window = []
        window.append(day)
    if window:
        yield window


def _located(home: Home, receipt_id: str) -> dict[str, Any] | None:
    """The attempt's row, plain or from the lake."""
    name, _, place = receipt_id.partition("-")
    if not (place.isascii() and place.isdigit() and len(place) < 9 and name.isalnum()):
        return None
    row = int(place)
    # A segment is open, then closed, then in the lake, and in the lake before its plain file goes: asked for in this
    # order, it is met in one of the three whatever it does meanwhile.
    for state in ("open", "closed"):
        try:
            record = segments.one(home.journal / f"{name}.{state}", row)
        except (FileNotFoundError, ValueError):
            continue
        return {**_fields(record, 0), "segment": name, "row": row} if record is not None else None
    anchored = Segment.objects.filter(name=name).first()
    if anchored is None:
        return None
    sql = f"SELECT * FROM attempts WHERE {{where}} AND segment = '{anchored.name}' AND row = {row}"  # noqa: S608  # checked
    found = _lake_dicts(home, sql, Plain([]), _Everything(), anchored.first_us, anchored.last_us + 1)
    return next(found, None)


def _shown(rows: Sequence[Mapping[str, Any]]) -> list[Attempt]:
    anchored = dict(Segment.objects.filter(name__in={row["segment"] for row in rows}).values_list("name", "entry"))
    places = {entry: ledger.status(entry) for entry in set(anchored.values())}
    shown = zip(rows, labels.shown(rows), strict=True)
    return [_attempt(row, anchored.get(row["segment"]), places, label) for row, label in shown]


def _attempt(row: Mapping[str, Any], entry: int | None, places: Mapping[int, int | None], label: str) -> Attempt:
    decision, use = Decision(row["decision"]), USES[row["use"] or 0]
    why = wording.reason(
        row["code"], decision=decision, consent=row["consent"], use=row["use"], caller_kind=row["caller_kind"]
    )
    purpose = row["purpose"]
    return Attempt(
        segment=row["segment"],
        row=row["row"],
        at_us=row["at_us"],
        caller=str(row["caller"] or ""),
        callee=str(row["callee"] or ""),
        trunk=row["trunk"],
        decision=decision,
        code=row["code"],
        rule=wording.rule(row["code"]),
        reason=why,
        label=label,
        purpose="" if purpose is None or purpose == journal.NO_PURPOSE else USES[purpose].value,
        use=use.value,
        resource=row["resource"],
        holder=row["holder"],
        principal=row["principal"],
        consent=row["consent"],
        sip=row["sip"],
        age_ms=row["age_ms"],
        entry=entry,
        index=places.get(entry) if entry is not None else None,
    )
