"""A tablet in the seller's shop: staff sees the document, a code shows who holds the number, the person signs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.channels import queries as channels
from mingbai.kernel.problems import Problem
from mingbai.orders import queries
from mingbai.orders.queries import OrderView
from mingbai.web import signing
from mingbai.web.desk import Desk, at_desk


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
            return signing.page(request, found, problem, shop=True)
        signing.tell(request, outcome)
        return redirect("enterprise:offer_signed", order=order)
    return signing.page(request, found, shop=True) if found.open else redirect("enterprise:offer", order=order)


@require_POST
@at_desk("see.organisation")
def code(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """Send the person the code that shows who holds the number; it confirms nothing."""
    return signing.send_code(request, _ours(order, desk), shop=True)


@sensitive_post_parameters()
@require_POST
@at_desk("see.organisation")
def show(request: HttpRequest, desk: Desk, order: int) -> HttpResponse:
    """Take that code, and the staff's word that it saw the identity document."""
    return signing.show_code(request, _ours(order, desk), shop=True)


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
