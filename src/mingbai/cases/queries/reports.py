"""What may be known of reports and directives: a queue, one of them, its clocks; what a reporter sees, what anybody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from mingbai.cases import told
from mingbai.cases.models import Directive, Report, Reported
from mingbai.cases.models.reports import LATE, Stage
from mingbai.cases.queries import clocks
from mingbai.cases.rules import reports as rules
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits
from mingbai.ledger import queries as ledger
from mingbai.notices.queries import profile
from mingbai.people import queries as people

OPEN_STAGES = (Stage.FORWARD, Stage.ANSWER, Stage.TELL)


@dataclass(frozen=True)
class ReportView:
    """One report for the operator's staff. `number` and `reporter` masked; `left`: working days until it is due, below
    0 late; `missed`: stages whose clocks ran out; `people` and `weight` (hundredths) of the number's standing reports;
    `index` and `answer_index`: places in the log, None while they wait for one, or where there is none."""

    id: int
    follow: str
    source: str
    kind: str
    number: str
    reporter: str
    verified: bool
    called_at: datetime | None
    duration_s: int | None
    attempt: str
    text: str
    received_at: datetime
    state: str
    reason: str
    stage: str
    due_at: datetime
    left: int
    provisional: bool
    missed: tuple[str, ...]
    outcome: str
    answer: str
    answered_at: datetime | None
    told_at: datetime | None
    contest: str
    contested_at: datetime | None
    joined: int | None
    case: int | None
    people: int
    weight: int
    index: int | None
    answer_index: int | None
    feed: str
    feed_id: str

    @property
    def weighs(self) -> float:
        """The weight in people."""
        return self.weight / rules.HUNDRED

    @property
    def overdue(self) -> bool:
        return self.left < 0 and self.stage != Stage.DONE


class Followed(NamedTuple):
    """What the number to follow shows to whoever has it: how far the report is, nothing of who or about whom.

    `source` is how it came in; `why`: the outcome, or why it is not counted, as a word of `rules.Outcome`;
    `place`: of its entry in the log, None while it waits for one.
    """

    follow: str
    source: str
    kind: str
    received_at: datetime
    state: str
    stage: str
    due_at: datetime
    provisional: bool
    overdue: bool
    why: str
    answered_at: datetime | None
    contested: bool
    joined: bool
    place: int | None
    directive: bool = False


class Counts(NamedTuple):
    """Open reports by stage, those that are late, those that soon will be."""

    stages: dict[str, int]
    overdue: int
    near: int

    @property
    def open(self) -> int:
        return sum(self.stages.values())


@dataclass(frozen=True)
class DirectiveView:
    """A directive. `number` masked; `left` working days until it is due, below 0 late."""

    id: int
    follow: str
    authority: int
    authority_name: str
    reference: str
    number: str
    text: str
    made_at: datetime
    due_at: datetime
    left: int
    late: bool
    case: int | None
    state: str
    answer: str
    answered_at: datetime | None
    index: int | None
    answer_index: int | None


def queue(
    *, stage: str = "", overdue: bool = False, after: tuple[datetime, int] | None = None, limit: int = 100
) -> list[ReportView]:
    """Open reports, the first due first; of a stage, or late ones alone; after a place (`due_at`, id) in that order."""
    rows = Report.objects.exclude(stage=Stage.DONE)
    if stage:
        rows = Report.objects.filter(stage=stage).exclude(stage=Stage.DONE)
    if overdue:
        rows = rows.filter(due_at__lte=clock.now())
    if after is not None:
        rows = rows.filter(due_at__gte=after[0]).exclude(Q(due_at=after[0]) & Q(id__lte=after[1]))
    return _views(rows.order_by("due_at", "id")[:limit])


def done(*, before: int = 0, state: str = "", limit: int = 100) -> list[ReportView]:
    """Reports that nobody owes anything any more, the latest first; below an id."""
    rows = Report.objects.filter(stage=Stage.DONE)
    if before:
        rows = rows.filter(id__lt=before)
    if state:
        rows = rows.filter(state=state)
    return _views(rows.order_by("-id")[:limit])


def counts() -> Counts:
    """How many wait at each stage, how many are late, how many have no more than the profile's warning left."""
    open_rows, now = Report.objects.exclude(stage=Stage.DONE), clock.now()
    stages = dict(open_rows.values_list("stage").annotate(n=Count("id")).values_list("stage", "n"))
    soon = clocks.calendar().due(now, profile().reports.warn_days).at
    overdue = open_rows.filter(due_at__lte=now).count()
    return Counts(stages, overdue, open_rows.filter(due_at__gt=now, due_at__lte=soon).count())


