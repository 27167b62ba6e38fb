"""Shared random draws and the columns of a batch of calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Idx = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

DAY = 86_400_000
HOUR = 3_600_000
Span = tuple[float, float]

STRANGER, CONTACT, EXPECTED = 0, 1, 2


@dataclass
class Calls:
    """Columns of call attempts; the last four are filled in by the outcome model."""

    start: Ints  # milliseconds since the first midnight
    caller: Idx  # row of the number table
    callee: Idx
    profile: Idx  # row of the habits table: a person below the population's size, an agent from there on
    known: Bytes  # STRANGER, CONTACT or EXPECTED
    ring: Idx
    talk: Idx
    cause: Bytes
    answered: Bools

    def __len__(self) -> int:
        """How many attempts."""
        return len(self.start)

    def take(self, which: npt.NDArray[np.generic]) -> Calls:
        """The rows chosen by a mask or by positions."""
        return Calls(*(getattr(self, f.name)[which] for f in fields(self)))


def bare(start: Ints, caller: Ints | Idx, callee: Ints | Idx, profile: Ints | Idx, known: Bytes) -> Calls:
    """Attempts whose outcome is not yet known."""
    n = len(start)
    blank = np.zeros(n, np.int32)
    return Calls(
        start.astype(np.int64, copy=False),
        caller.astype(np.int32, copy=False),
        callee.astype(np.int32, copy=False),
        profile.astype(np.int32, copy=False),
        known,
        blank,
        blank.copy(),
        np.zeros(n, np.uint8),
        np.zeros(n, np.bool_),
    )


def join(parts: list[Calls]) -> Calls:
    """The batches one after another."""
    return Calls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Calls)))


def log_uniform(rng: np.random.Generator, span: Span) -> float:
    """One draw, even on a logarithmic scale."""
    low, high = max(span[0], 1e-4), max(span[1], 1e-4)
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def log_logistic(rng: np.random.Generator, mu: Floats, shape: Floats) -> Floats:
    """Durations in seconds with the log-logistic form found for single users' talk times."""
    u = rng.random(len(mu)).clip(1e-9, 1 - 1e-9)
    return np.asarray(np.exp(mu + shape * np.log(u / (1 - u))), np.float64)


def hours(rng: np.random.Generator, weights: Sequence[float], n: int) -> Floats:
    """Times of day in milliseconds after a table of hourly weights."""
    cdf = np.cumsum(np.asarray(weights, np.float64))
    hour = np.searchsorted(cdf, rng.random(n) * cdf[-1], side="right").clip(0, len(weights) - 1)
    return np.asarray((hour + rng.random(n)) * HOUR, np.float64)


def stochastic(rng: np.random.Generator, mean: float) -> int:
    """A whole number with this mean."""
    return int(mean) + int(rng.random() < mean - int(mean))


def single_file(calls: Calls, many: Bools, end: int) -> Calls:
    """A telephone with one line makes one call at a time: push what overlaps to after the call before it.

    Uses end[i] = cum[i] + max over j <= i of (start[j] - cum[j - 1]) within each caller's calls.
    """
    order = np.lexsort((calls.start, calls.caller))
    calls = calls.take(order)
    length = calls.ring.astype(np.int64) + calls.talk + 1500
    length[many[calls.caller]] = 0
    first = np.r_[True, calls.caller[1:] != calls.caller[:-1]] if len(calls) else np.zeros(0, np.bool_)
    segment = np.cumsum(first) - 1
    before = np.cumsum(length) - length
    before -= before[first][segment]
    lifted = calls.start - before + segment * 10**12
    start = np.maximum.accumulate(lifted) - segment * 10**12 + before
    calls.start = start.astype(np.int64)
    return calls.take(calls.start < end)
