"""What the gate needs to know of subscribers, in the shape of `gate.facts.SubscriberFacts` as plain tuples.

A key is the first 8 bytes of the keyed hash of a number; its facts are those of the number's present tenure, so that
writing them is right whatever happened before. Only what counts is told: consents given, or claimed outside any batch
or in a valid one, while they last; refusals and withdrawals (both REFUSED); blocks that stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection

from mingbai.consent import rules
from mingbai.consent.rules import State
from mingbai.kernel import clock
from mingbai.kernel.terms import INDUSTRIES, PURPOSES
from mingbai.people import queries as people

ConsentFact = tuple[int, int, int, int, int]  # principal, purpose index, state, last day (0: none), consent id
Facts = tuple[tuple[ConsentFact, ...], tuple[int, ...], tuple[str, ...], tuple[int, ...], int]
Keyed = list[tuple[bytes, Facts | None]]  # None: nothing was said, the key may go

GIVEN, CLAIMED, REFUSED = 1, 2, 3  # as in gate.facts
_STATES = {State.GIVEN: GIVEN, State.CLAIMED: CLAIMED, State.REFUSED: REFUSED, State.WITHDRAWN: REFUSED}
_STATE: dict[str, int] = {state.value: number for state, number in _STATES.items()}
_PURPOSE: dict[str, int] = {purpose.value: index for index, purpose in enumerate(PURPOSES)}
_CATEGORY: dict[str, int] = {industry.value: 1 << index for index, industry in enumerate(INDUSTRIES)}
_AT_ONCE = 500

_COUNTS = (
    "(c.state IN ('refused', 'withdrawn') OR ((c.expires_at IS NULL OR c.expires_at > %s) AND (c.state = 'given'"
    " OR (c.state = 'claimed' AND (c.batch_id IS NULL"
    " OR c.batch_id IN (SELECT id FROM consent_batch WHERE state = 'valid'))))))"
)


_OF_BATCH = (
    "SELECT p.lookup, r.id, {day} FROM consent_consent r"  # noqa: S608  # a constant
    f" JOIN {people.CURRENT_SQL} p ON p.id = r.subscriber_id"
    ' WHERE r.batch_id = %s AND r."row" >= %s AND r."row" < %s ORDER BY r."row"'
)
_NOT_ALONE = (
    'SELECT r.subscriber_id FROM consent_consent r WHERE r.batch_id = %s AND r."row" >= %s AND r."row" < %s'
    " AND (r.state <> 'claimed' OR r.expires_at <= %s"
    " OR EXISTS (SELECT 1 FROM consent_consent c WHERE c.subscriber_id = r.subscriber_id AND c.id <> r.id)"
    " OR EXISTS (SELECT 1 FROM consent_block b WHERE b.subscriber_id = r.subscriber_id AND b.removed_at IS NULL))"
)


class _Days(dict[str | date | None, int]):
    """Dates, as either database gives them, to days since 1970-01-01; the same few come again and again."""

    def __missing__(self, day: str | date | None) -> int:
        if day is None:
            return 0
        found = (date.fromisoformat(day) if isinstance(day, str) else day).toordinal() - _EPOCH
        if len(self) < _DATES_KEPT:
            self[day] = found
        return found


_EPOCH = date(1970, 1, 1).toordinal()
_DATES_KEPT = 20_000
_DAYS = _Days()


def facts(ids: Iterable[int]) -> Keyed:
    """Facts for the numbers that these subscribers (present or former tenures) have or had."""
    found: Keyed = []
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        keys = people.current_keys(wanted[start : start + _AT_ONCE])
        if keys:
            chosen = "SELECT id AS subscriber_id, lookup, id AS seq FROM people_subscriber"
            chosen += f" WHERE id IN ({', '.join(['%s'] * len(keys))})"
            found += _read(chosen, list(keys))[0]
    return found


def facts_of_batch(batch: int, first: int, limit: int) -> Keyed:
    """Facts of the subscribers in rows `first` ≤ row < `first + limit` of a batch, in the order of their keys.

    Rows are numbered from 0 to `batch(…).rows - 1`; rows that did not become consents are simply not there. Nearly all
    have nothing but this consent, so that those are made by themselves and the others, few, as elsewhere.
    """
    here = [batch, first, first + limit]
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT principal_id, purpose, state FROM consent_batch WHERE id = %s", [batch])
        head = cursor.fetchone()
        cursor.execute(_OF_BATCH.format(day=_date("r.expires_at")), here)
        rows = cursor.fetchall()
        cursor.execute(_NOT_ALONE, [*here, now])
        others = dict(facts(row[0] for row in cursor.fetchall()))
    if head is None:
        return []
    principal, purpose, counts = head[0], _PURPOSE[head[1]], head[2] == "valid"
    found: Keyed = []
    for hashed, consent, day in rows:
        key = bytes(hashed[:8])
        if key in others:
            found.append((key, others[key]))
        else:
            known = ((principal, purpose, CLAIMED, _DAYS[day], consent),)
            found.append((key, (known, (), (), (), 0) if counts else None))
    return found


def all_facts(chunk: int = 50_000) -> Iterator[Keyed]:
    """Everybody's facts in the order of their keys, those who said nothing left out. For a rebuild."""
    after: bytes | None = b""
    while after is not None:
        chosen = (
            f"SELECT id AS subscriber_id, lookup, 0 AS seq FROM {people.CURRENT_SQL} s"  # noqa: S608  # a constant
            " WHERE lookup > %s ORDER BY lookup LIMIT %s"
        )
        part, last = _read(chosen, [after, chunk], order="lookup")
        yield [(key, known) for key, known in part if known is not None]
        after = last


