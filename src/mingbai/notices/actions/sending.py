"""Write to a subscriber: the row stands in the outbox with the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from mingbai.kernel import clock
from mingbai.ledger import statements
from mingbai.notices import queries, rules, wording
from mingbai.notices.kinds import FACTS, Kind
from mingbai.notices.models import Wish

_WRITE = (
    "INSERT INTO notices_outgoing (subscriber_id, kind, template, context, text, state, created_at, due_at, claimed_by,"
    " tries, link, parts, failure) VALUES (%s, %s, %s, %s, %s, 'waiting', %s, %s, '', 0, '', 0, '') RETURNING id"
)


def send(
    *,
    subscriber: int,
    template: str,
    text: str,
    context: str = "",
    due_at: datetime | None = None,
    kind: str = Kind.ANSWER,
) -> int:
    """Write a message to a subscriber; it leaves with the next delivery, or at `due_at`. Its id.

    `context` says what a bare reply refers to, such as “principal:7”. Kinds whose wording is fixed go by `tell`.
    """
    now = clock.now()
    at = statements.moment(now)
    due = at if due_at is None else statements.moment(due_at)
    row = statements.one(_WRITE, [subscriber, Kind(kind).value, template, context, text, at, due])
    assert row is not None
    return int(row[0])


def tell(
    kind: str, *, subscriber: int, values: Mapping[str, str], context: str = "", due_at: datetime | None = None,
    lang: str = "",
) -> int:  # fmt: skip
    """Write a message of this kind in the subscriber's language, from the parts that `notices.kinds` names; its id.
    `lang`: that language, by whoever has asked for it already.

    One of the profile's day kinds waits for the morning. Raises Problem when a part is missing: nothing is told by
    halves. Commercial messages and requests for consent have actions of their own.
    """
    sort = Kind(kind)
    assert FACTS[sort].parts, "a kind without a wording goes by send"
    assert sort not in (Kind.COMMERCIAL, Kind.CONSENT_REQUEST), "another action sends these"
    return write(sort, subscriber=subscriber, values=values, context=context, due_at=due_at, lang=lang)


def write(
    kind: Kind, *, subscriber: int, values: Mapping[str, str], context: str = "", due_at: datetime | None = None,
    lang: str = "",
) -> int:  # fmt: skip
    """As `tell`, of every kind that has a wording; for this room's own actions."""
    text = wording.compose(wording.load(settings.HOME), kind, lang or queries.lang_of(subscriber), values)
    due = within_day(kind, due_at or clock.now())
    return send(subscriber=subscriber, template=kind, text=text, context=context, due_at=due, kind=kind)


def within_day(kind: Kind, moment: datetime) -> datetime:
    """When a message of this kind may leave, at `moment` or after."""
    profile = queries.profile()
    if kind not in profile.notices.day_kinds:
        return moment
    return rules.next_within(moment, profile.notices.day_hours, profile.gate.timezone)


def wish(subscriber: int, *, lang: str | None = None, second_way: bool | None = None) -> None:
    """How the subscriber wants to be told; None leaves as it is."""
    given = {"lang": lang, "second_way": second_way}
    assert lang is None or lang in wording.LANGS
    Wish.objects.update_or_create(subscriber_id=subscriber, defaults={k: v for k, v in given.items() if v is not None})
