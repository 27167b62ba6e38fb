"""A seller's desk: read what an offer would say, make it, see how it stands, take it back; and what was refused."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.channels.queries import SellerView, StaffView
from mingbai.channels.rules import WAYS, Granted
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, queries
from mingbai.orders.queries import OrderView
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.tariffs import queries as tariffs
from mingbai.tariffs.queries import Asked, Row
from mingbai.web import ordering, problems, words
from mingbai.web.desk import Desk, at_desk

PAGE = 50
CHOICES = 8
KINDS = ("purchase", "gift", "trial")
FIELDS = {"code": 60, "number": 40, "region": 24, "channel": 16, "basis": 200, "kind": 12}


class Shown(NamedTuple):
    """A scope with the names of its tariffs, as far as they are published."""

    scope: Granted
    plans: list[tuple[int, str]]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation")
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Our offers; by POST first what a new one would say, then the offer itself, by whoever is named as sales staff."""
    seller = channels.seller_of(desk.organisation.id)
    staff = _staff(desk, seller)
    if request.method != "POST":
        return _page(request, seller, staff, {"typed": {"code": request.GET.get("code", "").strip()[:60]}})
    typed = {name: request.POST.get(name, "").strip()[:longest] for name, longest in FIELDS.items()}
    try:
        if seller is None or staff is None:
            raise Problem("orders.no_staff", "only named sales staff offers", status=403)
        plan, choices = _plan(seller, typed["code"])
        if plan is None:
            return _page(request, seller, staff, {"typed": typed, "choices": choices})
        asked = _asked(desk, seller, plan, typed)
        number = require(typed["number"])
        if request.POST.get("do") != "offer":
            text = actions.preview(subscriber=known.subscriber_id(number), **asked)
            return _page(request, seller, staff, {"typed": typed, "preview": text, "to": number.masked})
        made = actions.propose(subscriber=people.ensure_subscriber(number), **asked)
    except Problem as problem:
        more = {"typed": typed, "problem": problems.told(problem)}
        return _page(request, seller, staff, more, problem.status)
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
    request: HttpRequest, seller: SellerView | None, staff: StaffView | None, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    wanted = ordering.wanted(request.GET)
    before = ordering.whole(request.GET.get("before", ""))
    found = queries.of_seller(seller.id, wanted, before=before, limit=PAGE + 1) if seller else []
    masks = {one.id: one.masked for one in known.subscribers({one.subscriber for one in found})}
    scopes = channels.scopes(seller.id) if seller else []
    context: dict[str, Any] = {
        "seller": seller,
        "staff": staff,
        "scopes": _scopes(scopes),
        "rows": [(one, masks.get(one.subscriber, "")) for one in found[:PAGE]],
        "more": found[PAGE - 1].id if len(found) > PAGE else None,
        "wanted": wanted,
        "filtered": wanted != queries.EVERYTHING,
        "states": words.ORDER_STATES,
        "kinds": {name: words.ORDER_KINDS[name] for name in KINDS},
        "every_kind": words.ORDER_KINDS,
        "ways": {name: words.SALES_CHANNELS[name] for name in _ways(scopes)},
        "refused": queries.refused(seller=seller.id, limit=20) if seller else [],
        **more,
    }
    return render(request, "web/enterprise/offers.html", context, status=status)


def _asked(desk: Desk, seller: SellerView, plan: int, typed: dict[str, str]) -> dict[str, Any]:
    """What is to be offered, but to whom."""
    if typed["kind"] not in KINDS:
        raise Problem("web.choice", where=_("Kind"))
    return {
        "plan": plan, "seller": seller.id, "channel": typed["channel"], "region": typed["region"],
        "basis": typed["basis"], "kind": typed["kind"], "by": f"account:{desk.account}",
    }  # fmt: skip


def _ways(scopes: list[Granted]) -> list[str]:
    """The ways that any scope allows, in their order."""
    return [way for way in WAYS if any(not one.ways or way in one.ways for one in scopes)]


def _scopes(scopes: list[Granted]) -> list[Shown]:
    names = tariffs.fulls({plan for one in scopes for plan in one.plans})
    return [
        Shown(one, [(plan, names[plan].content.name) for plan in sorted(one.plans) if plan in names]) for one in scopes
    ]


def _staff(desk: Desk, seller: SellerView | None) -> StaffView | None:
    found = channels.staff_of(desk.account)
    return found if found and seller and found.seller == seller.id else None


def _plan(seller: SellerView, typed: str) -> tuple[int | None, list[Row]]:
    """The plan of a code among the operators for whom the seller sells, published or not, since the house itself says
    why not; else the published ones whose name is like that. Raises Problem when there is none."""
    operators = sorted({one.operator for one in channels.scopes(seller.id)})
    for operator in operators:
        plan = tariffs.plan_of(operator, typed)
        if plan is not None:
            return plan, []
    found: list[Row] = []
    for operator in operators if typed else []:
        found += tariffs.listed(Asked(text=typed, operator=operator), limit=CHOICES)[0]
    if not found:
        raise Problem("orders.no_such_plan", "no such tariff is published", where="code", status=404)
    return None, found[:CHOICES]


def _own(order: int, desk: Desk) -> OrderView:
    seller, found = channels.seller_of(desk.organisation.id), queries.order(order)
    if seller is None or found is None or found.seller != seller.id:
        raise Http404
    return found
