"""What other rooms and faces may know of orders: offers, history, evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, QuerySet

from mingbai.channels import queries as channels
from mingbai.kernel import clock
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as messages
from mingbai.orders import rules, wording
from mingbai.orders.models import Event, Kept, Order, Refused, Signature
from mingbai.orders.rules import State, Terms


class OrderView(NamedTuple):
    """An order as faces show it. `may_leave`: whether the tariff lets the subscriber withdraw."""

    id: int
    subscriber: int
    seller: int
    seller_name: str
    plan: int
    version: int
    tariff_sha256: str
    kind: str
    follows: int | None
    channel: str
    region: str
    by: str
    reference: str
    price_fen: int | None
    terms: Terms
    shown: str
    shown_sha256: str
    word: str
    state: str
    proposed_at: datetime
    expires_at: datetime
    confirmed_how: str
    confirmed_at: datetime | None
    done_at: datetime | None
    ended_at: datetime | None
    ends_at: datetime | None
    reason: str
    may_leave: bool

    @property
    def open(self) -> bool:
        """Whether a yes would count now, as far as time and state go."""
        return self.state == State.PROPOSED and self.expires_at > clock.now()


class EventView(NamedTuple):
    """A step and its ledger entry; `place`: its index in the log, None while it waits for it."""

    what: str
    by: str
    detail: str
    at: datetime
    entry: int
    place: int | None


class SignatureView(NamedTuple):
    """The sealed paper of a signed order. `document`: its SHA-256, by which the ledger has it; `place`: own or shop."""

    document: str
    place: str
    witness: str
    signed_at: datetime
    timestamped: bool


class Wanted(NamedTuple):
    """What a history is filtered by; empty is everything. Times of proposing, both ends included."""

    state: str = ""
    kind: str = ""
    text: str = ""  # in the tariff's name or its code
    seller: int = 0
    since: datetime | None = None
    until: datetime | None = None


class RefusedView(NamedTuple):
    """What a seller tried to offer and the house refused that day; `times` how often, the rest as it was last."""

    id: int
    seller: int
    seller_name: str
    plan: int
    code: str
    why: str
    by: str
    channel: str
    region: str
    times: int
    last_at: datetime
    entry: int


EVERYTHING = Wanted()


def order(order: int) -> OrderView | None:
    """One order."""
    row = Order.objects.filter(id=order).first() if 0 < order < 1 << 63 else None
    return next(iter(_views([row])), None) if row else None


def history(subscriber: int, wanted: Wanted = EVERYTHING, *, before: int = 0, limit: int = 50) -> list[OrderView]:
    """A subscriber's offers and orders, the latest first; those with a smaller id than `before` when given."""
    return _page(Order.objects.filter(subscriber_id=subscriber), wanted, before, limit)


def search(wanted: Wanted = EVERYTHING, *, before: int = 0, limit: int = 50) -> list[OrderView]:
    """Orders of everybody, the latest first, for staff."""
    return _page(Order.objects.all(), wanted, before, limit)


def of_seller(seller: int, wanted: Wanted = EVERYTHING, *, before: int = 0, limit: int = 50) -> list[OrderView]:
    """What a seller offered, the latest first."""
    return _page(Order.objects.filter(seller_id=seller), wanted, before, limit)


def open_for(subscriber: int) -> list[OrderView]:
    """Offers that wait for this subscriber's answer, the oldest first."""
    rows = Order.objects.filter(subscriber_id=subscriber, state=State.PROPOSED, expires_at__gt=clock.now())
    return _views(list(rows.order_by("id")))


def events_of(order: int) -> list[EventView]:
    """What happened to an order, oldest first."""
    rows = Event.objects.filter(order_id=order).order_by("id")
    return [EventView(r.what, r.by, r.detail, r.at, r.entry, ledger.status(r.entry)) for r in rows]


def refused(*, seller: int = 0, before: int = 0, limit: int = 50) -> list[RefusedView]:
    """Offers that were refused, of everybody or of one seller, the latest first."""
    rows = Refused.objects.filter(seller_id=seller) if seller else Refused.objects.all()
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows.order_by("-id")[:limit])
    names = channels.seller_names({row.seller_id for row in found})
    return [
        RefusedView(
            r.id, r.seller_id, names.get(r.seller_id, ""), r.plan, r.code, r.why, r.by, r.channel, r.region, r.times,
            r.last_at, r.entry,
        )
        for r in found
    ]  # fmt: skip


def signature(order: int) -> SignatureView | None:
    """What is known of an order's signature; None when it was confirmed otherwise, or its subscriber was erased."""
    row = Signature.objects.filter(order_id=order).first()
    return SignatureView(row.document, row.place, row.witness, row.signed_at, row.timestamped) if row else None


def months_kept() -> int:
    """For how many months orders are kept and shown: the largest that was ever promised, two years at least."""
    noted = Kept.objects.aggregate(most=Max("months"))["most"] or 0
    return max(24, noted)


def months_shown() -> int:
    """The same, with what the profile promises now."""
    return max(months_kept(), messages.profile().orders.history_months)


def _page(rows: QuerySet[Order], wanted: Wanted, before: int, limit: int) -> list[OrderView]:
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.seller:
        rows = rows.filter(seller_id=wanted.seller)
    if wanted.since:
        rows = rows.filter(proposed_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(proposed_at__lte=wanted.until)
    if wanted.text:
        rows = rows.filter(shown__contains=wanted.text[:60])
    if before:
        rows = rows.filter(id__lt=before)
    return _views(list(rows.order_by("-id")[:limit]))


def _views(rows: Sequence[Order]) -> list[OrderView]:
    names = channels.seller_names({row.seller_id for row in rows})
    return [_view(row, names.get(row.seller_id, "")) for row in rows]


def _view(row: Order, seller_name: str) -> OrderView:
    terms = wording.terms_of(row.terms)
    return OrderView(
        row.id, row.subscriber_id, row.seller_id, seller_name, row.plan_id, row.version_id, row.tariff_sha256, row.kind,
        row.follows_id, row.channel, row.region, row.by, row.reference, row.price_fen, terms, row.shown,
        row.shown_sha256, row.word, row.state, row.proposed_at, row.expires_at, row.confirmed_how, row.confirmed_at,
        row.done_at, row.ended_at, row.ends_at, row.reason, rules.may_leave(terms.leave),
    )  # fmt: skip
