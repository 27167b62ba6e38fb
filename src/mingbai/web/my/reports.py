"""What a subscriber reported: one tap in the list of calls, each report with what became of it, and “look again”."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.queries import reports
from mingbai.cases.queries.reports import ReportView
from mingbai.cases.rules import LONGEST
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.web import downloads, limits, problems
from mingbai.web.my.access import own
from mingbai.web.reporting import forms

TRIES = 60  # reports by tap, an hour


@require_http_methods(["GET", "HEAD", "POST"])
@own
def listed(request: HttpRequest, subscriber: int) -> HttpResponse:
    """My reports; POST makes one of a number."""
    context: dict[str, Any] = {"kinds": forms.KINDS, "typed": {"kind": "marketing"}}
    status = 200
    if request.method == "POST":
        context["typed"] = forms.typed(request)
        try:
            filed = cases.report(forms.read(context["typed"], source="my", reporter=subscriber))
            messages.success(request, _("Your report is on record."))
            return redirect("my:report", filed.id)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    context["reports"] = [(one, _why(one)) for one in reports.of_reporter(subscriber)]
    return render(request, "web/my/reports/list.html", context, status=status)


@require_POST
@own
def call(request: HttpRequest, subscriber: int) -> HttpResponse:
    """One tap: report the caller of one call."""
    limits.spend(f"report:{subscriber}", TRIES)
    filed = cases.report_call(
        reporter=subscriber, attempt=request.POST.get("call", "")[:60], source="my",
        kind=request.POST.get("kind", "other"),
    )  # fmt: skip
    messages.success(request, _("Your report is on record.") if filed.new else _("You reported this call already."))
    return redirect("my:report", filed.id)


@require_POST
@own
def evidence(request: HttpRequest, subscriber: int, report: int) -> HttpResponse:
    """Add a recording, or the text of an SMS."""
    _own(subscriber, report)
    limits.spend(f"evidence:{subscriber}", TRIES)
    file = request.FILES.get("file")
    try:
        if file is not None and file.file is not None:
            cases.add_recording(
                report, reporter=subscriber, file=cast(BinaryIO, file.file), name=file.name or ""
            )  # fmt: skip
        if file is None or request.POST.get("sms", "").strip():
            cases.add_sms(report, reporter=subscriber, text=request.POST.get("sms", ""))
    except Problem as problem:
        return _page(request, subscriber, report, problem.status, evidence_problem=problems.told(problem))
    messages.success(request, _("It is with your report. Only who verifies sees it."))
    return redirect("my:report", report)


@require_http_methods(["GET", "HEAD", "POST"])
@own
def one(request: HttpRequest, subscriber: int, report: int) -> HttpResponse:
    """One report; POST asks that a person looks at its answer again."""
    return _page(request, subscriber, report, 200)


def _page(request: HttpRequest, subscriber: int, report: int, status: int, **more: Any) -> HttpResponse:
    found = _own(subscriber, report)
    context: dict[str, Any] = {"longest": LONGEST, **more}
    if not more and request.method == "POST":
        context["said"] = request.POST.get("text", "")[:LONGEST]
        try:
            cases.contest(report, reporter=subscriber, text=request.POST.get("text", ""))
            messages.success(request, _("A person will look at it again. The answer comes by SMS and stands here."))
            return redirect("my:report", report)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    first = reports.report(found.joined) if found.joined else found
    context |= {"one": found, "first": first, "why": _why(first or found)}
    context["evidence"] = queries.evidence_of_report(report)
    context["may_add"] = found.state in ("new", "standing", "joined")
    context["progress"] = reports.followed(found.follow)
    context["contestable"] = found.state in ("set_aside", "answered") and found.contested_at is None
    return render(request, "web/my/reports/one.html", context, status=status)


@require_GET
@own
def receipt(request: HttpRequest, subscriber: int, report: int) -> HttpResponse:
    """The report's receipt from the evidence log."""
    _own(subscriber, report)
    entries = reports.entries_of(report)
    text = ledger.receipt(entries[0]) if entries else None
    return downloads.receipt(text, f"mingbai-report-{report}")


def _own(subscriber: int, report: int) -> ReportView:
    found = reports.of_reporter_one(subscriber, report) if report < 1 << 62 else None
    if found is None:
        raise Http404
    return reports.placed(found)


def _why(one: ReportView) -> str:
    why = one.outcome or (one.reason if one.state == "set_aside" else "")
    return reports.outcome_words(why, get_language() or "zh")
