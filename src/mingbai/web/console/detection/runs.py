"""A shadow run: how far it is, whom it would newly hit, whom no more, and how well it does where cases were decided."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.detection import queries
from mingbai.detection.states import Change, RunState
from mingbai.web.console.detection import asked
from mingbai.web.desk import Desk, at_desk

PAGE = 50


@require_safe
@at_desk("see.findings", operator=True)
def one(request: HttpRequest, desk: Desk, run: int) -> HttpResponse:
    """The report."""
    shown = _run(run)
    change = asked.one_of(request.GET.get("change", ""), list(Change))
    decided = request.GET.get("decided") == "yes"
    after = asked.whole(request.GET.get("after", ""), 10**7)
    hits = queries.hits(run, change=change, decided=decided, after=after, limit=PAGE + 1)
    context = {
        **shown,
        "rows": hits[:PAGE],
        "more": asked.again(request, after=after + PAGE) if len(hits) > PAGE else "",
        "change": change,
        "decided": decided,
    }
    return render(request, "web/console/detection/run.html", context)


@require_safe
@at_desk("see.findings", operator=True)
def state(request: HttpRequest, desk: Desk, run: int) -> HttpResponse:
    """The part of the page that htmx asks for again while the run runs; the whole page is loaded anew when it ends."""
    shown = _run(run)
    answer = render(request, "web/console/detection/run_state.html", shown)
    if shown["ended"]:
        answer["HX-Refresh"] = "true"
    return answer


def _run(run: int) -> dict[str, Any]:
    found = queries.shadow_run(run) if run < 1 << 62 else None
    if found is None:
        raise Http404
    percent = min(99, 100 * found.done_days // found.days) if found.days else 0
    ended = found.state in (RunState.DONE, RunState.FAILED)
    return {"one": found, "rules": queries.rule_set(found.rules), "percent": percent, "ended": ended}
