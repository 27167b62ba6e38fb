"""Appeals against refused calls: what waits, and one on a page with the call that it is about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.calls import queries as calls
from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.queries import AppealView
from mingbai.cases.rules import LONGEST
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk
from mingbai.web.redress.record import address, record

PAGE = 100
STATES = ("open", "answered")


@require_safe
@at_desk("answer.appeal", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for an answer, oldest first; answered ones when asked."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    text = request.GET.get("after", "0")
    after = int(text) if text.isdecimal() and len(text) < 19 else 0
    found = queries.appeals(state=state, after=after, limit=PAGE + 1)
    context = {
        "rows": [(one, _who(one)) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "state": state,
        "waiting": queries.waiting(),
    }
    return render(request, "web/console/appeals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("answer.appeal", operator=True)
def one(request: HttpRequest, desk: Desk, appeal: int) -> HttpResponse:
    """One appeal and its call; POST answers it. The appeal itself is the reason to look at the call."""
    found = queries.appeal(appeal) if appeal < 1 << 62 else None
    if found is None:
        raise Http404
    context: dict[str, Any] = {"one": found, "who": _who(found), "verdict": found.verdict, "longest": LONGEST}
    status = 200
    if request.method == "POST":
        context["typed"] = request.POST.get("answer", "")[:LONGEST]
        try:
            _settle(request, desk, found)
            messages.success(request, _("Answered. Whose call it was reads it on the page of the call."))
            return redirect("console:appeal", appeal)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    attempt = calls.attempt(found.verdict) if found.verdict else None
    context["record"] = record(attempt, staff=True) if attempt else None
    if found.case is not None:
        behind = queries.case(found.case)
        context["behind"] = behind
        context["had_a_part"] = behind is not None and desk.account in behind.accounts
        context["cleared"] = ("legitimate", "quarrel", "not_proven")
    return render(request, "web/console/appeal.html", context, status=status)


def _settle(request: HttpRequest, desk: Desk, found: AppealView) -> None:
    """Decide an appeal against a case, answer any other. Raises Problem."""
    text = request.POST.get("answer", "")
    if found.case is None:
        cases.answer(found.id, account=desk.account, text=text, page=address(found.verdict))
        return
    page = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('my:measures')}"
    outcome, finding = request.POST.get("outcome", ""), request.POST.get("finding", "")
    cases.decide_appeal(found.id, account=desk.account, outcome=outcome, text=text, page=page, finding=finding)


def _who(appeal: AppealView) -> str:
    """A firm by its name, a person by their masked number."""
    if appeal.party.subscriber:
        return people.masked(appeal.party.subscriber)
    return people.organisation_names([appeal.party.organisation]).get(appeal.party.organisation, "")
