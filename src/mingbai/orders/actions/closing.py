"""What ends an offer or an order without the operator's system: no, taken back, too late; and asking to leave."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import events, rules, wording
from mingbai.orders.actions import recording
from mingbai.orders.models import Order
from mingbai.orders.rules import Kind, State


def decline(order: int, *, subscriber: int, answer: str = "") -> bool:
    """The subscriber says no to an open offer; False when it was not open any more."""
    return _close(order, State.DECLINED, events.DECLINED, "subscriber", answer, subscriber_id=subscriber)


def cancel(order: int, *, seller: int | None = None, by: str, reason: str) -> bool:
    """Take an open offer back; False when it was not open any more: a yes that came before holds.

    `seller`: whose it must be; None for staff of the operator. Raises Problem (404) for no such order, and without a
    reason.
    """
    why = " ".join(reason.split())[:200]
    if not why:
        raise Problem("orders.no_reason", "a reason is needed", where="reason", mend="say why")
    mine = {} if seller is None else {"seller_id": seller}
    if not Order.objects.filter(id=order, **mine).exists():
        raise Problem("orders.unknown", "no such order", where="order", status=404)
    return _close(order, State.CANCELLED, events.CANCELLED, by, why, **mine)


def withdraw(order: int, *, subscriber: int) -> State:
    """退订: the subscriber leaves, where the tariff lets them; the state that follows.

    What no system was told yet is off at once. Raises Problem when the tariff does not let them leave this way, and
    when there is nothing to leave.
    """
    now = clock.now()
    with transaction.atomic():
        row = Order.objects.filter(id=order, subscriber_id=subscriber).first()
        if row is None:
            raise Problem("orders.unknown", "no such order", where="order", status=404)
        terms = wording.terms_of(row.terms)
        if row.state in (State.LEAVING, State.WITHDRAWN):
            return State(row.state)
        if row.state == State.FULFILLED and not rules.may_leave(terms.leave):
            raise Problem(
                "orders.may_not_leave", "this tariff does not let you leave this way", where="order", mend=terms.leave,
                status=409,
            )  # fmt: skip
        rows = Order.objects.filter(id=order)
        if rows.filter(state=State.CONFIRMED, tries=0, claimed_until=None).update(
            state=State.WITHDRAWN, ended_at=now, due_at=None
        ):
            _told(row, events.WITHDRAWN, "subscriber")
            text = wording.text("left", messages.lang_of(subscriber), name=terms.name, order=order)
            notices.send(subscriber=subscriber, template="order.left", text=text)
            return State.WITHDRAWN
        if rows.filter(state=State.FULFILLED).update(
            state=State.LEAVING, due_at=now, tries=0, claimed_until=None, reason=f"asked-{clock.now_us()}"
        ):
            _told(row, events.LEAVING, "subscriber")
            return State.LEAVING
    raise Problem("orders.nothing_to_leave", "there is nothing to leave now", where="order", status=409)


def expire_due(limit: int = 500) -> int:
    """Close offers that nobody answered in time; how many. For the work loop."""
    now = clock.now()
    due = Order.objects.filter(state=State.PROPOSED, expires_at__lte=now).order_by("expires_at")
    done = 0
    for order, subscriber in list(due.values_list("id", "subscriber_id")[:limit]):
        done += _close(order, State.EXPIRED, events.EXPIRED, "house", "", subscriber_id=subscriber)
    return done


def end_trials(limit: int = 500) -> int:
    """Have trials ended whose time is over; how many. They never become anything else. For the work loop."""
    now = clock.now()
    over = Order.objects.filter(kind=Kind.TRIAL, state=State.FULFILLED, ends_at__lte=now).order_by("ends_at")
    done = 0
    for row in list(over[:limit]):
        with transaction.atomic():
            if Order.objects.filter(id=row.id, state=State.FULFILLED).update(
                state=State.LEAVING, due_at=now, tries=0, claimed_until=None, reason="trial"
            ):
                _told(row, events.LEAVING, "house")
                done += 1
    return done


def _close(order: int, state: State, kind: str, by: str, detail: str, **which: Any) -> bool:
    """Move an open offer to its end, if it is open at this moment; whether it was."""
    now = clock.now()
    with transaction.atomic():
        rows = Order.objects.filter(Q(id=order, state=State.PROPOSED), **which)
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()
        row = rows.first()
        if row is None or not Order.objects.filter(id=order, state=State.PROPOSED).update(
            state=state, ended_at=now, reason=detail[:200]
        ):
            return False
        _told(row, kind, by, detail)
    return True


def _told(row: Order, kind: str, by: str, detail: str = "") -> None:
    recording.step(
        kind, order=row.id, subscriber=row.subscriber_id, terms=row.terms, by=by, at=clock.now(), detail=detail
    )
