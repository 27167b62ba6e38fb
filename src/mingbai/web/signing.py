"""Signing an order on a page: who was shown to hold the number, the drawing taken, the outcome told.

Both faces use it: the subscriber's own pages, and the seller's for a tablet in its shop.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as settings
from mingbai.orders import actions, queries
from mingbai.orders.actions import Outcome, Witness
from mingbai.orders.queries import OrderView
from mingbai.people import queries as people
from mingbai.web import limits, problems

PRESENT = "present"
ANY = 0  # a log-in shows who holds the number, whatever is signed then
SIGNED_AN_HOUR = 12  # of one subscriber: setting a paper takes about a second
_LARGEST = 200_001  # characters of a drawing: one more than is taken, so that what is too large is told so


def note(request: HttpRequest, subscriber: int, order: int = ANY, *, identity_seen: bool = False) -> None:
    """Note in the session that a code sent to the number was just shown, for an order or by a log-in."""
    request.session[PRESENT] = {
        "subscriber": subscriber, "order": order, "at": clock.now_s(), "identity_seen": identity_seen,
    }  # fmt: skip


def present(request: HttpRequest, found: OrderView, *, shop: bool) -> datetime | None:
    """When it was last shown that who sits here holds the number of this order; None when that is too long ago.

    In a shop only the code for this very order counts, with the identity document seen.
    """
    said: dict[str, Any] = request.session.get(PRESENT) or {}
    counts = (found.id,) if shop else (found.id, ANY)
    if said.get("subscriber") != found.subscriber or said.get("order") not in counts:
        return None
    at = datetime.fromtimestamp(said["at"], UTC)
    allowed = timedelta(minutes=settings.profile().orders.signing_minutes)
    return at if at <= clock.now() < at + allowed and (said["identity_seen"] or not shop) else None


def show(request: HttpRequest, found: OrderView, *, shop: bool) -> None:
    """Take the code that shows who holds the number. Raises Problem for a wrong one, in a shop without the document."""
    identity = request.POST.get("identity") == "seen"
    if shop and not identity:
        raise Problem("orders.identity", "the identity document has to be seen first", where="identity")
    typed = "".join(request.POST.get("code", "").split())[:12]
    actions.check_presence(found.id, subscriber=found.subscriber, code=typed)
    note(request, found.subscriber, found.id, identity_seen=identity and shop)


def take(request: HttpRequest, found: OrderView, *, witness: int | None = None) -> Outcome:
    """Take the drawing that came with the form as the yes. `witness`: in a shop, whose account. Raises Problem."""
    shop = witness is not None
    at = present(request, found, shop=shop)
    if at is None:
        raise Problem("orders.not_present", "it is too long ago that a code showed who signs", status=403)
    limits.spend(f"sign:{found.subscriber}", SIGNED_AN_HOUR)
    outcome = actions.confirm_by_signature(
        found.id,
        subscriber=found.subscriber,
        drawing=request.POST.get("drawing", "")[:_LARGEST],
        shown_sha256=request.POST.get("shown", "")[:64],
        present_at=at,
        witness=Witness(witness, identity_seen=True) if witness is not None else None,
    )
    if shop:
        request.session.pop(PRESENT, None)
    return outcome


def tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say what the signature did."""
    said = {
        "confirmed": _("Signed. You get an SMS as soon as it is done."),
        "already": _("This was confirmed before. Nothing is done twice."),
        "late": _("This offer is not open any more. Nothing was done."),
        "lapsed": _("This tariff is not on sale any more. Nothing was done."),
    }
    (messages.success if outcome == "confirmed" else messages.warning)(request, said[outcome.value])


def context(
    request: HttpRequest, found: OrderView, problem: Problem | None = None, *, shop: bool = False
) -> dict[str, Any]:
    """What the page shows."""
    return {
        "one": found,
        "masked": people.masked(found.subscriber),
        "seen": present(request, found, shop=shop) is not None,
        "minutes": settings.profile().orders.signing_minutes,
        "problem": problem and problems.told(problem),
    }


def page(
    request: HttpRequest, found: OrderView, problem: Problem | None = None, *, shop: bool = False, sent: bool = False
) -> HttpResponse:
    """What is read and signed; `shop`: on the seller's tablet, `sent`: a code is on its way."""
    shown = {**context(request, found, problem, shop=shop), "sent": sent, "title": _("Read and sign")}
    template = "web/enterprise/sign.html" if shop else "web/my/sign.html"
    return render(request, template, shown, status=problem.status if problem else 200)


def send_code(request: HttpRequest, found: OrderView, *, shop: bool) -> HttpResponse:
    """Send the code that shows who holds the number; it confirms nothing."""
    try:
        limits.ask_code(request)
        actions.send_presence_code(found.id, subscriber=found.subscriber)
    except Problem as problem:
        return page(request, found, problem, shop=shop)
    return page(request, found, shop=shop, sent=True)


def show_code(request: HttpRequest, found: OrderView, *, shop: bool) -> HttpResponse:
    """Take that code, then on to signing."""
    try:
        show(request, found, shop=shop)
    except Problem as problem:
        return page(request, found, problem, shop=shop, sent=True)
    return redirect("enterprise:offer_sign" if shop else "my:order_sign", order=found.id)


def paper(order: int) -> HttpResponse:
    """The sealed paper of a signed order. Raises Problem (404) when there is none."""
    signed = queries.signature(order)
    found = ledger.document(signed.document) if signed else None
    if found is None:
        raise Problem("orders.no_paper", "there is no signed paper of this order", status=404)
    response = HttpResponse(found, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="mingbai-signed-{order}.pdf"'
    return response
