"""What stands where in a file of call records: a mapping file (TOML or JSON), or what a switch is known to write."""

from __future__ import annotations

import codecs
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mingbai.calls.importing import causes, times
from mingbai.calls.importing.text import Form
from mingbai.kernel.problems import Problem

COLUMNS = (
    "caller", "callee", "start", "answer", "end", "talk", "ring", "duration", "answered", "call", "cause", "trunk",
)  # fmt: skip
REQUIRED = ("caller", "callee", "start")
UNITS = {"s": 1_000.0, "ms": 1.0, "us": 0.001}
ANSWERED = frozenset({"answered", "answer", "yes", "y", "true", "t", "1", "接通", "已接通", "是", "已接", "应答"})
_SECTIONS = {
    "columns": set(COLUMNS),
    "file": {"delimiter", "quote", "encoding", "header"},
    "time": {"format", "zone", "offset_s"},
    "durations": {"unit", "talk", "ring", "duration"},
    "answered": {"values"},
    "cause": {"form"},
    "numbers": {"area", "strip"},
}
_MEND = "see docs/calls.md, “A mapping file”"


@dataclass(frozen=True)
class Layout:
    """`columns`: our names → theirs, or places from 0. `zone` empty: the profile's. `units`: ms of one unit.

    `answered`: values in lower case that mean so. `area`: put before local numbers. `strip`: prefixes that the
    exchange puts before numbers, taken off.
    """

    columns: Mapping[str, str | int]
    form: Form = field(default_factory=Form)
    header: bool | None = None
    time: times.Clock = field(default_factory=lambda: times.Clock(""))
    units: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(("talk", "ring", "duration"), 1_000.0))
    answered: frozenset[str] = ANSWERED
    cause: str = "auto"
    area: str = ""
    strip: tuple[str, ...] = ()

    def with_clock(self, *, zone: str, offset_s: float | None) -> Layout:
        """The same with another zone and offset, where they are given."""
        offset = self.time.offset_us if offset_s is None else round(offset_s * 1e6)
        return replace(self, time=self.time._replace(zone=zone or self.time.zone, offset_us=offset))


def load(path: Path) -> Layout:
    """A mapping file. Raises Problem, with the section and name, for one that cannot be understood."""
    try:
        text = path.read_text("utf-8-sig")
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise Problem("calls.mapping", f"it cannot be read: {error}", where=path.name, mend=_MEND) from None
    if not isinstance(found, dict):
        raise _wrong(path.name, "it is no table", _MEND)
    return made(found)


def made(found: Mapping[str, Any]) -> Layout:
    """A mapping from the tables of its file. Raises Problem as `load`."""
    for section, values in found.items():
        if section not in _SECTIONS or not isinstance(values, Mapping):
            raise _wrong(section, "there is no such section", f"sections are {', '.join(_SECTIONS)}")
        for name in values:
            if name not in _SECTIONS[section]:
                mend = f"names in [{section}] are {', '.join(sorted(_SECTIONS[section]))}"
                raise _wrong(f"{section}.{name}", "there is no such name", mend)
    durations = found.get("durations", {})
    return Layout(
        columns=_columns(found.get("columns", {})),
        form=_form(found.get("file", {})),
        header=_flag(found.get("file", {}), "header"),
        time=_clock(found.get("time", {})),
        units={name: _unit(durations, name) for name in ("talk", "ring", "duration")},
        answered=_answered(found.get("answered", {})),
        cause=_choice(found.get("cause", {}), "cause", "form", ("auto", *causes.FORMS)),
        area=_area(found.get("numbers", {})),
        strip=_prefixes(found.get("numbers", {})),
    )


def _columns(found: Mapping[str, Any]) -> dict[str, str | int]:
    for name in REQUIRED:
        if name not in found:
            raise _wrong(f"columns.{name}", "it is not said which column this is", _MEND)
    for name, theirs in found.items():
        sound = (isinstance(theirs, str) and theirs) or (type(theirs) is int and 0 <= theirs < 1_000)
        if not sound:
            raise _wrong(f"columns.{name}", "this is no column", "give its name, or its place counted from 0")
    return dict(found)


