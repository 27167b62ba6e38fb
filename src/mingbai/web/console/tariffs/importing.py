"""Tariffs from a file: a job, its report by row, and what changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.kernel.problems import Problem
from mingbai.tariffs.sheet import COLUMNS, MOST_BYTES
from mingbai.web import jobpages, jobs, problems
from mingbai.web.console.tariffs.work import KIND, SHOWN
from mingbai.web.desk import Desk, at_desk


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
    asked = {"keep_good": request.POST.get("keep_good") == "yes", "language": translation.get_language() or "zh-hans"}
    return jobpages.submit(request, desk, KIND, asked, most_bytes=MOST_BYTES).id


@require_GET
@at_desk("draft.tariff", operator=True)
def job(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """One import: how far it is, what was written, each bad row."""
    return render(request, "web/console/tariffs/job.html", _about(desk, ident))


@require_GET
@at_desk("draft.tariff", operator=True)
def job_state(request: HttpRequest, desk: Desk, ident: str) -> HttpResponse:
    """The part of the page that htmx asks for again while the job runs."""
    return render(request, "web/console/tariffs/job_state.html", _about(desk, ident))


@require_GET
@at_desk("draft.tariff", operator=True)
def job_report(request: HttpRequest, desk: Desk, ident: str) -> FileResponse:
    """What became of every row, as a table."""
    return jobpages.report(jobpages.own(desk, ident, KIND), "mingbai-tariffs-report.csv")


def _about(desk: Desk, ident: str) -> dict[str, Any]:
    place = jobpages.own(desk, ident, KIND)
    return {**jobpages.about(place, reverse("console:tariff_job_state", args=[ident])), "shown": SHOWN}
