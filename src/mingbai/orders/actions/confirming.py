"""确认: one explicit yes, by one of three ways, by the number's present user, to what stands unchanged."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import events, sql, wording
from mingbai.orders.actions import recording
from mingbai.orders.models import Order
from mingbai.orders.rules import How, State
from mingbai.orders.signing.keeping import Signed, keep
from mingbai.people import queries as people
from mingbai.tariffs import queries as tariffs


class Outcome(StrEnum):
    """What a yes did."""

    CONFIRMED = "confirmed"
    ALREADY = "already"  # it was confirmed before: nothing is done twice
    LATE = "late"  # its time is over, or the offer was taken back or turned down
    LAPSED = "lapsed"  # what was offered may not be sold any more


def confirm(order: int, *, subscriber: int, how: str, answer: str = "", signed: Signed | None = None) -> Outcome:
    """Take a yes; `answer`: the words, as far as there were any. Whoever comes second finds what the first made of it.

    Only for callers that have seen the yes itself: a reply, a code, a signature, and that with its sealed paper. Raises
    Problem (404) when this is no order of this subscriber, ValueError for a signature without its paper.
    """
    if (how == How.SIGNATURE) != (signed is not None):
        raise ValueError("a signature, and it alone, has a sealed paper")
    way, now, day = How(how), clock.now(), sql.day(tariffs.today())
    at = sql.moment(now)
    with transaction.atomic(savepoint=False):
        values = [way.value, at, at, order, subscriber, at, day, day, day, day]
        if done := sql.one(sql.CONFIRM, values):
            terms = json.loads(done[0]) if isinstance(done[0], str) else done[0]
            more: dict[str, Any] = {"how": way.value, "shown_sha256": done[1], "price_fen": done[2]}
            if signed is not None:
                more |= keep(order, subscriber, signed)
            recording.step(
                events.CONFIRMED,
                order=order,
                subscriber=subscriber,
                terms=terms,
                by="subscriber",
                at=now,
                detail=answer,
                **more,
            )
            return Outcome.CONFIRMED
        row = Order.objects.filter(id=order, subscriber_id=subscriber).first()
        if row is not None:
            return _not_taken(row, now)
    raise _unknown()  # outside the transaction, which a caller's may be: nothing was written in it


def _not_taken(row: Order, now: datetime) -> Outcome:
    """Why a yes was not taken; an offer of what may not be sold any more is closed."""
    if row.confirmed_how:
        return Outcome.ALREADY
    if row.state != State.PROPOSED or row.expires_at <= now or not people.is_current(row.subscriber_id):
        return Outcome.LATE
    _lapse(row)
    return Outcome.LAPSED


def send_code(order: int, *, subscriber: int) -> None:
    """Send a one-time code that confirms this order at this price and nothing else, behind the description of it.

    Raises Problem when the order is not open, and (429) beyond the profile's codes an hour.
    """
    row = row_of(order, subscriber)
    if row.state != State.PROPOSED or row.expires_at <= clock.now() or not people.is_current(subscriber):
        raise Problem("orders.not_open", "this offer is not open any more", where="order", status=409)
    says = wording.text("code", messages.lang_of(subscriber), shown=row.shown)
    notices.issue_code(subscriber, _purpose(row), says=says)


def confirm_by_code(order: int, *, subscriber: int, code: str) -> Outcome:
    """Take a code as the yes. Raises Problem for a wrong or old one, or after too many tries.

    Call it outside any transaction that may be rolled back (`notices.check_code`).
    """
    row = row_of(order, subscriber)
    if row.confirmed_how:
        return Outcome.ALREADY
    if not notices.check_code(subscriber, _purpose(row), code):
        raise Problem("orders.wrong_code", "this code is wrong or has run out", where="code", status=422)
    return confirm(order, subscriber=subscriber, how=How.CODE)


def _purpose(row: Order) -> str:
    """What a code is bound to: the order, its price, and the very text that was shown."""
    return f"order:{row.id}:{row.price_fen}:{row.shown_sha256[:12]}"


def _lapse(row: Order) -> None:
    """Close an offer of what may not be sold any more, and say so."""
    now = clock.now()
    if not Order.objects.filter(id=row.id, state=State.PROPOSED).update(state=State.LAPSED, ended_at=now):
        return
    recording.step(
        events.LAPSED, order=row.id, subscriber=row.subscriber_id, terms=row.terms, by="house", at=now
    )  # fmt: skip
    lang = messages.lang_of(row.subscriber_id)
    said = wording.lapsed(wording.terms_of(row.terms), row.id, lang)
    notices.tell("failure", subscriber=row.subscriber_id, values=said, lang=lang)


def row_of(order: int, subscriber: int) -> Order:
    """The order, when it is this subscriber's. Raises Problem (404)."""
    row = Order.objects.filter(id=order, subscriber_id=subscriber).first() if 0 < order < 1 << 63 else None
    if row is None:
        raise _unknown()
    return row


def _unknown() -> Problem:
    return Problem("orders.unknown", "no such order", where="order", status=404)
