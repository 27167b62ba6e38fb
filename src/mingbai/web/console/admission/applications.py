"""Applications as the operator's staff sees them: the queue, one with its checklist, and what may be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.admission import actions, queries
from mingbai.admission.queries import ApplicationView, Item, State
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web import downloads, problems
from mingbai.web.admission import form, shown
from mingbai.web.desk import Desk, at_desk

PAGE = 100
FILTERS = {
    "review": (State.SUBMITTED,),
    "allocate": (State.SIGNED,),
    "firm": (State.DRAFT, State.FINDINGS, State.APPROVED),
    "allocated": (State.ALLOCATED,),
    "over": (State.REFUSED, State.WITHDRAWN, State.ENDED),
}
DONE = {
    "approve": gettext_lazy("Approved. The firm reads the contract now and signs it."),
    "send_back": gettext_lazy("Sent back with what is wanting."),
    "refuse": gettext_lazy("Not approved. The firm reads why."),
    "allocate": gettext_lazy("Allocated. The gate goes by it within a second."),
    "shut": gettext_lazy("Shut. The numbers rest; the holder is recognised when it comes back."),
    "give_back": gettext_lazy("Given back. The numbers rest before anybody else may have them."),
    "paper": gettext_lazy("Handed in."),
    "submit": gettext_lazy("Submitted. A second person reviews it."),
}


@require_GET
@at_desk("see.numbers", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, by what it waits for; numbers that rest."""
    state = request.GET.get("state", "")
    state = state if state in (*FILTERS, "resting") else "review"
    before = request.GET.get("before", "")
    context: dict[str, Any] = {"state": state, "filters": list(FILTERS), "may_apply": desk.may("apply.number")}
    context |= _waiting()
    if state == "resting":
        resting = numbers.resting(now=clock.now())
        names = people.organisation_names({one.holder for one in resting})
        context["resting"] = [(one, names.get(one.holder, "")) for one in resting]
    elif state == "review":
        context["rows"] = queries.waiting(limit=PAGE)
    else:
        last = int(before) if before.isdecimal() and len(before) < 19 else 0
        found = queries.applications(states=FILTERS[state], before=last, limit=PAGE + 1)
        context |= {"rows": found[:PAGE], "more": found[PAGE - 1].id if len(found) > PAGE else None}
    return render(request, "web/console/admission/listed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("apply.number", operator=True)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Enter an application for a firm; whoever enters it does not review it."""
    context: dict[str, Any] = {**form.choices(), "staff": True, "typed": {"from": "09:00", "to": "18:00"}}
    if request.method == "POST":
        said = form.typed(request.POST)
        context["typed"] = said | {"applicant": request.POST.get("applicant", "").strip()[:120]}
        try:
            firm = people.organisation_by_name(context["typed"]["applicant"])
            if firm is None:
                raise Problem("admission.firm", "no such firm", where="applicant")
            made = actions.enter(account=desk.account, applicant=firm.id, declaration=form.declaration(said))
        except Problem as problem:
            context["problem"] = problems.told(problem)
            return render(request, "web/console/admission/new.html", context, status=problem.status)
        return redirect("console:application", made)
    return render(request, "web/console/admission/new.html", context)


@require_GET
@at_desk("see.numbers", operator=True)
def one(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """One application on one page: what was declared, papers, likenesses, the checklist."""
    return _page(request, desk, _found(application))


@require_POST
@at_desk("see.numbers", operator=True)
def act(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """Approve, send back, refuse, allocate, shut; and for a firm: hand in, submit, give back. Roles: the room asks."""
    found, what = _found(application), request.POST.get("do", "")
    try:
        _act(request, desk, found, what)
    except Problem as problem:
        return _page(request, desk, _found(application), problem)
    messages.success(request, str(DONE[what]))
    return redirect("console:application", application)


@require_POST
@at_desk("review.application", operator=True)
def paper(request: HttpRequest, desk: Desk, document: int) -> HttpResponse:
    """A paper, taken to one's own desk; the look is put on record."""
    name, content = actions.open_paper(document, account=desk.account)
    return downloads.file(content, name, "application/octet-stream")


@require_GET
@at_desk("see.numbers", operator=True)
def contract(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """The sealed contract."""
    content = actions.sealed_pdf(application, account=desk.account)
    return downloads.file(content, f"contract-{application}.pdf", "application/pdf")


def _act(request: HttpRequest, desk: Desk, found: ApplicationView, what: str) -> None:
    reason, account = request.POST.get("reason", "")[:600], desk.account
    if what in ("approve", "send_back", "refuse"):
        answers = _answers(request)
        if what == "approve":
            actions.approve(found.id, account=account, answers=answers)
        elif what == "send_back":
            actions.send_back(found.id, account=account, answers=answers, reason=reason)
        else:
            actions.refuse(found.id, account=account, answers=answers, reason=reason)
    elif what == "allocate":
        actions.allocate(found.id, account=account)
    elif what == "shut":
        actions.shut(found.id, account=account, reason=reason)
    elif what == "give_back":
        actions.give_back(found.id, account=account, reason=reason)
    elif what == "paper":
        form.hand_in(request, found.id, account)
    elif what == "submit":
        actions.submit(found.id, account=account, identity=form.identity(request.POST))
    else:
        raise Problem("web.choice", where=_("Action"))


def _answers(request: HttpRequest) -> dict[str, tuple[bool, str]]:
    """The checklist as ticked; an item that was not answered is left out."""
    found = {}
    for item in Item:
        said = request.POST.get(f"item.{item.value}", "")
        if said in ("yes", "no"):
            found[item.value] = (said == "yes", request.POST.get(f"note.{item.value}", "")[:300])
    return found


def _page(request: HttpRequest, desk: Desk, one: ApplicationView, problem: Problem | None = None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else {}
    items = [(item.value, sent.get(f"item.{item.value}", ""), sent.get(f"note.{item.value}", "")) for item in Item]
    context: dict[str, Any] = {
        **shown.about(one),
        "likenesses": queries.likenesses(application=one.id, open_only=False),
        "items": items,
        "reason": sent.get("reason", ""),
        "reviewer": desk.may("review.application") and desk.account not in one.editors,
        "may_review": desk.may("review.application"),
        "may_allocate": desk.may("allocate.number"),
        "may_apply": desk.may("apply.number"),
        "traits": form.IDENTITY,
        "problem": problems.told(problem) if problem else None,
    }
    status = problem.status if problem else 200
    return render(request, "web/console/admission/one.html", context, status=status)


def _found(application: int) -> ApplicationView:
    found = queries.application(application)
    if found is None:
        raise Http404
    return found


def _waiting() -> dict[str, int]:
    """How much waits on the other pages of resources."""
    return {
        "doubts_open": len(queries.doubts()),
        "entry_open": len(queries.likenesses()),
        "sims_open": len(queries.sim_orders()),
    }
