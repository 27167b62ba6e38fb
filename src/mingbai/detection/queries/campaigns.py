"""Campaigns: numbers of one behaviour and one holder pattern, shown as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Max

from mingbai.detection.models import Finding
from mingbai.detection.queries.findings import holder_names, reason_of
from mingbai.detection.queries.views import Reason
from mingbai.detection.states import Kind, State

CAMPAIGN_LONGEST = 40  # characters of a campaign's name

_Row = tuple[str, str, int, int, date, str, float, list[object], int, int, str]
_COLUMNS = ("campaign", "kind", "head", "tail", "day", "rule", "score", "reason", "calls", "holder", "state")


class CampaignView(NamedTuple):
    """A campaign: how many `numbers` and `findings`, `calls` of them all, the highest `score` and its `reason`.

    `rules` findings by rule, most first; `holders` names of those that are registered; `new`, `cased` findings by
    state; `unregistered` numbers that nobody has registered.
    """

    campaign: str
    numbers: int
    findings: int
    calls: int
    score: float
    reason: Reason
    first: date
    last: date
    rules: dict[str, int]
    holders: dict[int, str]
    unregistered: int
    new: int
    cased: int


def campaigns(*, after: int = 0, limit: int = 50) -> list[CampaignView]:
    """Campaigns, the latest first; `after`: how many to leave out."""
    named = (
        Finding.objects.exclude(campaign="").values("campaign").annotate(latest=Max("id")).order_by("-latest")
    )  # fmt: skip
    names = [row["campaign"] for row in named[after : after + limit]]
    found: dict[str, list[_Row]] = {name: [] for name in names}
    for row in Finding.objects.filter(campaign__in=names).values_list(*_COLUMNS):
        found[row[0]].append(row)
    return [_view(name, rows) for name, rows in found.items() if rows]


def campaign(name: str) -> CampaignView | None:
    """One of them; None when there is none of this name."""
    rows = list(Finding.objects.filter(campaign=name).values_list(*_COLUMNS)) if name else []
    return _view(name, rows) if rows else None


def _view(name: str, rows: Iterable[_Row]) -> CampaignView:
    """A number found on two days, or by two rules, is one number; its calls of one day count once."""
    calls: dict[tuple[int, int, date], int] = {}
    whose: dict[tuple[int, int], int] = {}
    rules: Counter[str] = Counter()
    states: Counter[str] = Counter()
    days, best = [], (float("-inf"), list[object]())
    for _name, kind, head, tail, day, rule, score, reason, many, holder, state in rows:
        if kind == Kind.NUMBER:
            calls[head, tail, day] = max(many, calls.get((head, tail, day), 0))
            whose[head, tail] = holder
        rules[rule] += 1
        states[state] += 1
        days.append(day)
        best = max(best, (score, reason), key=lambda pair: pair[0])
    names = holder_names(whose.values())
    return CampaignView(
        campaign=name, numbers=len(whose), findings=sum(states.values()), calls=sum(calls.values()), score=best[0],
        reason=reason_of(best[1]), first=min(days), last=max(days), rules=dict(rules.most_common()), holders=names,
        unregistered=sum(not holder for holder in whose.values()), new=states[State.NEW], cased=states[State.CASED],
    )  # fmt: skip
