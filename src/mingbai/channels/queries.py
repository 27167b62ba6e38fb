"""What other rooms may know of sellers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from mingbai.channels.models import Scope, Seller, Staff
from mingbai.channels.rules import Granted
from mingbai.ledger import statements
from mingbai.people import queries as people

# For joins in another room's statement: scopes that stand, of sellers that may sell; the day is its parameter, twice.
STANDING_SQL = (
    "(SELECT s.id, s.seller_id FROM channels_scope s JOIN channels_seller c ON c.id = s.seller_id"  # noqa: S608  # built of constants; every value is a parameter
    f" JOIN {people.ACTIVE_SQL} o ON o.id = c.organisation_id WHERE s.revoked_at IS NULL AND c.state = 'active'"
    " AND s.from_date <= %s AND (s.to_date IS NULL OR s.to_date >= %s))"
)


_SELLING = (
    "SELECT c.organisation_id, o.name, s.id, s.operator_id, s.plans, s.regions, s.ways, s.from_date, s.to_date"  # noqa: S608  # built of constants; every value is a parameter
    f" FROM channels_seller c JOIN {people.ACTIVE_SQL} o ON o.id = c.organisation_id"
    " LEFT JOIN channels_scope s ON s.seller_id = c.id AND s.revoked_at IS NULL"
    " WHERE c.id = %s AND c.state = 'active' ORDER BY s.id"
)


class Selling(NamedTuple):
    """A seller that may sell, and what stands granted to it, past and coming dates too."""

    organisation: int
    name: str
    scopes: tuple[Granted, ...]


class SellerView(NamedTuple):
    id: int
    organisation: int
    name: str
    kind: str
    state: str


class StaffView(NamedTuple):
    id: int
    seller: int
    account: int
    number: str
    since: datetime
    until: datetime | None


def seller(seller: int) -> SellerView | None:
    """One seller."""
    return next(iter(_views(Seller.objects.filter(id=seller))), None) if seller < 1 << 63 else None


def seller_of(organisation: int) -> SellerView | None:
    """The seller that an organisation is; None when it sells nothing."""
    return next(iter(_views(Seller.objects.filter(organisation_id=organisation))), None)


def sellers() -> list[SellerView]:
    """Every seller, by id."""
    return _views(Seller.objects.order_by("id"))


def seller_names(ids: Iterable[int]) -> dict[int, str]:
    """Names by id."""
    return {row.id: row.name for row in _views(Seller.objects.filter(id__in=list(ids)))}


def selling(seller: int) -> Selling | None:
    """A seller with its scopes, in one query; None for an unknown one and for one that may not sell now."""
    rows = statements.rows(_SELLING, [seller])
    if not rows:
        return None
    granted = tuple(
        Granted(
            scope, seller, operator, frozenset(_listed(plans)), tuple(_listed(regions)), frozenset(_listed(ways)),
            _day(begins), _day(ends) if ends else None,
        )
        for _, _, scope, operator, plans, regions, ways, begins, ends in rows
        if scope is not None
    )  # fmt: skip
    return Selling(rows[0][0], rows[0][1], granted)


def _listed(stored: Any) -> list[Any]:
    found: list[Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found


def _day(stored: Any) -> date:
    """SQLite hands dates of raw statements over as text."""
    return date.fromisoformat(stored[:10]) if isinstance(stored, str) else stored


def scopes(seller: int) -> list[Granted]:
    """What stands granted to a seller, past and coming dates too, by id."""
    return [_granted(row) for row in Scope.objects.filter(seller_id=seller, revoked_at=None).order_by("id")]


def staff(seller: int) -> list[StaffView]:
    """A seller's people, those who left too, by id."""
    return [_staff(row) for row in Staff.objects.filter(seller_id=seller).order_by("id")]


def staff_of(account: int) -> StaffView | None:
    """For whom an account sells now."""
    row = Staff.objects.filter(account_id=account, until=None).first()
    return _staff(row) if row else None


def _views(rows: Iterable[Seller]) -> list[SellerView]:
    found = []
    for row in rows:
        firm = people.organisation(row.organisation_id)
        assert firm is not None
        state = row.state if firm.state == "active" else "suspended"
        found.append(SellerView(row.id, row.organisation_id, firm.name, firm.kind, state))
    return found


def _granted(row: Scope) -> Granted:
    return Granted(
        row.id, row.seller_id, row.operator_id, frozenset(row.plans), tuple(row.regions), frozenset(row.ways),
        row.from_date, row.to_date,
    )  # fmt: skip


def _staff(row: Staff) -> StaffView:
    return StaffView(row.id, row.seller_id, row.account_id, row.number, row.since, row.until)
