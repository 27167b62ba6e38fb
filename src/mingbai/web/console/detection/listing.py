"""The queue of findings, and campaigns: numbers of one behaviour, looked at as one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.detection import queries
from mingbai.detection.queries import Wanted
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.people import queries as people
from mingbai.web import problems, words_detection
from mingbai.web.console.detection import asked
from mingbai.web.desk import Desk, at_desk

PAGE = 50
LONGEST = 400  # characters of a reason


@require_safe
@at_desk("see.findings", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Findings as asked for, the highest score first; a campaign stands once."""
    return queue(request, desk)


def queue(request: HttpRequest, desk: Desk, problem: Problem | None = None, **more: Any) -> HttpResponse:
    """The page of the queue. `problem`: what went wrong with the findings that were ticked."""
    wanted, state = asked.wanted(request)
    after = asked.whole(request.GET.get("after", ""), 10**7)
    found = queries.findings(wanted._replace(folded=True), after=after, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE],
        "beside": queries.beside(found[:PAGE]),
        "more": asked.again(request, after=after + PAGE) if len(found) > PAGE else "",
        "wanted": wanted,
        "state": state,
        "counts": queries.counts(wanted),
        "rules": queries.rules_found(wanted),
        "holder_name": people.organisation_names({wanted.holder}).get(wanted.holder, "") if wanted.holder else "",
        "kinds": words_detection.KINDS,
        "verdicts": words_detection.VERDICTS,
        "states": [*words_detection.STATES, "all"],
        "orders": asked.ORDERS,
        "filtered": bool(wanted.kind or wanted.rule or wanted.verdict or wanted.day or wanted.holder or wanted.least),
        "bars": _bars(),
        **_judging(desk, problem),
        **more,
    }
    status = problem.status if problem else 200
    return render(request, "web/console/detection/list.html", context, status=status)


@require_safe
@at_desk("see.findings", operator=True)
def campaigns(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Campaigns, the latest first."""
    after = asked.whole(request.GET.get("after", ""), 10**7)
    found = queries.campaigns(after=after, limit=PAGE + 1)
    more = asked.again(request, after=after + PAGE) if len(found) > PAGE else ""
    return render(request, "web/console/detection/campaigns.html", {"rows": found[:PAGE], "more": more})


@require_safe
@at_desk("see.findings", operator=True)
def campaign(request: HttpRequest, desk: Desk, campaign: str) -> HttpResponse:
    """One campaign: what its numbers have in common, and each of them."""
    return campaign_page(request, desk, campaign)


def campaign_page(request: HttpRequest, desk: Desk, campaign: str, problem: Problem | None = None) -> HttpResponse:
    found = queries.campaign(campaign) if len(campaign) <= queries.CAMPAIGN_LONGEST else None
    if found is None:
        raise Http404
    after = asked.whole(request.GET.get("after", ""), 10**7)
    rows = queries.findings(Wanted(states=(), campaign=campaign, single=True), after=after, limit=PAGE + 1)
    context = {
        "one": found,
        "rows": rows[:PAGE],
        "beside": queries.beside(rows[:PAGE]),
        "more": asked.again(request, after=after + PAGE) if len(rows) > PAGE else "",
        "bars": _bars(),
        **_judging(desk, problem),
    }
    status = problem.status if problem else 200
    return render(request, "web/console/detection/campaign.html", context, status=status)


def _judging(desk: Desk, problem: Problem | None) -> dict[str, Any]:
    return {
        "may": desk.may("judge.finding"),
        "longest": LONGEST,
        "problem": problems.told(problem) if problem else None,
    }


def _bars() -> dict[str, int]:
    """From which score on it is a suspicion, a finding: what the bars of scores are drawn against."""
    terms = profile().detection
    return {"suspicion": terms.suspicion_points, "finding": terms.finding_points}
