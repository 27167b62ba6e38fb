"""The settings of detection with a rule set's changes over them. What a profile would refuse is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields, replace
from typing import Any

from django.conf import settings as django

from mingbai.kernel import profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Detection

RUNS = frozenset(
    {"window_hours", "lookback_days", "day_hour", "cited_calls", "case_rules", "cases_per_day", "quiet_days"}
)
"""Settings of the schedule and of what becomes a case: they are the profile's alone, no rule set changes them."""


def of_profile() -> Detection:
    """As the profile in force says."""
    return profile.load(django.HOME).detection


def over(changes: Mapping[str, Any]) -> Detection:
    """The profile's settings with `changes` over them. Raises Problem for one that there is not and for a bad value."""
    known, values = _known(), {}
    for name, wished in changes.items():
        if name not in known:
            raise Problem("detection.unknown_setting", f"no rule has a setting “{name}”", where=name)
        try:
            values[name] = known[name].metadata["reader"](_whole(name, wished))
        except ValueError as fault:
            raise Problem("detection.setting", f"“{name}” {fault}", where=name, mend=unit(name)) from None
    return replace(of_profile(), **values)


def checked(changes: Mapping[str, Any], stand: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the profile, each setting whole; nothing at all goes back to the profile.

    Raises Problem as `over`, and when it says what `stand`, the changes in force, say already.
    """
    over(changes)
    found = {name: _whole(name, wished) for name, wished in changes.items()}
    found = {name: wished for name, wished in found.items() if wished != value(name)}
    if found == dict(stand):
        raise Problem("detection.no_change", "these are the settings as they are", where="settings")
    return found


def names() -> list[str]:
    """Settings that a rule set may change, in the profile's order."""
    return list(_known())


def value(name: str) -> Any:
    """A setting as the profile writes it."""
    return profile.load(django.HOME).settings[f"detection.{name}"].value


def unit(name: str) -> str:
    return str(_known()[name].metadata["unit"]) if name in _known() else ""


def _known() -> dict[str, Field[Any]]:
    return {one.name: one for one in fields(Detection) if one.name not in RUNS}


def _whole(name: str, wished: Any) -> Any:
    """A setting that is a table may be given in part."""
    stands = value(name)
    return {**stands, **wished} if isinstance(stands, dict) and isinstance(wished, Mapping) else wished