def report(report: int) -> ReportView | None:
    """One report."""
    return next(iter(_views(Report.objects.filter(id=report))), None)


def find(typed: str) -> int | None:
    """The report that somebody's number to follow names."""
    follow = rules.read_follow(typed)
    return Report.objects.filter(follow=follow).values_list("id", flat=True).first() if follow else None


def followed(typed: str) -> Followed | None:
    """What a number to follow shows to whoever has it."""
    follow = rules.read_follow(typed)
    row = Report.objects.select_related("joined").filter(follow=follow).first() if follow else None
    if row is None:
        return _followed_directive(follow)
    first = row.joined or row
    why = first.outcome or (first.reason if first.state == Report.State.SET_ASIDE else "")
    now = clock.now()
    return Followed(
        rules.shown_follow(row.follow), row.source, row.kind, row.received_at, first.state, first.stage, first.due_at,
        first.provisional, first.stage != Stage.DONE and first.due_at <= now, why, first.answered_at,
        first.contested_at is not None, row.joined_id is not None, ledger.status(row.entry),
    )  # fmt: skip


def _followed_directive(follow: str) -> Followed | None:
    row = Directive.objects.filter(follow=follow).first() if follow else None
    if row is None:
        return None
    is_open = row.state == Directive.State.OPEN
    stage = Stage.ANSWER if is_open else Stage.DONE
    return Followed(
        rules.shown_follow(row.follow), "directive", "", row.made_at, row.state, stage,
        row.due_at, False, is_open and row.due_at <= clock.now(), "", row.answered_at, False, False,
        ledger.status(row.entry), True,
    )  # fmt: skip


def of_reporter(subscriber: int, limit: int = 100) -> list[ReportView]:
    """What a subscriber reported, newest first."""
    return _views(Report.objects.filter(reporter_id=subscriber).order_by("-id")[:limit])


def of_reporter_one(subscriber: int, report: int) -> ReportView | None:
    """One report of a subscriber's own."""
    return next(iter(_views(Report.objects.filter(reporter_id=subscriber, id=report))), None)


def entries_of(report: int) -> tuple[int, int | None] | None:
    """The log's entries of a report and of its answer."""
    return Report.objects.filter(id=report).values_list("entry", "answer_entry").first()


def of_case(case: int, limit: int = 1_000) -> list[ReportView]:
    """The reports in a case, oldest first."""
    return _views(Report.objects.filter(case=case).order_by("id")[:limit])


def of_feed(feed: str, after: int = 0, limit: int = 1_000) -> list[ReportView]:
    """A feed's reports by id, from above `after`."""
    return _views(Report.objects.filter(feed=feed, id__gt=after).order_by("id")[:limit])


def feeds() -> list[tuple[str, int, int]]:
    """Every feed, with its reports and how many of them wait to be told of."""
    rows = Report.objects.exclude(feed="").values("feed").order_by("feed")
    waiting = Count("id", filter=Q(stage=Stage.TELL))
    return [(one["feed"], one["n"], one["w"]) for one in rows.annotate(n=Count("id"), w=waiting)]


def most_reported(limit: int = 20) -> list[tuple[str, int, int, int | None]]:
    """Numbers that most people report now: (masked number, people, weight in hundredths, case)."""
    rows = list(Reported.objects.filter(weight__gt=0).order_by("-weight", "-id")[:limit])
    masks = {one.id: one.masked for one in people.subscribers({row.subscriber_id for row in rows if row.subscriber_id})}
    return [
        (masks.get(row.subscriber_id or 0) or of_digits(row.digits).masked, row.people, row.weight, row.case)
        for row in rows
    ]


