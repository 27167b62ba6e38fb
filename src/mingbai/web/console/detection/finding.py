"""One finding with all that it rests on, and how its number called, in pictures."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.detection import actions, queries
from mingbai.detection.queries import FindingView
from mingbai.detection.states import Kind, State
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web import problems, words_detection
from mingbai.web.console.detection import asked, listing, pictures, terms
from mingbai.web.desk import Desk, at_desk

_SETTINGS = {"score": "finding_points", "part_of_hopping": "hopping"}  # rules whose thresholds bear another name


@require_safe
@at_desk("see.findings", operator=True)
def one(request: HttpRequest, desk: Desk, finding: int) -> HttpResponse:
    """Why, how the score adds up, what counts against, the calls."""
    return finding_page(request, desk, finding)


@require_safe
@at_desk("see.findings", operator=True)
def number(request: HttpRequest, desk: Desk, finding: int) -> HttpResponse:
    """How the number called: by hour, by length of talk, how dispersed, who called back."""
    found = _found(finding)
    if found.row.kind not in (Kind.NUMBER, Kind.CALLEE):
        raise Http404
    days = asked.whole(request.GET.get("days", "")) or pictures.DAYS[0]
    seen = queries.pictures(finding, days=min(days, pictures.DAYS[-1]))
    context: dict[str, Any] = {"one": found, "seen": seen, "days": days, "choices": pictures.DAYS}
    context["talked"] = sum(one.count for one in seen.talk) if seen else 0
    if seen is not None and seen.calls:
        context["pictures"] = pictures.of(seen)
    return render(request, "web/console/detection/number.html", context)


def finding_page(
    request: HttpRequest, desk: Desk, finding: int, *, problem: Problem | None = None, **more: Any
) -> HttpResponse:
    """The whole finding. `problem`: what went wrong with the form named `at`."""
    found = _found(finding)
    context = {
        "one": found,
        "row": found.row,
        "bars": terms.bars(found.terms),
        "total": found.row.score,
        "setting": profile().settings.get(f"detection.{_SETTINGS.get(found.row.rule, found.row.rule)}"),
        "points": profile().detection,
        "figures": [(name, found.figures[name]) for name in words_detection.FIGURES if found.figures.get(name)],
        "names": _accounts(found),
        "may": desk.may("judge.finding") and found.row.state == State.NEW,
        "nobodys": found.row.kind == Kind.NUMBER and bool(found.figures.get("unallocated")),
        "carried": _trunk(found.row.trunk),
        "most": actions.MOST_NUMBERS,
        "beside": any(one.mark == found.row.mark and one.state == State.NEW for one in found.others if one.mark),
        "pictured": found.row.kind in (Kind.NUMBER, Kind.CALLEE),
        "longest": listing.LONGEST,
        "typed": str(request.POST.get("reason", ""))[: listing.LONGEST],
        "problem": problems.told(problem) if problem else None,
        **more,
    }
    status = problem.status if problem else 200
    return render(request, "web/console/detection/one.html", context, status=status)


def _found(finding: int) -> FindingView:
    found = queries.finding(finding) if finding < 1 << 62 else None
    if found is None:
        raise Http404
    return found


def _trunk(ident: int) -> str:
    trunk = numbers.trunk(ident) if ident else None
    return trunk.name if trunk else ""


def _accounts(found: FindingView) -> dict[int, str]:
    ids = {found.decided_by, *(one.account for one in found.cases)} - {0}
    views = {ident: people.account_by_id(ident) for ident in ids}
    return {ident: view.username for ident, view in views.items() if view}
