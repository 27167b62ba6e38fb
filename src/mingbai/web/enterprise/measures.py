"""A firm's notices of measures, what it is asked, its appeals, and its own conduct."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.rules import Party
from mingbai.kernel.problems import Problem
from mingbai.web import problems, restricted
from mingbai.web.desk import Desk, at_desk
from mingbai.web.restricted import Face


@require_safe
@at_desk("see.notices")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was decided against us, what we are asked, how our calls were."""
    return _listed(request, desk)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.notices")
def one(request: HttpRequest, desk: Desk, notice: int) -> HttpResponse:
    """One notice; POST appeals."""
    if request.method == "POST":
        desk.require("make.appeal")
    face = Face("web/enterprise/measure.html", "enterprise:measure", desk.account)
    party = Party(organisation=desk.organisation.id)
    return restricted.page(request, party, notice, face, may=desk.may("make.appeal"))


@require_POST
@at_desk("answer.case")
def answer(request: HttpRequest, desk: Desk, question: int) -> HttpResponse:
    """Say what we are asked."""
    party = Party(organisation=desk.organisation.id)
    try:
        cases.answer_question(question, party=party, text=request.POST.get("text", ""), account=desk.account)
    except Problem as problem:
        told = problems.told(problem)
        return _listed(request, desk, status=problem.status, problem=told, at=question)
    messages.success(request, _("Your answer is with the case."))
    return redirect("enterprise:measures")


def _listed(request: HttpRequest, desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    own = desk.organisation.id
    context = {
        **restricted.overview(Party(organisation=own)),
        "conduct": queries.conduct(own),
        "may_answer": desk.may("answer.case"),
        **more,
    }
    return render(request, "web/enterprise/measures.html", context, status=status)
