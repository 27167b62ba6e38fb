"""Who stood behind a number at any past moment, and what hangs on an organisation now."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from mingbai.kernel.msisdn import Msisdn
from mingbai.numbers.models import Assignment, NumberResource, Restriction, Standing, Trunk
from mingbai.numbers.queries.resources import TrunkView, trunk
from mingbai.numbers.rules import WIDEST
from mingbai.numbers.rules.restrictions import Kind, State, Target

OUT = (Kind.SHUT, Kind.CONTRACT_ENDED, Kind.BARRED)  # restrictions whose holder is looked for when it comes back


class OnTrunk(NamedTuple):
    """For whom a number called on one line then: by assignment."""

    trunk: int
    trunk_name: str
    principal: int
    campaign: str


class StandingView(NamedTuple):
    """How a number stood at a moment. `reseller` 0: none. `until` None: it still stands so.

    `tenure`: 1 for the first registration of this very number here, 2 for the next.
    """

    resource: int
    first: int
    last: int
    tenure: int
    holder: int
    reseller: int
    principal: int
    use: str
    industry: str
    trunks: tuple[TrunkView, ...]
    assignments: tuple[OnTrunk, ...]
    since: datetime
    until: datetime | None


class Ending(NamedTuple):
    """A registration that was taken back: how, why it is known, until when its numbers rest."""

    resource: int
    first: int
    last: int
    holder: int
    how: str
    closed_at: datetime
    rests_until: datetime


def standing_at(number: Msisdn, at: datetime) -> StandingView | None:
    """How a number was registered at a moment; None when it was not."""
    if not number.digits:
        return None
    wanted = int(number.digits)
    then = Q(closed_at=None) | Q(closed_at__gt=at)
    spans = Q(last__gte=wanted, last__lt=wanted + WIDEST, first__lte=wanted)
    row = NumberResource.objects.filter(spans, then, created_at__lte=at).order_by("-id").first()
    if row is None:
        return None
    stood = Standing.objects.filter(number=row, began_at__lte=at).order_by("-began_at", "-id").first()
    return _view(row, stood, wanted, at) if stood else None


def standings(resource: int) -> list[StandingView]:
    """Every way in which a registration stood, oldest first; assignments as at its beginning."""
    row = NumberResource.objects.filter(id=resource).first()
    if row is None:
        return []
    rows = Standing.objects.filter(number=row).order_by("began_at", "id")
    return [_view(row, one, row.first, one.began_at) for one in rows]


def tenures(number: Msisdn) -> list[int]:
    """Ids of every registration that ever held this number, oldest first."""
    if not number.digits:
        return []
    return [row for row, _ in _tenures(int(number.digits))]


def hanging_on(organisation: int, *, after: int = 0, limit: int = 1_000) -> list[int]:
    """Ids of open resources with this organisation anywhere in their chain, as carrier too; by id."""
    lines = list(Trunk.objects.filter(carrier_id=organisation).values_list("id", flat=True))
    anywhere = Q(holder_id=organisation) | Q(principal_id=organisation) | Q(reseller_id=organisation)
    assigned = Assignment.objects.filter(number=OuterRef("pk"), principal_id=organisation, ended_at=None)
    carried = NumberResource.trunks.through.objects.filter(numberresource_id=OuterRef("pk"), trunk_id__in=lines)
    rows = NumberResource.objects.filter(anywhere | Exists(assigned) | Exists(carried), closed_at=None, id__gt=after)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def put_out(organisation: int) -> str:
    """How a holder was put out: “barred”, “contract_ended” or “shut” (itself, or one of its numbers); "" if it was not.

    What was lifted does not count: it should not have been.
    """
    still = Restriction.objects.filter(kind__in=[one.value for one in OUT]).exclude(state=State.LIFTED)
    itself = set(still.filter(organisation_id=organisation).values_list("kind", flat=True))
    for kind in (Kind.BARRED, Kind.CONTRACT_ENDED, Kind.SHUT):
        if kind.value in itself:
            return str(kind.value)
    if NumberResource.objects.filter(holder_id=organisation, ended_how="shut").exists():
        return str(Kind.SHUT.value)
    held = NumberResource.objects.filter(
        holder_id=organisation, first__lte=OuterRef("number"), last__gte=OuterRef("number"),
        created_at__lte=OuterRef("made_at"),
    ).filter(Q(closed_at=None) | Q(closed_at__gte=OuterRef("made_at")))  # fmt: skip
    shut = still.filter(target=Target.NUMBER.value, kind=Kind.SHUT.value)
    return str(Kind.SHUT.value) if shut.filter(Exists(held)).exists() else ""


def resting(*, after: int = 0, limit: int = 200, now: datetime) -> list[Ending]:
    """Registrations whose numbers rest at `now`, by id."""
    rows = NumberResource.objects.filter(rests_until__gt=now, id__gt=after).order_by("id")[:limit]
    return [
        Ending(row.id, row.first, row.last, row.holder_id, row.ended_how, row.closed_at, row.rests_until)
        for row in rows
        if row.closed_at is not None and row.rests_until is not None
    ]


def ending(resource: int) -> Ending | None:
    """How a registration was taken back; None for one that was not."""
    row = NumberResource.objects.filter(id=resource, rests_until__isnull=False).first()
    if row is None or row.closed_at is None or row.rests_until is None:
        return None
    return Ending(row.id, row.first, row.last, row.holder_id, row.ended_how, row.closed_at, row.rests_until)


def _view(row: NumberResource, stood: Standing, wanted: int, at: datetime) -> StandingView:
    lines = tuple(found for one in stood.trunks if (found := trunk(one)) is not None)
    then = Assignment.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), number=row, began_at__lte=at)
    earlier = [ident for ident, _ in _tenures(wanted) if ident <= row.id]
    return StandingView(
        resource=row.id,
        first=row.first,
        last=row.last,
        tenure=len(earlier),
        holder=stood.holder_id,
        reseller=stood.reseller_id or 0,
        principal=stood.principal_id,
        use=stood.use,
        industry=stood.industry,
        trunks=lines,
        assignments=tuple(
            OnTrunk(one.trunk_id, one.trunk.name, one.principal_id, one.campaign)
            for one in then.select_related("trunk").order_by("trunk_id")
        ),
        since=stood.began_at,
        until=stood.ended_at or row.closed_at,
    )


def _tenures(wanted: int) -> list[tuple[int, datetime]]:
    spans = Q(last__gte=wanted, last__lt=wanted + WIDEST, first__lte=wanted)
    return list(NumberResource.objects.filter(spans).order_by("id").values_list("id", "created_at"))
