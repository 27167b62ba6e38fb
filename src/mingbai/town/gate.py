"""The gate of the town: the real one in the town's time, and open for the calls of the days before.

A real gate takes attempts of the present alone. The town's past is driven through it by an accelerated clock.
"""

from __future__ import annotations

from mingbai.gate.check import Gate
from mingbai.gate.hosts import http
from mingbai.kernel.home import Home
from mingbai.town.store import set_clock

PAST_US = 3 * 86_400 * 1_000_000


def application() -> http.Application:
    """A worker's, made after its fork, as gate.hosts.http.application."""
    set_clock()
    gate = Gate(Home.from_environment())
    gate.slack_us = PAST_US
    return http.application_of(gate)
