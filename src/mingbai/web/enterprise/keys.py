"""API keys: shown once, ended with one click."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.numbers import actions
from mingbai.numbers import queries as numbers
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk

OPERATORS_ONLY = frozenset({Scope.NUMBERS_WRITE, Scope.MESSAGES_WRITE})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("make.api_key")
def keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Our keys; POST makes one and shows it this once."""
    made, problem = "", None
    if request.method == "POST":
        try:
            made = _make(request, desk)
        except Problem as fault:
            problem = fault
    return _page(request, desk, made=made, problem=problem)


def _page(request: HttpRequest, desk: Desk, *, made: str = "", problem: Problem | None = None) -> HttpResponse:
    context = {
        "keys": known.api_keys(desk.organisation.id),
        "scopes": [scope.value for scope in Scope if desk.is_operator or scope not in OPERATORS_ONLY],
        "frame": f"web/{'console' if desk.is_operator else 'enterprise'}/base.html",
        "made": made,
        "hook": numbers.label_hook(desk.organisation.id),
        "secret": actions.label_hook_secret(desk.organisation.id),
        "tellings": numbers.tellings(desk.organisation.id),
        "problem": problems.told(problem) if problem else None,
    }
    return render(request, "web/enterprise/keys.html", context, status=problem.status if problem else 200)


@require_POST
@at_desk("revoke.api_key")
def revoke(request: HttpRequest, desk: Desk, key: int) -> HttpResponse:
    found = known.api_key_by_id(key)
    if found is None or found.organisation != desk.organisation.id:
        raise Http404
    people.revoke_api_key(key)
    messages.success(request, _("The key has ended. Whoever uses it is turned away."))
    return redirect("enterprise:keys")


@require_POST
@at_desk("make.api_key")
def label_hook(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where we are told of labels that were wrong; nowhere when it is left empty."""
    try:
        actions.set_label_hook(desk.organisation.id, url=request.POST.get("url", "")[:400], account=desk.account)
    except Problem as problem:
        return _page(request, desk, problem=problem)
    messages.success(request, _("Noted. The next correction is told there."))
    return redirect("enterprise:keys")


def _make(request: HttpRequest, desk: Desk) -> str:
    name = request.POST.get("name", "").strip()
    if not name:
        raise Problem("web.name_missing", where=_("Name"))
    own = [require(one).digits for one in request.POST.get("numbers", "").replace(",", " ").split()]
    # A key decides about numbers that its organisation holds or that call for it, never about somebody else's.
    for digits in own:
        if not _ours(desk, int(digits)):
            raise Problem("web.number_not_yours", where=_("Numbers"))
    scopes = request.POST.getlist("scopes")
    if not desk.is_operator and OPERATORS_ONLY & set(scopes):
        raise Problem("web.choice", where=_("It may"))
    return people.create_api_key(organisation=desk.organisation.id, name=name, scopes=scopes, numbers=own)[1]


def _ours(desk: Desk, number: int) -> bool:
    held = [*numbers.of_organisation(desk.organisation.id), *numbers.for_organisation(desk.organisation.id)]
    return any(one.first <= number <= one.last for one in held)
