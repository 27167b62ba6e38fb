"""Labels of numbers: what stands, by hand, one number's history, requests for correction, who took the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.kernel import clock, msisdn
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import LABEL_KINDS
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries
from mingbai.numbers.queries import CorrectionView
from mingbai.people import queries as people
from mingbai.web import problems
from mingbai.web.desk import Desk, at_desk
from mingbai.web.labels import registered_name

PAGE = 100
FAMILIES = ("nuisance", "certified", "service")
LONGEST = 2000
_MOST_DAYS = 3660


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.labels", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What stands, newest first; POST sets one by hand, or finds a number's history."""
    context: dict[str, Any] = {"typed": {}}
    status = 200
    if request.method == "POST":
        context["typed"] = {name: value[:200] for name, value in request.POST.items()}
        try:
            return redirect("console:label", _found(desk, request))
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    family = request.GET.get("family", "")
    before = request.GET.get("before", "0")
    rows = queries.standing_labels(
        family=family if family in FAMILIES else "",
        before=int(before) if before.isdecimal() and len(before) < 19 else 0,
        limit=PAGE + 1,
    )
    context |= {
        "rows": [(one, msisdn.of_digits(str(one.number))) for one in rows[:PAGE]],
        "more": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "family": family,
        "families": FAMILIES,
        "standing": queries.count_standing(),
        "kinds": LABEL_KINDS,
        "may_set": desk.may("mark.number"),
        "corrections": [(one, _who(one)) for one in queries.corrections(state="open", limit=PAGE)],
        "partners": queries.partners(),
        "fetches": queries.fetches(limit=20),
    }
    return render(request, "web/console/labels.html", context, status=status)


def _found(desk: Desk, request: HttpRequest) -> int:
    """The number's row: of one that is looked for, or labelled by hand first. Raises Problem."""
    number = require(request.POST.get("number", "")[:40])
    if request.POST.get("do") == "set":
        desk.require("mark.number")
        label = numbers.set_label(
            number=number,
            kind=request.POST.get("kind", ""),
            source="hand",
            text=request.POST.get("text", ""),
            count=_whole(request.POST.get("count", ""), "count"),
            expires_at=_end(request.POST.get("days", "")),
            account=desk.account,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, _("Labelled. The gate shows it within a second."))
        found = queries.label(label)
        assert found is not None
        return found.labelled
    told = queries.labels_of(number)
    if not told:
        raise Problem("numbers.no_label", status=404)
    return told[0].labelled


def _whole(typed: str, where: str) -> int:
    if typed and not (typed.isdecimal() and typed.isascii() and len(typed) < 8):
        raise Problem("web.choice", where=where)
    return int(typed or 0)


def _end(typed: str) -> Any:
    days = _whole(typed, "days")
    if days > _MOST_DAYS:
        raise Problem("web.choice", where="days")
    return clock.now() + timedelta(days=days) if days else None


@require_http_methods(["GET", "HEAD"])
@at_desk("see.labels", operator=True)
def one(request: HttpRequest, desk: Desk, labelled: int) -> HttpResponse:
    """Everything that was ever said of a number, what is shown now, which partners have heard of its end."""
    digits = queries.labelled(labelled) if labelled < 1 << 62 else None
    if digits is None:
        raise Http404
    number = msisdn.of_digits(str(digits))
    context = {
        "labelled": labelled,
        "number": number,
        "rows": queries.labels_of(number),
        "shown": queries.label_for(number),
        "registered": registered_name(queries.holder_of(number)),
        "told": queries.partners_told(number),
        "may_end": desk.may("end.label"),
    }
    return render(request, "web/console/label.html", context)


@require_POST
@at_desk("end.label", operator=True)
def end(request: HttpRequest, desk: Desk, label: int) -> HttpResponse:
    """Take one label back, or correct them all, with a reason."""
    found = queries.label(label) if label < 1 << 62 else None
    if found is None:
        raise Http404
    reason = request.POST.get("reason", "")
    if request.POST.get("do") == "correct":
        numbers.correct_labels(msisdn.of_digits(str(found.number)), reason=reason, account=desk.account)
        messages.success(request, _("Corrected. Reports of before now do not count for this number any more."))
    else:
        numbers.end_label(label, reason=reason, account=desk.account)
        messages.success(request, _("Taken back."))
    return redirect("console:label", found.labelled)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("answer.correction", operator=True)
def correction(request: HttpRequest, desk: Desk, correction: int) -> HttpResponse:
    """One request for correction; POST answers it."""
    found = queries.correction(correction) if correction < 1 << 62 else None
    if found is None:
        raise Http404
    context: dict[str, Any] = {"one": found, "who": _who(found), "longest": LONGEST}
    status = 200
    if request.method == "POST":
        context["typed"] = request.POST.get("answer", "")[:LONGEST]
        try:
            granted = request.POST.get("granted", "")
            if granted not in ("yes", "no"):
                raise Problem("web.choice", where="granted")
            numbers.answer_correction(correction, account=desk.account, granted=granted == "yes", text=context["typed"])
            messages.success(request, _("Answered. Who asked reads it on their page."))
            return redirect("console:correction", correction)
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    context["rows"] = queries.labels_of(found.number)
    context["shown"] = queries.label_for(found.number)
    return render(request, "web/console/correction.html", context, status=status)


def _who(one: CorrectionView) -> str:
    if one.subscriber:
        return people.masked(one.subscriber)
    return people.organisation_names([one.organisation]).get(one.organisation, "")
