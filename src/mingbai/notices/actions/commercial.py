"""商业短信: only to whoever said yes to this firm's, a way out in each, and one question in a lifetime (令31号)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import events, inbox, queries
from mingbai.notices.actions.sending import send, write
from mingbai.notices.kinds import Kind
from mingbai.notices.models import Asked
from mingbai.people import queries as people

YES = "yes"
DAYS_AT_MOST = 3 * 365
_YES = re.compile(r"同意\s*([1-9][0-9]{0,3})|AGREE\s*([1-9][0-9]{0,3})")


def ask(*, subscriber: int, principal: int, matter: str, frequency: str, days: int) -> int:
    """Ask, once and never again, whether the firm may send advertising about `matter`, this often, for so many days;
    the message's id. Raises Problem when it asked before, whatever came of it, and when the subscriber refused it."""
    if not 1 <= days <= DAYS_AT_MOST:
        raise Problem("notices.term", "a request names a term", where="days", mend=f"1 to {DAYS_AT_MOST} days")
    if inbox.refused(subscriber, principal):
        raise Problem("notices.refused", "the subscriber refused this firm", where="subscriber", status=409)
    sender = people.organisation_names([principal])[principal]
    with transaction.atomic():
        place = Asked.objects.filter(subscriber_id=subscriber).count() + 1
        values = {
            "sender": sender, "matter": matter, "frequency": frequency, "term": f"{days}天", "yes": f"同意{place}",
        }  # fmt: skip
        message = write(Kind.CONSENT_REQUEST, subscriber=subscriber, values=values, context=f"principal:{principal}")
        try:
            with transaction.atomic():
                Asked.objects.create(
                    subscriber_id=subscriber, principal=principal, outgoing_id=message, asked_at=clock.now(),
                    place=place, days=days,
                )  # fmt: skip
        except IntegrityError:
            what = "this firm asked before"
            raise Problem("notices.asked", what, where="subscriber", mend="it may not ask again", status=409) from None
        content: dict[str, Any] = {
            "principal": principal,
            "matter": matter,
            "frequency": frequency,
            "days": days,
            "message": message,
        }
        ledger.append(events.ASKED, content, subject=f"subscriber:{subscriber}")
    return message


def advertise(*, subscriber: int, principal: int, body: str) -> int:
    """Send a firm's advertising to whoever said yes to it and has not refused it since; the message's id.

    Raises Problem (403) otherwise: silence is a no.
    """
    if not permitted(subscriber, principal):
        what = "the subscriber did not agree to advertising of this firm"
        raise Problem("notices.no_consent", what, where="subscriber", status=403)
    values = {"sender": people.organisation_names([principal])[principal], "body": body, "leave": "回复T"}
    return write(Kind.COMMERCIAL, subscriber=subscriber, values=values, context=f"principal:{principal}")


def permitted(subscriber: int, principal: int) -> bool:
    """Whether a firm may send advertising now."""
    yes = Asked.objects.filter(subscriber_id=subscriber, principal=principal, answer=YES, until__gt=clock.now())
    return people.is_current(subscriber) and yes.exists() and not inbox.refused(subscriber, principal)


def register() -> None:
    """Register the words of a yes. They name the request by its place, so that no two can be confused."""
    inbox.register("notices.agree", _YES.fullmatch, _agree)


def _agree(reply: inbox.Reply) -> None:
    place, now = int(reply.match[1] or reply.match[2]), clock.now()
    since = now - timedelta(days=queries.profile().notices.request_days)
    open_now = Q(subscriber_id=reply.subscriber, place=place, answer="", asked_at__gt=since)
    row = Asked.objects.filter(open_now).first()
    if row is None or inbox.refused(reply.subscriber, row.principal):
        _answer(reply.subscriber, "【明白】没有等待您答复的征询，未作任何更改。No question waits for your answer.", "")
        return
    until = now + timedelta(days=row.days)
    if Asked.objects.filter(open_now, id=row.id).update(answer=YES, answered_at=now, until=until):
        content: dict[str, Any] = {"principal": row.principal, "until": until.isoformat(), "message": row.outgoing_id}
        ledger.append(events.AGREED, content, subject=f"subscriber:{reply.subscriber}")
        name = people.organisation_names([row.principal])[row.principal]
        text = f"【明白】已记录您同意接收“{name}”的商业短信{row.days}天。不想再收到：回复T。Reply T to stop."
        _answer(reply.subscriber, text, f"principal:{row.principal}")


def _answer(subscriber: int, text: str, context: str) -> None:
    send(subscriber=subscriber, template="notices.agree", text=text, context=context)
