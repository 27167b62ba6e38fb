"""Report a call, and follow a report, without an account: the reporter's number is proved by a code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from mingbai.cases import actions as cases
from mingbai.cases.actions import Filed
from mingbai.cases.queries import reports
from mingbai.cases.rules.reports import shown_follow
from mingbai.kernel import clock
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as make
from mingbai.web import limits, problems
from mingbai.web.reporting import forms

PURPOSE, PENDING = "report", "pending_report"
MISSES = 60  # an hour, of one address: numbers to follow that are none


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """What happened, and the reporter's number; POST sends a code to it. The answer is the same for every number."""
    if request.method != "POST":
        return render(request, "web/report/form.html", {"kinds": forms.KINDS, "typed": {"kind": "marketing"}})
    typed, mine = forms.typed(request), request.POST.get("number", "")[:40]
    try:
        number = require(mine)
        said = forms.read(typed, source="web", reporter=None)
        if said.number.digits == number.digits:
            raise Problem("reports.own", where="reported")
        limits.spend(f"code:number:{number.digits}", messages.profile().notices.code_per_hour)
        limits.ask_code(request)
    except Problem as problem:
        context = {"kinds": forms.KINDS, "typed": typed, "number": mine, "problem": problems.told(problem)}
        return render(request, "web/report/form.html", context, status=problem.status)
    subscriber = make.ensure_subscriber(number) if number.is_person else None
    if subscriber is not None:
        _send(subscriber)
    request.session[PENDING] = {
        "subscriber": subscriber, "masked": number.masked, "at": clock.now_s(), "tries": 0, "typed": typed,
    }  # fmt: skip
    return redirect("report_code")


def _send(subscriber: int) -> None:
    try:
        notices.issue_code(subscriber, PURPOSE, says="举报骚扰电话所用，")
    except Problem:
        return  # too many codes for this number: said aloud, it would tell that somebody reports with it


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code, then the report. A wrong code, an old one and one for nobody's number get the same sentence."""
    pending, rules = request.session.get(PENDING), messages.profile().notices
    if not pending or clock.now_s() - pending["at"] > rules.code_minutes * 60:
        request.session.pop(PENDING, None)
        return redirect("report")
    context: dict[str, Any] = {"masked": pending["masked"]}
    if request.method != "POST":
        return render(request, "web/report/code.html", context)
    pending["tries"] += 1
    request.session.modified = True
    typed = "".join(request.POST.get("code", "").split())[:12]
    subscriber = pending["subscriber"]
    right = pending["tries"] <= rules.code_tries and subscriber is not None
    if not right or not notices.check_code(subscriber, PURPOSE, typed):
        context["wrong"] = _("This code is wrong or has run out. Look at the latest SMS.")
        if pending["tries"] >= rules.code_tries:
            context["wrong"] = _("Too many wrong codes. Ask for a new one.")
        return render(request, "web/report/code.html", context, status=422)
    del request.session[PENDING]
    return _taken(request, pending["typed"], subscriber)


def _taken(request: HttpRequest, typed: dict[str, Any], subscriber: int) -> HttpResponse:
    try:
        said = forms.read(typed, source="web", reporter=subscriber)
        filed = cases.report(said)
    except Problem as problem:
        context = {"kinds": forms.KINDS, "typed": typed, "problem": problems.told(problem)}
        return render(request, "web/report/form.html", context, status=problem.status)
    confirm(filed, subscriber, said.number.masked)
    found = reports.followed(filed.follow)
    return render(request, "web/report/followed.html", _shown(found, filed.follow) | {"just": True})


def confirm(filed: Filed, subscriber: int, masked: str) -> None:
    """Tell the reporter by SMS that the report was taken, and its number."""
    cases.confirm(filed, subscriber=subscriber, number=masked, page=f"{settings.PUBLIC_URL}/report/")


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """What became of a report, for whoever has its number. By POST: the number stands in no address."""
    if request.method != "POST":
        return render(request, "web/report/follow.html")
    typed = request.POST.get("follow", "")[:40]
    try:
        limits.refuse_beyond(f"follow:{limits.origin(request)}", MISSES)
        found = reports.followed(typed)
        if found is None:
            limits.count(f"follow:{limits.origin(request)}")
            raise Problem("reports.unknown", where="follow", status=404)
    except Problem as problem:
        context = {"typed": typed, "problem": problems.told(problem)}
        return render(request, "web/report/follow.html", context, status=problem.status)
    return render(request, "web/report/followed.html", _shown(found, typed))


def _shown(found: reports.Followed | None, typed: str) -> dict[str, Any]:
    language = get_language() or "zh"
    why = reports.outcome_words(found.why, language) if found else ""
    return {"one": found, "why": why, "follow": shown_follow(typed.replace("-", ""))}
