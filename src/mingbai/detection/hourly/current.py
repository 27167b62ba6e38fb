"""What is known of numbers, kept up: refusals as they come, everything whole now and then, beside the batches."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connections

from mingbai.detection import references
from mingbai.detection.hourly.known import Known
from mingbai.kernel import clock
from mingbai.kernel.home import Home

REFRESH_S = 300.0
"""Registered numbers and trunks, and refusals whole, are read again after so long; when reading them takes long, after
_SPARING times that."""
_SPARING = 20.0
_AGAIN = timedelta(seconds=5)  # whoever refused while it was read is read again


class _Read(NamedTuple):
    known: Known
    begun: datetime
    took_s: float


class Current:
    """Of one home; for one thread. Millions of refusals take a while to read: a second thread does, and no call waits
    for it but at the start and when a quarter begins."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._beside = ThreadPoolExecutor(1, "references")
        self._reading: Future[_Read] | None = None
        self._quarters: tuple[str, ...] = ()
        self._due = float("-inf")
        self._known: Known
        self._refused_at = datetime.fromtimestamp(0, UTC)

    def known(self, quarters: tuple[str, ...]) -> Known:
        """As of now, with pseudonyms of these quarters."""
        if quarters != self._quarters:
            self._reading = None
            self._take(_read(self._home, quarters))
            self._quarters = quarters
        elif self._reading is not None and self._reading.done():
            reading, self._reading, self._due = self._reading, None, clock.monotonic() + REFRESH_S
            self._take(reading.result())
        elif self._reading is None and clock.monotonic() >= self._due:
            self._reading = self._beside.submit(_read_beside, self._home, quarters)
        begun = clock.now()
        self._known.refused(references.refusals(self._home, quarters, self._refused_at))
        self._refused_at = begun - _AGAIN
        return self._known

    def close(self) -> None:
        self._beside.shutdown()

    def _take(self, found: _Read) -> None:
        self._known, self._refused_at = found.known, found.begun - _AGAIN
        self._due = clock.monotonic() + max(REFRESH_S, _SPARING * found.took_s)


def _read(home: Home, quarters: tuple[str, ...]) -> _Read:
    begun, began = clock.now(), clock.monotonic()
    known = Known(references.references(home, quarters, agreed=False))
    return _Read(known, begun, clock.monotonic() - began)


def _read_beside(home: Home, quarters: tuple[str, ...]) -> _Read:
    """As `_read`, in a thread of its own, with a connection of its own that goes with it."""
    try:
        return _read(home, quarters)
    finally:
        connections.close_all()
