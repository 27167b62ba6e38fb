"""Mandatory messages that did not arrive: listed until somebody sent them again or saw to them otherwise, on record."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mingbai.kernel.problems import Problem
from mingbai.notices import actions, queries
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk

PAGE = 100


@require_safe
@at_desk("see.messages", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What did not arrive, newest first, by kind and by reason."""
    kind, why, text = (request.GET.get(name, "") for name in ("kind", "why", "before"))
    kind, why = kind if kind in queries.MANDATORY else "", why if why in queries.WHYS else ""
    before = int(text) if text.isdecimal() and len(text) < 19 else 0
    found = queries.missed(kind=kind, why=why, before=before, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE], "more": found[PAGE - 1].id if len(found) > PAGE else None, "kind": kind, "why": why,
        "kinds": queries.MANDATORY, "whys": queries.WHYS, "count": queries.missed_count(),
        "hours": queries.profile().notices.receipt_hours,
    }  # fmt: skip
    return render(request, "web/console/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.messages", operator=True)
def one(request: HttpRequest, desk: Desk, message: int) -> HttpResponse:
    """One message; POST sends it again or notes that it was seen to otherwise. Its text is not shown."""
    found = next((row for row in queries.missed(before=message + 1, limit=1) if row.id == message), None)
    if found is None:
        raise Http404
    context: dict[str, object] = {"one": found, "longest": actions.LONGEST, "wish": queries.wish_of(found.subscriber)}
    status = 200
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        context["typed"] = reason[: actions.LONGEST]
        try:
            if request.POST.get("act") == "again":
                actions.again(message, account=desk.account, reason=reason)
                messages.success(request, _("Sent again. Until it arrives it stands in the outbox as a new message."))
            else:
                actions.see_to(message, account=desk.account, reason=reason)
                messages.success(request, _("Noted. It stands in the evidence log with your reason."))
            return redirect("console:notices")
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/notice.html", context, status=status)
