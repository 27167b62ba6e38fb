"""A tablet in the seller's shop: staff sees the document, a code shows who holds the number, the person signs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.kernel.problems import Problem
from mingbai.orders import actions, queries
from mingbai.orders.queries import OrderView
from mingbai.web import limits, signing
from mingbai.web.desk import Desk, at_desk
from mingbai.web.my.access import PER_ADDRESS


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.organisation")
def sign(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """What the person at the counter reads and signs."""
    found = _ours(order, desk)
    if request.method == "POST":
        try:
            outcome = signing.take(request, found, witness=desk.account)
        except Problem as problem:
            return _page(request, found, problem)
        signing.tell(request, outcome)
        return redirect("enterprise:offer_signed", order=order)
    return _page(request, found) if found.open else redirect("enterprise:offer", order=order)


@require_POST
@at_desk("see.organisation")
def code(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """Send the person the code that shows who holds the number; it confirms nothing."""
    found = _ours(order, desk)
    try:
        limits.spend(f"code:from:{limits.origin(request)}", PER_ADDRESS)
        actions.send_presence_code(order, subscriber=found.subscriber)
    except Problem as problem:
        return _page(request, found, problem)
    return _page(request, found, sent=True)


@sensitive_post_parameters()
@require_POST
@at_desk("see.organisation")
def show(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """Take that code, and the staff's word that it saw the identity document."""
    found = _ours(order, desk)
    try:
        signing.show(request, found, shop=True)
    except Problem as problem:
        return _page(request, found, problem, sent=True)
    return redirect("enterprise:offer_sign", order=order)


@require_GET
@at_desk("see.organisation")
def signed(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """What the person sees before the tablet goes back: how it ended, and nothing of the desk."""
    return render(request, "web/enterprise/signed.html", {"one": _ours(order, desk)})


def _ours(order: int, desk: Desk) -> OrderView:
    """An offer of this seller's, for its named staff alone."""
    seller, staff = channels.seller_of(desk.organisation.id), channels.staff_of(desk.account)
    found = queries.order(order)
    if seller is None or found is None or found.seller != seller.id:
        raise Http404
    if staff is None or staff.seller != seller.id:
        raise Problem("orders.no_staff", "only named sales staff takes a signature", status=403)
    return found


def _page(
    request: HttpRequest, found: OrderView, problem: Problem | None = None, *, sent: bool = False
) -> HttpResponse:
    context = {**signing.context(request, found, problem, shop=True), "sent": sent, "title": _("Read and sign")}
    return render(request, "web/enterprise/sign.html", context, status=problem.status if problem else 200)
