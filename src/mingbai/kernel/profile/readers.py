"""What a setting's value may be: each reader takes the TOML value and gives the typed one, or raises ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import LabelKind, Use

Reader = Callable[[Any], Any]
E = TypeVar("E", bound=StrEnum)
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
DAY = 24 * 60


class Limits(NamedTuple):
    """Calls at most in a window that slides by its own length; 0 means no limit."""

    per_minute: int
    per_hour: int
    per_day: int


class SipCode(NamedTuple):
    code: int
    reason: str


class Misplaced(ValueError):
    """A fault inside a value that is a table: `path` is the dotted way to the entry, as it is written."""

    def __init__(self, path: str, what: str) -> None:
        self.path = path
        super().__init__(what)


def setting(reader: Reader, unit: str) -> Any:
    """A field of a group of settings."""
    return field(metadata={"reader": reader, "unit": unit})


def integer(least: int, most: int) -> Reader:
    """A whole number within bounds, both included."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("must be a whole number")
        if not least <= value <= most:
            raise ValueError(f"must be between {least} and {most}")
        return value

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value


def origin(value: Any) -> str:
    """A log's name: no spaces, no “+”, as signed notes demand."""
    if not re.fullmatch(r"[^\s+]{3,120}", text(value)):
        raise ValueError("must be 3 to 120 characters without spaces or “+”")
    return str(value)


def choice(*words: str) -> Reader:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError("must be one of " + ", ".join(words))
        return str(value)

    return read


