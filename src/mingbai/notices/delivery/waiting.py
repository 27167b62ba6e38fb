"""Pauses of a worker that may be told to stop at any time."""

from __future__ import annotations

import asyncio

from mingbai.kernel import clock

_AGAIN_S = (0.5, 30.0)  # between tries to connect: the first pause, the longest
_STABLE_S = 10.0


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, or be stopped."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


class Again:
    """How long to wait before the next try to connect: longer each time, short again after a time that held."""

    def __init__(self) -> None:
        self._next, self._began = _AGAIN_S[0], 0.0

    def began(self) -> None:
        self._began = clock.monotonic()

    def wait_s(self) -> float:
        if self._began and clock.monotonic() - self._began > _STABLE_S:
            self._next = _AGAIN_S[0]
        self._began = 0.0
        now, self._next = self._next, min(2 * self._next, _AGAIN_S[1])
        return now
