"""The outbox as workers of links use it: claims in bulk, marks in bulk, each in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When

from mingbai.kernel import clock
from mingbai.notices import rules
from mingbai.notices.delivery.acks import Ack
from mingbai.notices.delivery.smpp.receipts import Receipt
from mingbai.notices.models import Outgoing, Part
from mingbai.people import queries as people

CLAIM_SECONDS = 60
_AT_ONCE = 400  # values in one IN list
State = Outgoing.State
V = TypeVar("V", int, str)


class Job(NamedTuple):
    """A message to send: digits in E.164 without “+”; `sent` are the parts that a centre has already."""

    outgoing: int
    digits: str
    text: str
    sent: frozenset[int]


def claim(link: str, *, first: bool, owner: str, limit: int) -> list[Job]:
    """Messages that are due for `link`, held for a minute. `first`: it takes what names no link, too.

    What is for a former user of a number, or for one whose number was erased, fails here and is not handed out.
    """
    now = clock.now()
    mine = Q(link__in=(link, "") if first else (link,))
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with transaction.atomic():
        due = Outgoing.objects.filter(mine, free, state=State.WAITING, due_at__lte=now).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due.values_list("id", "subscriber_id", "text", "tries")[:limit])
        ids = [row[0] for row in rows]
        until = now + timedelta(seconds=CLAIM_SECONDS)
        for part in _parts(ids):
            Outgoing.objects.filter(id__in=part).update(
                claimed_until=until, claimed_by=owner, link=link, tries=F("tries") + 1
            )
        numbers = people.current_numbers({row[1] for row in rows})
        gone = [row[0] for row in rows if row[1] not in numbers]
        for part in _parts(gone):
            Outgoing.objects.filter(id__in=part).update(state=State.FAILED, failure="nobody", claimed_until=None)
        sent = _sent_already([row[0] for row in rows if row[3]])
    return [Job(i, numbers[who], text, sent.get(i, frozenset())) for i, who, text, _ in rows if who in numbers]


def release(ids: Iterable[int], *, tried: bool) -> None:
    """Give back what was claimed. `tried`: it was handed over and not acknowledged, so it waits before the next try,
    and is given up after the last."""
    now = clock.now()
    with transaction.atomic():
        for part in _parts(list(ids)):
            mine = Outgoing.objects.filter(id__in=part, state=State.WAITING)
            if not tried:
                mine.update(claimed_until=None, tries=Case(When(tries__gt=0, then=F("tries") - 1), default=Value(0)))
                continue
            mine.filter(tries__gte=rules.TRIES_AT_MOST).update(
                state=State.FAILED, failure="no answer", claimed_until=None, done_at=now
            )
            for tries in range(1, rules.TRIES_AT_MOST):
                again = now + timedelta(seconds=rules.wait_s(tries))
                mine.filter(tries=tries).update(claimed_until=None, due_at=again)


def release_of(owner: str) -> int:
    """What a former process of this owner held when it died. Its acknowledgements must have been brought in before."""
    held = Outgoing.objects.filter(state=State.WAITING, claimed_by=owner).exclude(claimed_until=None)
    return held.update(claimed_until=None)


def acknowledge(link: str, acks: Sequence[Ack], at: datetime) -> None:
    """Record what a centre said of parts that it was given. Said twice, it is recorded once."""
    good, when = [ack for ack in acks if ack.status == 0], _db(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO notices_part (outgoing_id, number, link, centre_id, state, status, sent_at)"
            " VALUES (%s, %s, %s, %s, 'sent', '', %s) ON CONFLICT (outgoing_id, number) DO NOTHING",
            [(ack.outgoing, ack.number, link, ack.centre_id, when) for ack in good],
        )
        cursor.executemany(
            "UPDATE notices_outgoing SET state = 'sent', sent_at = %s, parts = 1, claimed_until = NULL"
            " WHERE id = %s AND state = 'waiting'",
            [(when, ack.outgoing) for ack in good if ack.total == 1],
        )
        split = {ack.outgoing: ack.total for ack in good if ack.total > 1}
        cursor.executemany(
            "UPDATE notices_outgoing SET state = 'sent', sent_at = %s, parts = %s, claimed_until = NULL"
            " WHERE id = %s AND state = 'waiting' AND"
            " (SELECT count(*) FROM notices_part WHERE notices_part.outgoing_id = notices_outgoing.id) >= %s",
            [(when, total, outgoing, total) for outgoing, total in split.items()],
        )
        cursor.executemany(
            "UPDATE notices_outgoing SET state = 'failed', failure = %s, claimed_until = NULL, done_at = %s"
            " WHERE id = %s AND state = 'waiting'",
            [(f"refused 0x{ack.status:08X}", when, ack.outgoing) for ack in acks if ack.status != 0],
        )


def receipts(link: str, found: Sequence[Receipt], at: datetime) -> set[str]:
    """Record delivery receipts; the centre's ids that nobody knows. Of parts under one id the latest is meant."""
    decided = {receipt.centre_id: receipt for receipt in found if receipt.delivered is not None}
    unknown, when = set[str](), _db(at)
    with transaction.atomic(), connection.cursor() as cursor:
        marks: list[tuple[str, str, Any, int]] = []
        good: dict[int, int] = defaultdict(int)
        bad: dict[int, str] = {}
        for part in _parts(list(decided)):
            rows = Part.objects.filter(link=link, centre_id__in=part).order_by("id")
            known = {row[0]: row[1:] for row in rows.values_list("centre_id", "id", "outgoing_id", "state")}
            unknown |= set(part) - known.keys()
            for centre_id, (row, outgoing, state) in known.items():
                receipt = decided[centre_id]
                if state != Part.State.SENT:
                    continue
                said = Part.State.DELIVERED if receipt.delivered else Part.State.UNDELIVERED
                marks.append((said, receipt.status, when, row))
                if receipt.delivered:
                    good[outgoing] += 1
                else:
                    bad[outgoing] = receipt.status
        cursor.executemany("UPDATE notices_part SET state = %s, status = %s, done_at = %s WHERE id = %s", marks)
        _settle(cursor, good, bad, when)
    return unknown


def _settle(cursor: Any, good: dict[int, int], bad: dict[int, str], at: Any) -> None:
    """A message is delivered when every part of it is, undelivered when one of them cannot be."""
    many = cursor.executemany
    many(
        "UPDATE notices_outgoing SET state = 'delivered', done_at = %s WHERE id = %s AND state = 'sent'"
        " AND (parts = 1 OR (SELECT count(*) FROM notices_part WHERE notices_part.outgoing_id = notices_outgoing.id"
        " AND notices_part.state = 'delivered') >= parts)",
        [(at, outgoing) for outgoing in good if outgoing not in bad],
    )
    many(
        "UPDATE notices_outgoing SET state = 'undelivered', done_at = %s, failure = %s WHERE id = %s"
        " AND state IN ('sent', 'delivered', 'waiting')",
        [(at, status[:40], outgoing) for outgoing, status in bad.items()],
    )


def _sent_already(ids: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for part in _parts(ids):
        for outgoing, number in Part.objects.filter(outgoing_id__in=part).values_list("outgoing_id", "number"):
            found[outgoing].add(number)
    return {outgoing: frozenset(numbers) for outgoing, numbers in found.items()}


def _parts(values: Sequence[V]) -> list[list[V]]:
    return [list(values[at : at + _AT_ONCE]) for at in range(0, len(values), _AT_ONCE)]


def _db(moment: datetime) -> Any:
    """A moment as this database takes it in a statement of our own."""
    return connection.ops.adapt_datetimefield_value(moment)
