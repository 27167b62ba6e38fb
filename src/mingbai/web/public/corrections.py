"""纠错: whoever has a number says that its label is wrong, and reads what was answered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.kernel import profile
from mingbai.kernel.msisdn import Msisdn, require
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.people import queries as people
from mingbai.web import problems
from mingbai.web.desk import Desk, desk_of
from mingbai.web.my.access import subscriber_of

LONGEST = 2000


@require_http_methods(["GET", "HEAD", "POST"])
def wrong(request: HttpRequest) -> HttpResponse:
    """For a subscriber about their own number, for a firm about those that it holds or that call for it."""
    subscriber, desk = subscriber_of(request), desk_of(request)
    asks = desk if desk is not None and desk.may("ask.correction") and not desk.is_operator else None
    context: dict[str, Any] = {
        "days": profile.load(settings.HOME).labels.correction_days,
        "longest": LONGEST,
        "desk": asks,
        "mine": people.number_of(subscriber) if subscriber else None,
    }
    status = 200
    if request.method == "POST" and (subscriber or asks):
        context["typed"], context["text"] = request.POST.get("number", "")[:40], request.POST.get("text", "")[:LONGEST]
        try:
            _ask(context["mine"] or require(context["typed"]), context["text"], subscriber, asks)
            messages.success(request, _("Received. The answer will stand on this page."))
            return redirect("wrong_label")
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    if subscriber:
        context["asked"] = queries.corrections_of(subscriber=subscriber)
        context["label"] = queries.label_for(context["mine"])
    elif asks:
        context["asked"] = queries.corrections_of(organisation=asks.organisation.id)
    return render(request, "web/public/wrong.html", context, status=status)


def _ask(number: Msisdn, text: str, subscriber: int | None, desk: Desk | None) -> None:
    if subscriber:
        numbers.ask_correction(number=number, text=text, subscriber=subscriber)
    elif desk is not None:
        numbers.ask_correction(number=number, text=text, organisation=desk.organisation.id, account=desk.account)
