"""What a plan costs for a use, and which plans another makes needless whatever the use. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from mingbai.tariffs import places
from mingbai.tariffs.content import GB, Audience, Content, Price, PriceKind, Unit, month_fen

_UNIT_MB = {Unit.MB: 1, Unit.GB: GB}


class Use(NamedTuple):
    """A month's use: minutes, MB, messages."""

    voice_min: int = 0
    data_mb: int = 0
    sms: int = 0


class Cost(NamedTuple):
    """What a month costs in fen: the plan's own price and what is beyond its allowance."""

    month: int
    beyond: int

    @property
    def total(self) -> int:
        return self.month + self.beyond


def cost(content: Content, use: Use) -> Cost | None:
    """What the use costs under the plan; None when it states no monthly price, or none for what is beyond."""
    month = month_fen(content)
    if month is None:
        return None
    allowed = content.allowances
    beyond = 0
    for field, used, units in (
        ("voice_min", use.voice_min, (Unit.MINUTE,)),
        ("data_mb", use.data_mb, (Unit.MB, Unit.GB)),
        ("sms", use.sms, (Unit.MESSAGE,)),
    ):
        over = 0 if field in allowed.unlimited else max(0, used - (getattr(allowed, field) or 0))
        if not over:
            continue
        priced = next((p for p in content.prices if p.kind == PriceKind.USAGE and p.unit in units), None)
        more = _usage(priced, over) if priced else None
        if more is None:
            return None
        beyond += more
    return Cost(month, beyond)


def _usage(price: Price, over: int) -> int | None:
    """Fen for `over` minutes, MB or messages; parts of a GB are charged as a whole one."""
    amount = -(-over // _UNIT_MB.get(price.unit, 1))
    if not price.tiers:
        return None if price.fen is None else price.fen * amount
    total, below = 0, 0
    for tier in price.tiers:
        upto = amount if tier.upto is None else min(amount, tier.upto)
        total += tier.fen * max(0, upto - below)
        below = max(below, upto)
    return total if below >= amount else None


class Offer(NamedTuple):
    """A plan as comparison sees it: `price` fen a month; amounts, more is better; rates beyond, less is better."""

    key: int
    price: int
    amounts: tuple[float, ...]
    rates: tuple[float, ...]
    term: int
    regions: frozenset[str]
    channels: frozenset[str]
    audience: Hashable


_NEVER = float("inf")


def offer(key: int, content: Content) -> Offer | None:
    """None for what cannot be compared: no monthly price, a price once, a trial, tiers, or a chosen few as audience."""
    price = month_fen(content)
    odd = any(p.kind == PriceKind.ONE_OFF or p.tiers for p in content.prices)
    if price is None or odd or content.trial is not None or content.audience in (None, Audience.CHOSEN):
        return None
    allowed = content.allowances
    amounts = tuple(
        _NEVER if name in allowed.unlimited else float(getattr(allowed, name) or 0)
        for name in ("voice_min", "data_mb", "directed_mb", "sms", "broadband_mbps")
    )
    rates = (_rate(content, Unit.MINUTE), *_data_rates(content), _rate(content, Unit.MESSAGE))
    regions, channels = frozenset(content.regions), frozenset(content.channels)
    return Offer(key, price, amounts, rates, content.term_months or 0, regions, channels, content.audience)


def _rate(content: Content, unit: Unit) -> float:
    """Fen a unit beyond the allowance; infinite when nobody may go beyond."""
    found = (p.fen for p in content.prices if p.kind == PriceKind.USAGE and p.unit == unit and p.fen is not None)
    return float(next(found, _NEVER))


def _data_rates(content: Content) -> tuple[float, float]:
    """What the first MB beyond costs, and what 1024 of them do: a begun GB is charged as a whole one."""
    by_mb, by_gb = _rate(content, Unit.MB), _rate(content, Unit.GB)
    return (by_gb, by_gb) if by_mb == _NEVER else (by_mb, by_mb * GB)


def dominates(one: Offer, other: Offer) -> bool:
    """Whether nobody, whatever their use, would do worse with `one`, and some would do better.

    It must cost no more, include and bind no worse, and be open to everyone whom the other is open to.
    """
    if one.audience not in (other.audience, Audience.PUBLIC) or not one.channels >= other.channels:
        return False
    if not all(places.within(region, one.regions) for region in other.regions):
        return False
    mine = (one.price, one.term, *one.rates, *(-amount for amount in one.amounts))
    theirs = (other.price, other.term, *other.rates, *(-amount for amount in other.amounts))
    return mine != theirs and all(a <= b for a, b in zip(mine, theirs, strict=True))


def needless(offers: Iterable[Offer]) -> dict[int, int]:
    """Key of each dominated plan → key of one that dominates it and that nothing dominates."""
    frontier: list[Offer] = []
    found: dict[int, int] = {}
    for one in sorted(offers, key=lambda o: (o.price, *(-a for a in o.amounts), o.term, *o.rates)):
        better = next((known for known in frontier if dominates(known, one)), None)
        if better is None:
            frontier.append(one)
        else:
            found[one.key] = better.key
    return found
