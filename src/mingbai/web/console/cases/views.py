"""What waits, for how long; one case on one page; what waits for a second person."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mingbai.admission import queries as admission
from mingbai.admission.queries import Chain
from mingbai.cases import queries
from mingbai.cases.queries import CaseView
from mingbai.cases.rules.casework import AFTER, GUILTY, SCOPES, UNDER_WAY, Check, Finding, Measure, Scope, Seen, Source
from mingbai.consent import queries as consents
from mingbai.detection import queries as detection
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import LabelKind
from mingbai.notices.queries import profile
from mingbai.people import queries as people
from mingbai.people.rules import may as may_do
from mingbai.web import charts, problems
from mingbai.web.desk import Desk, at_desk

PAGE = 100
LONGEST = 2000
QUEUES = ("under_way", "open", "verifying", "found", "closed", "overturned", "mine")


@require_safe
@at_desk("see.case", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Cases by state, who is due first before."""
    queue = request.GET.get("queue", "under_way")
    queue = queue if queue in QUEUES else "under_way"
    after = _whole(request.GET.get("after", "0"))
    mine = queue == "mine"
    states = UNDER_WAY if queue in ("under_way", "mine") else (queue,)
    found = queries.queue(states=states, verifier=desk.account if mine else None, after=after, limit=PAGE + 1)
    context = {
        "rows": found[:PAGE],
        "more": after + PAGE if len(found) > PAGE else None,
        "queue": queue,
        "counts": queries.counts(),
        "may_open": desk.may("open.case"),
        "longest": LONGEST,
    }
    return render(request, "web/console/cases/list.html", context)


@require_safe
@at_desk("see.case", operator=True)
def approvals(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Heavy measures that wait for a second person, with what they would hit."""
    return approvals_page(request, desk)


@require_safe
@at_desk("see.case")
def one(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """The file of a case; an authority sees it too, and changes nothing."""
    if not desk.is_operator and desk.organisation.kind != "authority":
        raise PermissionDenied
    return case_page(request, desk, case)


@require_safe
@at_desk("see.case")
def picture(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """The call picture alone, counted anew."""
    if not desk.is_operator and desk.organisation.kind != "authority":
        raise PermissionDenied
    context = _picture(case)
    return render(request, "web/console/cases/picture_page.html", {**context, "case": case})


@require_safe
@at_desk("verify.case", operator=True)
def foresee(request: HttpRequest, desk: Desk, case: int) -> HttpResponse:
    """What a measure would hit, counted while it is being written; a piece of the page."""
    numbers = (_whole(request.GET.get(name, "")) for name in ("per_minute", "per_hour", "per_day"))
    minute, hour, day = (min(one, 10**7) for one in numbers)
    found = queries.foreseen(
        case, request.GET.get("kind", ""), request.GET.get("scope", ""), (minute, hour, day)
    )  # fmt: skip
    if found is None:
        raise Http404
    return render(request, "web/console/cases/collateral.html", {"hit": found})


def approvals_page(request: HttpRequest, desk: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = [(one, queries.case(one.case)) for one in queries.proposals()]
    names = _accounts({one.proposed_by for one, _case in rows})
    context = {"rows": rows, "names": names, "may": desk.may("approve.measure"), "desk": desk, **more}
    return render(request, "web/console/cases/approvals.html", context, status=status)


def colleagues(desk: Desk) -> list[tuple[int, str]]:
    """Who else of the house may verify: account and name."""
    found = people.accounts(desk.organisation.id)
    return [
        (one.id, one.username)
        for one in found
        if one.id != desk.account and one.is_active and may_do(one.role, "verify.case")
    ]


def case_page(
    request: HttpRequest, desk: Desk, case: int, *, status: int = 200, problem: Problem | None = None, **more: Any
) -> HttpResponse:
    """The whole file. `problem`: what went wrong with the form named `at`, whose fields come back as typed."""
    found = queries.case(case) if case < 1 << 62 else None
    if found is None:
        raise Http404
    terms = profile().cases
    operator = desk.is_operator
    may = {verb: operator and desk.may(f"{verb}.case") for verb in ("verify", "open")}
    mine = found.verifier == desk.account
    context = {
        "one": found,
        **_picture(case),
        "checks": [(kind.value, _latest(found, kind), kind in terms.checks) for kind in Check],
        "chain": _chain(found),
        "consents": consents.statistics(found.principal) if found.principal else None,
        "reporters": _reporters(found),
        "earlier": queries.earlier(case),
        "detected": detection.of_case(case),
        "names": _accounts(found.accounts),
        "may": may,
        "may_hear": operator and desk.may("hear.sample"),
        "may_lift": operator and desk.may("lift.measure"),
        "may_approve": operator and desk.may("approve.measure") and desk.account not in found.workers,
        "evidence": queries.evidence_of_case(case),
        "colleagues": colleagues(desk) if mine else [],
        "works": may["verify"] and mine and found.state == "verifying",
        "may_find": may["verify"] and mine and found.state == "verifying",
        "may_measure": may["verify"] and found.may_measure,
        "operator": operator,
        "seen": list(Seen),
        "sources": list(Source),
        "findings": [(one.value, one in GUILTY) for one in Finding],
        "measures": _measures(found, terms.heavy_measures, terms.measure_days),
        "scopes": _scopes(found),
        "labels": [one.value for one in LabelKind if one.value.startswith("confirmed")],
        "longest": LONGEST,
        "problem": problems.told(problem) if problem else None,
        "typed": request.POST if request.method == "POST" else {},
        **more,
    }
    return render(request, "web/console/cases/file.html", context, status=status)


def _picture(case: int) -> dict[str, Any]:
    found = queries.picture(case)
    if found is None:
        return {"pattern": None}
    return {
        "pattern": found,
        "days_chart": charts.of_pattern(found.days),
        "clock_chart": charts.of_clock(found.clock),
        "high": profile().cases.high_per_hour,
    }


def _latest(found: CaseView, kind: Check) -> object:
    return next((one for one in reversed(found.checks) if one.kind == kind), None)


def _chain(found: CaseView) -> Chain | None:
    digits = queries.digits_of(found.id)
    return admission.chain(of_digits(digits), found.opened_at) if digits and found.resource else None


def _reporters(found: CaseView) -> list[tuple[object, str]]:
    """Each report with what its reporter had said to the firm that called."""
    said = {}
    for one in found.reports:
        if found.principal and one.subscriber and one.subscriber not in said:
            said[one.subscriber] = consents.status(
                subscriber=one.subscriber, principal=found.principal, purpose="marketing"
            )
    return [(one, said.get(one.subscriber, "")) for one in found.reports]


def _measures(found: CaseView, heavy: tuple[str, ...], days: Any) -> list[tuple[str, bool, int]]:
    if found.finding is None:
        return []
    kinds = [kind for kind in Measure if found.finding.kind in AFTER[kind]]
    return [(kind.value, kind in heavy, days[kind]) for kind in kinds]


def _scopes(found: CaseView) -> list[tuple[str, str]]:
    known = {Scope.NUMBER: found.number, Scope.HOLDER: found.holder_name, Scope.PRINCIPAL: found.principal_name}
    possible = {scope for scopes in SCOPES.values() for scope in scopes}
    return [(scope.value, known[scope]) for scope in Scope if scope in possible and known[scope]]


def _accounts(ids: Any) -> dict[int, str]:
    found = {ident: people.account_by_id(ident) for ident in ids if ident}
    return {ident: view.username for ident, view in found.items() if view}


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else 0
