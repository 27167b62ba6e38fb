"""What may be known of cases: a row of a queue, a whole case, what waits for a second person. For the operator's staff
and the authority; who is restricted sees `queries.restricted`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from mingbai.cases.models import Appeal, Case, CheckDone, Finding, HolderNotice, Look, Measure, Question, Report, Sample
from mingbai.cases.queries import clocks
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import NOT_OVER, Stage, State
from mingbai.cases.targets import party_of, people_of
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people

QUEUES = (State.OPEN, State.VERIFYING, State.FOUND, State.CLOSED, State.OVERTURNED)


class CaseRow(NamedTuple):
    """A case in a list. `number` masked when it is a person's; `left`: working days until it is due, below 0 late."""

    id: int
    number: str
    holder: str
    ground: str
    state: str
    people: int
    opened_at: datetime
    due_at: datetime
    left: int
    provisional: bool
    verifier: int
    finding: str
    waiting: int


class MeasureView(NamedTuple):
    """A measure as decided, or waiting to be. `organisation`: its name, "" when it hits a number."""

    id: int
    case: int
    kind: str
    scope: str
    organisation: str
    heavy: bool
    stage: str
    reason: str
    days: int
    limits: tuple[int, int, int]
    label: str
    label_text: str
    collateral: dict[str, Any]
    proposed_by: int
    proposed_at: datetime
    answer_by: datetime | None
    approved_by: int | None
    begins_at: datetime | None
    ends_at: datetime | None
    over_at: datetime | None
    over_reason: str
    log_index: int | None

    @property
    def lift_mark(self) -> str:
        """By which a page knows the form that lifts it."""
        return f"lift-{self.id}"


class ReportRow(NamedTuple):
    """A report in a case, without who made it: `reporter` is masked, "" where nobody knows."""

    id: int
    source: str
    kind: str
    called_at: datetime | None
    received_at: datetime
    text: str
    state: str
    reason: str
    reporter: str
    subscriber: int


class Step(NamedTuple):
    """One thing that happened, for the timeline. `what` is a word of cases.steps or of another list, `more` beside it.

    `account` 0: the house, or the other side.
    """

    at: datetime
    what: str
    more: str
    account: int
    entry: int


@dataclass(frozen=True)
class CaseView:
    """A case on one page."""

    id: int
    number: str
    personal: bool
    resource: int
    holder: int
    holder_name: str
    principal: int
    principal_name: str
    ground: str
    openings: list[tuple[str, int, datetime]]
    state: str
    opened_at: datetime
    due_at: datetime
    left: int
    provisional: bool
    verifier: int
    index: int | None
    people: int
    reports: list[ReportRow]
    checks: list[CheckDone]
    samples: list[Sample]
    looks: list[Look]
    questions: list[Question]
    finding: Finding | None
    measures: list[MeasureView]
    notices: list[HolderNotice]
    appeals: list[Appeal]
    steps: list[Step]
    party: Party
    accounts: frozenset[int]
    workers: frozenset[int]

    @property
    def may_measure(self) -> bool:
        return self.state == State.FOUND and self.finding is not None and self.finding.kind in rules.GUILTY


def queue(
    *, states: Iterable[str] = rules.UNDER_WAY, verifier: int | None = None, after: int = 0, limit: int = 100
) -> list[CaseRow]:
    """Cases in these states, who is due first before; those of a verifier, if asked. `after`: how many to leave out."""
    rows = Case.objects.filter(state__in=list(states))
    if verifier is not None:
        rows = rows.filter(verifier=verifier)
    return _rows(rows.order_by("due_at", "id")[after : after + limit])


def counts() -> dict[str, int]:
    """How many cases there are by state, and how many measures wait for a second person (“proposed”)."""
    found = dict(Case.objects.values_list("state").annotate(many=Count("id")))
    waiting = Measure.objects.filter(stage=Stage.PROPOSED).count()
    late = Case.objects.filter(state__in=(State.OPEN, State.VERIFYING), due_at__lte=clock.now()).count()
    return {**dict.fromkeys(QUEUES, 0), **found, "proposed": waiting, "late": late}


def case(case: int) -> CaseView | None:
    """One case with everything in it."""
    row = Case.objects.select_related("holder", "principal").filter(id=case).first()
    return _whole(row) if row else None


