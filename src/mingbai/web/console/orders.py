"""Orders as the operator's staff looks them up: by number, tariff, seller, state; each with its evidence."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.orders import actions, queries
from mingbai.people import queries as people
from mingbai.web import downloads, ordering, problems, words
from mingbai.web.desk import Desk, at_desk

PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.consents", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Orders, the latest first; of one number by POST, so that it stands in no address."""
    given = request.POST if request.method == "POST" else request.GET
    wanted, typed = ordering.wanted(given), given.get("number", "").strip()[:40] if request.method == "POST" else ""
    before = ordering.whole(given.get("before", ""))
    context: dict[str, Any] = {"typed": typed}
    status = 200
    found = []
    try:
        subscriber = people.subscriber_id(require(typed)) if typed else None
        if typed and subscriber is not None:
            found = queries.history(subscriber, wanted, before=before, limit=PAGE + 1)
        elif not typed:
            found = queries.search(wanted, before=before, limit=PAGE + 1)
    except Problem as problem:
        context["problem"], status = problems.told(problem), problem.status
    masks = {one.id: one.masked for one in people.subscribers({one.subscriber for one in found})}
    context |= {
        "rows": [(one, masks.get(one.subscriber, "")) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE and not typed else None,
        "wanted": wanted,
        "states": words.ORDER_STATES,
        "kinds": words.ORDER_KINDS,
        "sellers": channels.sellers(),
    }
    return render(request, "web/console/orders.html", context, status=status)


@require_GET
@at_desk("see.consents", operator=True)
def one(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """One order on one page: what was shown, what was answered, every step with its entry."""
    return _one(request, desk, order)


@require_POST
@at_desk("look.subscriber", operator=True)
def paper(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """The paper that was signed, once the reason is on record."""
    try:
        data = actions.open_paper(order, account=desk.account, reason=request.POST.get("reason", ""))
    except Problem as problem:
        return _one(request, desk, order, problem)
    headers = {"Content-Disposition": f'inline; filename="mingbai-signed-{order}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _one(request: HttpRequest, desk: Desk, order: int, problem: Problem | None = None) -> HttpResponse:
    found = queries.order(order)
    if found is None:
        raise Http404
    context = {
        "one": found, "steps": queries.events_of(order), "masked": people.masked(found.subscriber),
        "signed": queries.signature(order), "may_look": desk.may("look.subscriber"),
        "problem": problems.told(problem) if problem else None,
    }  # fmt: skip
    return render(request, "web/console/order.html", context, status=problem.status if problem else 200)


@require_GET
@at_desk("see.ledger", operator=True)
def receipt(request: HttpRequest, desk: Desk, order: int, entry: int) -> HttpResponse:
    """The receipt of one step."""
    if all(step.entry != entry for step in queries.events_of(order)):
        raise Http404
    return downloads.receipt(ledger.receipt(entry), f"mingbai-{entry}")
