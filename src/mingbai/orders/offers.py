"""From a published version to what an offer of it says. What is published never changes, so it is kept by version."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from mingbai.channels.queries import Selling
from mingbai.channels.rules import Granted
from mingbai.kernel.money import yuan
from mingbai.kernel.problems import Problem
from mingbai.orders import wording
from mingbai.orders.rules import Kind, Terms
from mingbai.tariffs import places
from mingbai.tariffs import queries as tariffs
from mingbai.tariffs.content import Audience, Content, headline_fen
from mingbai.tariffs.queries import Full

_REMEMBERED = 5000
OPEN_AUDIENCES = (Audience.PUBLIC, Audience.EXISTING)
_NEXT_MONTH = re.compile(r"(?:次月|下个?月)(?:一日|1日)?起?生效")
_lock = threading.Lock()
_known: OrderedDict[int, Full] = OrderedDict()
_said: dict[tuple[object, ...], Terms] = {}


class Asked(NamedTuple):
    """What is to be offered. `follows`: terms of the order that a renewal or a trial's sequel follows."""

    kind: Kind
    channel: str
    region: str
    start: date
    basis: str
    payee: str
    before: Terms | None


def shown_now(plan: int, *, fresh: bool = False) -> Full:
    """What the zone shows of a plan, as last read; `fresh`: read it again. Raises Problem when it is not published."""
    with _lock:
        found = None if fresh else _known.get(plan)
    if found is None:
        found = tariffs.full(plan)
        if found is None or found.state != "published":
            raise Problem("orders.not_published", "this tariff is not published", where="plan", status=409)
        with _lock:
            _known[plan] = found
            _known.move_to_end(plan)
            while len(_known) > _REMEMBERED:
                _known.popitem(last=False)
    return found


def check(full: Full, asked: Asked, day: date) -> str:
    """The region's short name. Raises Problem when the tariff is not on sale that day, or not for this region, channel
    or person, or does not go with this kind of order."""
    region = _check_sold(full.content, asked, day)
    _check_kind(full.content, asked)
    return region


def _check_sold(content: Content, asked: Asked, day: date) -> str:
    if not content.sold_on(day):
        raise Problem("orders.not_on_sale", "this tariff is not on sale today", where="plan", status=409)
    if asked.channel not in content.channels:
        raise Problem("orders.channel", "this tariff is not sold this way", where="channel", status=409)
    region = places.normal(asked.region)
    if not region or not places.within(region, content.regions):
        raise Problem("orders.region", "this tariff does not hold in this region", where="region", status=409)
    if content.audience not in OPEN_AUDIENCES and not asked.basis:
        raise Problem(
            "orders.person",
            "this tariff is for certain people alone",
            where="basis",
            mend="say what was seen that makes this person one of them",
            status=409,
        )
    return region


def _check_kind(content: Content, asked: Asked) -> None:
    trial = content.trial is not None
    if trial != (asked.kind in (Kind.TRIAL, Kind.AFTER_TRIAL)):
        raise Problem("orders.kind", "a tariff with a trial is offered as a trial, and no other is", where="kind")
    if asked.kind == Kind.AFTER_TRIAL and (content.trial is None or content.trial.then_fen is None):
        raise Problem("orders.kind", "nothing follows this trial", where="kind", status=409)
    if asked.kind == Kind.GIFT and any(one.fen or one.tiers for one in content.prices if one.kind != "usage"):
        raise Problem("orders.gift", "a gift costs nothing; this tariff has a price", where="kind", status=409)
    if (asked.kind == Kind.BILLING) != bool(asked.payee):
        raise Problem("orders.payee", "carrier billing, and it alone, names who is paid and for what", where="payee")


def scope_of(selling: Selling, full: Full, region: str, channel: str, day: date) -> Granted:
    """The scope under which the seller may sell this. Raises Problem when there is none."""
    for one in selling.scopes:
        named = one._replace(regions=tuple(places.normal(name) for name in one.regions))
        if one.stands(day) and named.covers(
            operator=full.operator, plan=full.plan, places=places.around(region), way=channel
        ):
            return one
    what = "the seller may not sell this tariff here, this way, today"
    raise Problem("orders.seller", what, where="seller", status=403)


