"""What a seller may sell, where, by which way, when. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

ACTIVE, SUSPENDED, ENDED = "active", "suspended", "ended"
STATES = (ACTIVE, SUSPENDED, ENDED)
SELLING_KINDS = ("operator", "agent", "enterprise")
WAYS = ("hall", "web", "app", "hotline", "sms", "agent", "online_shop", "door")
"""销售渠道, as tariffs name them."""


class Granted(NamedTuple):
    """One scope of a seller. Empty `plans`, `regions` or `ways`: all of them. Days are included at both ends."""

    id: int
    seller: int
    operator: int
    plans: frozenset[int]
    regions: tuple[str, ...]
    ways: frozenset[str]
    from_date: date
    to_date: date | None

    def stands(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)

    def covers(self, *, operator: int, plan: int, places: Collection[str], way: str) -> bool:
        """Whether it is about this plan of this operator, this way, in one of `places`: a place and those around."""
        return (
            self.operator == operator
            and (not self.plans or plan in self.plans)
            and (not self.regions or not frozenset(self.regions).isdisjoint(places))
            and (not self.ways or way in self.ways)
        )


def may_become(state: str, after: str) -> bool:
    """Whether a seller's state may change so; what has ended stays so."""
    return state != ENDED and after in STATES and state != after
