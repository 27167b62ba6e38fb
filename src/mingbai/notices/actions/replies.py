"""Replies: taken at once from a gateway's call, or put away by a link and answered after."""

from __future__ import annotations

from django.db import transaction

from mingbai.kernel import clock
from mingbai.ledger import statements
from mingbai.notices import arrivals, inbox
from mingbai.notices.actions.sending import send
from mingbai.notices.models import Incoming

HELP = (
    "【明白】未能识别您的回复。回复T：拒绝最近提示的企业来电；回复TT：拒绝全部；回复N：您从未同意过。"
    "Reply T to stop the firm last named, TT to stop all, N if you never agreed."
)

_TAKEN = (
    "INSERT INTO notices_incoming (subscriber_id, text, message_id, handler, received_at, done_at)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id"
)


def receive(*, subscriber: int, text: str, message_id: str = "") -> str:
    """Take a message from a subscriber; the name of the handler that acted, "" when none knew the words.

    Receipt and act are one transaction; a message that comes again under the same `message_id` does nothing more.
    Words that nobody knows are answered with help.
    """
    found = inbox.find(subscriber, text)
    with transaction.atomic():
        now, once = statements.moment(clock.now()), message_id[:64]
        values = [subscriber, text[:1000], once, found[0] if found else "", now, now]
        if statements.one(_TAKEN, values) is None:
            return Incoming.objects.values_list("handler", flat=True).get(message_id=once)
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
