"""Whether the texts of a plan say what its typed fields say: prices beyond the allowance, the term, dates, whom it is
for. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from mingbai.tariffs import cells
from mingbai.tariffs.content import Audience, Content, Price, PriceKind, Unit
from mingbai.tariffs.rules import mentions
from mingbai.tariffs.rules.texts import Make

if TYPE_CHECKING:
    from mingbai.tariffs.rules.findings import Finding

_RATE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(元|角|分)\s*(?:/|每)\s*1?\s*(GB?|MB?|兆|分钟|条)(?![A-Za-z])"
    r"|每\s*(GB?|MB?|兆|分钟|条)\s*(\d+(?:\.\d+)?)\s*(元|角|分)",
    re.IGNORECASE,
)
_UNITS = {"g": Unit.GB, "m": Unit.MB, "兆": Unit.MB, "分": Unit.MINUTE, "条": Unit.MESSAGE}
_MONEY = {"元": 100, "角": 10, "分": 1}
_NO_TERM = ("无合约", "不限期", "无期限", "无固定期限", "随时可退")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_TO = re.compile(r"\s*(?:至|到|[-—–~～])+\s*")
_GROUPS = (Audience.YOUNG, Audience.SENIOR, Audience.BUSINESS, Audience.NEW)


def agreement(content: Content, make: Make) -> Iterator[Finding]:
    """What a text says otherwise than the field that it is about."""
    yield from _beyond(content, make)
    yield from _term(content, make)
    yield from _dates(content, make)
    yield from _group(content, make)


def _beyond(content: Content, make: Make) -> Iterator[Finding]:
    """0.29元/MB in words, and another price for an MB in the field."""
    stated: dict[Unit, set[int]] = {}
    for price in content.prices:
        if price.kind == PriceKind.USAGE:
            stated.setdefault(price.unit, set()).update(_fens(price))
    said: dict[Unit, dict[float, str]] = {}
    for hit in _RATE.finditer(unicodedata.normalize("NFKC", content.beyond)):
        unit = _UNITS[(hit[3] or hit[4])[0].lower()]
        fen = round(float(hit[1] or hit[5]) * _MONEY[hit[2] or hit[6]], 4)
        said.setdefault(unit, {})[fen] = hit[0]
    for unit in stated.keys() & said.keys():
        for fen, text in said[unit].items():
            if stated[unit] and fen not in stated[unit]:
                yuan = "、".join(f"{one / 100:.2f}" for one in sorted(stated[unit]))
                yield make("beyond_price", "beyond", text, error=True, other=yuan)


def _fens(price: Price) -> set[int]:
    return {tier.fen for tier in price.tiers} | ({price.fen} if price.fen is not None else set())


def _term(content: Content, make: Make) -> Iterator[Finding]:
    """It binds for so long by the field, and by a text for ever, for another time, or not at all."""
    if content.term_months is None:
        return
    months = str(content.term_months)
    if content.term_months > 0:
        word = next((one for one in _NO_TERM if one in content.term), "")
        if word:
            yield make("name_term", "term", word, error=True, other=months)
    for field in ("in_network", "penalty"):
        for claim in mentions.months(getattr(content, field)):
            if claim.value != content.term_months:
                yield make("name_term", field, claim.text, error=False, other=months)


def _dates(content: Content, make: Make) -> Iterator[Finding]:
    """A span that ends before it begins, and a term that is over before the plan is on sale."""
    for field in ("term", "services", "notes", "audience_text"):
        text = unicodedata.normalize("NFKC", getattr(content, field))
        hits = [(hit, day) for hit in _DATE.finditer(text) if (day := _day(hit)) is not None]
        for (one, begin), (other, end) in pairwise(hits):
            if end < begin and _TO.fullmatch(text, one.end(), other.start()):
                yield make("dates", field, end.isoformat(), error=True, other=begin.isoformat())
        last = max((day for _hit, day in hits), default=None)
        if field == "term" and last is not None and content.on_date is not None and last < content.on_date:
            yield make("dates", field, last.isoformat(), error=True, other=content.on_date.isoformat())


def _day(hit: re.Match[str]) -> date | None:
    try:
        return date(int(hit[1]), int(hit[2]), int(hit[3]))
    except ValueError:
        return None


def _group(content: Content, make: Make) -> Iterator[Finding]:
    """It is filed as for one group, and name or text speak of another."""
    if content.audience is None or content.audience == Audience.CHOSEN:
        return
    for field in ("name", "audience_text"):
        group = cells.audience(getattr(content, field))
        if group in _GROUPS and group != content.audience:
            yield make("audience_other", field, getattr(content, field)[:24], error=False, other=content.audience)
            return
