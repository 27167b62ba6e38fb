"""Rule sets: what differs from the profile's rules, tried on past days, and let go live by a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.detection import actions, queries
from mingbai.detection.queries import RuleSetView
from mingbai.detection.states import RunState, SetState
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.web import problems
from mingbai.web.console.detection import asked, form
from mingbai.web.desk import Desk, at_desk

PAGE = 50
LONGEST = 200  # characters of a note
DAYS = 7  # that a shadow run is proposed over


@require_safe
@at_desk("see.findings", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Rule sets, newest first, and which holds."""
    after = asked.whole(request.GET.get("after", ""), 10**6)
    found = queries.rule_sets(after=after, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE],
        "more": asked.again(request, after=after + PAGE) if len(found) > PAGE else "",
        "live": queries.in_force().rules,
        "names": _accounts({one.proposed_by for one in found} | {one.live_by for one in found}),
        "may": desk.may("propose.rules"),
    }
    return render(request, "web/console/detection/sets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("propose.rules", operator=True)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Propose other thresholds: a form with those that hold now."""
    typed = {name: str(value) for name, value in request.POST.items()}
    note, problem = typed.get("note", "")[:LONGEST].strip(), None
    if request.method == "POST":
        try:
            made = actions.propose(form.read(typed), note=note, account=desk.account)
            messages.success(request, _("On record. Try them on past days before anybody lets them go live."))
            return redirect("console:rule_set", made)
        except Problem as refused:
            problem = refused
    wrong = problem.where if problem else ""
    context = {
        "parts": form.rows(typed, wrong),
        "note": note,
        "longest": LONGEST,
        "problem": problems.told(problem) if problem else None,
        "wrong": wrong,
    }
    return render(request, "web/console/detection/new.html", context, status=problem.status if problem else 200)


@require_safe
@at_desk("see.findings", operator=True)
def one(request: HttpRequest, desk: Desk, rules: int) -> HttpResponse:
    """What it changes, its runs, and what may be done with it."""
    return _page(request, desk, rules)


@require_POST
@at_desk("propose.rules", operator=True)
def run(request: HttpRequest, desk: Desk, rules: int) -> HttpResponse:
    """Let it run over past days, beside the rules that hold; nothing of it becomes a finding."""
    _found(rules)

    def act() -> HttpResponse:
        first, last = (asked.day(request.POST.get(name, "")) for name in ("first", "last"))
        if first is None or last is None:
            raise Problem("detection.days", "no such days", where="first")
        return redirect("console:shadow_run", actions.ask_shadow(rules, first=first, last=last, account=desk.account))

    return _done(request, desk, rules, "run", act)


@require_POST
@at_desk("release.rules", operator=True)
def live(request: HttpRequest, desk: Desk, rules: int) -> HttpResponse:
    """The second person's yes."""
    _found(rules)

    def act() -> None:
        actions.go_live(rules, account=desk.account)
        messages.success(request, _("In force from now on."))

    return _done(request, desk, rules, "live", act)


@require_POST
@at_desk("propose.rules", operator=True)
def drop(request: HttpRequest, desk: Desk, rules: int) -> HttpResponse:
    """Nothing comes of it."""
    _found(rules)

    def act() -> None:
        actions.drop(rules, account=desk.account, reason=request.POST.get("reason", ""))
        messages.success(request, _("Dropped."))

    return _done(request, desk, rules, "drop", act)


def _done(
    request: HttpRequest, desk: Desk, rules: int, at: str, act: Callable[[], HttpResponse | None]
) -> HttpResponse:
    try:
        return act() or redirect("console:rule_set", rules)
    except Problem as problem:
        return _page(request, desk, rules, problem, at)


def _page(request: HttpRequest, desk: Desk, rules: int, problem: Problem | None = None, at: str = "") -> HttpResponse:
    found = _found(rules)
    under_way = any(one.state in (RunState.WAITING, RunState.RUNNING) for one in found.runs)
    yesterday = timezone.localtime(clock.now()).date() - timedelta(days=1)
    open_still = found.state in (SetState.DRAFT, SetState.SHADOWED)
    context: dict[str, Any] = {
        "one": found,
        "names": _accounts({found.proposed_by, found.live_by, *(one.asked_by for one in found.runs)}),
        "may_run": desk.may("propose.rules") and open_still and not under_way,
        "may_drop": desk.may("propose.rules") and open_still,
        "may_release": desk.may("release.rules") and found.state == SetState.SHADOWED,
        "own": found.proposed_by == desk.account,
        "first": request.POST.get("first", "")[:10] or (yesterday - timedelta(days=DAYS - 1)).isoformat(),
        "last": request.POST.get("last", "")[:10] or yesterday.isoformat(),
        "latest": yesterday.isoformat(),
        "problem": problems.told(problem) if problem else None,
        "at": at,
    }
    return render(request, "web/console/detection/set.html", context, status=problem.status if problem else 200)


def _found(rules: int) -> RuleSetView:
    found = queries.rule_set(rules) if rules < 1 << 62 else None
    if found is None:
        raise Http404
    return found


def _accounts(ids: set[int]) -> dict[int, str]:
    views = {ident: people.account_by_id(ident) for ident in ids if ident}
    return {ident: view.username for ident, view in views.items() if view}
