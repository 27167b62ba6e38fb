"""Applications with their papers, reviews and contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count

from mingbai.admission.models import Application, Contract, Document, Likeness, Review
from mingbai.admission.rules.words import Item, Paper, Sort, State, Verdict
from mingbai.kernel import profile
from mingbai.people import queries as people

_OPEN = (Verdict.OPEN.value, Verdict.FIRST_YES.value)


class ApplicationView(NamedTuple):
    """An application as declared. Numbers in normal form as integers, 0 for none; firms by id with their names.

    `high`: more calls an hour declared than the profile flags (`admission.clause_per_hour`).
    """

    id: int
    sort: str
    applicant: int
    applicant_name: str
    principal: int
    principal_name: str
    reseller: int
    reseller_name: str
    carrier: int
    carrier_name: str
    changes: int
    changed_on: date | None
    first: int
    last: int
    line: str
    line_source: str
    use: str
    industry: str
    about: str
    label: str
    per_minute: int
    per_hour: int
    per_day: int
    from_minute: int
    to_minute: int
    trunks: tuple[int, ...]
    sendable: tuple[tuple[str, str], ...]
    state: str
    editors: tuple[int, ...]
    entered_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    ended_at: datetime | None
    reason: str
    resource: int
    trunk: int
    high: bool
    likenesses: int

    @property
    def editable(self) -> bool:
        """Whether it can still be declared otherwise."""
        return self.state in (State.DRAFT, State.FINDINGS)


class DocumentView(NamedTuple):
    """A paper that stands. `expires_on` None: it holds without end."""

    id: int
    application: int
    paper: str
    file_name: str
    sha256: str
    size: int
    expires_on: date | None
    account: int
    added_at: datetime


class ReviewView(NamedTuple):
    """One look by a reviewer: (item, yes, note) by the checklist's order."""

    account: int
    outcome: str
    items: tuple[tuple[str, bool, str], ...]
    reason: str
    at: datetime
    entry: int


class ContractView(NamedTuple):
    """A contract as shown; `signed_at` None while it waits."""

    id: int
    application: int
    holder: int
    text: str
    text_sha256: str
    per_minute: int
    per_hour: int
    per_day: int
    from_minute: int
    to_minute: int
    shown_at: datetime
    signed_at: datetime | None
    signer: str
    pdf_sha256: str
    timestamped: bool
    entry: int | None
    ended_at: datetime | None


class Expiring(NamedTuple):
    """A paper that runs out, of an application that stands."""

    document: DocumentView
    applicant: int
    applicant_name: str
    state: str


def application(application: int) -> ApplicationView | None:
    """One application."""
    rows = Application.objects.filter(id=application) if 0 < application < 1 << 63 else Application.objects.none()
    return next(iter(_views(rows)), None)


def applications(
    *, applicant: int | None = None, states: Collection[str] = (), before: int = 0, limit: int = 100
) -> list[ApplicationView]:
    """Applications, the latest first, with smaller ids than `before`; of a firm, in some states, as asked."""
    rows = Application.objects.order_by("-id")
    if applicant is not None:
        rows = rows.filter(applicant_id=applicant)
    if states:
        rows = rows.filter(state__in=list(states))
    if before:
        rows = rows.filter(id__lt=before)
    return _views(rows[:limit])


def waiting(*, limit: int = 100) -> list[ApplicationView]:
    """What waits for a reviewer, the longest waiting first."""
    rows = Application.objects.filter(state=State.SUBMITTED.value).order_by("submitted_at", "id")
    return _views(rows[:limit])


def documents(application: int) -> list[DocumentView]:
    """The papers that stand, in the order of the list."""
    rows = Document.objects.filter(application_id=application, replaced_at=None, destroyed_at=None)
    order = {paper.value: place for place, paper in enumerate(Paper)}
    return sorted(map(_document, rows), key=lambda one: order[one.paper])


def reviews(application: int) -> list[ReviewView]:
    """Every look, oldest first."""
    rows = Review.objects.filter(application_id=application).order_by("id")
    return [ReviewView(row.account, row.outcome, _items(row), row.reason, row.at, row.entry) for row in rows]


