"""Measures against one's own number: what was decided and why, what one is asked, the appeal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingbai.cases import actions as cases
from mingbai.cases.rules import Party
from mingbai.kernel.problems import Problem
from mingbai.web import problems, restricted
from mingbai.web.my.access import own
from mingbai.web.restricted import Face


@require_safe
@own
def listed(request: HttpRequest, subscriber: int) -> HttpResponse:
    """What was decided about my number."""
    return render(request, "web/my/measures.html", {**restricted.overview(Party(subscriber=subscriber))})


@require_http_methods(["GET", "HEAD", "POST"])
@own
def one(request: HttpRequest, subscriber: int, notice: int) -> HttpResponse:
    """One notice; POST appeals."""
    return restricted.page(request, Party(subscriber=subscriber), notice, Face("web/my/measure.html", "my:measure"))


@require_POST
@own
def answer(request: HttpRequest, subscriber: int, question: int) -> HttpResponse:
    """Say what I am asked."""
    party = Party(subscriber=subscriber)
    try:
        cases.answer_question(question, party=party, text=request.POST.get("text", ""))
    except Problem as problem:
        context = {**restricted.overview(party), "problem": problems.told(problem), "at": question}
        return render(request, "web/my/measures.html", context, status=problem.status)
    messages.success(request, _("Your answer is with the case."))
    return redirect("my:measures")
