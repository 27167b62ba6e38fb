"""保存: orders are kept and shown for the largest time that was ever promised here, and none is removed before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import queries as messages
from mingbai.orders import events, queries
from mingbai.orders.models import Event, Kept, Order, Signature
from mingbai.orders.rules import State

OVER = (State.FAILED, State.DECLINED, State.CANCELLED, State.EXPIRED, State.LAPSED, State.WITHDRAWN, State.ENDED)
_MONTH = timedelta(days=31)  # never less than a month of the calendar


def keep() -> int:
    """Note what the profile promises when that is more than was ever promised; the months that hold."""
    said = messages.profile().orders.history_months
    with transaction.atomic():
        standing = queries.months_kept()
        if said > standing:
            content: dict[str, Any] = {"months": said}
            ledger.append(events.KEPT, content)
            Kept.objects.create(months=said, since=clock.now())
    return max(said, standing)


def remove_old(*, older_than_months: int, limit: int = 500) -> int:
    """Remove orders that are over and ended longer ago than that; how many. Their ledger entries stay.

    Raises Problem for less than the months that are kept. Orders that still run stay, however old.
    """
    months = keep()
    if older_than_months < months:
        raise Problem("orders.kept", f"orders are kept for {months} months", where="months", status=409)
    before = clock.now() - older_than_months * _MONTH
    with transaction.atomic():
        over = Order.objects.filter(state__in=OVER, ended_at__lt=before, followed_by=None).order_by("id")
        ids = list(over.values_list("id", flat=True)[:limit])
        papers = Signature.objects.filter(order__in=ids)
        for digest in list(papers.values_list("document", flat=True)):
            ledger.drop_document(digest)
        papers.delete()
        Event.objects.filter(order__in=ids).delete()
        Order.objects.filter(id__in=ids).delete()
    return len(ids)
