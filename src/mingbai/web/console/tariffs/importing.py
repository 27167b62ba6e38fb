"""Tariffs from a file: a job, its report by row, and what changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.kernel.problems import Problem
from mingbai.tariffs.sheet import COLUMNS, MOST_BYTES
from mingbai.web import jobs, problems
from mingbai.web.console.tariffs.work import KIND, SHOWN
from mingbai.web.desk import Desk, at_desk
from mingbai.web.jobs import Place


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("draft.tariff", operator=True)
def import_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Have a draft written for each plan of a file that is new or changed."""
    context: dict[str, Any] = {
        "columns": [(names[0], name) for name, names in COLUMNS.items()],
        "jobs": jobs.of_organisation(settings.HOME, desk.organisation.id, KIND, 10),
    }
    status = 200
    if request.method == "POST":
        try:
            return redirect("console:tariff_job", _submitted(request, desk))
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/tariffs/import.html", context, status=status)


def _submitted(request: HttpRequest, desk: Desk) -> str:
    file = request.FILES.get("file")
    if file is None:
        raise Problem("web.file_missing", where=_("list"))
    if (file.size or 0) > MOST_BYTES:
        raise Problem("web.file_too_large", where=_("list"), status=413)
    asked = {"keep_good": request.POST.get("keep_good") == "yes", "language": translation.get_language() or "zh-hans"}
    return jobs.submit(
        settings.HOME, kind=KIND, organisation=desk.organisation.id, account=desk.account,
        file_name=file.name or "tariffs.csv", pieces=file.chunks(), asked=asked,
    ).id  # fmt: skip


@require_GET
@at_desk("draft.tariff", operator=True)
def job(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """One import: how far it is, what was written, each bad row."""
    return render(request, "web/console/tariffs/job.html", _about(_own(desk, ident)))


@require_GET
@at_desk("draft.tariff", operator=True)
def job_state(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """The part of the page that htmx asks for again while the job runs."""
    return render(request, "web/console/tariffs/job_state.html", _about(_own(desk, ident)))


@require_GET
@at_desk("draft.tariff", operator=True)
def job_report(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    """What became of every row, as a table."""
    place = _own(desk, ident)
    if not place.state().ended or not place.report.exists():
        raise Http404
    # Closed by the response when it was sent.
    return FileResponse(place.report.open("rb"), as_attachment=True, filename="mingbai-tariffs-report.csv")


def _own(desk: Desk, ident: str) -> Place:
    place = jobs.find(settings.HOME, desk.organisation.id, ident)
    if place is None or place.job.kind != KIND:
        raise Http404
    return place


def _about(place: Place) -> dict[str, Any]:
    state = place.state()
    problem = None
    if state.problem:
        told = Problem(state.problem["code"], state.problem.get("what", ""), where=state.problem.get("where", ""))
        told.mend = state.problem.get("mend", "")
        problem = problems.told(told)
    return {"job": place.job, "state": state, "problem": problem, "shown": SHOWN}
