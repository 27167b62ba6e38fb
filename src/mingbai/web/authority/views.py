"""Is it kept? Figures with their definition, the authority's own directives, and what became of one report.

An authority sees what it directed and what became of it, counts, and of a report whose number it was given how far it
is and what was decided; never a reporter's number, nor words.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases import actions as cases
from mingbai.cases.queries import clocks, reports
from mingbai.cases.rules import LONGEST
from mingbai.kernel import clock
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.web import limits, problems
from mingbai.web.desk import Desk, at_desk

DAYS = 30  # that the figures are of
LOOKS = 300  # numbers to follow an hour


@require_safe
@at_desk("see.directives", authority=True)
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What this authority directed, and how the clocks are kept."""
    since = clock.now() - timedelta(days=DAYS)
    answered, late = reports.answered_in_time(since)
    context = {
        "directives": reports.directives(authority=desk.organisation.id),
        "counts": reports.counts(),
        "stages": list(reports.OPEN_STAGES),
        "answered": answered,
        "late": late,
        "outcomes": sorted(reports.by_outcome(since).items(), key=lambda pair: -pair[1]),
        "days": DAYS,
        "unknown_years": clocks.unknown_years(),
        "may_direct": desk.may("issue.directive"),
    }
    return render(request, "web/authority/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("issue.directive", authority=True)
def direct(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Direct that a number be looked into, by a day."""
    context: dict[str, Any] = {"longest": LONGEST}
    status = 200
    if request.method == "POST":
        names = {"reference": 60, "reported": 40, "due": 10, "text": LONGEST}
        context["typed"] = {name: request.POST.get(name, "")[:most] for name, most in names.items()}
        try:
            made, _follow = cases.direct(
                authority=desk.organisation.id, account=desk.account, reference=context["typed"]["reference"],
                number=require(context["typed"]["reported"]), text=request.POST.get("text", ""),
                due_at=_end_of(context["typed"]["due"]),
            )  # fmt: skip
            return redirect("authority:directive", made)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/authority/direct.html", context, status=status)


def _end_of(text: str) -> datetime:
    """The end of a local day. Raises Problem."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day, its zone is added below
    except ValueError:
        raise Problem("reports.time", where="due_at") from None
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(profile().gate.timezone))


@require_safe
@at_desk("see.directives", authority=True)
def directive(request: HttpRequest, desk: Desk, directive: int) -> HttpResponse:
    """One of this authority's directives, and its answer."""
    found = reports.directive(directive) if directive < 1 << 62 else None
    if found is None or found.authority != desk.organisation.id:
        raise Http404
    return render(request, "web/authority/directive.html", {"one": found})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.directives", authority=True)
def report(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What became of a report whose number to follow somebody gave to the authority."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        context["typed"] = request.POST.get("follow", "")[:40]
        try:
            limits.spend(f"follow:desk:{desk.account}", LOOKS)
            found = reports.followed(context["typed"])
            if found is None:
                raise Problem("reports.unknown", where="follow", status=404)
            context |= {"one": found, "why": reports.outcome_words(found.why, get_language() or "zh")}
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/authority/report.html", context, status=status)
