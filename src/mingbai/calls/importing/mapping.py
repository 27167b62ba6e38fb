"""What stands where in a file of call records: a mapping file (TOML or JSON), or what a switch is known to write."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from mingbai.calls.importing import causes, times
from mingbai.calls.importing.text import Form
from mingbai.kernel.problems import Problem

COLUMNS = (
    "caller", "callee", "start", "answer", "end", "talk", "ring", "duration", "answered", "call", "cause", "trunk",
)  # fmt: skip
REQUIRED = ("caller", "callee", "start")
UNITS = {"s": 1_000.0, "ms": 1.0, "us": 0.001}
ANSWERED = frozenset(
    {
        "answered", "answer", "yes", "y", "true", "t", "1", "connected", "completed", "success", "ok", "接通", "已接通",
        "是", "已接", "已接听", "接听", "应答", "成功",
    }
)  # fmt: skip
UNANSWERED = frozenset(
    {
        "no answer", "noanswer", "no_answer", "not answered", "unanswered", "no", "n", "false", "f", "0", "busy",
        "failed", "failure", "congestion", "cancelled", "canceled", "cancel", "rejected", "missed", "abandoned", "未接",
        "未接通", "未应答", "无应答", "否", "忙", "被叫忙", "失败", "拒接", "未接听",
    }
)  # fmt: skip
TIMES = ("start", "answer", "end")  # columns that may be two: date and time
_SECTIONS = {
    "columns": set(COLUMNS),
    "file": {"delimiter", "quote", "encoding", "header"},
    "time": {"format", "zone", "offset_s"},
    "durations": {"unit", "talk", "ring", "duration"},
    "answered": {"values"},
    "cause": {"form"},
    "numbers": {"area", "strip", "ids"},
}
Column = str | int | tuple[str | int, ...]
_MEND = "see docs/calls.md, “A mapping file”"


@dataclass(frozen=True)
class Layout:
    """`columns`: our names → theirs, or places from 0, date and time as two. `zone` empty: the profile's. `units`: ms
    of one unit.

    `answered`: values in lower case that mean so; `unanswered`: those that mean the opposite, None for all others.
    `area`: put before local numbers. `strip`: prefixes that the exchange puts before numbers, taken off. `ids`:
    caller and callee are whatever a data set calls them, and no telephone numbers.
    """

    columns: Mapping[str, Column]
    form: Form = field(default_factory=Form)
    header: bool | None = None
    time: times.Clock = field(default_factory=lambda: times.Clock(""))
    units: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(("talk", "ring", "duration"), 1_000.0))
    answered: frozenset[str] = ANSWERED
    unanswered: frozenset[str] | None = UNANSWERED
    cause: str = "auto"
    area: str = ""
    strip: tuple[str, ...] = ()
    ids: bool = False

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
        header=_flag(found.get("file", {}), "file", "header"),
        time=_clock(found.get("time", {})),
        units={name: _unit(durations, name) for name in ("talk", "ring", "duration")},
        answered=_answered(found.get("answered", {})),
        unanswered=None if "values" in found.get("answered", {}) else UNANSWERED,
        cause=_choice(found.get("cause", {}), "cause", "form", ("auto", *causes.FORMS)),
        area=_area(found.get("numbers", {})),
        strip=_prefixes(found.get("numbers", {})),
        ids=_flag(found.get("numbers", {}), "numbers", "ids") or False,
    )


def _columns(found: Mapping[str, Any]) -> dict[str, Column]:
    for name in REQUIRED:
        if name not in found:
            raise _wrong(f"columns.{name}", "it is not said which column this is", _MEND)
    chosen = {name: _column(name, theirs) for name, theirs in found.items()}
    if chosen["caller"] == chosen["callee"]:
        raise _wrong("columns.callee", "this is the column of the caller", "give the column of the called number")
    return chosen


def _column(name: str, theirs: Any) -> Column:
    parts = theirs if isinstance(theirs, list) and name in TIMES and len(theirs) == 2 else [theirs]
    for one in parts:
        if not ((isinstance(one, str) and one) or (type(one) is int and 0 <= one < 1_000)):
            raise _wrong(f"columns.{name}", "this is no column", "give its name, or its place counted from 0")
    return tuple(parts) if len(parts) > 1 else cast(str | int, parts[0])


def _form(found: Mapping[str, Any]) -> Form:
    delimiter, quote, encoding = (found.get(name, given) for name, given in _FORM.items())
    if not isinstance(delimiter, str) or len(delimiter.encode()) > 1 or delimiter in ("\n", "\r"):
        raise _wrong("file.delimiter", "a delimiter is one character of ASCII, or empty to look for it", _MEND)
    if not isinstance(quote, str) or len(quote.encode()) > 1 or quote in ("\n", "\r") or (quote and quote == delimiter):
        raise _wrong("file.quote", "a quote is one character of ASCII, or empty for none", _MEND)
    try:
        b"ab".decode(encoding or "utf-8", "replace")
    except (LookupError, TypeError, ValueError):
        raise _wrong("file.encoding", "there is no such encoding", "write utf-8, gb18030 or big5") from None
    return Form(delimiter, quote, encoding)


_FORM = {"delimiter": "", "quote": '"', "encoding": ""}


def _clock(found: Mapping[str, Any]) -> times.Clock:
    form, zone, offset = found.get("format", "auto"), found.get("zone", ""), found.get("offset_s", 0)
    if not isinstance(form, str) or not (form == "auto" or form in times.EPOCHS or "%" in form):
        mend = f"write auto, {', '.join(times.EPOCHS)}, or a form such as %Y%m%d%H%M%S"
        raise _wrong("time.format", "there is no such form of times", mend)
    if "%" in form and not _tells_days(form):
        raise _wrong("time.format", "this form tells no day and time", "write one such as %Y%m%d%H%M%S")
    if not isinstance(zone, str):
        raise _wrong("time.zone", "there is no such time zone", "write Asia/Shanghai, UTC or +08:00")
    if zone:
        times.zone_of(zone)
    if type(offset) not in (int, float) or not abs(offset) < 400 * 86_400:
        raise _wrong("time.offset_s", "this is no number of seconds", "write how much is to be added to each time")
    return times.Clock(zone, form, round(offset * 1e6))


def _tells_days(form: str) -> bool:
    """Whether a form of strptime is one, and tells a moment to the minute."""
    moment = datetime(2026, 11, 21, 9, 31, tzinfo=UTC)
    try:
        return datetime.strptime(moment.strftime(form), form).replace(tzinfo=UTC, second=0, microsecond=0) == moment
    except ValueError:
        return False


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


def _flag(found: Mapping[str, Any], section: str, name: str) -> bool | None:
    value = found.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(f"{section}.{name}", "this is neither true nor false", "write true or false")
    return value


def _wrong(where: str, what: str, mend: str) -> Problem:
    return Problem("calls.mapping", what, where=where, mend=mend)
