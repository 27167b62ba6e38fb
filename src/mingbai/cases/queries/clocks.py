"""Clocks as the profile and the calendar have them."""

from __future__ import annotations

from datetime import datetime, timedelta

from mingbai.kernel import clock
from mingbai.kernel.workdays import Calendar, Due
from mingbai.notices.queries import profile

AHEAD = timedelta(days=60)  # so far ahead the calendar should know the days off


def calendar() -> Calendar:
    """Working days as the profile in force has them."""
    found = profile()
    terms = found.reports
    return Calendar(terms.extra_workdays, terms.extra_holidays, terms.calendar_years, found.gate.timezone)


def due(begun: datetime, stage: str) -> Due:
    """When the clock of a stage (`forward`, `answer`, `tell`) that begins now ends."""
    days: int = getattr(profile().reports, f"{stage}_days")
    return calendar().due(begun, days)


def unknown_years() -> list[int]:
    """Years that running clocks reach, or soon will, and whose days off nobody told us: an alarm while there is one."""
    days, now = calendar(), clock.now()
    years = range(days.day_of(now).year, days.day_of(now + AHEAD).year + 1)
    return [year for year in years if not days.knows(year)]
