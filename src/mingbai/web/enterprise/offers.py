"""A seller's desk: offer a published tariff, see how it stands, take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.channels.queries import SellerView, StaffView
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, queries
from mingbai.orders.queries import OrderView
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.tariffs import queries as tariffs
from mingbai.web import ordering, problems, words
from mingbai.web.desk import Desk, at_desk

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Our offers; and by POST a new one, by whoever is named as sales staff."""
    seller = channels.seller_of(desk.organisation.id)
    staff = _staff(desk, seller)
    if request.method != "POST":
        return _page(request, seller, staff, {})
    fields = ("code", "number", "region", "channel", "basis")
    typed = {name: request.POST.get(name, "").strip()[:200] for name in fields}
    try:
        if seller is None or staff is None:
            raise Problem("orders.no_staff", "only named sales staff offers", status=403)
        made = actions.propose(
            plan=_plan(seller, typed["code"]),
            subscriber=people.ensure_subscriber(require(typed["number"][:40])),
            seller=seller.id,
            channel=typed["channel"],
            region=typed["region"][:24],
            basis=typed["basis"],
            kind=request.POST.get("kind", "purchase")[:12],
            by=f"account:{desk.account}",
        )
    except Problem as problem:
        return _page(request, seller, staff, typed, problem)
    messages.success(request, _("Offered. The person is asked by SMS; nothing is done without their yes."))
    return redirect("enterprise:offer", order=made)


@require_GET
@at_desk("see.organisation")
def one(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """How an offer stands."""
    found = _own(order, desk)
    masked = known.masked(found.subscriber)
    context: dict[str, Any] = {"one": found, "steps": queries.events_of(order), "masked": masked}
    context["staff"] = _staff(desk, channels.seller_of(desk.organisation.id))
    return render(request, "web/enterprise/offer.html", context)


@require_POST
@at_desk("see.organisation")
def cancel(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """Take an offer back, while nobody has answered."""
    found = _own(order, desk)
    if _staff(desk, channels.seller_of(desk.organisation.id)) is None:
        raise Problem("orders.no_staff", "only named sales staff takes offers back", status=403)
    reason = request.POST.get("reason", "")[:200]
    if actions.cancel(found.id, seller=found.seller, by=f"account:{desk.account}", reason=reason):
        messages.success(request, _("Taken back."))
    else:
        messages.warning(request, _("This offer is not open any more."))
    return redirect("enterprise:offer", order=found.id)


def _page(
    request: HttpRequest, seller: SellerView | None, staff: StaffView | None, typed: dict[str, str],
    problem: Problem | None = None,
) -> HttpResponse:  # fmt: skip
    wanted = ordering.wanted(request.GET)
    before = ordering.whole(request.GET.get("before", ""))
    found = queries.of_seller(seller.id, wanted, before=before, limit=PAGE + 1) if seller else []
    masks = {one.id: one.masked for one in known.subscribers({one.subscriber for one in found})}
    context: dict[str, Any] = {
        "seller": seller,
        "staff": staff,
        "scopes": channels.scopes(seller.id) if seller else [],
        "rows": [(one, masks.get(one.subscriber, "")) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "wanted": wanted,
        "typed": typed,
        "states": words.ORDER_STATES,
        "kinds": words.ORDER_KINDS,
        "ways": words.SALES_CHANNELS,
        "problem": problems.told(problem) if problem else None,
    }
    return render(request, "web/enterprise/offers.html", context, status=problem.status if problem else 200)


def _staff(desk: Desk, seller: SellerView | None) -> StaffView | None:
    found = channels.staff_of(desk.account)
    return found if found and seller and found.seller == seller.id else None


def _plan(seller: SellerView, code: str) -> int:
    """The plan of this code among the operators for whom the seller sells. Raises Problem when none is published."""
    for operator in {one.operator for one in channels.scopes(seller.id)}:
        found = tariffs.published(operator, [code])
        if code in found:
            return found[code].plan
    raise Problem("orders.not_published", "this tariff is not published", where="code", status=409)


def _own(order: int, desk: Desk) -> OrderView:
    seller, found = channels.seller_of(desk.organisation.id), queries.order(order)
    if seller is None or found is None or found.seller != seller.id:
        raise Http404
    return found