def _form(found: Mapping[str, Any]) -> Form:
    delimiter, quote, encoding = (found.get(name, given) for name, given in _FORM.items())
    if not isinstance(delimiter, str) or len(delimiter.encode()) > 1 or delimiter in ("\n", "\r"):
        raise _wrong("file.delimiter", "a delimiter is one character of ASCII, or empty to look for it", _MEND)
    if not isinstance(quote, str) or len(quote.encode()) > 1 or quote in ("\n", "\r") or (quote and quote == delimiter):
        raise _wrong("file.quote", "a quote is one character of ASCII, or empty for none", _MEND)
    try:
        codecs.lookup(encoding or "utf-8").incrementaldecoder(errors="replace").decode(b"")
    except (LookupError, TypeError, AttributeError):
        raise _wrong("file.encoding", "there is no such encoding", "write utf-8, gb18030 or big5") from None
    return Form(delimiter, quote, encoding)


_FORM = {"delimiter": "", "quote": '"', "encoding": ""}


def _clock(found: Mapping[str, Any]) -> times.Clock:
    form, zone, offset = found.get("format", "auto"), found.get("zone", ""), found.get("offset_s", 0)
    if not isinstance(form, str) or not (form == "auto" or form in times.EPOCHS or "%" in form):
        mend = f"write auto, {', '.join(times.EPOCHS)}, or a form such as %Y%m%d%H%M%S"
        raise _wrong("time.format", "there is no such form of times", mend)
    if not isinstance(zone, str):
        raise _wrong("time.zone", "there is no such time zone", "write Asia/Shanghai, UTC or +08:00")
    if zone:
        times.zone_of(zone)
    if type(offset) not in (int, float) or not abs(offset) < 400 * 86_400:
        raise _wrong("time.offset_s", "this is no number of seconds", "write how much is to be added to each time")
    return times.Clock(zone, form, round(offset * 1e6))


def _unit(found: Mapping[str, Any], name: str) -> float:
    unit = found.get(name, found.get("unit", "s"))
    if unit not in UNITS:
        raise _wrong(f"durations.{name}", "there is no such unit", f"units are {', '.join(UNITS)}")
    return UNITS[unit]


def _answered(found: Mapping[str, Any]) -> frozenset[str]:
    values = found.get("values")
    if values is None:
        return ANSWERED
    if not isinstance(values, list) or not values:
        raise _wrong("answered.values", "this is no list of values", 'write values = ["ANSWERED"]')
    words = ("true" if one is True else "false" if one is False else str(one) for one in values)
    return frozenset(word.strip().lower() for word in words)


def _choice(found: Mapping[str, Any], section: str, name: str, known: tuple[str, ...]) -> str:
    value = found.get(name, known[0])
    if value not in known:
        raise _wrong(f"{section}.{name}", "there is no such form", f"write one of {', '.join(known)}")
    return str(value)


def _area(found: Mapping[str, Any]) -> str:
    area = found.get("area", "")
    if not isinstance(area, str) or (
        area and not (area.isascii() and area.isdigit() and 2 <= len(area.lstrip("0")) <= 3)
    ):
        raise _wrong("numbers.area", "this is no area code", 'write it as text, such as "021"')
    return area.lstrip("0")


def _prefixes(found: Mapping[str, Any]) -> tuple[str, ...]:
    given = found.get("strip", [])
    if not isinstance(given, list) or not all(isinstance(one, str) and one.isascii() and one.strip() for one in given):
        raise _wrong("numbers.strip", "this is no list of prefixes", 'write strip = ["9,"]')
    return tuple(given)


def _flag(found: Mapping[str, Any], name: str) -> bool | None:
    value = found.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(f"file.{name}", "this is neither true nor false", "write true or false")
    return value


def _wrong(where: str, what: str, mend: str) -> Problem:
    return Problem("calls.mapping", what, where=where, mend=mend)
