"""What is done at the desk of cases: every act is a form; what goes wrong stands beside it with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.actions import Wish
from mingbai.kernel.problems import Problem
from mingbai.web import problems
from mingbai.web.console.cases import views
from mingbai.web.desk import Desk, at_desk


@require_POST
@at_desk("open.case", operator=True)
def opened(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open a case by hand."""
    try:
        made = cases.open_case(number=_text(request, "number", 40), ground="hand", account=desk.account)
    except Problem as problem:
        messages.error(request, str(problem.what))
        return redirect("console:cases")
    return redirect("console:case", made)


@require_POST
@at_desk("verify.case", operator=True)
def take(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    return _done(
        request, desk, case, "take", lambda: cases.take_up(case, account=desk.account), _("The case is yours.")
    )


@require_POST
@at_desk("verify.case", operator=True)
def check(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    kind = _text(request, "kind", 20)

    def act() -> None:
        seen, note = _text(request, "seen", 20), _text(request, "note")
        cases.check(case, kind=kind, seen=seen, note=note, account=desk.account)

    return _done(request, desk, case, f"check-{kind}", act, _("The check is on record."))


@require_POST
@at_desk("verify.case", operator=True)
def sample(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """Add a recording."""

    def act() -> None:
        file = request.FILES.get("file")
        if file is None or file.file is None:
            raise Problem("web.file_missing", where=_("recording"))
        report = _text(request, "report", 12)
        cases.add_sample(
            case, source=_text(request, "source", 20), name=file.name or "", file=cast(BinaryIO, file.file),
            account=desk.account, report=int(report) if report.isdecimal() else None,
        )  # fmt: skip

    return _done(request, desk, case, "sample", act, _("The recording is with the case."))


@require_POST
@at_desk("hear.sample", operator=True)
def hear(request: HttpRequest, desk: Desk, sample: int) -> HttpResponse:
    """The recording, once the reason is on record."""
    try:
        data = cases.listen(sample, account=desk.account, reason=_text(request, "reason", 200))
    except Problem as problem:
        messages.error(request, str(problems.told(problem)["what"]))
        return redirect(request.META.get("HTTP_REFERER") or "console:cases")
    headers = {"Content-Disposition": f'attachment; filename="sample-{sample}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


@require_POST
@at_desk("verify.case", operator=True)
def see(request: HttpRequest, desk: Desk, evidence: int) -> HttpResponse:
    """What a reporter added, once the reason is on record; for who verifies the case alone."""
    try:
        media, data = cases.open_evidence(evidence, account=desk.account, reason=_text(request, "reason", 200))
    except Problem as problem:
        if problem.status == 403:
            raise PermissionDenied from problem
        messages.error(request, str(problems.told(problem)["what"]))
        return redirect(request.META.get("HTTP_REFERER") or "console:cases")
    headers = {"Content-Disposition": f'attachment; filename="evidence-{evidence}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=media, headers=headers)


@require_POST
@at_desk("verify.case", operator=True)
def hand_over(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """Give the verification to a colleague."""

    def act() -> None:
        to = _text(request, "to", 12)
        if not to.isdecimal() or int(to) not in {one for one, _name in views.colleagues(desk)}:
            raise Problem("web.choice", where="to")
        cases.hand_over(case, account=desk.account, to=int(to))

    return _done(request, desk, case, "hand-over", act, _("A colleague verifies from now on."))


@require_POST
@at_desk("verify.case", operator=True)
def ask(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    page = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('my:measures')}"

    def act() -> None:
        cases.ask_holder(case, text=_text(request, "text"), account=desk.account, page=page)

    return _done(request, desk, case, "ask", act, _("The holder was asked."))


@require_POST
@at_desk("verify.case", operator=True)
def find(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    def act() -> None:
        cases.find(case, finding=_text(request, "finding", 20), text=_text(request, "text"), account=desk.account)

    return _done(request, desk, case, "find", act, _("The finding is on record."))


@require_POST
@at_desk("verify.case", operator=True)
def measure(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    def act() -> None:
        days = _text(request, "days", 6)
        minute, hour, day = (_number(request, name) for name in ("per_minute", "per_hour", "per_day"))
        kind = _text(request, "kind", 20)
        limits = (minute, hour, day) if kind == "limit" else (0, 0, 0)
        label = _text(request, "label", 24) if kind == "label" else ""
        wish = Wish(
            kind=kind, scope=_text(request, "scope", 20), days=int(days) if days.isdecimal() else 0,
            reason=_text(request, "reason"), limits=limits, label=label, label_text=_text(request, "label_text", 40),
        )  # fmt: skip
        cases.propose(case, wish, account=desk.account)

    return _done(request, desk, case, "measure", act, _("The measure is on record."))


@require_POST
@at_desk("verify.case", operator=True)
def close(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    return _done(
        request, desk, case, "close", lambda: cases.close(case, account=desk.account), _("The case is closed.")
    )


@require_POST
@at_desk("approve.measure", operator=True)
def approve(request: HttpRequest, desk: Desk, measure: int) -> HttpResponse:
    """The second person's yes."""
    return _second(request, desk, lambda: cases.approve(measure, account=desk.account), _("Approved."), measure)


@require_POST
@at_desk("approve.measure", operator=True)
def decline(request: HttpRequest, desk: Desk, measure: int) -> HttpResponse:
    """The second person's no."""

    def act() -> None:
        cases.decline(measure, account=desk.account, reason=_text(request, "reason"))

    return _second(request, desk, act, _("Not approved."), measure)


@require_POST
@at_desk("lift.measure", operator=True)
def lift(request: HttpRequest, desk: Desk, measure: int) -> HttpResponse:
    """Take a measure, or a proposal, back."""
    found = queries.measure(measure)
    case = found.case if found else 0

    def act() -> None:
        cases.lift(measure, account=desk.account, reason=_text(request, "reason"))

    return _done(request, desk, case, f"lift-{measure}", act, _("Lifted, with all that it did."))


def _done(
    request: HttpRequest, desk: Desk, case: int, at: str, act: Callable[[], object], said: str
) -> HttpResponse:  # fmt: skip
    try:
        act()
    except Problem as problem:
        return views.case_page(request, desk, case, status=problem.status, problem=problem, at=at)
    messages.success(request, said)
    return redirect("console:case", case)


def _second(request: HttpRequest, desk: Desk, act: Callable[[], Any], said: str, measure: int) -> HttpResponse:
    try:
        act()
    except Problem as problem:
        told = problems.told(problem)
        return views.approvals_page(request, desk, status=problem.status, problem=told, at=measure)
    messages.success(request, said)
    return redirect("console:approvals")


def _text(request: HttpRequest, name: str, most: int = views.LONGEST) -> str:
    return str(request.POST.get(name, ""))[:most].strip()


def _number(request: HttpRequest, name: str) -> int:
    text = _text(request, name, 8)
    return int(text) if text.isdecimal() else 0
