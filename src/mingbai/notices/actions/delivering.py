"""Delivery by a function of the installation's own, where it has no links; for the work loop."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import outbox, rules
from mingbai.notices.delivery import Message, config, delivery
from mingbai.notices.delivery.smpp.receipts import Receipt
from mingbai.notices.models import Outgoing
from mingbai.people import queries as people

CLAIM_SECONDS = 60


def deliver_due(limit: int = 100) -> int:
    """Send up to `limit` messages that are due; how many left the house. For the work loop.

    Each is claimed for a minute, so that of several workers one sends it, and one that dies holds it no longer.
    Messages to a number that has another user now are dropped. Where there is a messages.toml, its links do all this.
    """
    if config.exists(settings.HOME):
        return 0
    carry = delivery()
    sent, broken = 0, None
    for row in _claim(limit):
        message = _message(row)
        try:
            if message is not None:
                carry(message)
        except Exception as error:
            if not isinstance(error, OSError):  # a fault of the delivery's own: told at last, and holds up no other
                broken = broken or error
            wait = timedelta(seconds=rules.wait_s(row.tries + 1))
            state = Outgoing.State.WAITING if row.tries + 1 < rules.TRIES_AT_MOST else Outgoing.State.FAILED
            _mine(row).update(claimed_until=None, due_at=clock.now() + wait, state=state)
            continue
        state = Outgoing.State.SENT if message is not None else Outgoing.State.FAILED
        done = _mine(row).update(state=state, sent_at=clock.now() if message else None, claimed_until=None)
        sent += done if message is not None else 0
    if broken is not None:
        raise broken
    return sent


def delivered(*, link: str, centre_id: str, delivered: bool, status: str = "") -> bool:
    """A gateway says what became of a message that `link` carried; whether it is known."""
    said = Receipt(centre_id, status or ("DELIVRD" if delivered else "UNDELIV"), delivered)
    return not outbox.receipts(link, [said], clock.now())


def _claim(limit: int) -> list[Outgoing]:
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    with transaction.atomic():
        due = Outgoing.objects.filter(free, state=Outgoing.State.WAITING, due_at__lte=now).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:limit])
        until = now + timedelta(seconds=CLAIM_SECONDS)
        Outgoing.objects.filter(id__in=[row.id for row in rows]).update(claimed_until=until, tries=F("tries") + 1)
    for row in rows:
        row.claimed_until = until
    return rows


def _mine(row: Outgoing) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(id=row.id, state=Outgoing.State.WAITING, claimed_until=row.claimed_until)


def _message(row: Outgoing) -> Message | None:
    """The message for the delivery; None when its number is erased or has another user now."""
    if not people.is_current(row.subscriber_id):
        return None
    try:
        number = people.number_of(row.subscriber_id)
    except Problem:
        return None
    return Message(row.id, number.e164, number.masked, row.template, row.text)
