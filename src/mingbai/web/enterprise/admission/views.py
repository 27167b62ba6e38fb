"""A firm applies for numbers, hands in papers, reads and signs its contract, refiles, gives back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.admission import actions, queries
from mingbai.admission.queries import ApplicationView, State
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.web import downloads, problems
from mingbai.web.admission import chains, form, shown
from mingbai.web.desk import Desk, at_desk

PAGE = 100
EMPTY = {"sort": "numbers", "from": "09:00", "to": "18:00"}
DONE = {
    "paper": gettext_lazy("Handed in."),
    "submit": gettext_lazy("Submitted. The operator's staff reviews it; you read here what they say."),
    "withdraw": gettext_lazy("Withdrawn."),
    "give_back": gettext_lazy("Given back. The numbers rest before anybody else may have them."),
}


@require_GET
@at_desk("see.numbers")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Our applications, papers that expire, and what was found of us."""
    own = desk.organisation.id
    today = timezone.localtime(clock.now()).date()
    context = {
        "rows": queries.applications(applicant=own, limit=PAGE),
        "expiring": queries.expiring(today + timedelta(days=profile().admission.warn_days), applicant=own),
        "today": today,
        "doubts": queries.doubts(applicant=own),
        "may_apply": desk.may("apply.number"),
    }
    return render(request, "web/enterprise/admission/listed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("apply.number")
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Apply for a number, a range or a line."""
    if request.method != "POST":
        return _form(request, dict(EMPTY))
    said = form.typed(request.POST)
    try:
        made = actions.enter(account=desk.account, applicant=desk.organisation.id, declaration=form.declaration(said))
    except Problem as problem:
        return _form(request, said, problem)
    return redirect("enterprise:application", made)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("apply.number")
def edit(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """Declare anew what was not decided."""
    found = _own(desk, application)
    if request.method != "POST":
        return _form(request, form.filled(found), one=found)
    said = form.typed(request.POST)
    try:
        actions.amend(application, account=desk.account, declaration=form.declaration(said))
    except Problem as problem:
        return _form(request, said, problem, one=found)
    return redirect("enterprise:application", application)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("apply.number")
def change(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """Refile what changed of a number that we hold."""
    found = _own(desk, application)
    days = profile().admission.refile_days
    if request.method != "POST":
        return _form(request, form.filled(found), one=found, changing=days)
    said = form.typed(request.POST)
    try:
        since = form.day(request.POST.get("changed_on", ""), "changed_on")
        if since is None:
            raise Problem("admission.day", "the day is missing", where="changed_on")
        made = actions.change(application, account=desk.account, declaration=form.declaration(said), changed_on=since)
    except Problem as problem:
        said["changed_on"] = request.POST.get("changed_on", "")[:10]
        return _form(request, said, problem, one=found, changing=days)
    messages.success(request, _("Refiled. Submit it; it holds when it was reviewed and signed."))
    return redirect("enterprise:application", made)


@require_GET
@at_desk("see.numbers")
def one(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """How an application stands."""
    return _page(request, desk, _own(desk, application))


@require_POST
@at_desk("apply.number")
def act(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """Hand in a paper, submit, withdraw, give back."""
    found, what = _own(desk, application), request.POST.get("do", "")
    reason = request.POST.get("reason", "")[:600]
    try:
        if what == "paper":
            form.hand_in(request, application, desk.account)
        elif what == "submit":
            actions.submit(application, account=desk.account, identity=form.identity(request.POST))
        elif what == "withdraw":
            actions.withdraw(application, account=desk.account, reason=reason)
        elif what == "give_back":
            actions.give_back(application, account=desk.account, reason=reason)
        else:
            raise Problem("web.choice", where=_("Action"))
    except Problem as problem:
        return _page(request, desk, found, problem)
    messages.success(request, str(DONE[what]))
    return redirect("enterprise:application", application)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.numbers")
def contract(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """Read the contract; whoever may sign for the firm signs it here."""
    found = _own(desk, application)
    text = queries.contract(application)
    if text is None:
        raise Http404
    context: dict[str, Any] = {"one": found, "contract": text, "may_sign": desk.may("sign.contract")}
    if request.method != "POST":
        return render(request, "web/enterprise/admission/contract.html", context)
    desk.require("sign.contract")
    try:
        if request.POST.get("agree") != "yes":
            raise Problem("web.choice", where=_("Agreement"))
        actions.sign(
            application, account=desk.account, signer=request.POST.get("signer", "")[:80],
            text_sha256=request.POST.get("text_sha256", ""),
        )  # fmt: skip
    except Problem as problem:
        context["problem"] = problems.told(problem)
        return render(request, "web/enterprise/admission/contract.html", context, status=problem.status)
    messages.success(request, _("Signed and sealed. The numbers are allocated next."))
    return redirect("enterprise:application", application)


@require_GET
@at_desk("see.numbers")
def pdf(request: HttpRequest, desk: Desk, application: int) -> HttpResponse:
    """The sealed contract."""
    _own(desk, application)
    content = actions.sealed_pdf(application, account=desk.account)
    return downloads.file(content, f"contract-{application}.pdf", "application/pdf")


@require_GET
@at_desk("see.numbers")
def paper(request: HttpRequest, desk: Desk, document: int) -> HttpResponse:
    """A paper that we handed in."""
    name, content = actions.open_paper(document, account=desk.account)
    return downloads.file(content, name, "application/octet-stream")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.numbers")
def chain(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who answers for a call from one of our numbers; by POST, so that it stands in no address."""
    context, status = chains.asked(request.POST, own=desk.organisation.id) if request.method == "POST" else ({}, 200)
    return render(request, "web/enterprise/admission/chain.html", context, status=status)


def _form(
    request: HttpRequest, said: dict[str, str], problem: Problem | None = None, *, one: ApplicationView | None = None,
    changing: int = 0,
) -> HttpResponse:  # fmt: skip
    context = {
        **form.choices(), "typed": said, "one": one, "changing": changing,
        "problem": problems.told(problem) if problem else None,
    }  # fmt: skip
    status = problem.status if problem else 200
    return render(request, "web/enterprise/admission/form.html", context, status=status)


def _page(request: HttpRequest, desk: Desk, one: ApplicationView, problem: Problem | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **shown.about(one),
        "may_apply": desk.may("apply.number"),
        "may_sign": desk.may("sign.contract"),
        "may_withdraw": one.state in (State.DRAFT, State.SUBMITTED, State.FINDINGS, State.APPROVED, State.SIGNED),
        "traits": form.IDENTITY,
        "problem": problems.told(problem) if problem else None,
    }
    status = problem.status if problem else 200
    return render(request, "web/enterprise/admission/one.html", context, status=status)


def _own(desk: Desk, application: int) -> ApplicationView:
    found = queries.application(application)
    if found is None or found.applicant != desk.organisation.id:
        raise Http404
    return found