def contract(application: int) -> ContractView | None:
    """The contract of an application, once it was approved."""
    row = Contract.objects.filter(application_id=application).first()
    if row is None:
        return None
    return ContractView(
        row.id, row.application_id, row.holder_id, row.text, row.text_sha256, row.per_minute, row.per_hour,
        row.per_day, row.from_minute, row.to_minute, row.shown_at, row.signed_at, row.signer, row.pdf_sha256,
        row.timestamped, row.entry, row.ended_at,
    )  # fmt: skip


def history(application: int) -> list[int]:
    """Ids of the applications that this one follows by changes, and those that follow it, oldest first."""
    first = Application.objects.filter(id=application).first()
    while first is not None and first.changes_id is not None:
        first = Application.objects.filter(id=first.changes_id).first()
    found: list[int] = []
    waiting_ones = [first.id] if first else []
    while waiting_ones:
        found += waiting_ones
        waiting_ones = list(Application.objects.filter(changes__in=waiting_ones).values_list("id", flat=True))
    return found


def expiring(until: date, *, applicant: int | None = None, limit: int = 200) -> list[Expiring]:
    """Papers of allocated numbers that run out by that day, the first to run out first; expired ones too."""
    rows = Document.objects.filter(
        expires_on__lte=until, replaced_at=None, destroyed_at=None, application__state=State.ALLOCATED.value
    )
    if applicant is not None:
        rows = rows.filter(application__applicant_id=applicant)
    return [
        Expiring(_document(row), row.application.applicant_id, row.application.applicant.name, row.application.state)
        for row in rows.select_related("application__applicant").order_by("expires_on", "id")[:limit]
    ]


def _views(rows: Iterable[Application]) -> list[ApplicationView]:
    found = list(rows)
    ids = [row.id for row in found]
    firms = (
        {row.applicant_id for row in found} | {row.principal_id for row in found} | {row.carrier_id for row in found}
    )
    names = people.organisation_names(firms | {row.reseller_id for row in found if row.reseller_id})
    alike = dict(
        Likeness.objects.filter(application__in=ids, state__in=_OPEN)
        .values_list("application_id")
        .annotate(count=Count("id"))
    )
    flagged = profile.load(settings.HOME).admission.clause_per_hour
    return [_view(row, names, alike.get(row.id, 0), flagged) for row in found]


def _view(row: Application, names: dict[int, str], alike: int, flagged: int) -> ApplicationView:
    return ApplicationView(
        id=row.id, sort=row.sort, applicant=row.applicant_id, applicant_name=names.get(row.applicant_id, ""),
        principal=row.principal_id, principal_name=names.get(row.principal_id, ""), reseller=row.reseller_id or 0,
        reseller_name=names.get(row.reseller_id or 0, ""), carrier=row.carrier_id,
        carrier_name=names.get(row.carrier_id, ""), changes=row.changes_id or 0, changed_on=row.changed_on,
        first=row.first or 0, last=row.last or 0, line=row.line, line_source=row.line_source, use=row.use,
        industry=row.industry, about=row.about, label=row.label, per_minute=row.per_minute, per_hour=row.per_hour,
        per_day=row.per_day, from_minute=row.from_minute, to_minute=row.to_minute, trunks=tuple(row.trunks),
        sendable=tuple((low, high) for low, high in row.sendable), state=row.state, editors=tuple(row.editors),
        entered_at=row.entered_at, submitted_at=row.submitted_at, decided_at=row.decided_at, ended_at=row.ended_at,
        reason=row.reason, resource=row.resource_id or 0, trunk=row.trunk_id or 0,
        high=row.sort == Sort.NUMBERS and row.per_hour > flagged * max(1, (row.last or 0) - (row.first or 0) + 1),
        likenesses=alike,
    )  # fmt: skip


def _document(row: Document) -> DocumentView:
    return DocumentView(
        row.id, row.application_id, row.paper, row.file_name, row.sha256, row.size, row.expires_on, row.account,
        row.added_at,
    )  # fmt: skip


def _items(row: Review) -> tuple[tuple[str, bool, str], ...]:
    return tuple((item.value, bool(row.items[item.value]["ok"]), str(row.items[item.value]["note"])) for item in Item)
