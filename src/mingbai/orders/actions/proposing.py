"""邀约: the one way by which an order comes to be."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.channels import queries as channels
from mingbai.channels.queries import Selling
from mingbai.channels.rules import Granted
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Orders
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.notices import queries as messages
from mingbai.orders import events, offers, sql, wording
from mingbai.orders.actions import recording
from mingbai.orders.models import Order
from mingbai.orders.offers import Asked
from mingbai.orders.rules import Kind, State, Terms
from mingbai.people import queries as people
from mingbai.tariffs import queries as tariffs
from mingbai.tariffs.queries import Full

CONTEXT = "order:"
SELF = "self"
_json = json.JSONEncoder(ensure_ascii=False).encode


def propose(
    *,
    plan: int,
    subscriber: int,
    seller: int,
    channel: str,
    region: str,
    by: str,
    kind: str = Kind.PURCHASE,
    follows: int | None = None,
    start: date | None = None,
    basis: str = "",
    payee: str = "",
    reference: str = "",
) -> int:
    """Offer what a plan's published version says to a subscriber, and ask them by SMS; the order's id.

    Everything that is offered is taken from the published version and frozen. `by`: “key:7”, “account:3” or “self”;
    `start` today or later; `basis`: why this person may have a tariff that is for certain people; `payee`: of carrier
    billing, who is paid and for what; `reference`: the seller's own, under which a second call gives the first order.
    Raises Problem when it may not be offered, and beyond the profile's offers to one number.
    """
    if reference and (found := _known(seller, reference, plan, subscriber)):
        return found
    now, day = clock.now(), tariffs.today()
    begins = start or day
    if begins < day or begins > day + timedelta(days=366):
        raise Problem("orders.start", "an order begins today or within a year", where="start")
    sort = _kind(kind)
    selling = _selling(seller, subscriber, by)
    before = _before(sort, follows, subscriber, plan)
    asked = Asked(sort, channel, region, begins, basis.strip()[:200], payee.strip()[:100], before)
    for fresh in (False, True):
        full = offers.shown_now(plan, fresh=fresh)
        try:
            return _offer(full, asked, day, now, subscriber, seller, selling, by, follows, reference[:64])
        except IntegrityError:
            if reference and (found := _known(seller, reference, plan, subscriber)):
                return found
            raise
        except Problem:
            # What was remembered may have been replaced since; what is read anew decides.
            if fresh or offers.shown_now(plan, fresh=True) == full:
                raise
    raise AssertionError("unreachable")


def _offer(
    full: Full, asked: Asked, day: date, now: datetime, subscriber: int, seller: int, selling: Selling, by: str,
    follows: int | None, reference: str,
) -> int:  # fmt: skip
    place = offers.check(full, asked, day)
    scope = offers.scope_of(selling, full, place, asked.channel, day)
    terms = offers.terms(full, asked, selling.name)
    lang = messages.lang_of(subscriber)
    shown = offers.shown(asked.kind, terms, lang)
    digest, today = sha256(shown.encode()).hexdigest(), sql.day(day)
    setting = messages.profile().orders
    until = now + timedelta(hours=setting.offer_hours)
    with transaction.atomic():
        taken = _room(subscriber, seller, full.plan, by, now, setting)
        word = _word(taken)
        values = [
            asked.kind.value, follows, asked.channel, place, by, reference, offers.price_fen(full, asked.kind),
            _json(terms._asdict()), shown, digest, word, sql.moment(now), asked.basis, sql.moment(until),
            today, today, today, today,
            full.version, full.sha256, seller, scope.id, subscriber,
        ]  # fmt: skip
        row = sql.one(sql.PROPOSE, values)
        if row is None:
            raise _why_not(full, scope, subscriber)
        order = int(row[0])
        recording.step(
            events.PROPOSED, order=order, subscriber=subscriber, terms=terms._asdict(), by=by, at=now,
            **_frozen(full, asked, place, seller, follows, terms, digest),
        )  # fmt: skip
        said = {"shown": shown, "answer": wording.answer(word if taken else "", timezone.localtime(until), lang)}
        notices.tell("confirmation", subscriber=subscriber, values=said, context=f"{CONTEXT}{order}", lang=lang)
    return order


def _frozen(
    full: Full, asked: Asked, place: str, seller: int, follows: int | None, terms: Terms, digest: str
) -> dict[str, Any]:
    """What the ledger's entry commits to beside the order's number."""
    return {
        "kind": asked.kind.value,
        "tariff": {"plan": full.plan, "version": full.number, "sha256": full.sha256},
        "price_fen": offers.price_fen(full, asked.kind),
        "price": terms.price,
        "penalty": terms.penalty,
        "term": terms.term,
        "start": terms.start,
        "channel": asked.channel,
        "region": place,
        "seller": seller,
        "follows": follows,
        "basis": asked.basis,
        "singles": list(terms.singles),
        "shown_sha256": digest,
    }


def _room(subscriber: int, seller: int, plan: int, by: str, now: datetime, setting: Orders) -> list[str]:
    """The words of the offers that were lately made to this subscriber.

    Raises Problem when there are too many, and when they turned this seller's offer of this plan down.
    """
    day, recent = now - timedelta(days=1), now - timedelta(hours=setting.offer_hours)
    quiet = now - timedelta(days=setting.declined_days)
    since = min(day, recent, quiet - timedelta(hours=setting.offer_hours))
    values = [sql.moment(day), sql.moment(recent), seller, plan, sql.moment(quiet), subscriber, sql.moment(since)]
    rows = sql.rows(sql.LATELY, values)
    if sum(bool(row[0]) for row in rows) >= setting.open_at_most:
        raise Problem("orders.too_many_open", "too many offers wait for this person's answer", status=429)
    if sum(bool(row[1]) for row in rows) >= setting.asked_per_day:
        raise Problem("orders.too_many", "this person was asked too often today", status=429)
    if by != SELF and any(row[3] for row in rows):
        raise Problem("orders.declined", "this person has turned this offer down", where="plan", status=409)
    return [row[4] for row in rows if row[0] or row[2]]


def _word(taken: list[str]) -> str:
    """Three digits by which a reply names this offer, unlike those of other offers to the same number."""
    while (word := f"{secrets.randbelow(900) + 100}") in taken:
        pass
    return word


def _known(seller: int, reference: str, plan: int, subscriber: int) -> int | None:
    """The order that the seller made under this reference. Raises Problem when that was another offer."""
    row = Order.objects.filter(seller_id=seller, reference=reference[:64]).first()
    if row is None:
        return None
    if (row.plan_id, row.subscriber_id) != (plan, subscriber):
        raise Problem("orders.reference", "this reference stands for another order", where="reference", status=409)
    return row.id


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError:
        raise Problem("orders.unknown_kind", "no such kind of order", where="kind", mend=", ".join(Kind)) from None


def _selling(seller: int, subscriber: int, by: str) -> Selling:
    """Raises Problem for a seller that may not sell, or from whom this person wants to hear nothing."""
    found = channels.selling(seller) if 0 < seller < 1 << 63 else None
    if found is None:
        known = channels.seller(seller) if 0 < seller < 1 << 63 else None
        if known is None:
            raise Problem("orders.unknown_seller", "no such seller", where="seller", status=404)
        raise Problem("orders.seller_state", f"the seller is {known.state}", where="seller", status=403)
    if by != SELF and inbox.refused(subscriber, found.organisation):
        raise Problem("orders.refused", "this person has refused this seller", where="subscriber", status=409)
    return found


def _before(kind: Kind, follows: int | None, subscriber: int, plan: int) -> Terms | None:
    """The terms of the order that this one follows. Raises Problem when it must follow one and does not."""
    if kind not in (Kind.RENEWAL, Kind.AFTER_TRIAL):
        if follows is not None:
            raise Problem("orders.follows", "only a renewal or what comes after a trial follows", where="follows")
        return None
    row = Order.objects.filter(id=follows, subscriber_id=subscriber).first() if follows else None
    wanted = (State.FULFILLED, State.LEAVING, State.ENDED) if kind == Kind.AFTER_TRIAL else (State.FULFILLED,)
    if row is None or row.state not in wanted:
        raise Problem("orders.follows", "there is no such order of this person", where="follows", status=409)
    if _operator(row.plan_id) != _operator(plan):  # nobody learns what was agreed with another operator
        raise Problem("orders.follows", "there is no such order of this person", where="follows", status=409)
    if kind == Kind.AFTER_TRIAL and (row.kind != Kind.TRIAL or row.plan_id != plan):
        raise Problem("orders.follows", "this was no trial of this tariff", where="follows", status=409)
    terms = dict(row.terms)
    return Terms(**{**terms, "singles": tuple(terms["singles"])})


def _operator(plan: int) -> int | None:
    found = tariffs.plan_code(plan)
    return found[0] if found else None


def _why_not(full: Full, scope: Granted, subscriber: int) -> Problem:
    """What has changed since it was looked at."""
    if not people.is_current(subscriber):
        return Problem("orders.tenure_ended", "this number has another user now", where="subscriber", status=409)
    now = tariffs.version(full.version)
    if now is None or not now.on_sale:
        return Problem("orders.not_published", "this tariff is not published", where="plan", status=409)
    return Problem("orders.seller", "the seller may not sell this any more", where=f"scope {scope.id}", status=403)
