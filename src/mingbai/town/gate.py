"""The gate of the town: the real one, in the town's time."""

from __future__ import annotations

from mingbai.town.store import set_clock

set_clock()

from mingbai.gate.hosts.http import application  # noqa: E402  # it must see the town's time from its first call

__all__ = ["application"]