def words(value: Any) -> tuple[str, ...]:
    """Words that a person may send: upper case, without spaces around, each once."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise ValueError("must be a list of words")
    folded = tuple(word.strip().upper() for word in value)
    if len(set(folded)) != len(folded):
        raise ValueError("must name each word once")
    return folded


def members(of: type[E]) -> Reader:
    """A list of words of a closed list, as a tuple in the order given."""

    def read(value: Any) -> tuple[E, ...]:
        found = tuple(_member(of, word) for word in _list(value))
        if len(set(found)) != len(found):
            raise ValueError("must name each word once")
        return found

    return read


def kinds(value: Any) -> frozenset[Kind]:
    """Kinds of numbers by their names in lower case."""
    return frozenset(_kind(word) for word in _list(value))


def kinds_of(*allowed: Kind) -> Reader:
    """As `kinds`, of these alone."""

    def read(value: Any) -> frozenset[Kind]:
        found = kinds(value)
        if not found <= set(allowed):
            raise ValueError("may hold only " + ", ".join(kind.name.lower() for kind in allowed))
        return found

    return read


def zone(value: Any) -> str:
    try:
        ZoneInfo(text(value))
    except (LookupError, OSError, ValueError) as fault:
        raise ValueError("must be a time zone such as Asia/Shanghai") from fault
    return str(value)


def hours(value: Any) -> Mapping[Use, tuple[int, int]]:
    """Use → minutes of the local day between which calls may be made, the first included, the last not."""
    return {_member(Use, use): _span(span) for use, span in _table(value)}


def span(value: Any) -> tuple[int, int]:
    """Minutes of the local day, the first included, the last not."""
    return _span(value)


def names(*allowed: str) -> Reader:
    """A list of these words, each once."""

    def read(value: Any) -> tuple[str, ...]:
        found = tuple(_list(value))
        if len(set(map(str, found))) != len(found) or not set(found) <= set(allowed):
            raise ValueError("must name each once, of " + ", ".join(allowed))
        return found

    return read


def percents(value: Any) -> tuple[int, ...]:
    """Parts of a hundred that never grow along the list."""
    found = tuple(integer(0, 100)(one) for one in _list_of_any(value))
    if not found or list(found) != sorted(found, reverse=True):
        raise ValueError("must be parts of a hundred, none larger than the one before")
    return found


def day_list(value: Any) -> frozenset[date]:
    """Days as dates: 2027-02-13, without quotes."""
    found = _list_of_any(value)
    if not all(isinstance(day, date) and not isinstance(day, datetime) for day in found):
        raise ValueError("must be a list of dates such as 2027-02-13, without quotes")
    if len(set(found)) != len(found):
        raise ValueError("must name each day once")
    return frozenset(found)


def years(value: Any) -> frozenset[int]:
    """Years, each once."""
    found = [integer(2000, 2200)(one) for one in _list_of_any(value)]
    if len(set(found)) != len(found):
        raise ValueError("must name each year once")
    return frozenset(found)


def days_by(*names: str) -> Reader:
    """A table that gives each of these names a number of days."""

    def read(value: Any) -> Mapping[str, int]:
        table = dict(_table(value))
        if set(table) != set(names):
            raise ValueError("must name exactly " + ", ".join(names))
        return {name: integer(1, 36_500)(table[name]) for name in names}

    return read


def scores(*names: str) -> Reader:
    """A table that gives each of these names a score, 0 for one that says nothing."""

    def read(value: Any) -> Mapping[str, int]:
        table = dict(_table(value))
        if set(table) != set(names):
            raise ValueError("must name exactly " + ", ".join(names))
        return {name: integer(0, 100)(table[name]) for name in names}

    return read


def figures(*names: str, most: int = 10_000_000) -> Reader:
    """A table that gives each of these names a whole number from 0 on."""

    def read(value: Any) -> Mapping[str, int]:
        table = dict(_table(value))
        if set(table) != set(names):
            raise ValueError("must name exactly " + ", ".join(names))
        found: dict[str, int] = {}
        for name in names:
            try:
                found[name] = integer(0, most)(table[name])
            except ValueError as fault:
                raise Misplaced(name, f"{name} {fault}") from None
        return found

    return read


def weights(*names: str) -> Reader:
    """A table that gives each of these names a weight from 0 to 100, decimals allowed; never a negative one."""

    def read(value: Any) -> Mapping[str, float]:
        table = dict(_table(value))
        if set(table) != set(names):
            raise ValueError("must name exactly " + ", ".join(names))
        for name in names:
            one = table[name]
            if isinstance(one, bool) or not isinstance(one, int | float) or not 0 <= one <= 100:
                raise Misplaced(name, f"{name} must be a number between 0 and 100")
        return {name: float(table[name]) for name in names}

    return read


def _list_of_any(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return value


def limits(value: Any) -> Limits:
    table = dict(_table(value))
    if set(table) != set(Limits._fields):
        raise ValueError("must have per_minute, per_hour and per_day")
    count = integer(0, 10_000_000)
    return Limits(*(count(table[name]) for name in Limits._fields))


def sip_codes(families: Iterable[str]) -> Reader:
    """Rule family → SIP code and reason phrase, for every family."""
    wanted = frozenset(families)

    def read(value: Any) -> Mapping[str, SipCode]:
        table = dict(_table(value))
        if set(table) != wanted:
            raise ValueError("must have exactly " + ", ".join(sorted(wanted)))
        return {family: _sip(family, entry) for family, entry in table.items()}

    return read


def labels(value: Any) -> Mapping[Use, Mapping[str, str]]:
    """Use → what a called phone shows, in Chinese and English; every use but personal calls has one."""
    found = {_member(Use, use): _both(wording) for use, wording in _table(value)}
    if missing := set(Use) - {Use.PERSONAL} - set(found):
        raise ValueError("lacks " + ", ".join(sorted(missing)))
    return found


def label_words(value: Any) -> Mapping[LabelKind, Mapping[str, str]]:
    """Kind of label → the word for it, in Chinese and English, for every kind."""
    found = {_member(LabelKind, kind): _both(wording) for kind, wording in _table(value)}
    if missing := set(LabelKind) - set(found):
        raise ValueError("lacks " + ", ".join(sorted(missing)))
    return found


def _both(value: Any) -> Mapping[str, str]:
    wording = {language: text(words) for language, words in _table(value)}
    if set(wording) != {"zh", "en"}:
        raise ValueError("must be written in zh and en")
    return wording


def _sip(family: str, value: Any) -> SipCode:
    found = re.fullmatch(r"([4-6]\d\d) ([ -~]{1,40})", value) if isinstance(value, str) else None
    if not found:
        raise Misplaced(family, f"{family} must be a SIP code from 400 on and its reason, such as “607 Unwanted”")
    return SipCode(int(found[1]), found[2])


def _span(value: Any) -> tuple[int, int]:
    found = _HOURS.fullmatch(text(value))
    if not found:
        raise ValueError("must be hours such as 09:00-21:00")
    first, last = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
    if not first < last <= DAY:
        raise ValueError("must begin before they end, within one day")
    return first, last


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("must be a list")
    return value


def _table(value: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    return value.items()


def _member(of: type[E], word: Any) -> E:
    try:
        return of(word)
    except ValueError:
        raise ValueError("knows only " + ", ".join(of)) from None


def _kind(word: Any) -> Kind:
    names: dict[str, IntEnum] = {kind.name.lower(): kind for kind in Kind}
    if word not in names:
        raise ValueError("knows only " + ", ".join(names))
    return Kind(names[word])
