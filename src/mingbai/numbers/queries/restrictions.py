"""What restricts a number or an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from mingbai.numbers.models import Restriction
from mingbai.numbers.rules.restrictions import NOTHING, Bounds, Limits, State, Target, bounds


class RestrictionView(NamedTuple):
    """A restriction. `number` is a normal form as an integer, 0 for an organisation's; `organisation` 0 for a number's.

    `limits`: calls a minute, an hour, a day, 0 = none. `state`: waiting, standing, ended or lifted.
    """

    id: int
    target: str
    number: int
    organisation: int
    kind: str
    limits: Limits
    case: int
    state: str
    begins_at: datetime
    ends_at: datetime
    over_at: datetime | None


def restriction(restriction: int) -> RestrictionView | None:
    """One restriction."""
    row = Restriction.objects.filter(id=restriction).first()
    return _view(row) if row else None


def restrictions_of(organisation: int, *, standing: bool = True) -> list[RestrictionView]:
    """What stands against an organisation itself, in either part, by id; what is over or waits too, if asked."""
    rows = Restriction.objects.filter(organisation_id=organisation)
    return _views(rows.filter(state=State.STANDING) if standing else rows)


def restrictions_of_number(number: int, *, standing: bool = True) -> list[RestrictionView]:
    """What stands against exactly this number (normal form), by id; what is over or waits too, if asked."""
    rows = Restriction.objects.filter(number=number)
    return _views(rows.filter(state=State.STANDING) if standing else rows)


def restrictions_of_case(case: int) -> list[RestrictionView]:
    """Every restriction that stands, or stood, on a case."""
    return _views(Restriction.objects.filter(case=case))


def bounds_of_number(number: int) -> Bounds:
    """What everything that stands against exactly this number comes to; for the gate's facts."""
    rows = Restriction.objects.filter(number=number, state=State.STANDING, tenant__ended_at__isnull=True)
    return _bounds(rows)


def bounds_of_organisation(organisation: int, target: str) -> Bounds:
    """The same against an organisation as “holder” or as “principal”."""
    part = Target(target)
    return _bounds(Restriction.objects.filter(organisation_id=organisation, target=part, state=State.STANDING))


def restricted_numbers() -> Iterator[int]:
    """Every number with something standing against it, ascending; for a rebuild of the facts."""
    rows = Restriction.objects.filter(state=State.STANDING, target=Target.NUMBER).order_by("number")
    yield from (number for number in rows.values_list("number", flat=True).distinct() if number)


def _bounds(rows: QuerySet[Restriction]) -> Bounds:
    found = rows.values_list("kind", "per_minute", "per_hour", "per_day")
    standing = [(kind, (minute, hour, day)) for kind, minute, hour, day in found]
    return bounds(standing) if standing else NOTHING


def _views(rows: QuerySet[Restriction]) -> list[RestrictionView]:
    return [_view(row) for row in rows.order_by("id")]


def _view(row: Restriction) -> RestrictionView:
    return RestrictionView(
        row.id, row.target, row.number or 0, row.organisation_id or 0, row.kind,
        (row.per_minute, row.per_hour, row.per_day), row.case, row.state, row.begins_at, row.ends_at, row.over_at,
    )  # fmt: skip
