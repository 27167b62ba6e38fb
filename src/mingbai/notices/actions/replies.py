"""Replies: taken at once from a gateway's call, or put away by a link and answered after."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from mingbai.kernel import clock
from mingbai.notices import arrivals, inbox
from mingbai.notices.actions.sending import send
from mingbai.notices.models import Incoming

HELP = (
    "【明白】未能识别您的回复。回复T：拒绝最近提示的企业来电；回复TT：拒绝全部；回复N：您从未同意过。"
    "Reply T to stop the firm last named, TT to stop all, N if you never agreed."
)


def receive(*, subscriber: int, text: str, message_id: str = "") -> str:
    """Take a message from a subscriber; the name of the handler that acted, "" when none knew the words.

    Receipt and act are one transaction; a message that comes again under the same `message_id` does nothing more.
    Words that nobody knows are answered with help.
    """
    found = inbox.find(subscriber, text)
    with transaction.atomic():
        now = clock.now()
        row = Incoming(
            subscriber_id=subscriber, text=text[:1000], message_id=message_id[:64], received_at=now, done_at=now
        )
        row.handler = found[0] if found else ""
        if message_id:
            if not _insert_once(row):
                return Incoming.objects.values_list("handler", flat=True).get(message_id=row.message_id)
        else:
            row.save()
        if found is None:
            _help(subscriber)
            return ""
        name, handler, reply = found
        handler(reply)
    return name


def answer_waiting(limit: int = 100) -> int:
    """Answer the replies that links brought, as `receive` does; how many. For the work loop."""
    return arrivals.answer_waiting(_help, limit)


def file_incomplete(limit: int = 100) -> int:
    """File replies of which a part never came; how many. For the work loop."""
    return arrivals.file_incomplete(limit)


def _help(subscriber: int) -> None:
    send(subscriber=subscriber, template="help", text=HELP)


def _insert_once(row: Incoming) -> bool:
    """Insert unless the message id is known; whether it was inserted."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
