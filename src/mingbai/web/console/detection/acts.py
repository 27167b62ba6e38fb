"""What becomes of findings: a case, or nothing, each with its reason; one at a time or several at once."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mingbai.detection import actions
from mingbai.kernel.problems import Problem
from mingbai.web import problems
from mingbai.web.console.detection import asked, finding, listing
from mingbai.web.desk import Desk, at_desk

MOST = listing.PAGE  # findings at once: those of one page


@require_POST
@at_desk("judge.finding", operator=True)
def to_case(request: HttpRequest, desk: Desk, finding: int) -> HttpResponse:
    """Open the number, with the reason on record, and a case on it."""
    return _one(request, desk, finding, "case", lambda reason: _case(finding, desk, reason))


@require_POST
@at_desk("judge.finding", operator=True)
def dismiss(request: HttpRequest, desk: Desk, finding: int) -> HttpResponse:
    """Nothing comes of it; why stands on record."""
    return _one(request, desk, finding, "dismiss", lambda reason: _dismissed(finding, desk, reason))


@require_POST
@at_desk("judge.finding", operator=True)
def many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same with each finding that was ticked. What one of them refuses keeps none of the others from it."""
    act = {"case": _case, "dismiss": _dismissed}.get(request.POST.get("do", ""))
    ids = [found for found in map(asked.whole, request.POST.getlist("finding")[: MOST + 1]) if found]
    reason = _reason(request)
    campaign = request.POST.get("campaign", "")
    try:
        if act is None:
            raise Problem("web.choice", where="do")
        if not ids or len(ids) > MOST:
            raise Problem("detection.none_ticked", "no finding was chosen", where="finding")
        done, refused = _each(ids, act, desk, reason)
    except Problem as problem:
        return _listing(request, desk, campaign, problem)
    if done:
        said = ngettext("%(n)d finding is decided.", "%(n)d findings are decided.", done) % {"n": done}
        messages.success(request, said)
    for met in {one.code: one for one in refused}.values():
        messages.warning(request, problems.told(met)["what"])
    return redirect("console:campaign", campaign) if campaign else redirect("console:findings")


def _each(
    ids: list[int], act: Callable[[int, Desk, str], object], desk: Desk, reason: str
) -> tuple[int, list[Problem]]:
    """How many were done, and what the others met. Raises Problem when none was done for want of a reason."""
    done, refused = 0, []
    for ident in dict.fromkeys(ids):
        try:
            act(ident, desk, reason)
            done += 1
        except Problem as problem:
            if problem.status == 422:  # what is wrong with the form is wrong with it for each
                raise
            refused.append(problem)
    return done, refused


def _one(
    request: HttpRequest, desk: Desk, ident: int, at: str, act: Callable[[str], HttpResponse | None]
) -> HttpResponse:
    try:
        answer = act(_reason(request))
    except Problem as problem:
        return finding.finding_page(request, desk, ident, problem=problem, at=at)
    messages.success(request, _("The case is open, your reason on record.") if answer else _("Dismissed, with why."))
    return answer or redirect("console:finding", ident)


def _case(ident: int, desk: Desk, reason: str) -> HttpResponse:
    opened = actions.to_case(ident, account=desk.account, reason=reason)
    return redirect("console:case", opened[0])


def _dismissed(ident: int, desk: Desk, reason: str) -> None:
    actions.dismiss(ident, account=desk.account, reason=reason)


def _listing(request: HttpRequest, desk: Desk, campaign: str, problem: Problem) -> HttpResponse:
    if campaign:
        return listing.campaign_page(request, desk, campaign, problem)
    ticked = set(map(asked.whole, request.POST.getlist("finding")))
    return listing.queue(request, desk, problem, ticked=ticked, typed=_reason(request))


def _reason(request: HttpRequest) -> str:
    return str(request.POST.get("reason", ""))[: listing.LONGEST].strip()