def proposals(*, after: int = 0, limit: int = 100) -> list[MeasureView]:
    """Measures that wait for a second person, who has waited longest before."""
    rows = _measures().filter(stage=Stage.PROPOSED).order_by("answer_by", "id")
    return [measure_view(row) for row in rows[after : after + limit]]


def measure(measure: int) -> MeasureView | None:
    row = _measures().filter(id=measure).first()
    return measure_view(row) if row else None


def earlier(case: int, *, limit: int = 20) -> list[CaseRow]:
    """Other cases on the same number, or on numbers of the same holder, newest first; overturned ones say so."""
    row = Case.objects.filter(id=case).first()
    if row is None:
        return []
    same = Q(subscriber_id=row.subscriber_id) if row.subscriber_id else Q(digits=row.digits, subscriber=None)
    if row.holder_id:
        same |= Q(holder_id=row.holder_id)
    return _rows(Case.objects.filter(same).exclude(id=case).order_by("-id")[:limit])


def history(organisation: int) -> dict[str, int]:
    """What stands against a holder: cases found against it, measures; and how many cases were overturned."""
    mine = Case.objects.filter(holder_id=organisation)
    standing = Finding.objects.filter(case__in=mine, overturned_at=None, kind__in=rules.GUILTY)
    return {
        "found": standing.count(),
        "overturned": mine.filter(state=State.OVERTURNED).count(),
        "measures": Measure.objects.filter(case__in=mine, stage=Stage.STANDING).count(),
    }


def barred_holders() -> set[int]:
    """Organisations that are kept from coming back now: nothing new is given to them."""
    rows = Measure.objects.filter(kind=rules.Measure.BAR, stage=Stage.STANDING)
    return {one for one in rows.values_list("organisation_id", flat=True) if one}


def of_number(digits: str, subscriber: int | None) -> int | None:
    """The case under way on a number; None when there is none."""
    about = Q(subscriber_id=subscriber) if subscriber else Q(digits=digits, subscriber=None)
    return Case.objects.filter(about, state__in=rules.UNDER_WAY).values_list("id", flat=True).first()


def measure_view(row: Measure) -> MeasureView:
    return MeasureView(
        row.id, row.case_id, row.kind, row.scope, row.organisation.name if row.organisation else "", row.heavy,
        row.stage, row.reason, row.days, (row.per_minute, row.per_hour, row.per_day), row.label, row.label_text,
        row.collateral, row.proposed_by, row.proposed_at, row.answer_by, row.approved_by, row.begins_at, row.ends_at,
        row.over_at, row.over_reason, ledger.status(row.entry),
    )  # fmt: skip


def shown_number(row: Case) -> str:
    """As pages show it: a person's masked."""
    if row.subscriber_id:
        return people.masked(row.subscriber_id)
    return of_digits(row.digits).national


def _measures() -> QuerySet[Measure]:
    return Measure.objects.select_related("organisation", "case")


def _rows(rows: QuerySet[Case]) -> list[CaseRow]:
    found = list(rows.select_related("holder"))
    ids = [row.id for row in found]
    persons = {
        one.id: one.masked for one in people.subscribers({row.subscriber_id for row in found if row.subscriber_id})
    }
    many = counted(ids)
    kinds = dict(Finding.objects.filter(case__in=ids, overturned_at=None).values_list("case_id", "kind"))
    waiting = dict(
        Measure.objects.filter(case__in=ids, stage=Stage.PROPOSED).values_list("case_id").annotate(many=Count("id"))
    )
    days, now = clocks.calendar(), clock.now()
    return [
        CaseRow(
            row.id,
            persons.get(row.subscriber_id or 0) or of_digits(row.digits).national,
            row.holder.name if row.holder else "",
            row.ground,
            row.state,
            many.get(row.id, 0),
            row.opened_at,
            row.due_at,
            days.left(now, row.due_at),
            row.provisional,
            row.verifier or 0,
            kinds.get(row.id, ""),
            waiting.get(row.id, 0),
        )
        for row in found
    ]


def counted(cases: list[int]) -> dict[int, int]:
    """How many different reporters each case has, as far as they are known."""
    rows = Report.objects.filter(case__in=cases).exclude(state=Report.State.SET_ASIDE)
    return dict(rows.values_list("case").annotate(many=Count("reporter", distinct=True)))


