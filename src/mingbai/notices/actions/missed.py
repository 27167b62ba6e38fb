"""Messages that did not arrive: a second way where the subscriber wishes it, and staff who see to the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import events
from mingbai.notices.actions.sending import within_day
from mingbai.notices.delivery import config
from mingbai.notices.kinds import Kind
from mingbai.notices.models import Outgoing
from mingbai.people import queries as people

State = Outgoing.State
Standing = Callable[[str], bool]  # a message's context → whether what it asks can still be answered
_standing: dict[str, Standing] = {}


def register_standing(prefix: str, standing: Standing) -> None:
    """Have `standing` asked before a message whose context begins with `prefix` is sent once more: what asks for an
    answer that would come too late is not sent again."""
    _standing[prefix] = standing


LONGEST = 200  # characters of a reason


def again(message: int, *, account: int, reason: str) -> int:
    """Send a message that did not arrive once more, as a new one; its id. The old one is seen to with that.

    Raises Problem for one that arrived, that was seen to already, that holds a code, whose number is another's now, or
    whose time to answer is over.
    """
    why = _reason(reason)
    with transaction.atomic():
        row = _take(message)
        if row.kind == Kind.CODE:
            raise Problem(
                "notices.code", "a code is not sent again", mend="the subscriber asks for a new one", status=409
            )
        if not row.text or not people.is_current(row.subscriber_id):
            raise Problem("notices.nobody", "this number has another user now, or was erased", status=409)
        if not _stands(row.context):
            mend = "have it offered anew, or note how it was seen to"
            raise Problem("notices.over", "what this message asks cannot be answered any more", mend=mend, status=409)
        made = _copy(row, link="")
        content: dict[str, Any] = {
            "account": account,
            "message": message,
            "again": made,
            "reason": why,
            "kind": row.kind,
        }
        ledger.append(events.AGAIN, content, subject=f"subscriber:{row.subscriber_id}")
    return made


def see_to(message: int, *, account: int, reason: str) -> None:
    """Put on record that a message that did not arrive was seen to otherwise: by a call, by letter.

    Raises Problem for one that arrived or was seen to already, and without a reason.
    """
    why = _reason(reason)
    with transaction.atomic():
        row = _take(message)
        content: dict[str, Any] = {"account": account, "message": message, "reason": why, "kind": row.kind}
        ledger.append(events.SEEN_TO, content, subject=f"subscriber:{row.subscriber_id}")


def try_second_ways(limit: int = 100) -> int:
    """Send what did not arrive by the second link to those who wish it, once each; how many. For the work loop."""
    second = config.load(settings.HOME).second if config.exists(settings.HOME) else ""
    if not second:
        return 0
    missed = Outgoing.objects.filter(
        state__in=(State.FAILED, State.UNDELIVERED), dealt_at=None, instead_of=None, subscriber__wish__second_way=True,
        subscriber__ended_at=None,
    ).exclude(link=second).exclude(kind=Kind.CODE).exclude(text="")  # fmt: skip
    done = 0
    for row in missed.order_by("created_at")[:limit]:
        if not _stands(row.context):
            continue  # staff sees to it
        with transaction.atomic():
            if Outgoing.objects.filter(id=row.id, dealt_at=None).update(dealt_at=clock.now()):
                _copy(row, link=second)
                done += 1
    return done


def _take(message: int) -> Outgoing:
    """The message, marked as seen to. One that the centre has and of which nothing was heard may be taken, too."""
    open_states = (State.FAILED, State.UNDELIVERED, State.SENT)
    if not Outgoing.objects.filter(id=message, state__in=open_states, dealt_at=None).update(dealt_at=clock.now()):
        what = "this message arrived, waits, or was seen to already"
        raise Problem("notices.not_missed", what, where="message", status=409)
    return Outgoing.objects.get(id=message)


def _stands(context: str) -> bool:
    return all(standing(context) for prefix, standing in _standing.items() if context.startswith(prefix))


def _copy(row: Outgoing, *, link: str) -> int:
    now = clock.now()
    made = Outgoing.objects.create(
        subscriber_id=row.subscriber_id, kind=row.kind, template=row.template, context=row.context, text=row.text,
        created_at=now, due_at=within_day(Kind(row.kind), now), link=link, instead_of=row,
    )  # fmt: skip
    return made.id


def _reason(reason: str) -> str:
    why = " ".join(reason.split())[:LONGEST]
    if not why:
        raise Problem("notices.no_reason", "a reason is needed", where="reason", mend="say why")
    return why
