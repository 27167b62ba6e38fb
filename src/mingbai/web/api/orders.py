"""/api/v1/orders: what a seller's system does. It offers, asks for a code, hands the code over, looks how it stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema
from pydantic import StringConstraints

from mingbai.channels import queries as channels
from mingbai.channels.queries import SellerView
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.orders import actions, queries
from mingbai.orders.queries import OrderView, Wanted
from mingbai.people import actions as people
from mingbai.people import queries as known
from mingbai.web import limits
from mingbai.web.api import idempotency, shapes
from mingbai.web.api.keys import key_of

PER_KEY = 3600  # codes that one key may ask for in an hour, for all its orders together
_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 422, 429), shapes.ProblemOut)
State = Literal[
    "proposed", "confirmed", "fulfilled", "leaving", "failed", "declined", "cancelled", "expired", "lapsed",
    "withdrawn", "ended",
]  # fmt: skip
Way = Literal["hall", "web", "app", "hotline", "sms", "agent", "online_shop", "door"]
Sort = Literal["purchase", "gift", "trial", "after_trial", "renewal", "billing"]
router = Router(tags=["orders"])


class OfferIn(shapes.In):
    """An offer of a published tariff to a subscriber. What it says is taken from the tariff, never from you."""

    plan: Annotated[int, Field(ge=1, lt=1 << 62, description="The plan's id in the disclosure zone")]
    number: shapes.Number
    channel: Way
    region: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    kind: Sort = "purchase"
    follows: Annotated[int | None, Field(ge=1, lt=1 << 62)] = None
    start: date | None = Field(None, description="Today when left out")
    basis: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description="What you saw that lets this person have a tariff that is for certain people"
    )
    payee: Annotated[str, StringConstraints(max_length=100)] = Field("", description="Carrier billing: who, for what")
    reference: Annotated[str, StringConstraints(max_length=64)] = Field(
        "", description="Your own; under the same one there is one order"
    )


class OrderOut(Schema):
    """An order as its seller may know it. `shown`: exactly what the subscriber was shown."""

    id: int
    plan: int
    tariff_sha256: str
    kind: Sort
    state: State
    channel: str
    region: str
    reference: str
    number: str = Field(description="Masked; empty in the answer to the offer itself")
    price_fen: int | None
    shown: str
    shown_sha256: str
    proposed_at: datetime
    expires_at: datetime
    confirmed_how: str
    confirmed_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    reason: str


class OrdersOut(Schema):
    """`next`: give it as `before` for older ones; null on the last page."""

    items: list[OrderOut]
    next: int | None


class CodeIn(shapes.In):
    """The code that the subscriber read to you or typed on your page."""

    code: Annotated[str, StringConstraints(min_length=4, max_length=12)]


class ConfirmOut(Schema):
    """`outcome`: confirmed; already (nothing is done twice); late; lapsed (not on sale any more)."""

    outcome: Literal["confirmed", "already", "late", "lapsed"]


class CancelIn(shapes.In):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CancelOut(Schema):
    """`cancelled`: false when somebody was faster, the subscriber's yes for one; the state tells who."""

    cancelled: bool
    state: State


@router.post("/orders", response={201: OrderOut, **_PROBLEMS})
def offer(request: HttpRequest, body: OfferIn) -> HttpResponse:
    """Offer a tariff. The subscriber is asked by SMS; nothing is done without their yes."""
    key = key_of(request, Scope.ORDERS_WRITE)
    seller = _seller(key.organisation)

    def act() -> HttpResponse:
        number = require(body.number)
        made = actions.propose(
            plan=body.plan,
            subscriber=people.ensure_subscriber(number),
            seller=seller.id,
            channel=body.channel,
            region=body.region,
            kind=body.kind,
            follows=body.follows,
            start=body.start,
            basis=body.basis,
            payee=body.payee,
            reference=body.reference,
            by=f"key:{key.id}",
        )
        found = queries.order(made)
        assert found is not None
        # The answer may be kept for a day to be given again: it names nobody, not even masked.
        told = _out(found).model_copy(update={"number": ""}).model_dump_json()
        return HttpResponse(told, status=201, content_type="application/json")

    return idempotency.once(request, key.id, act)


@router.get("/orders", response={200: OrdersOut, **_PROBLEMS})
def listed(
    request: HttpRequest,
    before: Annotated[int, Query(ge=0, lt=1 << 62)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    state: State | None = None,
) -> OrdersOut:
    """Your offers and orders, the latest first."""
    seller = _seller(key_of(request, Scope.ORDERS_READ).organisation)
    found = queries.of_seller(seller.id, Wanted(state=state or ""), before=before, limit=limit + 1)
    page = found[:limit]
    return OrdersOut(items=[_out(one) for one in page], next=page[-1].id if len(found) > limit else None)


@router.get("/orders/{int:order}", response={200: OrderOut, **_PROBLEMS})
def one(request: HttpRequest, order: int) -> OrderOut:
    """One of your orders."""
    return _out(_own(order, _seller(key_of(request, Scope.ORDERS_READ).organisation)))


@router.post("/orders/{int:order}/code", response={204: None, **_PROBLEMS})
def code(request: HttpRequest, order: int) -> HttpResponse:
    """Have a one-time code sent to the subscriber, behind the description of this very order."""
    key = key_of(request, Scope.ORDERS_WRITE)
    found = _own(order, _seller(key.organisation))
    limits.spend(f"order.code:key:{key.id}", PER_KEY)
    actions.send_code(found.id, subscriber=found.subscriber)
    return HttpResponse(status=204)


@router.post("/orders/{int:order}/confirm", response={200: ConfirmOut, **_PROBLEMS})
def confirm(request: HttpRequest, order: int, body: CodeIn) -> ConfirmOut:
    """Hand the subscriber's code over. Five tries, five minutes, for this order and this price alone."""
    found = _own(order, _seller(key_of(request, Scope.ORDERS_WRITE).organisation))
    outcome = actions.confirm_by_code(found.id, subscriber=found.subscriber, code=body.code)
    return ConfirmOut(outcome=outcome.value)


@router.post("/orders/{int:order}/cancel", response={200: CancelOut, **_PROBLEMS})
def cancel(request: HttpRequest, order: int, body: CancelIn) -> CancelOut:
    """Take an offer back, as long as nobody has answered."""
    key = key_of(request, Scope.ORDERS_WRITE)
    found = _own(order, _seller(key.organisation))
    done = actions.cancel(found.id, seller=found.seller, by=f"key:{key.id}", reason=body.reason)
    after = queries.order(found.id)
    assert after is not None
    return CancelOut.model_validate({"cancelled": done, "state": after.state})


def _seller(organisation: int) -> SellerView:
    found = channels.seller_of(organisation)
    if found is None:
        raise Problem("orders.no_seller", "your organisation sells nothing here", status=403)
    return found


def _own(order: int, seller: SellerView) -> OrderView:
    found = queries.order(order)
    if found is None or found.seller != seller.id:
        raise Problem("orders.unknown", "no such order", where="order", status=404)
    return found


def _out(one: OrderView) -> OrderOut:
    names = OrderOut.model_fields.keys() - {"number"}
    return OrderOut(number=known.masked(one.subscriber), **{name: getattr(one, name) for name in names})