def _whole(row: Case) -> CaseView:
    checks = list(row.checks.order_by("id"))
    samples = list(row.samples.order_by("id"))
    looks = list(Look.objects.filter(sample__in=samples).order_by("id"))
    questions = list(row.questions.order_by("id"))
    findings = list(row.findings.order_by("id"))
    measures = list(row.measures.select_related("organisation", "case").order_by("id"))
    notices = list(HolderNotice.objects.filter(measure__in=measures).select_related("measure").order_by("id"))
    appeals = list(row.appeals.order_by("id"))
    steps = [Step(row.opened_at, "opened", row.ground, row.opened_by or 0, row.entry)]
    steps += [Step(row.taken_at, "taken_up", "", row.verifier or 0, 0)] if row.taken_at else []
    steps += [Step(one.at, "checked", f"{one.kind}:{one.seen}", one.account, one.entry) for one in checks]
    steps += [Step(one.at, "sampled", one.source, one.account, one.entry) for one in samples]
    steps += [Step(one.at, "heard", one.reason, one.account, one.entry) for one in looks]
    steps += [Step(one.asked_at, "asked", "", one.account, one.entry) for one in questions]
    steps += [Step(one.answered_at, "holder_answered", "", 0, 0) for one in questions if one.answered_at]
    steps += [Step(one.at, "found", one.kind, one.account, one.entry) for one in findings]
    steps += [step for one in measures for step in _of_measure(one)]
    steps += [Step(one.made_at, "notified", one.measure.kind, 0, one.entry) for one in notices]
    steps += [Step(one.made_at, "appealed", "", 0, one.entry) for one in appeals]
    steps += [
        Step(one.answered_at, one.outcome or "answered", "", one.answered_by or 0, one.answer_entry or 0)
        for one in appeals
        if one.answered_at
    ]
    steps += [Step(row.closed_at, "closed", "", 0, 0)] if row.closed_at and row.state == State.CLOSED else []
    return CaseView(
        id=row.id, number=shown_number(row), personal=bool(row.subscriber_id), resource=row.resource,
        holder=row.holder_id or 0, holder_name=row.holder.name if row.holder else "", principal=row.principal_id or 0,
        principal_name=row.principal.name if row.principal else "", ground=row.ground,
        openings=[(one.ground, one.reference, one.at) for one in row.openings.order_by("id")], state=row.state,
        opened_at=row.opened_at, due_at=row.due_at, left=clocks.calendar().left(clock.now(), row.due_at),
        provisional=row.provisional, verifier=row.verifier or 0, index=ledger.status(row.entry),
        people=counted([row.id]).get(row.id, 0), reports=_reports(row), checks=checks, samples=samples, looks=looks,
        questions=questions, finding=next((one for one in findings if one.overturned_at is None), None),
        measures=[measure_view(one) for one in measures], notices=notices, appeals=appeals,
        steps=sorted(steps, key=lambda step: step.at), party=party_of(row), accounts=people_of(row).all,
        workers=people_of(row).workers,
    )  # fmt: skip


def _of_measure(one: Measure) -> list[Step]:
    steps = [Step(one.proposed_at, "proposed", one.kind, one.proposed_by, one.entry)]
    if one.approved_at and one.approved_by:
        steps.append(Step(one.approved_at, "approved", one.kind, one.approved_by, 0))
    if one.begins_at and one.stage not in (Stage.WAITING, Stage.PROPOSED):
        steps.append(Step(one.begins_at, "began", one.kind, 0, 0))
    if one.over_at and one.stage not in NOT_OVER:
        steps.append(Step(one.over_at, str(one.stage), one.kind, one.over_by or 0, 0))
    return steps


def _reports(row: Case) -> list[ReportRow]:
    rows = list(Report.objects.filter(case=row.id).order_by("id")[:200])
    names = {one.id: one.masked for one in people.subscribers({one.reporter_id for one in rows if one.reporter_id})}
    return [
        ReportRow(
            one.id,
            one.source,
            one.kind,
            one.called_at,
            one.received_at,
            one.text,
            one.state,
            one.reason,
            names.get(one.reporter_id or 0, ""),
            one.reporter_id or 0,
        )
        for one in rows
    ]
