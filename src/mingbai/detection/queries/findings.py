"""Findings as a queue and one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from mingbai.detection.models import Cased, Finding
from mingbai.detection.queries.views import CitedCall, FindingRow, FindingView, OpenedCase, Reason, Term, mark
from mingbai.detection.states import UNSCORED, Kind, State, Verdict
from mingbai.gate import journal
from mingbai.kernel.terms import Decision
from mingbai.ledger import queries as ledger
from mingbai.people import queries as people

ORDERS = {"score": ("unscored", "-score", "id"), "newest": ("-id",), "calls": ("-calls", "id")}
_UNSCORED = Case(When(kind__in=UNSCORED, then=Value(0)), default=Value(1))  # somebody bombed comes first
_STANDING = Case(When(state=State.NEW, then=Value(0)), default=Value(2)) + Case(
    When(verdict=Verdict.FINDING, then=Value(0)), default=Value(1)
)
"""Which of several stands for all: what is to be looked at before what was decided, a finding before a suspicion."""
_REFUSED_BY_CALLEE = (501, 502)  # gate.decide.rules.Code, stable for ever
_OTHERS = 20
_MARKED = 4  # of a score, the terms looked at for those that speak for it


class Wanted(NamedTuple):
    """Which findings; an empty one does not choose. `day` local; `order` a key of ORDERS; `least` the lowest score;
    `folded`: of a campaign's the highest alone, which stands for all, and of what has none one row for each subject;
    `single`: one row for each subject, in campaigns too."""

    states: Collection[str] = (State.NEW,)
    kind: str = ""
    rule: str = ""
    verdict: str = ""
    day: date | None = None
    since: date | None = None
    holder: int = 0
    campaign: str = ""
    least: float = 0.0
    folded: bool = False
    single: bool = False
    order: str = "score"


def findings(wanted: Wanted = Wanted(), *, after: int = 0, limit: int = 100) -> list[FindingRow]:  # noqa: B008  # frozen
    """Findings as wanted; `after`: how many to leave out."""
    rows = _chosen(wanted).alias(unscored=_UNSCORED).order_by(*ORDERS.get(wanted.order, ORDERS["score"]))
    return rows_of(rows[after : after + limit])


def counts(wanted: Wanted = Wanted()) -> dict[str, int]:  # noqa: B008  # frozen
    """How many findings there are by state, however `wanted.states` chooses; by verdict, how many lines the queue has
    of the new ones, where a campaign is one, and what several rules found."""
    rows = _chosen(wanted._replace(states=(), folded=False))
    found = dict(rows.values_list("state").annotate(many=Count("id")))
    new = dict(_folded(rows.filter(state=State.NEW)).values_list("verdict").annotate(many=Count("id")))
    return {**dict.fromkeys(State, 0), **dict.fromkeys(Verdict, 0), **found, **new}


def rules_found(wanted: Wanted = Wanted()) -> dict[str, int]:  # noqa: B008  # frozen
    """How many findings each rule made, the most first: for the filter's choices."""
    rows = _chosen(wanted._replace(rule="")).values_list("rule").annotate(many=Count("id"))
    return dict(sorted(rows, key=lambda pair: -pair[1]))


def finding(finding: int) -> FindingView | None:
    """One finding with its terms, the calls it rests on, its cases, and others of the same subject or campaign."""
    row = Finding.objects.filter(id=finding).first()
    if row is None:
        return None
    own = Finding.objects.filter(kind=row.kind, head=row.head, tail=row.tail).exclude(id=row.id)
    others = [*own.order_by("-day", "-score", "id")[:_OTHERS], *_of_campaign(row)]
    opened = [OpenedCase(one.case, one.account or 0, one.at) for one in row.cased.order_by("id")]
    return FindingView(
        row=rows_of([row])[0], quarter=row.quarter, head=row.head, tail=row.tail, rules=row.rules,
        terms=terms_of(row.terms), against=list(row.against), figures=row.figures,
        cited=[_cited(one) for one in row.cited], cases=opened, first=_moment(row.first_us), last=_moment(row.last_us),
        principal=row.principal, principal_name=_names([row.principal]).get(row.principal, ""),
        decided_by=row.decided_by or 0, decided_at=row.decided_at, why=row.why, index=ledger.status(row.entry),
        others=rows_of(others),
    )  # fmt: skip


def _of_campaign(row: Finding) -> list[Finding]:
    """The other numbers of a finding's campaign, a finding for each."""
    if not row.campaign:
        return []
    rows = Finding.objects.filter(campaign=row.campaign).exclude(kind=row.kind, head=row.head, tail=row.tail)
    return list(_single(rows).order_by("-score", "id")[:_OTHERS])


