"""The one place that reads the time.

Everything else asks here, so that a test or the made town can set the time and nobody has to sleep.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], int] = time.time_ns


def now_ns() -> int:
    """Wall time, nanoseconds since 1970-01-01T00:00Z."""
    return _source()


def now_us() -> int:
    """Wall time, microseconds since 1970-01-01T00:00Z."""
    return _source() // 1_000


def now_s() -> int:
    """Wall time, whole seconds since 1970-01-01T00:00Z."""
    return _source() // 1_000_000_000


def now() -> datetime:
    """Wall time as an aware datetime in UTC."""
    return datetime.fromtimestamp(_source() / 1e9, UTC)


def monotonic() -> float:
    """Seconds that never run backwards; for waiting and measuring, never for records."""
    return time.monotonic()


monotonic_ns = time.monotonic_ns
"""The same in whole nanoseconds; no function of its own, because each call through the gate asks twice."""


def pause(seconds: float) -> None:
    """Wait; only the work loop and back-off use it."""
    time.sleep(seconds)


def set_source(source: Callable[[], int] | None) -> None:
    """Take the time from `source` (nanoseconds since the epoch), or from the system again when None."""
    global _source
    _source = source or time.time_ns


def shifted(ns: int) -> Callable[[], int]:
    """A source that runs with the system's clock, `ns` nanoseconds ahead of it. For the made town."""
    return lambda: time.time_ns() + ns


@contextmanager
def at(moment: datetime) -> Iterator[Callable[[float], None]]:
    """Stand still at `moment`; yields `advance(seconds)`. For tests."""
    before = _source
    ns = int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000

    def advance(seconds: float) -> None:
        nonlocal ns
        ns += int(seconds * 1e9)

    set_source(lambda: ns)
    try:
        yield advance
    finally:
        set_source(None if before is time.time_ns else before)
