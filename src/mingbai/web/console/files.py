"""Numbers and organisations: lists, one on a page, and what the operator may do to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.consent import queries as consents
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as registered
from mingbai.people import actions as people
from mingbai.people import queries
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk

PAGE = 100
STATES = ("active", "suspended")


@require_GET
@at_desk("see.numbers", operator=True)
def number_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every resource, by page; suspended ones alone when asked."""
    after = _whole(request.GET.get("after", "0"))
    state = request.GET.get("state", "")
    state = state if state in ("active", "suspended", "closed") else ""
    found = registered.resources(after=after, limit=PAGE + 1, state=state)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    context = {"numbers": found[:PAGE], "more": more, "state": state, "count": registered.count()}
    return render(request, "web/console/numbers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("register.number", operator=True)
def import_numbers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register numbers from a CSV file; each bad row is told."""
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Problem("web.file_missing", where=_("list"))
            keep_good = request.POST.get("keep_good") == "yes"
            context["report"] = report = numbers.import_numbers(file, keep_good=keep_good)
            status = 200 if report.accepted or not report.rejected else 422
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.numbers", operator=True)
def number(request: HttpRequest, desk: Desk, resource: int) -> HttpResponse:
    """One resource on one page; POST suspends or restores it, with a reason."""
    found = registered.resource(resource)
    if found is None:
        raise Http404
    if request.method == "POST":
        desk.require("set.number")
        return _changed(request, lambda state, reason: numbers.set_number_state(resource, state, reason))
    context = {"one": found, "contract": registered.contract(found.holder), "other": _other(found.state)}
    return render(request, "web/console/number.html", context)


@require_GET
@at_desk("see.organisation", operator=True)
def organisations(request: HttpRequest, desk: Desk) -> HttpResponse:
    return render(request, "web/console/organisations.html", {"organisations": queries.organisations()})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation", operator=True)
def organisation(request: HttpRequest, desk: Desk, organisation: int) -> HttpResponse:
    """One organisation: its numbers, its people; POST suspends or restores it, with a reason."""
    found = queries.organisation(organisation)
    if found is None:
        raise Http404
    if request.method == "POST":
        desk.require("set.organisation")
        return _changed(request, lambda state, reason: people.set_organisation_state(organisation, state, reason))
    context = {
        "one": found,
        "other": _other(found.state),
        "numbers": registered.of_organisation(organisation, limit=PAGE),
        "accounts": queries.accounts(organisation),
        "keys": queries.api_keys(organisation),
        "contract": registered.contract(organisation),
        "suspended": consents.suspended_batches(organisation),
        "may_restore": desk.may("restore.batch"),
        "account": desk.account,
    }
    return render(request, "web/console/organisation.html", context)


def _changed(request: HttpRequest, change: Callable[[str, str], None]) -> HttpResponse:
    """Suspend or restore by `change(state, reason)`, then back to the page. Raises Problem without a reason."""
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "").strip()[:200]
    if state not in STATES:
        raise Problem("web.choice", where=_("State"))
    if not reason:
        raise Problem("web.reason_needed", where=_("Reason"))
    change(state, reason)
    messages.success(request, _("Done. The gate goes by it within a second."))
    return redirect(request.path)


def _other(state: str) -> str:
    """What it can be changed to; nothing once closed."""
    return {"active": "suspended", "suspended": "active"}.get(state, "")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
