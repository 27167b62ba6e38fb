"""What of orders is destroyed when a subscriber is erased."""

from __future__ import annotations

from mingbai.kernel import clock
from mingbai.orders.models import Event, Order, Signature
from mingbai.orders.rules import State


def forget(subject: str) -> None:
    """An erased subscriber's open offers close, nothing more is done for them, and what they answered goes.

    What was sold stays, of nobody.
    """
    now = clock.now()
    rows = Order.objects.filter(subscriber_id=int(subject.removeprefix("subscriber:")))
    rows.filter(state=State.PROPOSED).update(state=State.EXPIRED, ended_at=now)
    rows.filter(state=State.CONFIRMED).update(state=State.FAILED, ended_at=now)
    rows.filter(state=State.LEAVING).update(state=State.WITHDRAWN, ended_at=now)
    rows.update(due_at=None, claimed_until=None, ends_at=None)
    Event.objects.filter(order__in=rows.values("id")).update(detail="")
    Signature.objects.filter(order__in=rows.values("id")).delete()  # the papers themselves went with the key
    rows.update(basis="", reason="")