def beside(rows: Sequence[FindingRow]) -> dict[int, list[str]]:
    """By finding: the other rules that hit the same subject and are where it is, those that weigh most first."""
    mine = {one.id: _subject(one) for one in Finding.objects.filter(id__in=[row.id for row in rows])}
    found: dict[tuple[str, int, int, str], Counter[str]] = defaultdict(Counter)
    subjects = list(mine.values())
    kinds, heads = {one[0] for one in subjects}, {one[1] for one in subjects}
    for one in Finding.objects.filter(kind__in=kinds, head__in=heads):
        found[_subject(one)][one.rule] += 1
    own = {row.id: row.rule for row in rows}
    return {
        ident: [rule for rule, _count in found[subject].most_common() if rule != own[ident]]
        for ident, subject in mine.items()
    }


def _subject(row: Finding) -> tuple[str, int, int, str]:
    return row.kind, row.head, row.tail, row.state


def of_case(case: int) -> list[FindingRow]:
    """Findings that opened a case or were attached to it, oldest first."""
    ids = Cased.objects.filter(case=case).values_list("finding", flat=True)
    return rows_of(Finding.objects.filter(id__in=ids).order_by("id"))


def rows_of(rows: Iterable[Finding]) -> list[FindingRow]:
    found = list(rows)
    names = _names(row.holder for row in found)
    return [
        FindingRow(
            row.id, row.kind, mark_of(row.kind, row.head), row.holder, names.get(row.holder, ""), row.trunk, row.rule,
            row.verdict, row.score, reason_of(row.reason), row.day, row.calls, row.state, row.case or 0, row.campaign,
            row.found, row.found_at, marked_of(row.terms),
        )
        for row in found
    ]  # fmt: skip


def mark_of(kind: str, head: int) -> str:
    """ "" for what is no number: organisations have names."""
    return mark(head) if kind in (Kind.NUMBER, Kind.CALLEE) else ""


def terms_of(stored: Sequence[Sequence[Any]]) -> list[Term]:
    """Terms as they stand in a table, the one that weighs most first."""
    found = [Term(str(one[0]), float(one[1]), float(one[2]), float(one[3])) for one in stored]
    return sorted(found, key=lambda term: -abs(term.contribution))


def marked_of(stored: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Names of the terms that speak most for a finding."""
    return tuple(term.name for term in terms_of(stored)[:_MARKED] if term.contribution > 0)


def reason_of(stored: Sequence[Any]) -> Reason:
    return Reason(str(stored[0]), dict(stored[1])) if stored else Reason("", {})


def holder_names(ids: Iterable[int]) -> dict[int, str]:
    return _names(ids)


def _chosen(wanted: Wanted) -> QuerySet[Finding]:
    rows = Finding.objects.all()
    if wanted.states:
        rows = rows.filter(state__in=list(wanted.states))
    exact = {
        "kind": wanted.kind,
        "rule": wanted.rule,
        "verdict": wanted.verdict,
        "day": wanted.day,
        "holder": wanted.holder,
        "campaign": wanted.campaign,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    if wanted.since:
        rows = rows.filter(day__gte=wanted.since)
    if wanted.least:
        rows = rows.filter(score__gte=wanted.least)
    if wanted.single:
        return _single(rows)
    return _folded(rows) if wanted.folded else rows


def _folded(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """One row for a campaign, and for a subject that is in none."""
    whose = (("kind", ""), ("head", 0), ("tail", 0))
    alone = [Case(When(campaign="", then=F(name)), default=Value(nobody)) for name, nobody in whose]
    return _first(rows, [F("campaign"), *alone])


def _single(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """One row for a subject."""
    return _first(rows, [F("kind"), F("head"), F("tail")])


def _first(rows: QuerySet[Finding], alike: Sequence[Any]) -> QuerySet[Finding]:
    """Of rows that are alike the first by state and verdict, then the newest, then the one with the highest score."""
    order = [_STANDING.asc(), F("day").desc(), F("score").desc(), F("id").asc()]
    placed = rows.annotate(place=Window(RowNumber(), partition_by=list(alike), order_by=order))
    return Finding.objects.filter(id__in=placed.filter(place=1).values("id"))


def _names(ids: Iterable[int]) -> dict[int, str]:
    wanted = {one for one in ids if one}
    return people.organisation_names(wanted) if wanted else {}


def _moment(at_us: int) -> datetime:
    return datetime.fromtimestamp(at_us / 1e6, UTC)


def _cited(one: dict[str, Any]) -> CitedCall:
    """A call as `actions.recording` cites it."""
    return CitedCall(
        at=_moment(one["at_us"]),
        caller=mark(one["caller"]),
        callee=mark(one["callee"]),
        receipt=journal.receipt_id(one["segment"], one["row"]) if one["segment"] and not one["seen"] else "",
        source=one["source"],
        answered=one["answered"],
        ring_ms=one["ring_ms"],
        talk_ms=one["talk_ms"],
        refused=one["decision"] == int(Decision.REFUSE),
        after_refusal=one["code"] in _REFUSED_BY_CALLEE,
    )
