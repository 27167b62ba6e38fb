"""Staff opens the paper that somebody signed; who, and why, is on record before."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger import queries as documents
from mingbai.orders import events, queries

REASON = 4  # characters at least


def open_paper(order: int, *, account: int, reason: str) -> bytes:
    """The sealed PDF. Raises Problem without a reason, for an order without one, and when it was destroyed."""
    why = reason.strip()[:200]
    if len(why) < REASON:
        raise Problem("orders.no_reason", "a reason is needed to see a signed paper", where="reason", mend="say why")
    found, signed = queries.order(order), queries.signature(order)
    if found is None or signed is None:
        raise Problem("orders.no_paper", "there is no signed paper of this order", where="order", status=404)
    with transaction.atomic():
        if (data := documents.document(signed.document)) is None:
            raise Problem("orders.no_paper", "the paper was destroyed", where="order", status=410)
        content: dict[str, Any] = {"account": account, "order": order, "reason": why}
        ledger.append(events.PAPER_SEEN, content, subject=f"subscriber:{found.subscriber}")
    return data
