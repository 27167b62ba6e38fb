"""Who asked for a label to be corrected, what they were told, and which partners have heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from mingbai.kernel import msisdn
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.ledger import queries as ledger
from mingbai.numbers.models import Label, LabelCorrection, LabelFetch, LabelHook, LabelledNumber, LabelTelling
from mingbai.numbers.queries.resources import holder_of
from mingbai.numbers.rules.labels import Family, Wish
from mingbai.people import queries as people


@dataclass(frozen=True)
class CorrectionView:
    """A request for correction. `index`, `answer_index`: its entries' places in the log, None while they wait."""

    id: int
    number: Msisdn
    organisation: int
    subscriber: int
    text: str
    made_at: datetime
    index: int | None
    state: str
    answer: str
    answered_at: datetime | None
    answered_by: int | None
    answer_index: int | None


class FetchView(NamedTuple):
    """A partner's fetch of the list: what they had (`since`, 0 nothing) and what they know since then."""

    organisation: int
    name: str
    key: int
    since: int
    version: int
    rows: int
    at: datetime


class PartnerView(NamedTuple):
    """A partner that fetches the list: the last time, up to which version; `behind` changes it has not fetched yet."""

    organisation: int
    name: str
    at: datetime
    version: int
    behind: int


class Told(NamedTuple):
    """A partner that had a number on its list: when it last took it, when it fetched that it is off (None: not yet)."""

    organisation: int
    name: str
    had_at: datetime
    told_at: datetime | None


def concerns(number: Msisdn, *, subscriber: int = 0, organisation: int = 0) -> bool:
    """Whether a number is the subscriber's, now, or registered for the organisation as holder or principal."""
    if not number.digits:
        return False
    if subscriber:
        return people.subscriber_id(number) == subscriber
    view = holder_of(number)
    return view is not None and view.closed_at is None and 0 < organisation in (view.holder, view.principal)


def correction(correction: int) -> CorrectionView | None:
    """One request."""
    row = LabelCorrection.objects.filter(id=correction).select_related("labelled").first()
    return _correction(row) if row else None


def corrections(*, state: str = "", after: int = 0, limit: int = 100) -> list[CorrectionView]:
    """Requests with an id above `after`, oldest first; in a state, if asked."""
    rows = LabelCorrection.objects.filter(id__gt=after).select_related("labelled")
    if state:
        rows = rows.filter(state=state)
    return [_correction(row) for row in rows.order_by("id")[:limit]]


def corrections_of(*, subscriber: int = 0, organisation: int = 0, limit: int = 100) -> list[CorrectionView]:
    """What somebody asked, newest first."""
    rows = LabelCorrection.objects.select_related("labelled")
    rows = rows.filter(subscriber_id=subscriber) if subscriber else rows.filter(organisation_id=organisation)
    return [_correction(row) for row in rows.order_by("-id")[:limit]]


def corrections_waiting() -> int:
    """How many requests wait for an answer."""
    return LabelCorrection.objects.filter(state=Wish.OPEN).count()


def fetches(*, organisation: int | None = None, limit: int = 100) -> list[FetchView]:
    """Who fetched the list when, newest first."""
    rows = LabelFetch.objects.select_related("organisation").order_by("-id")
    if organisation is not None:
        rows = rows.filter(organisation_id=organisation)
    return [
        FetchView(row.organisation_id, row.organisation.name, row.key, row.since, row.version, row.rows, row.at)
        for row in rows[:limit]
    ]


def partners() -> list[PartnerView]:
    """Every partner that fetched the list, by name."""
    latest = LabelFetch.objects.values("organisation", "organisation__name").annotate(
        at=Max("at"), version=Max("version")
    )
    found = []
    for row in latest.order_by("organisation__name"):
        behind = LabelledNumber.objects.filter(version__gt=row["version"], listed=True).count()
        found.append(PartnerView(row["organisation"], row["organisation__name"], row["at"], row["version"], behind))
    return found


def partners_told(number: Msisdn) -> list[Told]:
    """Partners whose list had this number when it went off, and whether they have fetched that since."""
    row = LabelledNumber.objects.filter(number=int(number.digits or 0), listed=True, votes=0).first()
    if row is None:
        return []
    nuisance = Label.objects.filter(labelled=row, family=Family.NUISANCE).order_by("began_at")
    first, last = nuisance.first(), nuisance.order_by("-ended_at").first()
    if first is None or last is None or last.ended_at is None:
        return []
    had = LabelFetch.objects.filter(at__gte=first.began_at, version__lt=row.version)
    names = had.values("organisation", "organisation__name").annotate(had_at=Max("at"))
    told = []
    for one in names.order_by("organisation__name"):
        after = LabelFetch.objects.filter(organisation=one["organisation"], version__gte=row.version).order_by("id")
        fetched = after.values_list("at", flat=True).first()
        told.append(Told(one["organisation"], one["organisation__name"], one["had_at"], fetched))
    return told


def _correction(row: LabelCorrection) -> CorrectionView:
    return CorrectionView(
        row.id, msisdn.of_digits(str(row.labelled.number)), row.organisation_id or 0, row.subscriber_id or 0, row.text,
        row.made_at, ledger.status(row.entry), row.state, row.answer, row.answered_at, row.answered_by,
        None if row.answer_entry is None else ledger.status(row.answer_entry),
    )  # fmt: skip


class TellingView(NamedTuple):
    """A correction that a partner is told: `due_at` None once it was told, or nobody answered in time."""

    id: int
    number: str
    made_at: datetime
    due_at: datetime | None
    told_at: datetime | None


def label_hook(organisation: int) -> str:
    """Where an organisation is told of labels that were wrong; "" for nowhere."""
    return LabelHook.objects.filter(organisation_id=organisation).values_list("url", flat=True).first() or ""


def tellings(organisation: int, *, limit: int = 20) -> list[TellingView]:
    """What an organisation was told of corrections, newest first."""
    rows = LabelTelling.objects.filter(organisation_id=organisation).select_related("labelled").order_by("-id")
    return [
        TellingView(one.id, of_digits(str(one.labelled.number)).national, one.made_at, one.due_at, one.told_at)
        for one in rows[:limit]
    ]