def singles(full: Full, asked: Asked) -> tuple[str, ...]:
    """The parts of a bundle with their own prices. Raises Problem when one of them is not on sale by itself, here, this
    way, to this person: a bundle is offered only to who could as well take a part of it."""
    codes = full.content.singles
    if not codes:
        return ()
    found, day = tariffs.published(full.operator, codes), tariffs.today()
    for code in codes:
        why = "not published"
        try:
            if code in found:
                _check_sold(found[code].content, asked, day)
                continue
        except Problem as problem:
            why = problem.what
        what = f"{code}, a part of this bundle, is not on sale by itself to this person: {why}"
        raise Problem("orders.single_missing", what, where="plan", status=409)
    return tuple(f"{found[code].content.name}（{code}）{wording.prices(found[code].content)}" for code in codes)


def terms(full: Full, asked: Asked, seller_name: str) -> Terms:
    """What the offer says. Raises Problem as `singles`."""
    if full.content.singles or asked.before is not None or _from_next_month(full.content):
        return _terms(full, asked, seller_name)
    # Everything else is decided by the published version, which never changes.
    said = (full.version, full.sha256, asked.kind, asked.start, asked.payee, seller_name)
    if (known := _said.get(said)) is None:
        if len(_said) >= _REMEMBERED:
            _said.clear()
        known = _said[said] = _terms(full, asked, seller_name)
    return known


def _from_next_month(content: Content) -> bool:
    return bool(_NEXT_MONTH.search(content.name) or _NEXT_MONTH.search(content.term))


def _begins(content: Content, start: date) -> date:
    """When it begins: what the tariff says of itself (次月生效) goes before what was asked for."""
    today = tariffs.today()
    if _from_next_month(content) and (start.year, start.month) == (today.year, today.month):
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start


def _terms(full: Full, asked: Asked, seller_name: str) -> Terms:
    content = full.content
    price = wording.prices(content)
    if asked.kind == Kind.AFTER_TRIAL:
        assert content.trial is not None
        assert content.trial.then_fen is not None
        price = f"{yuan(content.trial.then_fen)}元/月"
    made = Terms(
        code=content.code,
        name=content.name,
        seller=seller_name,
        price=price,
        term=content.term,
        penalty=content.penalty,
        leave=content.leave,
        start=wording.start(_begins(content, asked.start)),
        beyond=content.beyond,
        after=wording.after(content) if asked.kind == Kind.TRIAL else "",
        singles=singles(full, asked),
        payee=asked.payee,
        changed="",
    )
    if asked.kind == Kind.RENEWAL and asked.before is not None:
        made = made._replace(changed=wording.changed(asked.before, made) or "无，按原资费续约")
    return made


@lru_cache(_REMEMBERED)
def shown(kind: Kind, made: Terms, lang: str) -> str:
    """办理说明 of an offer. Raises Problem for a tariff of which no message can tell."""
    text = wording.description(kind, made, lang)
    if len(text) > wording.LONGEST:
        what = f"what must be told of this tariff takes {len(text)} characters"
        raise Problem("orders.too_long", what, where="plan", mend=f"at most {wording.LONGEST}", status=409)
    return text


def measure(content: Content) -> tuple[int, int]:
    """How many characters the 办理说明 of a tariff takes at least, in the longer language, and how many it may.

    Left out is what only an order knows: the seller's name, and names and prices of a bundle's parts.
    """
    kind = Kind.PURCHASE if content.trial is None else Kind.TRIAL
    made = Terms(
        code=content.code, name=content.name, seller="", price=wording.prices(content), term=content.term,
        penalty=content.penalty, leave=content.leave, start=wording.start(date.min), beyond=content.beyond,
        after=wording.after(content), singles=content.singles, payee="", changed="",
    )  # fmt: skip
    return max(len(wording.description(kind, made, lang)) for lang in ("zh", "en")), wording.LONGEST


def price_fen(full: Full, kind: Kind) -> int | None:
    """The price that lists sort by: of a month, or the first that is stated; what follows, for a trial's sequel."""
    if kind == Kind.AFTER_TRIAL and full.content.trial is not None:
        return full.content.trial.then_fen
    return headline_fen(full.content)
