"""Entry: firms that come back, firms that are kept out, SIM orders that wait, places that are listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

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
LONGEST = 400  # characters of a ground or a reason that are kept

Page = Callable[[HttpRequest, Desk, Problem | None], HttpResponse]


@require_GET
@at_desk("see.numbers", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Likenesses that wait, and limits in force."""
    return _entry(request, desk)


@require_POST
@at_desk("decide.entry", operator=True)
def decide(request: HttpRequest, desk: Desk, likeness: int) -> HttpResponse:
    """One person's yes or no."""
    return _judged(request, desk, actions.decide_likeness, likeness, _entry)


@require_POST
@at_desk("limit.entry", operator=True)
def limit(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep a firm from coming back."""

    def act() -> object:
        firm = people.organisation_by_name(request.POST.get("name", "")[:120])
        if firm is None:
            raise Problem("admission.firm", "no such firm", where="name")
        until = day(request.POST.get("until", ""), "until")
        ends = timezone.make_aware(datetime.combine(until + timedelta(days=1), time())) if until else None
        return actions.limit(firm.id, account=desk.account, ground=_text(request, "ground"), ends_at=ends)

    return _done(request, desk, act, _entry)


@require_POST
@at_desk("limit.entry", operator=True)
def lift(request: HttpRequest, desk: Desk, limit: int) -> HttpResponse:
    """End a limit before its time."""
    reason = _text(request, "reason")
    return _done(request, desk, lambda: actions.lift(limit, account=desk.account, reason=reason), _entry)


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
    return _judged(request, desk, actions.decide_sims, order, _sims)


@require_POST
@at_desk("screen.sims", operator=True)
def list_place(request: HttpRequest, desk: Desk) -> HttpResponse:
    """List an address."""
    address, ground = _text(request, "address"), _text(request, "ground")
    return _done(request, desk, lambda: actions.list_place(address, account=desk.account, ground=ground), _sims)


@require_POST
@at_desk("screen.sims", operator=True)
def unlist_place(request: HttpRequest, desk: Desk, place: int) -> HttpResponse:
    """Take an address from the list."""
    reason = _text(request, "reason")
    return _done(request, desk, lambda: actions.unlist_place(place, account=desk.account, reason=reason), _sims)


def _judged(request: HttpRequest, desk: Desk, judge: Callable[..., str], subject: int, page: Page) -> HttpResponse:
    """One person's yes or no: `judge` is an action that takes the subject, whose word it is, and why."""
    through, reason = request.POST.get("do") == "through", _text(request, "reason")
    act = partial(judge, subject, account=desk.account, let_through=through, reason=reason)
    return _done(request, desk, act, page)


def _done(request: HttpRequest, desk: Desk, act: Callable[[], object], page: Page) -> HttpResponse:
    """Act, then back to the list; what goes wrong stands above it."""
    try:
        said = act()
    except Problem as problem:
        return page(request, desk, problem)
    messages.success(request, str(ON_RECORD) if said == "first_yes" else _("Decided, and on record."))
    return redirect("console:sims" if page is _sims else "console:entry")


def _text(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:LONGEST]


def _entry(request: HttpRequest, desk: Desk, problem: Problem | None = None) -> HttpResponse:
    shown = {
        "rows": queries.likenesses(),
        "limits": queries.limits(),
        "may_decide": desk.may("decide.entry"),
        "may_limit": desk.may("limit.entry"),
    }
    return _page(request, desk, "entry", shown, problem)


def _sims(request: HttpRequest, desk: Desk, problem: Problem | None = None) -> HttpResponse:
    shown = {"rows": queries.sim_orders(), "places": queries.places(), "may_decide": desk.may("screen.sims")}
    return _page(request, desk, "sims", shown, problem)


def _page(
    request: HttpRequest, desk: Desk, name: str, shown: dict[str, object], problem: Problem | None
) -> HttpResponse:
    context = {**shown, "account": desk.account, "problem": problems.told(problem) if problem else None}
    status = problem.status if problem else 200
    return render(request, f"web/console/admission/{name}.html", context, status=status)
