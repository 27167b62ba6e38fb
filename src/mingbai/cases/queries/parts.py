"""Each one's part of a case, for systems that ask: the operator sees the case, an authority what came of what it
directed, whoever is restricted what was decided against it, who reported what became of it; nobody sees a reporter."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Q, QuerySet

from mingbai.cases.models import Appeal, Case, Directive, Finding, HolderNotice, Measure, Question, Report
from mingbai.cases.queries.appeals import AppealView, view
from mingbai.cases.queries.casework import counted, shown_number
from mingbai.cases.queries.restricted import NoticeView, notice_view
from mingbai.cases.rules.appeals import Party
from mingbai.people import queries as people


class Part(StrEnum):
    """As what an organisation sees a case; the first that it is counts."""

    OPERATOR = "operator"
    AUTHORITY = "authority"
    RESTRICTED = "restricted"
    REPORTER = "reporter"


class MeasureOf(NamedTuple):
    id: int
    kind: str
    scope: str
    stage: str
    begins_at: datetime | None
    ends_at: datetime | None
    over_at: datetime | None


class CaseOf(NamedTuple):
    """A case as one organisation may know it. What is not its part is None, or empty.

    `finding`: what stands. `people`: how many reported; `reports`: how many of the reports are this organisation's.
    """

    id: int
    part: Part
    number: str
    state: str
    opened_at: datetime
    due_at: datetime | None
    ground: str | None
    people: int | None
    finding: str | None
    measures: list[MeasureOf]
    reports: int


def cases_of(organisation: int, *, state: str = "", after: int = 0, limit: int = 100) -> list[CaseOf]:
    """Cases of which an organisation has a part, by rising id above `after`; in a state, if asked."""
    rows = _seen(organisation).filter(id__gt=after)
    if state:
        rows = rows.filter(state=state)
    return [_case(row, organisation) for row in rows.order_by("id")[:limit]]


def case_of(case: int, organisation: int) -> CaseOf | None:
    """One case; None for one of which it has no part."""
    row = _seen(organisation).filter(id=case).first()
    return _case(row, organisation) if row else None


def notices_after(organisation: int, *, after: int = 0, limit: int = 100) -> list[NoticeView]:
    """What an organisation was told of measures against it, by rising id above `after`."""
    party, rows = (
        Party(organisation=organisation),
        HolderNotice.objects.filter(organisation_id=organisation, id__gt=after),
    )
    return [notice_view(row, party) for row in rows.select_related("measure__case").order_by("id")[:limit]]


def appeals_of(organisation: int, *, after: int = 0, limit: int = 100) -> list[AppealView]:
    """An organisation's appeals, against calls and against measures, by rising id above `after`."""
    rows = Appeal.objects.filter(organisation_id=organisation, id__gt=after).order_by("id")
    return [view(row) for row in rows[:limit]]


def _seen(organisation: int) -> QuerySet[Case]:
    firm = people.organisation(organisation)
    if firm is not None and firm.kind == "operator":
        return Case.objects.all()
    mine = Q(id__in=HolderNotice.objects.filter(organisation_id=organisation).values("measure__case"))
    mine |= Q(id__in=Question.objects.filter(organisation_id=organisation).values("case"))
    mine |= Q(id__in=Appeal.objects.filter(organisation_id=organisation, case__isnull=False).values("case"))
    mine |= Q(id__in=Report.objects.filter(organisation_id=organisation, case__isnull=False).values("case"))
    mine |= Q(id__in=Directive.objects.filter(organisation_id=organisation, case__isnull=False).values("case"))
    return Case.objects.filter(mine)


def _part(row: Case, organisation: int) -> Part:
    firm = people.organisation(organisation)
    if firm is not None and firm.kind == "operator":
        return Part.OPERATOR
    if Directive.objects.filter(organisation_id=organisation, case=row.id).exists():
        return Part.AUTHORITY
    told = HolderNotice.objects.filter(organisation_id=organisation, measure__case=row)
    asked = Question.objects.filter(organisation_id=organisation, case=row)
    said = Appeal.objects.filter(organisation_id=organisation, case=row)
    return Part.RESTRICTED if told.exists() or asked.exists() or said.exists() else Part.REPORTER


def _case(row: Case, organisation: int) -> CaseOf:
    part = _part(row, organisation)
    whole = part in (Part.OPERATOR, Part.AUTHORITY)
    finding = Finding.objects.filter(case=row, overturned_at=None).values_list("kind", flat=True).first()
    measures = Measure.objects.filter(case=row).order_by("id")
    if part is Part.RESTRICTED:
        measures = measures.filter(notice__organisation_id=organisation)
        finding = finding if measures.exists() else None
    elif part is Part.REPORTER:
        measures = measures.none()
        # As its own reports were answered: a guilty finding is told when something was done about it.
        finding = Report.objects.filter(case=row.id, organisation_id=organisation).exclude(outcome="").values_list(
            "outcome", flat=True).first()  # fmt: skip
    return CaseOf(
        row.id, part, shown_number(row), row.state, row.opened_at, row.due_at if whole else None,
        row.ground if whole else None, counted([row.id]).get(row.id, 0) if whole else None, finding,
        [
            MeasureOf(one.id, one.kind, one.scope, one.stage, one.begins_at, one.ends_at, one.over_at)
            for one in measures
        ],
        Report.objects.filter(case=row.id, organisation_id=organisation).count(),
    )  # fmt: skip
