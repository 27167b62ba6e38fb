"""Array types used all over the town, and its clock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rng = np.random.Generator

TICK = 600.0
"""Seconds of one step of the town."""
TICKS_A_DAY = 144
DAY = 86400.0
FIRST_DAY = np.datetime64("2026-03-18", "D")
"""A Wednesday, without a public holiday near."""


def weekday(day: int) -> int:
    """Day of the week (Monday 0) of the town's day `day`."""
    return (day + 2) % 7


def lognormal(rng: Rng, median: Floats | float, sigma: Floats | float, size: int) -> Floats:
    """Log-normal draws by their median."""
    return np.asarray(median * np.exp(sigma * rng.standard_normal(size)), dtype=np.float64)


def whole(rng: Rng, expected: float) -> int:
    """A whole number with the expectation `expected`."""
    return int(expected + rng.random())
