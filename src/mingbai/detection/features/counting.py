"""By what features count: thresholds of the profile, the time that is looked at, and its local clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from mingbai.kernel.profile import Detection

HOUR_S, DAY_S = 3_600, 86_400
_BUSY, _INSISTENT, _LEAST = 20, 5, 5


class Counting(NamedTuple):
    """What counts as what. Seconds, milliseconds, digits, calls; `day` in minutes of the local day, end not included.

    `busy` and `insistent`: calls in 60 minutes (of a subject; from one number to one callee) below which they are not
    counted out. No rule can ask for fewer, for both follow the rules' thresholds. `least`: calls in all below which a
    number is not looked at, unless there is another reason to.
    """

    short_s: int = 10
    long_s: int = 60
    one_ring_ms: int = 6_000
    near_digits: int = 7
    burst_calls: int = 20
    day: tuple[int, int] = (7 * 60, 22 * 60)
    busy: int = _BUSY
    insistent: int = _INSISTENT
    least: int = _LEAST

    @classmethod
    def of(cls, detection: Detection) -> Self:
        """As the profile's group [detection] says."""
        return cls(
            short_s=detection.short_s,
            long_s=detection.long_s,
            one_ring_ms=detection.one_ring_ms,
            near_digits=detection.near_digits,
            burst_calls=detection.burst_calls,
            day=detection.day_hours,
            busy=max(1, min(_BUSY, detection.high_frequency["per_hour"])),
            insistent=max(1, min(_INSISTENT, detection.bombing["per_hour"])),
        )


class Window(NamedTuple):
    """The time looked at, seconds since 1970, `end_s` not included; its clock: (from when, seconds east of UTC)."""

    begin_s: int
    end_s: int
    offsets: tuple[tuple[int, int], ...]

    @classmethod
    def between(cls, begin_s: int, end_s: int, zone: str) -> Self:
        """From `begin_s` to `end_s` on the clock of `zone`, whose changes fall on whole quarter hours."""
        info = ZoneInfo(zone)
        offsets: list[tuple[int, int]] = []
        for at_s in (begin_s, *range(begin_s - begin_s % 900 + 900, end_s, 900)):
            offset = _offset(at_s, info)
            if not offsets or offsets[-1][1] != offset:
                offsets.append((at_s, offset))
        return cls(begin_s, end_s, tuple(offsets))

    @classmethod
    def of_days(cls, first: date, days: int, zone: str) -> Self:
        """`days` local days from the beginning of `first`."""
        begin, end = (datetime.combine(day, time(), ZoneInfo(zone)) for day in (first, first + timedelta(days=days)))
        return cls.between(int(begin.timestamp()), int(end.timestamp()), zone)

    def local(self, s: ir.IntegerValue) -> ir.IntegerValue:
        """Of seconds since `begin_s`: seconds of the local clock since the first midnight of `days`."""
        midnight = self.days()[0] * DAY_S
        found: ir.IntegerValue = s + _literal(self.begin_s + self.offsets[0][1] - midnight)
        for since_s, offset in self.offsets[1:]:
            later = s + _literal(self.begin_s + offset - midnight)
            found = (s >= since_s - self.begin_s).ifelse(later, found)
        return found

    def days(self) -> Sequence[int]:
        """The local days that it touches, as days of the local clock since 1970."""
        first, last = self.begin_s + self.offsets[0][1], self.end_s - 1 + self.offsets[-1][1]
        return range(first // DAY_S, last // DAY_S + 1)


def _offset(at_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _literal(value: int) -> ir.IntegerValue:
    found: ir.IntegerValue = ibis.literal(value, "int32")
    return found
