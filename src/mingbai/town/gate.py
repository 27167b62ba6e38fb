"""The gate of the town: the real one, in the town's time."""

from __future__ import annotations

from mingbai.gate.hosts import http
from mingbai.town.store import set_clock


def application() -> http.Application:
    """What Granian loads in each worker of the demo's gate."""
    set_clock()
    return http.application()
