"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import os
from uuid import UUID

from mingbai.kernel import clock


def uuid7() -> UUID:
    """A UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, 12 of their fraction (method 3), 62 random."""
    ms, rest = divmod(clock.now_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)
