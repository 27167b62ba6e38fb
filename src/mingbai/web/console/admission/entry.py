"""Entry: firms that come back, firms that are kept out, SIM orders that wait, places that are listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from mingbai.admission import actions, queries
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.web import problems
from mingbai.web.admission.form import day, identity
from mingbai.web.desk import Desk, at_desk

ON_RECORD = gettext_lazy("On record. A second person has to agree before it goes through.")


@require_GET
@at_desk("see.numbers", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Likenesses that wait, and limits in force."""
    return _entry(request, desk)


@require_POST
@at_desk("decide.entry", operator=True)
def decide(request: HttpRequest, desk: Desk, likeness: int) -> HttpResponse:
    """One person's yes or no."""
    through, reason = request.POST.get("do") == "through", request.POST.get("reason", "")[:400]

    def act() -> str:
        return actions.decide_likeness(likeness, account=desk.account, let_through=through, reason=reason)

    return _done(request, desk, act, _entry, "console:entry")


@require_POST
@at_desk("limit.entry", operator=True)
def limit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep a firm from coming back."""

    def act() -> str:
        firm = people.organisation_by_name(request.POST.get("name", "")[:120])
        if firm is None:
            raise Problem("admission.firm", "no such firm", where="name")
        until = day(request.POST.get("until", ""), "until")
        ends = timezone.make_aware(datetime.combine(until + timedelta(days=1), time())) if until else None
        actions.limit(firm.id, account=desk.account, ground=request.POST.get("ground", "")[:400], ends_at=ends)
        return ""

    return _done(request, desk, act, _entry, "console:entry")


@require_POST
@at_desk("limit.entry", operator=True)
def lift(request: HttpRequest, desk: Desk, limit: int) -> HttpResponse:
    """End a limit before its time."""
    reason = request.POST.get("reason", "")[:400]
    return _done(
        request, desk, lambda: str(actions.lift(limit, account=desk.account, reason=reason)), _entry, "console:entry"
    )


@require_POST
@at_desk("limit.entry", operator=True)
def identify(request: HttpRequest, desk: Desk, organisation: int) -> HttpResponse:
    """File by what a firm is known again."""
    actions.identify(organisation, account=desk.account, identity=identity(request.POST))
    messages.success(request, _("Filed as keyed hashes; the firm is recognised by them from now on."))
    return redirect("console:hanging", organisation)


@require_GET
@at_desk("see.numbers", operator=True)
def sims(request: HttpRequest, desk: Desk) -> HttpResponse:
    """SIM orders that wait, and listed places."""
    return _sims(request, desk)


@require_POST
@at_desk("screen.sims", operator=True)
def decide_sims(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """One person's yes or no to a held order."""
    through, reason = request.POST.get("do") == "through", request.POST.get("reason", "")[:400]

    def act() -> str:
        return actions.decide_sims(order, account=desk.account, let_through=through, reason=reason)

    return _done(request, desk, act, _sims, "console:sims")


@require_POST
@at_desk("screen.sims", operator=True)
def list_place(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List an address."""
    address, ground = request.POST.get("address", "")[:300], request.POST.get("ground", "")[:400]
    return _done(
        request, desk, lambda: str(actions.list_place(address, account=desk.account, ground=ground)), _sims,
        "console:sims",
    )  # fmt: skip


@require_POST
@at_desk("screen.sims", operator=True)
def unlist_place(request: HttpRequest, desk: Desk, place: int) -> HttpResponse:
    """Take an address from the list."""
    reason = request.POST.get("reason", "")[:400]
    return _done(
        request, desk, lambda: str(actions.unlist_place(place, account=desk.account, reason=reason)), _sims,
        "console:sims",
    )  # fmt: skip


Page = Callable[[HttpRequest, Desk, Problem | None], HttpResponse]


def _done(request: HttpRequest, desk: Desk, act: Callable[[], str], page: Page, to: str) -> HttpResponse:
    try:
        said = act()
    except Problem as problem:
        return page(request, desk, problem)
    messages.success(request, str(ON_RECORD) if said == "first_yes" else _("Decided, and on record."))
    return redirect(to)


def _entry(request: HttpRequest, desk: Desk, problem: Problem | None = None) -> HttpResponse:
    context = {
        "rows": queries.likenesses(),
        "limits": queries.limits(),
        "account": desk.account,
        "may_decide": desk.may("decide.entry"),
        "may_limit": desk.may("limit.entry"),
        "problem": problems.told(problem) if problem else None,
    }
    return render(request, "web/console/admission/entry.html", context, status=problem.status if problem else 200)


def _sims(request: HttpRequest, desk: Desk, problem: Problem | None = None) -> HttpResponse:
    context = {
        "rows": queries.sim_orders(),
        "places": queries.places(),
        "account": desk.account,
        "may_decide": desk.may("screen.sims"),
        "problem": problems.told(problem) if problem else None,
    }
    return render(request, "web/console/admission/sims.html", context, status=problem.status if problem else 200)
