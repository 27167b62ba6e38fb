"""工作日: clocks in working days of the Chinese calendar, days worked in exchange for holidays included. Pure.

The days come from the package `chinesecalendar`, which follows the yearly notice of 国务院办公厅 and refuses years
that it does not know; what the profile says goes before it. In a year that neither knows weekdays are counted, and
whatever was counted so is provisional.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import chinese_calendar

_SATURDAY = 5


class Due(NamedTuple):
    """When a clock ends: the first moment at which it is too late. `provisional`: a year was not known."""

    at: datetime
    provisional: bool


class Calendar(NamedTuple):
    """Working days of one profile. `years`: those for which the two lists are complete."""

    extra_workdays: Collection[date] = frozenset()
    extra_holidays: Collection[date] = frozenset()
    years: Collection[int] = frozenset()
    zone: str = "Asia/Shanghai"

    def knows(self, year: int) -> bool:
        """Whether the days off of a year are known."""
        return year in self.years or covered(year)

    def works(self, day: date) -> bool:
        """Whether a day is worked."""
        if day in self.extra_holidays:
            return False
        if day in self.extra_workdays:
            return True
        if covered(day.year) and day.year not in self.years:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def due(self, begun: datetime, days: int) -> Due:
        """The end of the `days`th working day after the day on which a clock begins, at local midnight.

        The day itself does not count (民法典 201), and the last day is a working day by construction (203).
        """
        day, left, provisional = self.day_of(begun), days, False
        while left:
            day += timedelta(days=1)
            provisional |= not self.knows(day.year)
            left -= self.works(day)
        ends = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.zone))
        return Due(ends.astimezone(begun.tzinfo), provisional)

    def left(self, now: datetime, due: datetime) -> int:
        """Working days until the clock ends, today not counted; below 0 how many it is late."""
        today, last = self.day_of(now), self.day_of(due - timedelta(microseconds=1))
        step = 1 if last > today else -1
        count, day = 0, today
        while day != last:
            counted = day + timedelta(days=1) if step > 0 else day
            count += step * self.works(counted)
            day += timedelta(days=step)
        return count

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


@cache
def covered(year: int) -> bool:
    """Whether the package knows a year."""
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True