def _read(chosen: str, values: list[Any], *, order: str = "seq") -> tuple[Keyed, bytes | None]:
    """Facts of the subscribers that `chosen` selects, and the last full hash (None when it selects nobody)."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.lookup, s.subscriber_id, c.principal_id, c.purpose, c.state, {_date('c.expires_at')}, c.id"  # noqa: S608  # constants above
            f" FROM ({chosen}) s LEFT JOIN consent_consent c ON c.subscriber_id = s.subscriber_id AND {_COUNTS}"
            f" ORDER BY s.{order}",
            [*values, now],
        )
        rows = cursor.fetchall()
        blocks = _blocks(cursor, chosen, values)
    return _fold(rows, blocks), bytes(rows[-1][0]) if rows else None


def _fold(rows: list[tuple[Any, ...]], blocks: dict[int, list[tuple[str, str]]]) -> Keyed:
    """Rows of one subscriber stand together."""
    found: Keyed = []
    previous: int | None = None
    consents: tuple[ConsentFact, ...] = ()
    for hashed, subscriber, principal, purpose, state, day, consent in rows:
        one: tuple[ConsentFact, ...] = (
            () if consent is None else ((principal, _PURPOSE[purpose], _STATE[state], _DAYS[day], consent),)
        )
        if subscriber == previous:
            consents = tuple(sorted(consents + one))
            found[-1] = (found[-1][0], _facts(consents, blocks.get(subscriber)))
        else:
            previous, consents = subscriber, one
            found.append((bytes(hashed[:8]), _facts(one, blocks.get(subscriber))))
    return found


def _facts(consents: tuple[ConsentFact, ...], blocks: list[tuple[str, str]] | None) -> Facts | None:
    if not blocks:
        return (consents, (), (), (), 0) if consents else None
    numbers = tuple(sorted(int(value) for kind, value in blocks if kind == "number"))
    prefixes = tuple(sorted(one for kind, value in blocks if kind == "prefix" for one in rules.covered(value)))
    firms = tuple(sorted(int(value) for kind, value in blocks if kind == "firm"))
    categories = sum(_CATEGORY[value] for kind, value in blocks if kind == "category")
    return consents, numbers, prefixes, firms, categories


def _blocks(cursor: Any, chosen: str, values: list[Any]) -> dict[int, list[tuple[str, str]]]:
    cursor.execute(
        "SELECT b.subscriber_id, b.kind, b.value FROM consent_block b"  # noqa: S608  # constants above
        f" WHERE b.removed_at IS NULL AND b.subscriber_id IN (SELECT subscriber_id FROM ({chosen}) s)",
        values,
    )
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for subscriber, kind, value in cursor.fetchall():
        found[subscriber].append((kind, value))
    return found


def _date(column: str) -> str:
    """SQL for the date, UTC, of a moment; NULL for none."""
    if connection.vendor == "sqlite":
        return f"substr({column}, 1, 10)"
    return f"({column} AT TIME ZONE 'UTC')::date"
