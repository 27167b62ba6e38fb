"""签字确认: who holds the number shows it by a code, reads, draws; the paper is sealed, and only then is it a yes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from mingbai.channels import queries as channels
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.ledger import seal
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.orders import wording
from mingbai.orders.actions.confirming import Outcome, confirm, row_of
from mingbai.orders.models import Event, Order
from mingbai.orders.rules import How, Kind, State
from mingbai.orders.signing import paper, rules
from mingbai.orders.signing.keeping import Signed
from mingbai.orders.signing.rules import Place
from mingbai.people import queries as people


class Witness(NamedTuple):
    """Staff of the seller's: the account, and whether it says that it saw the identity document of who signs."""

    account: int
    identity_seen: bool


def send_presence_code(order: int, *, subscriber: int) -> None:
    """Send a one-time code to the number, which opens the page to sign this order and is no yes to anything.

    Raises Problem when the order is not open, and (429) beyond the profile's codes an hour.
    """
    row = _open(order, subscriber)
    terms = wording.terms_of(row.terms)
    lang = messages.lang_of(subscriber)
    says = wording.text("presence", lang, seller=terms.seller, name=terms.name, order=order)
    notices.issue_code(subscriber, _purpose(row), says=says)


def check_presence(order: int, *, subscriber: int, code: str) -> datetime:
    """When the holder of the number showed a right code: now. Raises Problem for a wrong or old one.

    Call it outside any transaction that may be rolled back (`notices.check_code`).
    """
    row = _open(order, subscriber)
    if not notices.check_code(subscriber, _purpose(row), code):
        raise Problem("orders.wrong_code", "this code is wrong or has run out", where="code", status=422)
    return clock.now()


def confirm_by_signature(
    order: int,
    *,
    subscriber: int,
    drawing: str,
    shown_sha256: str,
    present_at: datetime,
    witness: Witness | None = None,
) -> Outcome:
    """Take a signature as the yes. `drawing`: as the page sent it; `shown_sha256`: of the text that the page showed;
    `present_at`: when a code sent to the number was last shown (a log-in, or `check_presence`); `witness`: in a shop.

    The paper is made and sealed before anything is confirmed, outside any transaction: without the configured
    authority's time there is no yes, and the offer stays open. Raises Problem for a drawing that is none, another text,
    a code shown too long ago, a witness who may not be one, an order that is not open, and as `ledger.seal.seal`.
    """
    row = row_of(order, subscriber)
    if row.confirmed_how:
        return Outcome.ALREADY
    if not _is_open(row):
        return Outcome.LATE
    if shown_sha256 != row.shown_sha256:
        raise Problem("orders.other_text", "the page showed another text than this offer's", where="shown", status=409)
    place, seen_by = _who(row, witness)
    _still_present(present_at)
    drawn = rules.read(drawing)
    setting = messages.profile().orders
    rules.check(
        drawn, span_percent=setting.signature_span_percent, length_percent=setting.signature_length_percent
    )  # fmt: skip
    made = paper.agreement(_facts(row, place, seen_by, present_at), drawn)
    sealed = seal.seal(made, reason=f"业务办理确认 {order}", location=row.region)
    signed = Signed(
        sealed.pdf, place, f"account:{witness.account}" if witness else "", present_at, sealed.signed_at,
        sealed.timestamped,
    )  # fmt: skip
    return confirm(order, subscriber=subscriber, how=How.SIGNATURE, signed=signed)


def _who(row: Order, witness: Witness | None) -> tuple[Place, str]:
    """Where it is signed, and the witness as the paper names them. Raises Problem for one who may not be it."""
    if witness is None:
        return Place.OWN, ""
    staff = channels.staff_of(witness.account)
    if staff is None or staff.seller != row.seller_id:
        raise Problem("orders.no_staff", "only named sales staff of the seller takes a signature", status=403)
    if not witness.identity_seen:
        raise Problem(
            "orders.identity",
            "whoever takes a signature has to have seen the identity document",
            where="identity",
            mend="look at it, compare name and picture, and say so",
        )
    return Place.SHOP, f"工号 {staff.number}"


def _still_present(present_at: datetime) -> None:
    now, allowed = clock.now(), timedelta(minutes=messages.profile().orders.signing_minutes)
    if not now - allowed <= present_at <= now:
        mend = "ask for a code and enter it"
        raise Problem("orders.not_present", "it is too long ago that a code showed who signs", mend=mend, status=403)


def _facts(row: Order, place: Place, seen_by: str, present_at: datetime) -> paper.Facts:
    terms = wording.terms_of(row.terms)
    entry = Event.objects.filter(order=row, what=State.PROPOSED).values_list("entry", flat=True).first()
    index = ledger.status(entry) if entry else None
    said = f"第 {index} 条 · entry {index}" if index is not None else f"登记号 {entry}（待编号） · id {entry}"
    return paper.Facts(
        order=row.id, number=people.masked(row.subscriber_id), head=wording.head(Kind(row.kind), "zh"),
        seller=terms.seller, channel=row.channel, region=row.region, tariff_sha256=row.tariff_sha256, shown=row.shown,
        shown_sha256=row.shown_sha256, terms=terms, log=ledger.vkey().partition("+")[0], offer=said, place=place,
        witness=seen_by, present_at=timezone.localtime(present_at), at=timezone.localtime(clock.now()),
    )  # fmt: skip


def _open(order: int, subscriber: int) -> Order:
    row = row_of(order, subscriber)
    if not _is_open(row):
        raise Problem("orders.not_open", "this offer is not open any more", where="order", status=409)
    return row


def _is_open(row: Order) -> bool:
    here = row.state == State.PROPOSED and row.expires_at > clock.now()
    return here and people.is_current(row.subscriber_id)


def _purpose(row: Order) -> str:
    """What the code is bound to: this order and its text; it confirms nothing."""
    return f"sign:{row.id}:{row.price_fen}:{row.shown_sha256[:12]}"
