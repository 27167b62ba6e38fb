"""A plan's content as a form: what was typed → Content, and a Content → what stands in the fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import msgspec
from django.http import QueryDict

from mingbai.kernel.money import parse_yuan, yuan
from mingbai.kernel.problems import Problem
from mingbai.tariffs import cells
from mingbai.tariffs.content import (
    UNITS,
    Allowances,
    Audience,
    Channel,
    Content,
    Kind,
    Price,
    PriceKind,
    Tier,
    Trial,
    Unit,
)
from mingbai.web.tariffs import lines

T = TypeVar("T")
TEXTS = ("code", "name", "audience_text", "term", "in_network", "leave", "penalty", "beyond", "services", "notes")
LONG = ("audience_text", "leave", "penalty", "beyond", "services", "notes")
AMOUNTS = ("voice_min", "data_mb", "directed_mb", "sms", "broadband_mbps")
_SPARE = 2  # empty rows for further prices
_LONGEST = 4000
_MOST_PRICES = 30


class PriceRow(NamedTuple):
    """A price as its row of fields holds it."""

    unit: str
    yuan: str
    what: str
    tiers: str


def typed(content: Content) -> dict[str, Any]:
    """What stands in the fields of a content."""
    allowed, trial = content.allowances, content.trial
    prices = [
        PriceRow(one.unit, "" if one.fen is None else yuan(one.fen), one.what, _tiers_text(one.tiers))
        for one in content.prices
    ]
    return {
        **{name: getattr(content, name) for name in TEXTS},
        "kind": content.kind or "",
        "audience": content.audience or "",
        "regions": "、".join(content.regions),
        "channels": [str(one) for one in content.channels],
        "on_date": content.on_date.isoformat() if content.on_date else "",
        "off_date": content.off_date.isoformat() if content.off_date else "",
        "term_months": "" if content.term_months is None else str(content.term_months),
        "directed_to": allowed.directed_to,
        "caps": "、".join(yuan(one) for one in content.caps_fen),
        "singles": "、".join(content.singles),
        "trial_days": str(trial.days) if trial else "",
        "trial_then": trial.then if trial else "",
        "trial_yuan": yuan(trial.then_fen) if trial and trial.then_fen is not None else "",
        "amounts": [(name, lines.label(f"allowances.{name}"), _amount_text(allowed, name)) for name in AMOUNTS],
        "prices": [*prices, *([PriceRow("", "", "", "")] * _SPARE)],
        "long": [(name, lines.label(name), getattr(content, name)) for name in LONG],
    }


def _amount_text(allowed: Allowances, name: str) -> str:
    if name in allowed.unlimited:
        return "不限"
    value = getattr(allowed, name)
    if value is None:
        return ""
    return lines.volume(value).replace(" ", "") if name in ("data_mb", "directed_mb") else str(value)


def _tiers_text(tiers: tuple[Tier, ...]) -> str:
    return "；".join(f"{'' if one.upto is None else one.upto}:{yuan(one.fen)}" for one in tiers)


def content(post: QueryDict, before: Content | None = None) -> Content:
    """What was typed. Raises Problem “tariffs.field” with the field that cannot be read.

    What `before` had read from the name and is typed otherwise now counts as stated.
    """
    texts: dict[str, Any] = {name: _text(post, name) for name in TEXTS}
    made = Content(
        **texts,
        kind=_one(post, "kind", Kind),
        prices=_prices(post),
        allowances=_allowances(post),
        audience=_one(post, "audience", Audience),
        regions=_read(post, "regions", cells.regions),
        channels=tuple(one for one in Channel if one.value in post.getlist("channels")),
        on_date=_read(post, "on_date", cells.day),
        off_date=_read(post, "off_date", cells.day),
        term_months=_read(post, "term_months", lambda text: _whole(text) if text else None),
        caps_fen=_read(post, "caps", lambda text: tuple(map(parse_yuan, cells.parts(text)))),
        singles=tuple(cells.parts(_text(post, "singles"))),
        trial=_trial(post),
    )
    if before is None:
        return made
    kept = tuple(name for name in before.inferred if _at(made, name) == _at(before, name))
    return msgspec.structs.replace(made, inferred=kept)


def _at(value: Content, name: str) -> Any:
    first, _dot, rest = name.partition(".")
    found = getattr(value, first)
    return getattr(found, rest) if rest else found


def _text(post: QueryDict, name: str) -> str:
    return " ".join(post.get(name, "").split(" ")).strip()[:_LONGEST]


def _one(post: QueryDict, name: str, kinds: type[T]) -> T | None:
    text = post.get(name, "")
    return _read(post, name, kinds) if text else None


def _read(post: QueryDict, name: str, read: Callable[[str], T]) -> T:
    try:
        return read(_text(post, name))
    except (ValueError, Problem) as fault:
        raise Problem("tariffs.field", where=lines.label(_FIELD.get(name, name))) from fault


_FIELD = {"caps": "caps_fen", "trial_days": "trial", "trial_yuan": "trial", **{n: f"allowances.{n}" for n in AMOUNTS}}


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ValueError(text)
    return int(text)


def _prices(post: QueryDict) -> tuple[Price, ...]:
    found = []
    columns = (post.getlist(f"price_{name}")[:_MOST_PRICES] for name in ("unit", "yuan", "what", "tiers"))
    for unit_text, amount, what, tiers in zip(*columns, strict=False):
        if not (unit_text or amount.strip() or what.strip() or tiers.strip()):
            continue
        try:
            unit = Unit(unit_text or "month")
            fen = parse_yuan(amount) if amount.strip() else None
            found.append(Price(_kind_of(unit), unit, fen, what.strip()[:60], _tiers(tiers)))
        except (ValueError, Problem) as fault:
            raise Problem("tariffs.field", where=lines.label("prices")) from fault
    return tuple(found)


def _kind_of(unit: Unit) -> PriceKind:
    return next(kind for kind, units in UNITS.items() if unit in units)


def _tiers(text: str) -> tuple[Tier, ...]:
    """“100:0.20；:0.10”: up to 100 units 0.20 yuan each, above that 0.10."""
    found = []
    for part in text.replace(";", "；").split("；"):
        if part.strip():
            upto, _colon, price = part.replace("：", ":").partition(":")
            found.append(Tier(_whole(upto.strip()) if upto.strip() else None, parse_yuan(price)))
    return tuple(found)


def _allowances(post: QueryDict) -> Allowances:
    found: dict[str, Any] = {}
    unlimited = []
    for name in AMOUNTS:
        if name in ("data_mb", "directed_mb"):
            value, no_limit, _stated = _read(post, name, cells.volume)
        else:
            value, no_limit = _read(post, name, cells.count)
        found[name] = value
        if no_limit:
            unlimited.append(name)
    return Allowances(**found, directed_to=_text(post, "directed_to"), unlimited=tuple(unlimited))


def _trial(post: QueryDict) -> Trial | None:
    days, then, price = (_text(post, name) for name in ("trial_days", "trial_then", "trial_yuan"))
    if not (days or then or price):
        return None
    fen = _read(post, "trial_yuan", parse_yuan) if price else None
    return Trial(_read(post, "trial_days", lambda text: _whole(text) if text else 0), then, fen)


def blank() -> Content:
    return Content(code="", name="")
