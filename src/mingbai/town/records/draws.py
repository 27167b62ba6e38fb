"""Draws that the styles share. A range is the 5th and the 95th percentile, so tails of good and bad callers overlap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Range = tuple[float, float]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rng = np.random.Generator

_P95 = 1.6449  # of the normal distribution
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def positive(rng: Rng, within: Range, size: int) -> Floats:
    """Log-normal, nine tenths of it `within`."""
    low, high = np.log(within[0]), np.log(within[1])
    return np.exp(_normal(rng, low, high, size))


def share(rng: Rng, within: Range, size: int) -> Floats:
    """Between 0 and 1, normal in the logit, nine tenths of it `within`; (0, 0) is nothing but zeros."""
    if within[1] <= 0:
        return np.zeros(size)
    low, high = (np.log(p / (1 - p)) for p in (max(within[0], 1e-4), min(within[1], 1 - 1e-4)))
    return logistic(_normal(rng, low, high, size))


def plain(rng: Rng, within: Range, size: int) -> Floats:
    """Normal, nine tenths of it `within`."""
    return _normal(rng, within[0], within[1], size)


def _normal(rng: Rng, low: float, high: float, size: int) -> Floats:
    return rng.normal((low + high) / 2, max((high - low) / 2 / _P95, 1e-9), size)


def logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), np.float64)


def mixed(first: NDArray[Any], second: NDArray[Any], below: int) -> Ints:
    """A number under `below` that hangs on both alone: the `second`th acquaintance of `first`, kept nowhere."""
    x = first.astype(np.uint64) * _GOLDEN ^ (second.astype(np.uint64) + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
    x ^= x >> np.uint64(32)
    x *= np.uint64(0xD6E8FEB86659FD93)
    x ^= x >> np.uint64(29)
    return (x % np.uint64(below)).astype(np.int64)


def stream(seed: int, *names: object) -> Rng:
    """A generator of its own for a style and a day, so that a style that changes leaves the others as they were."""
    words = [int.from_bytes(str(name).encode()[:16].ljust(16, b"\0"), "little") for name in names]
    return np.random.default_rng([seed, *words])
