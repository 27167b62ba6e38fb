"""What a refused caller gets: the signed card, the page that says why, the receipt, the appeal. RFC 8688."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mingbai.calls import queries as calls
from mingbai.cases import actions as cases
from mingbai.cases import queries as appeals
from mingbai.cases.rules import LONGEST
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.web import downloads, limits, problems
from mingbai.web.redress import access, card
from mingbai.web.redress.access import Seen
from mingbai.web.redress.record import address, certificate_address, record, sender

REASON = 4  # characters at least
APPEALS, GUESSES = 60, 5  # an hour: appeals of one party; numbers typed for one receipt


@require_safe
def signed_card(request: HttpRequest, verdict: str) -> HttpResponse:
    """The card to which the SIP answer's Call-Info leads."""
    at_us = access.refused_at(request, verdict)
    made = card.signed(
        card.signer(settings.HOME, card.host_of(settings.PUBLIC_URL)),
        sender(),
        refused_s=at_us // 1_000_000,
        page=address(verdict),
        certificate=certificate_address(),
    )
    return HttpResponse(made, content_type=card.CARD_TYPE)


@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate of the key that signs the cards (x5u)."""
    chain = card.signer(settings.HOME, card.host_of(settings.PUBLIC_URL)).chain
    return HttpResponse(chain, content_type=card.CHAIN_TYPE, headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def page(request: HttpRequest, verdict: str) -> HttpResponse:
    """In plain words what happened; to whom the call belongs, the record."""
    if access.is_stranger(request):
        access.refused_at(request, verdict)
        return render(request, "web/redress/page.html", _frame(verdict))
    seen = access.seen(request, verdict)
    return _page(request, seen, status=200 if seen.shown or seen.staff else 403)


@require_POST
def look(request: HttpRequest, verdict: str) -> HttpResponse:
    """Staff says why it needs the record; that is in the log before the record shows."""
    seen = access.seen(request, verdict)
    if not seen.staff or seen.desk is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:200]
    if len(reason) < REASON:
        problem = Problem("web.reason_missing", where=_("Reason"))
        return _page(request, seen, status=422, reason_problem=problems.told(problem))
    party = appeals.caller_party(seen.attempt)
    cases.look(verdict=verdict, party=party, account=seen.desk.account, reason=reason)
    access.open_for_staff(request, verdict)
    messages.success(request, _("Your look at this call is on record, with your reason."))
    return redirect("redress:page", verdict)


@require_POST
def appeal(request: HttpRequest, verdict: str) -> HttpResponse:
    """“I think this is wrong because …”, by whose call it was."""
    seen = access.seen(request, verdict)
    if seen.party is None or not seen.may_appeal:
        raise Http404
    typed = request.POST.get("text", "")
    try:
        limits.spend(f"appeal:{seen.party.subject}", APPEALS)
        cases.appeal(verdict=verdict, party=seen.party, text=typed, account=seen.account)
    except Problem as problem:
        told = problems.told(problem)
        return _page(request, seen, status=problem.status, typed=typed[:LONGEST], appeal_problem=told)
    messages.success(request, _("Your appeal is on record. The answer will stand on this page."))
    return redirect("redress:page", verdict)


@require_POST
def receipt(request: HttpRequest, verdict: str) -> HttpResponse:
    """The record's receipt. It holds the called number, so it is given to a party that shows to know that number:
    a calling number can be forged, and its user does not learn then whom somebody called."""
    seen = access.seen(request, verdict)
    if seen.party is None:
        raise Http404
    try:
        limits.spend(f"redress:receipt:{verdict}:{seen.party.subject}", GUESSES)
        if require(request.POST.get("number", "")[:40]).digits != seen.attempt.callee:
            raise Problem("redress.other_number", status=422)
        text = calls.attempt_receipt(verdict)
        return downloads.receipt(text, f"mingbai-call-{verdict[-12:]}")
    except Problem as problem:
        return _page(request, seen, status=problem.status, receipt_problem=problems.told(problem))


def _frame(verdict: str) -> dict[str, Any]:
    return {"verdict": verdict, "sender": sender()}


def _page(request: HttpRequest, seen: Seen, *, status: int, **more: Any) -> HttpResponse:
    context = {**_frame(seen.verdict), "seen": seen, "longest": LONGEST, **more}
    if seen.shown:
        context["record"] = record(seen.attempt, staff=seen.party is None)
    if seen.party is not None:
        context["appeal"] = appeals.of_party(seen.verdict, seen.party)
    elif seen.opened:
        context["said"] = appeals.of_verdict(seen.verdict)
    return render(request, "web/redress/page.html", context, status=status)
