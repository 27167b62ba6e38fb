"""Cases, notices and appeals for systems: each organisation its own part, by its kind and what it had to do with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from mingbai.cases import actions, queries
from mingbai.cases.queries import AppealView, CaseOf, NoticeView
from mingbai.cases.rules import LONGEST, Party
from mingbai.cases.rules.casework import State
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.web.api import bodies, idempotency, shapes
from mingbai.web.api.keys import key_of

_PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), shapes.ProblemOut)
_MOST = 1 << 62
router = Router(tags=["cases"])
Cursor = Annotated[str, Query(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class MeasureOut(Schema):
    """A measure as it stands. `stage`: proposed, waiting, standing, ended, lifted, declined or dropped."""

    id: int
    kind: str
    scope: str
    stage: str
    begins_at: datetime | None
    ends_at: datetime | None
    over_at: datetime | None


class CaseOut(Schema):
    """A case as your organisation may know it. What is not your part of it is null, or left out of a list.

    `people`: how many different people reported; `reports`: how many of the reports your organisation handed in.
    """

    id: int
    part: Literal["operator", "authority", "restricted", "reporter"]
    number: str = Field(description="Masked when it is a person's")
    state: Literal["open", "verifying", "found", "closed", "overturned"]
    opened_at: datetime
    due_at: datetime | None
    ground: str | None
    people: int | None
    finding: str | None
    measures: list[MeasureOut]
    reports: int


class CasesOut(Schema):
    """`next` is the cursor of the following page, null on the last."""

    items: list[CaseOut]
    next: str | None


class NoticeOut(Schema):
    """A notice of a measure against your organisation. `parts`: its text by language (zh, en), then by part;
    `evidence`: figures of the case that you may see; `appeal`: your latest appeal in the case, null for none."""

    id: int
    case: int
    number: str
    kind: str
    scope: str
    parts: dict[str, dict[str, str]]
    evidence: dict[str, Any]
    stage: str
    begins_at: datetime | None
    ends_at: datetime | None
    made_at: datetime
    read_at: datetime | None
    appeal: int | None


class NoticesOut(Schema):
    """`next` is the cursor of the following page, null on the last."""

    items: list[NoticeOut]
    next: str | None


class AppealOut(Schema):
    """An appeal of yours. `case` null for one about a call whose `verdict` then names it; `outcome`: upheld or
    rejected, empty until it is decided."""

    id: int
    case: int | None
    verdict: str
    text: str
    state: Literal["open", "answered"]
    made_at: datetime
    due_at: datetime | None
    outcome: str
    answer: str
    answered_at: datetime | None


class AppealsOut(Schema):
    """`next` is the cursor of the following page, null on the last."""

    items: list[AppealOut]
    next: str | None


class AppealIn(shapes.In):
    text: Annotated[str, StringConstraints(min_length=4, max_length=LONGEST)] = Field(
        description="Why the measure is wrong"
    )


@router.get("/cases", response={200: CasesOut, **_PROBLEMS})
def listed(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100, state: str = "") -> CasesOut:
    """Cases of which your organisation has a part, oldest first: operators see all, authorities those that they
    directed, firms those with a measure or a question to them, partners those that their reports are in."""
    key = key_of(request, Scope.CASES_READ)
    bodies.check_query(request, {"cursor", "limit", "state"})
    if state and state not in set(State):
        raise Problem("web.choice", where="state")
    found = queries.cases_of(key.organisation, state=state, after=bodies.after(cursor), limit=limit + 1)
    return CasesOut(items=[_case(one) for one in found[:limit]], next=_next(found, limit))


@router.get("/cases/{int:case}", response={200: CaseOut, **_PROBLEMS})
def one(request: HttpRequest, case: int) -> CaseOut:
    """One case, as far as it is yours."""
    key = key_of(request, Scope.CASES_READ)
    found = queries.case_of(case, key.organisation) if case < _MOST else None
    if found is None:
        raise Problem("cases.no_case", where="case", status=404)
    return _case(found)


@router.post("/cases/{int:case}/appeals", response={201: AppealOut, **_PROBLEMS})
def appeal(request: HttpRequest, case: int, body: AppealIn) -> HttpResponse:
    """Appeal against the measures of a case that hit your organisation. One appeal is open at a time."""
    key = key_of(request, Scope.CASES_WRITE)

    def act() -> HttpResponse:
        if case >= _MOST:
            raise Problem("cases.not_restricted", where="case", status=404)
        made = actions.appeal_case(case, party=Party(organisation=key.organisation), text=body.text)
        found = queries.appeal(made)
        assert found is not None
        return HttpResponse(_appeal(found).model_dump_json(), status=201, content_type="application/json")

    return idempotency.once(request, key.id, act)


@router.get("/notices", response={200: NoticesOut, **_PROBLEMS})
def notices(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100) -> NoticesOut:
    """What your organisation was told of measures against it, oldest first."""
    key = key_of(request, Scope.CASES_READ)
    bodies.check_query(request, {"cursor", "limit"})
    found = queries.notices_after(key.organisation, after=bodies.after(cursor), limit=limit + 1)
    return NoticesOut(items=[_notice(one) for one in found[:limit]], next=_next(found, limit))


@router.get("/notices/{int:notice}", response={200: NoticeOut, **_PROBLEMS})
def notice(request: HttpRequest, notice: int) -> NoticeOut:
    """One notice to your organisation; that it was read is noted, the first time."""
    key = key_of(request, Scope.CASES_READ)
    party = Party(organisation=key.organisation)
    if notice >= _MOST or queries.notice(notice, party) is None:
        raise Problem("cases.no_notice", where="notice", status=404)
    actions.read_notice(notice, party=party)
    found = queries.notice(notice, party)
    assert found is not None
    return _notice(found)


@router.get("/appeals", response={200: AppealsOut, **_PROBLEMS})
def appeals(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100) -> AppealsOut:
    """Your organisation's appeals, oldest first, with what was decided."""
    key = key_of(request, Scope.CASES_READ)
    bodies.check_query(request, {"cursor", "limit"})
    found = queries.appeals_of(key.organisation, after=bodies.after(cursor), limit=limit + 1)
    return AppealsOut(items=[_appeal(one) for one in found[:limit]], next=_next(found, limit))


def _next(found: list[Any], limit: int) -> str | None:
    return bodies.cursor(found[limit - 1].id) if len(found) > limit else None


def _case(found: CaseOf) -> CaseOut:
    measures = [MeasureOut(**one._asdict()) for one in found.measures]
    return CaseOut(**{**found._asdict(), "part": found.part.value, "measures": measures})


def _notice(found: NoticeView) -> NoticeOut:
    fields = {name: getattr(found, name) for name in NoticeOut.model_fields}
    return NoticeOut(**{**fields, "appeal": found.appeal or None})


def _appeal(found: AppealView) -> AppealOut:
    return AppealOut(**{name: getattr(found, name) for name in AppealOut.model_fields})
