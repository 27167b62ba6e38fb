"""Who is kept out, what is like them, and SIM orders that wait. Nothing here says an address, a name or an account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from mingbai.admission.models import EntryLimit, Likeness, ListedPlace, SimOrder
from mingbai.admission.rules.words import Verdict
from mingbai.kernel import clock
from mingbai.people import queries as people

_OPEN = (Verdict.OPEN.value, Verdict.FIRST_YES.value)


class LikenessView(NamedTuple):
    """An applicant that is like a firm that was put out. `traits`: what agrees, strongest first; `why_out`: limit,
    barred, contract_ended, shut."""

    id: int
    application: int
    applicant: int
    applicant_name: str
    other: int
    other_name: str
    score: int
    traits: tuple[str, ...]
    why_out: str
    found_at: datetime
    state: str
    first_by: int | None
    first_why: str
    second_by: int | None
    second_why: str
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in _OPEN


class LimitView(NamedTuple):
    """An entry limit. `ends_at` None: until it is lifted."""

    id: int
    organisation: int
    name: str
    ground: str
    case: int | None
    began_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None
    lifted_why: str


class PlaceView(NamedTuple):
    """A listed place; the address itself is not kept."""

    id: int
    ground: str
    account: int
    listed_at: datetime


class SimOrderView(NamedTuple):
    """A SIM order as screened. `reasons`: (word, count; 0 for none)."""

    id: int
    operator: int
    reference: str
    cards: int
    reasons: tuple[tuple[str, int], ...]
    state: str
    at: datetime
    first_by: int | None
    first_why: str
    second_by: int | None
    second_why: str
    decided_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in _OPEN


def likeness(likeness: int) -> LikenessView | None:
    """One likeness."""
    rows = Likeness.objects.filter(id=likeness) if 0 < likeness < 1 << 63 else Likeness.objects.none()
    return next(iter(_alike(rows.select_related("application"))), None)


def likenesses(*, application: int | None = None, open_only: bool = True, limit: int = 200) -> list[LikenessView]:
    """Likenesses, the oldest first; of one application, decided ones too, as asked."""
    rows = Likeness.objects.select_related("application").order_by("found_at", "id")
    if application is not None:
        rows = rows.filter(application_id=application)
    if open_only:
        rows = rows.filter(state__in=_OPEN)
    return _alike(rows[:limit])


def limits(*, organisation: int | None = None, in_force: bool = True, limit: int = 200) -> list[LimitView]:
    """Entry limits, the latest first; of one firm, past ones too, as asked."""
    rows = EntryLimit.objects.order_by("-id")
    if organisation is not None:
        rows = rows.filter(organisation_id=organisation)
    if in_force:
        rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()), lifted_at=None)
    found = list(rows[:limit])
    names = people.organisation_names({row.organisation_id for row in found})
    return [
        LimitView(
            row.id, row.organisation_id, names.get(row.organisation_id, ""), row.ground, row.case, row.began_at,
            row.ends_at, row.lifted_at, row.lifted_why,
        )
        for row in found
    ]  # fmt: skip


def places() -> list[PlaceView]:
    """Places that are listed now."""
    rows = ListedPlace.objects.filter(removed_at=None).order_by("-id")
    return [PlaceView(row.id, row.ground, row.account, row.listed_at) for row in rows]


def sim_order(order: int) -> SimOrderView | None:
    """One SIM order."""
    row = SimOrder.objects.filter(id=order).first() if 0 < order < 1 << 63 else None
    return _sim(row) if row else None


def sim_orders(*, held: bool = True, operator: int | None = None, limit: int = 200) -> list[SimOrderView]:
    """SIM orders that wait for a decision, the oldest first; or all of them, the latest first."""
    rows = SimOrder.objects.filter(state__in=_OPEN).order_by("at", "id") if held else SimOrder.objects.order_by("-id")
    if operator is not None:
        rows = rows.filter(operator_id=operator)
    return [_sim(row) for row in rows[:limit]]


def _alike(rows: Iterable[Likeness]) -> list[LikenessView]:
    found = list(rows)
    firms = {row.other_id for row in found} | {row.application.applicant_id for row in found}
    names = people.organisation_names(firms)
    return [
        LikenessView(
            row.id, row.application_id, row.application.applicant_id, names.get(row.application.applicant_id, ""),
            row.other_id, names.get(row.other_id, ""), row.score, tuple(row.traits), row.why_out, row.found_at,
            row.state, row.first_by, row.first_why, row.second_by, row.second_why, row.decided_at,
        )
        for row in found
    ]  # fmt: skip


def _sim(row: SimOrder) -> SimOrderView:
    why: list[dict[str, Any]] = row.reasons
    return SimOrderView(
        row.id, row.operator_id, row.reference, row.cards,
        tuple((str(one["reason"]), int(one.get("count", 0))) for one in why), row.state, row.at, row.first_by,
        row.first_why, row.second_by, row.second_why, row.decided_at,
    )  # fmt: skip
