"""Thresholds as a form: the values that hold now, and what somebody writes over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mingbai.detection import queries
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.web import words_detection

_DIGITS = 12  # characters of a number as typed
_AGAINST = ("called_back", "known_before", "sought", "own_trunk", "registered_points")
_SCORE = (
    "prior_points", "finding_points", "suspicion_points", "shrink", "scales", "centres", "weights_for",
    "weights_against",
)  # fmt: skip


class Entry(NamedTuple):
    """One box: its name in the form, its label, what holds now, what was typed, and of which kind it is."""

    field: str
    label: object
    now: object
    typed: str
    sort: str


class Row(NamedTuple):
    """One setting: its boxes, its unit, and the profile's word on where it comes from."""

    name: str
    label: object
    unit: str
    source: object
    standing: str
    entries: list[Entry]
    wrong: bool


def rows(typed: Mapping[str, str], wrong: str = "") -> list[tuple[str, list[Row]]]:
    """Settings by part: rules first. `typed`: what came with the form; `wrong`: the setting that was refused."""
    parts: dict[str, list[Row]] = {"rules": [], "against": [], "score": [], "campaigns": [], "counted": []}
    known = profile().settings
    for name, value in present().items():
        setting = known[f"detection.{name}"]
        entries = [_entry(name, key, now, typed) for key, now in _parts(value)]
        row = Row(
            name, words_detection.SETTINGS.get(name, name), setting.unit, setting.source, setting.standing, entries,
            name == wrong,
        )  # fmt: skip
        parts[_part(name)].append(row)
    return [(part, found) for part, found in parts.items() if found]


def present() -> dict[str, Any]:
    """Each setting that a rule set may change, as it holds now: the live rule set's over the profile's."""
    known = profile().settings
    now = {name: known[f"detection.{name}"].value for name in queries.settable()}
    live = queries.rule_set(queries.in_force().rules)
    return now | {one.name: one.wished for one in live.changes} if live else now


def read(typed: Mapping[str, str]) -> dict[str, Any]:
    """Every setting as typed; what did not come with the form stays as it is. Raises Problem for what is no number."""
    found: dict[str, Any] = {}
    for name, value in present().items():
        if isinstance(value, Mapping):
            found[name] = {key: _read(name, f"{name}.{key}", now, typed) for key, now in value.items()}
        else:
            found[name] = _read(name, name, value, typed)
    return found


def _read(name: str, field: str, now: Any, typed: Mapping[str, str]) -> Any:
    text = typed.get(field)
    if text is None:
        return now
    text = text.strip()
    if isinstance(now, str):
        return text[:_DIGITS]
    try:
        if len(text) > _DIGITS or not text.isascii():
            raise ValueError
        return int(text) if isinstance(now, int) and "." not in text else float(text)
    except ValueError:
        raise Problem("detection.setting", "this is no number", where=name) from None


def _entry(name: str, key: str, now: object, typed: Mapping[str, str]) -> Entry:
    field = f"{name}.{key}" if key else name
    known = words_detection.THRESHOLDS
    label = known.get(f"{name}.{key}", known.get(key, key)) if key else ""
    sort = "text" if isinstance(now, str) else "number"
    return Entry(field, label, now, typed.get(field, str(now))[:_DIGITS], sort)


def _parts(value: object) -> list[tuple[str, object]]:
    return [(str(key), one) for key, one in value.items()] if isinstance(value, Mapping) else [("", value)]


def _part(name: str) -> str:
    """The part of the form that a setting stands in. Some settings have a rule's name, and are none."""
    if name in _AGAINST:
        return "against"
    if name.startswith("campaign"):
        return "campaigns"
    if name in _SCORE:
        return "score"
    return "rules" if name in words_detection.RULES else "counted"
