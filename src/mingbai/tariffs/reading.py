"""A row of a tariff table → a content, with what was read from the name marked as such. Pure."""

from __future__ import annotations

import unicodedata
from typing import Any

import msgspec

from mingbai.kernel.problems import Problem
from mingbai.tariffs import cells
from mingbai.tariffs import content as contents
from mingbai.tariffs.content import Allowances, Content, Kind, Price, PriceKind, Unit
from mingbai.tariffs.rules import mentions
from mingbai.tariffs.sheet import LONGEST_CELL, Row


class Unreadable(Exception):
    """A cell that cannot be read: its column, and the code of the wording."""

    def __init__(self, column: str, code: str) -> None:
        self.column, self.code = column, code
        super().__init__(f"{column}: {code}")


def content(row: Row) -> Content:
    """What the row says. Raises Unreadable for a cell that cannot be read.

    What no cell states but the name does (price, volumes, region, months) is taken from the name and listed in
    `inferred`, so that a reviewer has to confirm it.
    """
    if row.content is not None:
        try:
            return contents.of_builtins(row.content)
        except Problem as problem:
            raise Unreadable("content", "tariffs.row_content") from problem
    _check(row)
    inferred: list[str] = []
    name, kind = row.get("name"), _cell(row, "kind", cells.kind)
    made = Content(
        code=unicodedata.normalize("NFKC", row.get("code")),  # the same code in wide letters is the same plan
        name=name,
        kind=kind,
        prices=_prices(row, kind, inferred),
        allowances=_allowances(row, inferred),
        audience=cells.audience(row.get("audience_text")),
        audience_text=row.get("audience_text"),
        regions=_regions(row, inferred),
        channels=_cell(row, "channels", cells.channels),
        on_date=_cell(row, "on_date", cells.day),
        off_date=_cell(row, "off_date", cells.day),
        term_months=_months(row, inferred),
        term=row.get("term"),
        in_network=row.get("in_network"),
        leave=row.get("leave"),
        penalty=row.get("penalty"),
        beyond=row.get("beyond"),
        services=row.get("services"),
        notes=row.get("notes"),
    )
    return msgspec.structs.replace(made, inferred=tuple(inferred))


def _check(row: Row) -> None:
    if "surplus" in row.cells:
        raise Unreadable("", "tariffs.row_surplus")
    for column, cell in row.cells.items():
        if len(cell) > LONGEST_CELL:
            raise Unreadable(column, "tariffs.row_long")
    for column in ("code", "name"):
        if not row.get(column):
            raise Unreadable(column, f"tariffs.row_{column}")
    if len(row.get("code")) > 40 or len(row.get("name")) > 200:
        raise Unreadable("code" if len(row.get("code")) > 40 else "name", "tariffs.row_long")


def _cell(row: Row, column: str, read: Any) -> Any:
    try:
        return read(row.get(column))
    except ValueError as fault:
        raise Unreadable(column, str(fault)) from fault


def _prices(row: Row, kind: Kind | None, inferred: list[str]) -> tuple[Price, ...]:
    units = (row.get("fee_unit"), row.units.get("fee", ""))
    price, stated = _cell(row, "fee", lambda cell: cells.fee(cell, *units))
    if price is not None:
        if not stated:
            inferred.append("prices")
        return (price,)
    claims = mentions.prices(row.get("name"))
    if not claims:
        return ()
    inferred.append("prices")
    unit = Unit.MONTH if kind == Kind.PACKAGE or any(u for u in units if "月" in u) else Unit.ONCE
    return (Price(PriceKind.RECURRING if unit == Unit.MONTH else PriceKind.ONE_OFF, unit, claims[0].value),)


def _allowances(row: Row, inferred: list[str]) -> Allowances:
    found: dict[str, Any] = {}
    unlimited: list[str] = []
    name = row.get("name")
    for field in ("data_mb", "directed_mb"):
        hint = row.units.get(field, "")
        value, no_limit, stated = _cell(row, field, lambda cell, hint=hint: cells.volume(cell, hint))
        if no_limit:
            unlimited.append(field)
        if not stated:
            inferred.append(f"allowances.{field}")
        found[field] = value
    claims = mentions.data(name)
    if claims and not unlimited and found["data_mb"] is None and found["directed_mb"] is None:
        found["data_mb"] = claims[0].value
        inferred.append("allowances.data_mb")
    for field, read in (("voice_min", mentions.voice), ("sms", mentions.sms), ("broadband_mbps", mentions.broadband)):
        hint = row.units.get(field, "")
        value, no_limit = _cell(row, field, lambda cell, hint=hint: cells.count(cell, hint))
        if no_limit:
            unlimited.append(field)
        elif value is None and (claims := read(name)):
            value = claims[0].value
            inferred.append(f"allowances.{field}")
        found[field] = value
    return Allowances(**found, directed_to=row.get("directed_to"), unlimited=tuple(unlimited))


def _regions(row: Row, inferred: list[str]) -> tuple[str, ...]:
    found = cells.regions(row.get("regions"))
    if found or row.get("regions"):
        return found
    named = tuple(mentions.regions(row.get("name")))
    if named:
        inferred.append("regions")
    return named


def _months(row: Row, inferred: list[str]) -> int | None:
    term = row.get("term")
    claims = mentions.months(term)
    if claims:
        return claims[0].value
    if any(word in term for word in ("长期", "无合约", "不限期", "无期限")):
        return 0
    named = mentions.months(row.get("name"))
    if named:
        inferred.append("term_months")
        return named[0].value
    return None
