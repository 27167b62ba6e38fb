"""One step of an order: its ledger entry and its row, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mingbai.ledger import actions as ledger
from mingbai.orders import sql


def step(
    kind: str,
    /,
    *,
    order: int,
    subscriber: int,
    terms: dict[str, Any],
    by: str,
    at: datetime,
    detail: str = "",
    **more: Any,
) -> int:
    """Record a step; the id of its ledger entry. `kind`: one of `events`; `more`: what the entry says besides."""
    content = {"order": order, "name": terms["name"], "code": terms["code"], "by": by, **more}
    if detail:
        content["detail"] = detail
    entry = ledger.append(kind, content, subject=f"subscriber:{subscriber}", ref=f"order:{order}")
    sql.rows(sql.EVENT, [order, kind.removeprefix("orders."), by, detail[:200], sql.moment(at), entry])
    return entry
