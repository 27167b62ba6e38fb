"""The queue of reports, one report, and the clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.cases import actions as cases
from mingbai.cases.queries import clocks, reports
from mingbai.cases.queries.reports import ReportView
from mingbai.cases.rules import LONGEST
from mingbai.cases.rules.reports import ASIDE, Outcome
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk

PAGE = 50
FILTERS = ("", "late", "forward", "answer", "tell", "done")


@require_safe
@at_desk("see.reports", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, the first due first; late ones, those of a stage, or what is done, when asked."""
    if typed := request.GET.get("follow", "")[:40]:
        found = reports.find(typed)
        if found is not None:
            return redirect("console:report", found)
    only = request.GET.get("only", "")
    only = only if only in FILTERS else ""
    rows, more = _done(request) if only == "done" else _open(request, only)
    context = {
        "rows": rows, "more": more, "only": only, "stages": list(reports.OPEN_STAGES),
        "counts": reports.counts(), "unknown_years": clocks.unknown_years(), "typed": typed,
        "may_import": desk.may("import.reports"),
    }  # fmt: skip
    return render(request, "web/console/reports/list.html", context)


def _open(request: HttpRequest, only: str) -> tuple[list[ReportView], str]:
    stage = only if only in reports.OPEN_STAGES else ""
    found = reports.queue(stage=stage, overdue=only == "late", after=_after(request), limit=PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{int(last.due_at.timestamp())}-{last.id}" if last else ""


def _done(request: HttpRequest) -> tuple[list[ReportView], str]:
    text = request.GET.get("after", "")
    found = reports.done(before=int(text) if text.isdecimal() and len(text) < 19 else 0, limit=PAGE + 1)
    return found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else ""


def _after(request: HttpRequest) -> tuple[datetime, int] | None:
    """The place in the queue that the page before ended at: seconds and id."""
    at, _dash, ident = request.GET.get("after", "").partition("-")
    if not (at.isdecimal() and ident.isdecimal() and len(at) < 12 and len(ident) < 19):
        return None
    return datetime.fromtimestamp(int(at), UTC), int(ident)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.reports", operator=True)
def one(request: HttpRequest, desk: Desk, report: int) -> HttpResponse:
    """One report on a page; POST decides on it."""
    found = reports.report(report) if report < 1 << 62 else None
    if found is None:
        raise Http404
    context: dict[str, Any] = {"outcomes": list(Outcome), "asides": list(ASIDE), "longest": LONGEST}
    status = 200
    if request.method == "POST":
        context["said"] = request.POST.get("text", "")[:LONGEST]
        try:
            messages.success(request, _decide(request, desk, report))
            return redirect("console:report", report)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    language = get_language() or "zh"
    context |= {
        "one": reports.placed(found), "reason": reports.outcome_words(found.reason, language),
        "threshold": profile().reports.people_to_open, "may_judge": desk.may("judge.report"),
        "may_answer": desk.may("answer.report"),
    }  # fmt: skip
    return render(request, "web/console/reports/one.html", context, status=status)


def _decide(request: HttpRequest, desk: Desk, report: int) -> str:
    """Do what the form asks; the sentence that says so. Raises Problem, PermissionDenied."""
    act, text = request.POST.get("act", ""), request.POST.get("text", "")
    if act == "reinstate":
        desk.require("judge.report")
        cases.reinstate(report, account=desk.account, reason=text)
        return _("The report counts again.")
    if act == "set_aside":
        desk.require("judge.report")
        cases.set_aside(report, account=desk.account, outcome=request.POST.get("outcome", ""), reason=text)
        return _("The report is set aside; its reporter was told.")
    if act == "told":
        desk.require("answer.report")
        cases.told(report, account=desk.account)
        return _("Noted: who handed it in was told.")
    desk.require("answer.report")
    cases.answer_report(report, outcome=request.POST.get("outcome", ""), account=desk.account, text=text)
    return _("Answered; the reporter was told.")


@require_safe
@at_desk("see.reports", operator=True)
def clock_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What runs, what is late, and by what calendar the days are counted."""
    terms = profile()
    keys = ("forward_days", "answer_days", "tell_days", "warn_days", "extra_workdays", "extra_holidays")
    context = {
        "counts": reports.counts(),
        "stages": list(reports.OPEN_STAGES),
        "late": reports.queue(overdue=True, limit=PAGE),
        "next": reports.queue(limit=20),
        "directives": reports.directives(state="open"),
        "settings": [terms.settings[f"reports.{key}"] for key in (*keys, "calendar_years")],
        "unknown_years": clocks.unknown_years(),
    }
    return render(request, "web/console/reports/clocks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.directives", operator=True)
def directive(request: HttpRequest, desk: Desk, directive: int) -> HttpResponse:
    """One directive; POST answers it."""
    found = reports.directive(directive) if directive < 1 << 62 else None
    if found is None:
        raise Http404
    context: dict[str, Any] = {"one": found, "longest": LONGEST, "may_answer": desk.may("answer.directive")}
    status = 200
    if request.method == "POST":
        desk.require("answer.directive")
        context["said"] = request.POST.get("text", "")[:LONGEST]
        try:
            cases.answer_directive(directive, account=desk.account, text=request.POST.get("text", ""))
            messages.success(request, _("Answered. The authority reads it on its own page."))
            return redirect("console:directive", directive)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/reports/directive.html", context, status=status)
