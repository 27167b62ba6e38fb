"""What whoever is restricted may know: its own notices and questions, how it stands, and nothing of who reported."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from mingbai.calls import queries as calls
from mingbai.cases.models import Appeal, Case, HolderNotice, Measure, Question, Report
from mingbai.cases.queries.casework import shown_number
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import CLEARED, Stage, State
from mingbai.ledger import queries as ledger


class NoticeView(NamedTuple):
    """A notice as told. `parts` by language; `stage` of its measure now; `appeal`: id of the latest appeal, 0 none."""

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
    over_at: datetime | None
    made_at: datetime
    read_at: datetime | None
    log_index: int | None
    appeal: int
    appeal_state: str
    outcome: str
    answer: str


class AskedView(NamedTuple):
    """A question put to who answers for a number. `may_answer`: it is open, and nothing is found yet."""

    id: int
    case: int
    number: str
    text: str
    asked_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None
    may_answer: bool


class Conduct(NamedTuple):
    """How an organisation's calls of the last days were: parts of its attempts in per cent; `per_10000`: reports that
    count for every 10,000 attempts."""

    days: int
    calls: int
    after_refusal: int
    without_consent: int
    reports: int

    @property
    def percent_after_refusal(self) -> float:
        return 100 * self.after_refusal / self.calls if self.calls else 0.0

    @property
    def percent_without_consent(self) -> float:
        return 100 * self.without_consent / self.calls if self.calls else 0.0

    @property
    def per_10000(self) -> float:
        return 10_000 * self.reports / self.calls if self.calls else 0.0


def notices_of(party: Party, *, limit: int = 100) -> list[NoticeView]:
    """What a party was told of measures against it, newest first."""
    rows = _mine(HolderNotice.objects.all(), party).select_related("measure__case").order_by("-id")[:limit]
    return [notice_view(row, party) for row in rows]


def notice(notice: int, party: Party) -> NoticeView | None:
    """One notice of this party; None for anybody else's."""
    row = _mine(HolderNotice.objects.filter(id=notice), party).select_related("measure__case").first()
    return notice_view(row, party) if row else None


def unread(party: Party) -> int:
    """How many notices and questions wait for this party."""
    asked = _mine(Question.objects.filter(answered_at=None, case__state=State.VERIFYING), party)
    return _mine(HolderNotice.objects.filter(read_at=None), party).count() + asked.count()


def questions_to(party: Party, *, limit: int = 100) -> list[AskedView]:
    """What a party was asked, newest first."""
    rows = _mine(Question.objects.all(), party).select_related("case").order_by("-id")[:limit]
    return [
        AskedView(
            row.id,
            row.case_id,
            shown_number(row.case),
            row.text,
            row.asked_at,
            row.due_at,
            row.answer,
            row.answered_at,
            row.answered_at is None and row.case.state == State.VERIFYING,
        )
        for row in rows
    ]


def case_behind(*, caller: str, holder: int, principal: int, party: Party) -> int | None:
    """The case whose measure refuses a call; None when no measure does that this party may appeal against.

    It stands against the calling number (normal form), or against holder or principal of the call. Whoever was told of
    it may appeal, and either of those two: their calls are what it hits.
    """
    standing = Measure.objects.filter(stage=Stage.STANDING, restriction__isnull=False).select_related("case")
    firms = [one for one in (holder, principal) if one]
    of_number = Q(organisation=None) & (Q(case__digits=caller) | Q(case__subscriber__isnull=False))
    told = _mine(HolderNotice.objects.all(), party).values("measure")
    mine = Q(organisation__in=firms) | Q(organisation=None, case__digits=caller, case__subscriber=None)
    hit = standing.filter(Q(organisation__in=firms) | of_number, id__in=told).order_by("-id").first()
    if hit is None and party.organisation and party.organisation in firms:
        hit = standing.filter(mine).order_by("-id").first()
    return hit.case_id if hit else None


def conduct(organisation: int, *, days: int = 30) -> Conduct:
    """How an organisation's numbers called, for whomever, and what was said of them."""
    found = calls.pattern(calls.Target(firm=organisation), days)
    reports = Report.objects.filter(reported__holder=organisation, made_at__gte=found.since)
    counting = reports.filter(state__in=(Report.State.STANDING, Report.State.JOINED, Report.State.ANSWERED))
    counting = counting.exclude(outcome__in=[one.value for one in CLEARED])  # what was looked into and was none
    return Conduct(days, found.calls, found.after_refusal, found.without_consent, counting.count())


def _mine(rows: QuerySet[Any], party: Party) -> QuerySet[Any]:
    if not any(party):
        return rows.none()
    if party.organisation:
        return rows.filter(organisation_id=party.organisation)
    return rows.filter(subscriber_id=party.subscriber)


def notice_view(row: HolderNotice, party: Party) -> NoticeView:
    one: Measure = row.measure
    case: Case = one.case
    said = _mine(Appeal.objects.filter(case=case), party).order_by("-id").first()
    return NoticeView(
        row.id, case.id, shown_number(case), one.kind, one.scope, row.parts, row.evidence, one.stage, one.begins_at,
        one.ends_at, one.over_at, row.made_at, row.read_at, ledger.status(row.entry), said.id if said else 0,
        said.state if said else "", said.outcome if said else "", said.answer if said else "",
    )  # fmt: skip
