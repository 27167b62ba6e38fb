"""What periodic looks found."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from mingbai.admission.models import Doubt, Recheck
from mingbai.people import queries as people


class DoubtView(NamedTuple):
    """A doubt. `about`: which paper or trunk; `detail`: its figures."""

    id: int
    application: int
    applicant: int
    applicant_name: str
    kind: str
    about: str
    detail: dict[str, Any]
    found_at: datetime
    decided_at: datetime | None
    decision: str
    note: str


class RecheckView(NamedTuple):
    due_at: datetime
    looked_at: datetime | None
    looks: int


def doubts(
    *, application: int | None = None, applicant: int | None = None, open_only: bool = True, limit: int = 200
) -> list[DoubtView]:
    """Doubts, the oldest first; of one application or firm, decided ones too, as asked."""
    rows = Doubt.objects.select_related("application").order_by("found_at", "id")
    if application is not None:
        rows = rows.filter(application_id=application)
    if applicant is not None:
        rows = rows.filter(application__applicant_id=applicant)
    if open_only:
        rows = rows.filter(decided_at=None)
    found = list(rows[:limit])
    names = people.organisation_names({row.application.applicant_id for row in found})
    return [
        DoubtView(
            row.id, row.application_id, row.application.applicant_id, names.get(row.application.applicant_id, ""),
            row.kind, row.about, row.detail, row.found_at, row.decided_at, row.decision, row.note,
        )
        for row in found
    ]  # fmt: skip


def recheck_of(application: int) -> RecheckView | None:
    """When an application is looked at next; None for one that is not allocated."""
    row = Recheck.objects.filter(application_id=application).first()
    return RecheckView(row.due_at, row.looked_at, row.looks) if row else None
