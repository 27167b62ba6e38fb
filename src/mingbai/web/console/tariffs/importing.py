"""Tariffs from a file: the report by row, and what changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.kernel.problems import Problem
from mingbai.tariffs import actions, rules
from mingbai.tariffs.sheet import COLUMNS
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk
from mingbai.web.tariffs.views import changes

_SHOWN = 300


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("draft.tariff", operator=True)
def import_file(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Write a draft for each plan of a file that is new or changed."""
    context: dict[str, Any] = {"columns": [(names[0], name) for name, names in COLUMNS.items()]}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Problem("web.file_missing", where=_("list"))
            keep_good = request.POST.get("keep_good") == "yes"
            report = actions.import_tariffs(
                file.read(), account=desk.account, keep_good=keep_good, operator=desk.organisation.id
            )
            context |= _told(report)
            status = 200 if report.taken or not report.rejected else 422
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/tariffs/import.html", context, status=status)


def _told(report: actions.Report) -> dict[str, Any]:
    written = [one for one in report.taken if one.outcome != "unchanged"]
    return {
        "report": report,
        "counts": {name: report.count(name) for name in ("new", "changed", "unchanged")},
        "written": [
            (one, len(rules.errors(one.findings)), len(rules.questions(one.findings)), changes(one.changes))
            for one in written[:_SHOWN]
        ],
        "more": max(0, len(written) - _SHOWN),
    }
