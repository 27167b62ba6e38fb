"""Clocks as the profile and the calendar have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

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
    known = calendar()
    return _due(known, known.day_of(begun), days)


@lru_cache(maxsize=1024)
def _due(known: Calendar, day: date, days: int) -> Due:
    """Clocks that begin on the same day end on the same."""
    return known.due(datetime.combine(day, time(12), ZoneInfo(known.zone)).astimezone(UTC), days)


def unknown_years() -> list[int]:
    """Years that running clocks reach, or soon will, and whose days off nobody told us: an alarm while there is one."""
    days, now = calendar(), clock.now()
    years = range(days.day_of(now).year, days.day_of(now + AHEAD).year + 1)
    return [year for year in years if not days.knows(year)]
