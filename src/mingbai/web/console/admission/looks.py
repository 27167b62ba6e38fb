"""Papers that expire, and what periodic looks found: a person decides on each."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.admission import actions, queries
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk


@require_GET
@at_desk("see.numbers", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Expiring papers first, then doubts."""
    return _page(request, desk)


@require_POST
@at_desk("settle.doubt", operator=True)
def settle(request: HttpRequest, desk: Desk, doubt: int) -> HttpResponse:
    """Settle a doubt, or note that the firm was told."""
    decision, note = request.POST.get("decision", ""), request.POST.get("note", "")[:600]
    try:
        actions.settle(doubt, account=desk.account, decision=decision, note=note)
    except Problem as problem:
        return _page(request, desk, problem, doubt)
    messages.success(request, _("Decided, and on record."))
    return redirect("console:looks")


def _page(request: HttpRequest, desk: Desk, problem: Problem | None = None, at: int = 0) -> HttpResponse:
    today = timezone.localtime(clock.now()).date()
    days = profile().admission.warn_days
    context = {
        "expiring": queries.expiring(today + timedelta(days=days)),
        "days": days,
        "today": today,
        "doubts": queries.doubts(),
        "may_settle": desk.may("settle.doubt"),
        "problem": problems.told(problem) if problem else None,
        "at": at,
    }
    return render(request, "web/console/admission/looks.html", context, status=problem.status if problem else 200)