def directives(*, authority: int | None = None, state: str = "", limit: int = 200) -> list[DirectiveView]:
    """Directives, open ones first, the first due first; of one authority, in a state."""
    rows = Directive.objects.order_by("-state", "due_at", "id")
    if authority is not None:
        rows = rows.filter(organisation_id=authority)
    if state:
        rows = rows.filter(state=state)
    return _directives(rows[:limit])


def directive(directive: int) -> DirectiveView | None:
    """One directive."""
    return next(iter(_directives(Directive.objects.filter(id=directive))), None)


def answered_in_time(since: datetime) -> tuple[int, int]:
    """Reports answered since then, and how many of these had missed a clock."""
    rows = Report.objects.filter(answered_at__gte=since)
    return rows.count(), rows.filter(late__gt=0).count()


def by_outcome(since: datetime) -> dict[str, int]:
    """Reports answered since then by outcome."""
    rows = Report.objects.filter(answered_at__gte=since).exclude(outcome="").values_list("outcome")
    return dict(rows.annotate(n=Count("id")).values_list("outcome", "n"))


def _views(rows: QuerySet[Report] | Iterable[Report]) -> list[ReportView]:
    found: Sequence[Report] = list(rows.select_related("reported") if isinstance(rows, QuerySet) else rows)
    wanted = {key for row in found for key in (row.target_id, row.reporter_id) if key}
    masks = {one.id: one.masked for one in people.subscribers(wanted)}
    days, now = clocks.calendar(), clock.now()
    known: dict[datetime, int] = {}
    return [_view(row, masks, known.setdefault(row.due_at, days.left(now, row.due_at))) for row in found]


def _view(row: Report, masks: dict[int, str], left: int) -> ReportView:
    about = row.reported
    return ReportView(
        row.id, rules.shown_follow(row.follow), row.source, row.kind,
        masks.get(row.target_id, "***") if row.target_id else of_digits(row.digits).masked,
        masks.get(row.reporter_id, "***") if row.reporter_id else "", row.verified, row.called_at, row.duration_s,
        row.attempt, row.text, row.received_at, row.state, row.reason, row.stage, row.due_at, left, row.provisional,
        tuple(stage for stage, bit in LATE.items() if row.late & bit), row.outcome, row.answer, row.answered_at,
        row.told_at, row.contest, row.contested_at, row.joined_id, row.case, about.people if about else 0,
        about.weight if about else 0, None, None, row.feed, row.feed_id,
    )  # fmt: skip


def placed(view: ReportView) -> ReportView:
    """The same with its entries' places in the log, which cost a look each."""
    found = entries_of(view.id)
    if found is None:
        return view
    answer = ledger.status(found[1]) if found[1] is not None else None
    return replace(view, index=ledger.status(found[0]), answer_index=answer)


def _directives(rows: QuerySet[Directive]) -> list[DirectiveView]:
    found = list(rows.select_related("organisation"))
    masks = {one.id: one.masked for one in people.subscribers({row.target_id for row in found if row.target_id})}
    days, now = clocks.calendar(), clock.now()
    return [
        DirectiveView(
            row.id, rules.shown_follow(row.follow), row.organisation_id, row.organisation.name, row.reference,
            masks.get(row.target_id, "***") if row.target_id else of_digits(row.digits).masked, row.text, row.made_at,
            row.due_at, days.left(now, row.due_at), row.late or (row.state == "open" and row.due_at <= now), row.case,
            row.state, row.answer, row.answered_at, ledger.status(row.entry),
            ledger.status(row.answer_entry) if row.answer_entry is not None else None,
        )
        for row in found
    ]  # fmt: skip


def outcome_words(why: str, lang: str) -> str:
    """An outcome, or why a report is not counted, as a sentence."""
    return told.reason(why).in_(lang) if why else ""
