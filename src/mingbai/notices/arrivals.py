"""Replies as links bring them: put away at once, joined when they are whole, answered after.

A link thanks for a reply when it is on disk here; what it means is found out by the work loop, so that a handler that
takes long or fails holds up no link and loses no reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from mingbai.kernel import clock, msisdn
from mingbai.notices import inbox
from mingbai.notices.delivery.smpp.text import Concatenation
from mingbai.notices.models import Incoming, IncomingPart
from mingbai.people import actions as people

LONGEST = 1000  # characters of one reply that are kept
_PARTS_AT_MOST = 16  # of one reply; a phone sends fewer
_WAIT = timedelta(hours=24)  # for the missing parts of a reply


class Arrival(NamedTuple):
    """A reply, or a part of one, and the number that it came from, as the centre writes it."""

    sender: str
    text: str
    part: Concatenation | None


def take_in(arrivals: Iterable[Arrival], at: datetime) -> int:
    """Put replies away in one transaction; how many were of nobody who can be a subscriber, and are not kept."""
    strange = 0
    with transaction.atomic():
        for arrival in arrivals:
            number = msisdn.parse(arrival.sender)
            if not number.is_person:
                strange += 1
                continue
            subscriber = people.ensure_subscriber(number)
            if arrival.part is None or not 1 < arrival.part.total <= _PARTS_AT_MOST:
                Incoming.objects.create(subscriber_id=subscriber, text=arrival.text[:LONGEST], received_at=at)
            else:
                _take_part(subscriber, arrival.part, arrival.text, at)
    return strange


def _take_part(subscriber: int, part: Concatenation, text: str, at: datetime) -> None:
    which = {"subscriber_id": subscriber, "reference": part.reference, "total": part.total}
    IncomingPart.objects.get_or_create(
        **which, number=part.number, defaults={"text": text[:LONGEST], "received_at": at}
    )
    have = IncomingPart.objects.filter(**which).order_by("number")
    texts = list(have.values_list("text", flat=True))
    if len(texts) == part.total:
        Incoming.objects.create(subscriber_id=subscriber, text="".join(texts)[:LONGEST], received_at=at)
        have.delete()


def answer_waiting(unknown: Callable[[int], None], limit: int = 100) -> int:
    """Hand waiting replies to their handlers, oldest first; how many were answered. For the work loop.

    `unknown` answers words that nobody knows. A reply whose handler fails waits on, and the others do not wait for it;
    what the first of them raised is raised at last.
    """
    done, failed = 0, None
    for row in Incoming.objects.filter(done_at=None).order_by("id")[:limit]:
        try:
            done += _answer(row, unknown)
        except Exception as error:
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def _answer(row: Incoming, unknown: Callable[[int], None]) -> int:
    found = inbox.find(row.subscriber_id, row.text)
    with transaction.atomic():
        mine = Incoming.objects.filter(id=row.id, done_at=None)
        if not mine.update(done_at=clock.now(), handler=found[0] if found else ""):
            return 0
        if found is None:
            unknown(row.subscriber_id)
        else:
            found[1](found[2])
    return 1


def file_incomplete(limit: int = 100) -> int:
    """Replies of which a part has been missing for a day: kept as they came, handed to nobody. For the work loop."""
    old = IncomingPart.objects.filter(received_at__lte=clock.now() - _WAIT).order_by("id")[:limit]
    done = 0
    for row in list(old):
        which = {"subscriber_id": row.subscriber_id, "reference": row.reference, "total": row.total}
        with transaction.atomic():
            have = IncomingPart.objects.filter(**which).order_by("number")
            texts = list(have.values_list("text", flat=True))
            if texts:
                Incoming.objects.create(
                    subscriber_id=row.subscriber_id, text="…".join(texts)[:LONGEST], handler="incomplete",
                    received_at=row.received_at, done_at=clock.now(),
                )  # fmt: skip
                have.delete()
                done += 1
    return done
