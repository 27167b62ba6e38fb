"""What the pages about orders share: filters from an address."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import QueryDict
from django.utils import timezone

from mingbai.orders.queries import Wanted
from mingbai.web import words


def whole(text: str) -> int:
    """A whole number from an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def wanted(given: QueryDict) -> Wanted:
    """The filters that an address carries; what is none of the lists is left out."""
    state, kind = given.get("state", ""), given.get("kind", "")
    return Wanted(
        state=state if state in words.ORDER_STATES else "",
        kind=kind if kind in words.ORDER_KINDS else "",
        text=given.get("text", "").strip().replace("\0", "")[:60],
        seller=whole(given.get("seller", "")),
        since=_day(given.get("since", ""), time.min),
        until=_day(given.get("until", ""), time.max),
    )


def _day(text: str, at: time) -> datetime | None:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), at))
    except (ValueError, OverflowError):
        return None
