"""What is offered to me, what I agreed to, what it costs, how I leave; and the proof of each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, bundle, queries
from mingbai.orders.queries import OrderView, Wanted
from mingbai.people import queries as people
from mingbai.tariffs import queries as tariffs
from mingbai.web import limits, ordering, problems, words
from mingbai.web.my import order_pdf
from mingbai.web.my.access import own

PAGE = 30
PDFS_AN_HOUR = 30  # of one subscriber: cutting the font takes a good part of a second
WAYS = ("web", "app")  # these pages are the operator's web site and, on a phone, its app


@require_GET
@own
def listed(request: HttpRequest, subscriber: int) -> HttpResponse:
    """What waits for my answer, and everything before."""
    wanted = ordering.wanted(request.GET)
    found = queries.history(subscriber, wanted, before=ordering.whole(request.GET.get("before", "")), limit=PAGE + 1)
    context = {
        "waiting": queries.open_for(subscriber) if wanted == Wanted() else [],
        "rows": found[:PAGE],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "wanted": wanted,
        "filtered": wanted != Wanted(),
        "states": words.ORDER_STATES,
        "kinds": words.ORDER_KINDS,
        "months": queries.months_shown(),
    }
    return render(request, "web/my/orders.html", context)


@require_GET
@own
def one(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """One offer or order: what was shown, what was answered, when, with the receipts."""
    return _page(request, _mine(order, subscriber))


@require_POST
@own
def code(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Send me the code that confirms this order."""
    found = _mine(order, subscriber)
    try:
        limits.ask_code(request)
        actions.send_code(found.id, subscriber=subscriber)
    except Problem as problem:
        return _page(request, found, problem)
    messages.success(request, _("A code was sent to your phone. It confirms this order and nothing else."))
    return redirect("my:order", order=found.id)


@sensitive_post_parameters()
@require_POST
@own
def confirm(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Take my code as the yes."""
    found = _mine(order, subscriber)
    typed = "".join(request.POST.get("code", "").split())[:12]
    try:
        outcome = actions.confirm_by_code(found.id, subscriber=subscriber, code=typed)
    except Problem as problem:
        return _page(request, found, problem)
    said = {
        "confirmed": _("Confirmed. You get an SMS as soon as it is done."),
        "already": _("This was confirmed before. Nothing is done twice."),
        "late": _("This offer is not open any more. Nothing was done."),
        "lapsed": _("This tariff is not on sale any more. Nothing was done."),
    }
    (messages.success if outcome == "confirmed" else messages.warning)(request, said[outcome.value])
    return redirect("my:order", order=found.id)


@require_POST
@own
def decline(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    found = _mine(order, subscriber)
    if actions.decline(found.id, subscriber=subscriber):
        messages.success(request, _("Turned down. Nothing was done, nothing is charged."))
    else:
        messages.warning(request, _("This offer is not open any more."))
    return redirect("my:order", order=found.id)


@require_POST
@own
def withdraw(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Leave, where the tariff lets me."""
    found = _mine(order, subscriber)
    try:
        actions.withdraw(found.id, subscriber=subscriber)
    except Problem as problem:
        return _page(request, found, problem)
    messages.success(request, _("You are leaving. You get an SMS as soon as it is done."))
    return redirect("my:order", order=found.id)


@require_GET
@own
def evidence(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """The order with its receipts in one file, which anybody can check offline."""
    found = _mine(order, subscriber)
    response = HttpResponse(bundle.of_order(found), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="mingbai-order-{found.id}.zip"'
    return response


@require_GET
@own
def as_pdf(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """The same to read and to print."""
    found = _mine(order, subscriber)
    limits.spend(f"order.pdf:{subscriber}", PDFS_AN_HOUR)
    page = f"{settings.PUBLIC_URL}/my/orders/{found.id}/"
    steps, number = queries.events_of(found.id), people.masked(subscriber)
    made = order_pdf.evidence(found, steps, number=number, page=page, at=timezone.localtime(clock.now()))
    response = HttpResponse(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="mingbai-order-{found.id}.pdf"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@own
def ask(request: HttpRequest, subscriber: int, plan: int) -> HttpResponse:
    """Order a published tariff myself. It is an offer like any other: the yes comes after, by SMS or code."""
    full = tariffs.full(plan)
    if full is None or not full.on_sale:
        raise Http404
    way = next((one for one in WAYS if one in full.content.channels), "")
    context: dict[str, Any] = {"full": full, "regions": full.content.regions, "sold_here": bool(way)}
    if request.method != "POST":
        return render(request, "web/my/ask.html", context)
    seller = channels.seller_of(full.operator)
    try:
        if seller is None:
            raise Problem("orders.seller", "the operator does not sell here", status=403)
        made = actions.propose(
            plan=plan,
            subscriber=subscriber,
            seller=seller.id,
            channel=way,
            region=request.POST.get("region", "")[:24],
            kind="trial" if full.content.trial else "purchase",
            by="self",
        )
    except Problem as problem:
        context["problem"] = problems.told(problem)
        return render(request, "web/my/ask.html", context, status=problem.status)
    return redirect("my:order", order=made)


def _mine(order: int, subscriber: int) -> OrderView:
    found = queries.order(order)
    if found is None or found.subscriber != subscriber:
        raise Http404
    return found


def _page(request: HttpRequest, found: OrderView, problem: Problem | None = None) -> HttpResponse:
    context = {
        "one": found,
        "steps": queries.events_of(found.id),
        "signed": queries.signature(found.id),
        "problem": problem and problems.told(problem),
    }
    return render(request, "web/my/order.html", context, status=problem.status if problem else 200)
