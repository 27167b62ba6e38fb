"""What a firm holds, who refused it, what it has to prove. Always its own organisation's, never another's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.calls import queries as calls
from mingbai.cases import queries as cases
from mingbai.cases.rules import Party
from mingbai.consent import actions as consent
from mingbai.consent import exporting
from mingbai.consent import queries as consents
from mingbai.consent.queries import ConsentView, ProofRequestView
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web import attempts, charts, downloads, problems
from mingbai.web.desk import Desk, at_desk

PAGE = 100


@dataclass(frozen=True)
class Masked:
    """A consent and the number it belongs to, masked."""

    consent: ConsentView
    number: str


@dataclass(frozen=True)
class Asked:
    """A request for proof and whose it is, masked."""

    request: ProofRequestView
    number: str


@require_GET
@at_desk("see.organisation")
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, and how we stand."""
    own = desk.organisation.id
    said = consents.statistics(own)
    context = {
        "consents": said,
        "refused_total": said["refused"] + said["withdrawn"],
        "requests": len(consents.proof_requests(principal=own, open_only=True)),
        "numbers": len(numbers.for_organisation(own)),
        "restricted_waiting": cases.unread(Party(organisation=own)),
        "refused": attempts.of_organisation(own, limit=8, decision="refuse"),
        "chart": charts.by_day(_statistics(own, 14)),
    }
    return render(request, "web/enterprise/home.html", context)


@require_GET
@at_desk("see.numbers")
def numbers_held(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Numbers that we hold, and numbers that others hold and call for us with."""
    own = desk.organisation.id
    held = numbers.of_organisation(own)
    others = [one for one in numbers.for_organisation(own) if one.holder != own]
    context = {"held": held, "others": others, "contract": numbers.contract(own)}
    return render(request, "web/enterprise/numbers.html", context)


@require_GET
@at_desk("export.whitelist")
def export(request: HttpRequest, desk: Desk) -> StreamingHttpResponse:
    """All that we hold as a table; the numbers that we filed in full, those of others masked. It stands in the log."""
    pieces = exporting.pieces_of_firm(desk.organisation.id, account=desk.account)
    return downloads.stream(pieces, "mingbai-whitelist")


@require_GET
@at_desk("see.consents")
def refusals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who refused us: the number masked, and the reference under which we filed the consent."""
    after = _whole(request.GET.get("after", "0"))
    found = consents.of_firm(desk.organisation.id, states=("refused", "withdrawn"), after=after, limit=PAGE + 1)
    context = {
        "rows": masked(found[:PAGE]),
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "attempts": attempts.of_organisation(desk.organisation.id, limit=50, decision="refuse"),
    }
    return render(request, "web/enterprise/refusals.html", context)


@require_GET
@at_desk("see.consents")
def proofs(request: HttpRequest, desk: Desk) -> HttpResponse:
    return _proofs(request, desk)


@require_POST
@at_desk("show.proof")
def show_proof(request: HttpRequest, desk: Desk, request_id: int) -> HttpResponse:
    """Answer a request with the file whose hash was filed."""
    own = consents.proof_requests(principal=desk.organisation.id)
    if all(one.id != request_id for one in own):
        raise Http404
    file = request.FILES.get("file")
    try:
        if file is None or file.file is None:
            raise Problem("web.file_missing", where=_("proof"))
        consent.show_proof(request_id, cast(BinaryIO, file.file))
    except Problem as problem:
        return _proofs(request, desk, failed=request_id, problem=problem)
    messages.success(request, _("The file has the hash that was filed. The request is answered."))
    return redirect("enterprise:proofs")


@require_GET
@at_desk("see.statistics")
def statistics(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Verdicts by day and by reason."""
    found = _statistics(desk.organisation.id, 30)
    context = {"chart": charts.by_day(found), "rules": charts.by_rule(found)}
    return render(request, "web/enterprise/statistics.html", context)


@require_GET
@at_desk("see.consents")
def attempt_receipt(request: HttpRequest, desk: Desk, receipt_id: str) -> HttpResponse:
    """The receipt of one of our calls: its row in the gate's journal."""
    text = attempts.receipt_of_organisation(desk.organisation.id, receipt_id)
    return downloads.receipt(text, f"mingbai-call-{receipt_id[-12:]}")


def masked(found: list[ConsentView]) -> list[Masked]:
    """Consents with their numbers as a firm may see them on a page."""
    known = {one.id: one.masked for one in people.subscribers({one.subscriber for one in found})}
    return [Masked(one, known.get(one.subscriber, "***")) for one in found]


def _proofs(request: HttpRequest, desk: Desk, *, failed: int = 0, problem: Problem | None = None) -> HttpResponse:
    found = consents.proof_requests(principal=desk.organisation.id)
    known = {one.id: one.masked for one in people.subscribers({one.subscriber for one in found})}
    rows = [Asked(one, known.get(one.subscriber, "***")) for one in found]
    context: dict[str, Any] = {
        "open": [one for one in rows if one.request.state == "open"],
        "overdue": [one for one in rows if one.request.state == "failed" and one.request.proof_sha256],
        "closed": [one for one in rows if one.request.state not in ("open", "failed") or not one.request.proof_sha256],
        "failed": failed,
        "problem": problems.told(problem) if problem else None,
    }
    return render(request, "web/enterprise/proofs.html", context, status=problem.status if problem else 200)


def _statistics(own: int, days: int) -> calls.Statistics:
    return calls.statistics(since_us=clock.now_us() - days * 86_400_000_000, organisation=own)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
