"""Reports of nuisance calls by systems: a phone maker's, a hotline's, another operator's; and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from mingbai.cases import actions as cases
from mingbai.cases.queries import reports
from mingbai.cases.rules.reports import shown_follow
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.people import actions as people
from mingbai.web.api import idempotency, shapes
from mingbai.web.api.keys import key_of

_PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), shapes.ProblemOut)
router = Router(tags=["reports"])
Text = Annotated[str, StringConstraints(max_length=1000)]
Mark = Annotated[str, StringConstraints(max_length=64)]


class ReportIn(shapes.In):
    """One call that somebody reports. `id` is your own number of it: sent again, it is the same report."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    number: shapes.Number = Field(description="Who called")
    reporter: shapes.Number | None = Field(None, description="Who was called, if they let you say so")
    verified: bool = Field(False, description="You checked by a code that the reporter has that number")
    kind: Literal["marketing", "malicious", "fraud", "other"] = "other"
    called_at: datetime | None = Field(None, description="With time zone")
    duration_s: Annotated[int, Field(ge=0, le=86_400)] | None = None
    text: Text = ""
    device: Mark = Field("", description="What tells phones apart; kept as a keyed hash")
    contract: Mark = Field("", description="What tells customers apart; kept as a keyed hash")
    batch: Annotated[str, StringConstraints(max_length=40)] = Field("", description="What came to you together")


class FollowIn(shapes.In):
    follow: Annotated[str, StringConstraints(min_length=16, max_length=40)]


class ReportOut(Schema):
    """How far a report is. `follow`: the number to follow it by. `index`: its entry in the evidence log, null until
    numbered. `outcome`: empty until there is one."""

    follow: str
    state: str
    stage: str
    received_at: datetime
    due_at: datetime
    provisional: bool
    outcome: str
    answered_at: datetime | None
    index: int | None


@router.post("/reports", response={201: ReportOut, **_PROBLEMS})
def report(request: HttpRequest, body: ReportIn) -> HttpResponse:
    """Hand in a report of a call."""
    key = key_of(request, Scope.REPORTS_WRITE)

    def act() -> HttpResponse:
        if body.called_at is not None and body.called_at.tzinfo is None:
            raise Problem("api.time_zone", where="called_at")
        reporter = people.ensure_subscriber(require(body.reporter)) if body.reporter else None
        filed = cases.report(
            cases.Said(
                source="partner",
                number=require(body.number),
                kind=body.kind,
                reporter=reporter,
                verified=body.verified and reporter is not None,
                organisation=key.organisation,
                called_at=body.called_at,
                duration_s=body.duration_s,
                text=body.text,
                device=cases.link("device", body.device),
                contract=cases.link("contract", body.contract),
                batch=body.batch or f"key {key.id}",
                feed=f"partner {key.organisation}",
                feed_id=body.id,
            )
        )
        return HttpResponse(_out(filed.follow).model_dump_json(), status=201, content_type="application/json")

    return idempotency.once(request, key.id, act)


@router.post("/reports/follow", response={200: ReportOut, **_PROBLEMS})
def follow(request: HttpRequest, body: FollowIn) -> ReportOut:
    """How far a report is, by its number. By POST: the number stands in no address."""
    key_of(request, Scope.REPORTS_WRITE)
    return _out(body.follow)


def _out(follow: str) -> ReportOut:
    found = reports.followed(follow)
    if found is None:
        raise Problem("reports.unknown", where="follow", status=404)
    return ReportOut(
        follow=found.follow or shown_follow(follow), state=found.state, stage=found.stage,
        received_at=found.received_at, due_at=found.due_at, provisional=found.provisional, outcome=found.why,
        answered_at=found.answered_at, index=found.place,
    )  # fmt: skip
