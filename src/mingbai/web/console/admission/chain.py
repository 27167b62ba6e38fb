"""The chain of responsibility: who answers for a call, and what hangs on a link. For staff, and for authorities."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.admission import queries
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web.admission import chains, form
from mingbai.web.desk import Desk, at_desk

ALLOWED = ("operator", "authority")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.numbers")
def chain(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Any number at any past moment; by POST, so that it stands in no address."""
    _require(desk)
    context, status = chains.asked(request.POST) if request.method == "POST" else ({}, 200)
    return render(request, "web/console/admission/chain.html", context, status=status)


@require_GET
@at_desk("see.numbers")
def hanging(request: HttpRequest, desk: Desk, organisation: int) -> HttpResponse:
    """What a measure on this organisation would reach."""
    _require(desk)
    found = people.organisation(organisation)
    if found is None:
        raise Http404
    hangs = queries.hanging(organisation)
    context = {
        "one": found,
        "hangs": hangs,
        "numbers": [view for ident in hangs.resources if (view := numbers.resource(ident)) is not None],
        "restrictions": numbers.restrictions_of(organisation),
        "limits": queries.limits(organisation=organisation),
        "may_identify": desk.is_operator and desk.may("limit.entry"),
        "traits": form.IDENTITY,
    }
    return render(request, "web/console/admission/hanging.html", context)


def _require(desk: Desk) -> None:
    if desk.organisation.kind not in ALLOWED:
        raise PermissionDenied
