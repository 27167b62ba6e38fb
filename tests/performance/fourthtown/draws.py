"""Random values as the town needs them: wide, vectorised, from one generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rng = np.random.Generator

SECOND = 1000  # ms
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def logit(share: Floats) -> Floats:
    """Log odds of shares strictly between 0 and 1."""
    return np.asarray(np.log(share) - np.log1p(-share))


def expit(odds: Floats) -> Floats:
    """Shares of log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)))


def positive(rng: Rng, centre: Floats, spread: Floats) -> Floats:
    """Lognormal values with medians `centre`; `spread`: standard deviation of the logarithm."""
    return np.asarray(centre * np.exp(spread * rng.standard_normal(len(centre))))


def share(rng: Rng, centre: Floats, spread: Floats) -> Floats:
    """Shares with medians `centre`, normal in their log odds; 0 and 1 stay what they are."""
    inner = np.clip(centre, 1e-6, 1 - 1e-6)
    drawn = expit(logit(inner) + spread * rng.standard_normal(len(centre)))
    return np.where((centre <= 0) | (centre >= 1), centre, drawn)


def chance(rng: Rng, probability: Floats) -> Flags:
    """True with the probability of each row."""
    return rng.random(len(probability)) < probability


def mixed(*parts: Ints | int) -> Ints:
    """A hash of whole numbers row by row, 0 to 2^62: the same rows give the same value in every run (splitmix64)."""
    state = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        value = np.zeros(1, np.uint64)
        for part in parts:
            value = (value ^ np.asarray(part, np.int64).astype(np.uint64)) + state
            value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            value = value ^ (value >> np.uint64(31))
    return (value >> np.uint64(2)).astype(np.int64)


def places_within(counts: Ints) -> Ints:
    """0, 1, … within each run of `counts` rows."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)


_HOURS: dict[str, tuple[float, ...]] = {
    # people: a rise from seven, a dip at noon, peaks before lunch and after work (Candia 2008; Jo et al. 2012)
    "people": (6, 3, 2, 2, 2, 5, 14, 34, 58, 76, 82, 78, 62, 50, 56, 62, 68, 80, 84, 76, 68, 54, 32, 15),
    "resting": (9, 5, 3, 2, 2, 4, 9, 20, 40, 62, 74, 74, 64, 54, 58, 62, 66, 74, 76, 74, 70, 56, 36, 18),
    "office": (0, 0, 0, 0, 0, 0, 0, 2, 20, 80, 100, 76, 16, 26, 84, 96, 88, 56, 14, 5, 2, 0, 0, 0),
    "sales": (0, 0, 0, 0, 0, 0, 0, 0, 8, 68, 100, 84, 22, 40, 86, 100, 94, 74, 48, 34, 14, 2, 0, 0),
    "evening": (0, 0, 0, 0, 0, 0, 0, 1, 4, 16, 24, 22, 16, 18, 22, 28, 36, 62, 92, 100, 72, 22, 4, 1),
    "meals": (4, 2, 1, 0, 0, 1, 4, 10, 14, 18, 48, 100, 86, 34, 18, 18, 34, 92, 96, 58, 34, 26, 16, 8),
    "rounds": (0, 0, 0, 0, 0, 1, 6, 24, 62, 88, 100, 72, 44, 52, 80, 90, 84, 66, 46, 28, 12, 4, 1, 0),
    "wheels": (18, 12, 8, 6, 6, 12, 34, 78, 92, 64, 56, 54, 56, 56, 56, 60, 74, 94, 92, 76, 66, 58, 42, 28),
    "shop": (1, 0, 0, 0, 0, 0, 3, 12, 36, 66, 82, 78, 58, 52, 64, 72, 76, 76, 66, 52, 36, 16, 6, 2),
    "always": (34, 30, 28, 28, 28, 32, 40, 48, 54, 58, 60, 60, 56, 54, 56, 58, 60, 62, 60, 58, 54, 50, 44, 38),
    "night": (54, 40, 26, 18, 12, 10, 12, 16, 20, 24, 26, 28, 34, 28, 24, 24, 26, 32, 40, 52, 64, 74, 78, 70),
}
PROFILES = tuple(_HOURS)
_EDGES = np.stack([np.concatenate([[0.0], np.cumsum(row) / sum(row)]) for row in _HOURS.values()])


def time_of_day(profile: Ints, shift_h: Floats, quantile: Floats) -> Ints:
    """Milliseconds after midnight: the `quantile` of an hour profile, moved by `shift_h` hours, kept within the day."""
    found = np.empty(len(profile))
    for place in range(len(PROFILES)):
        rows = profile == place
        found[rows] = np.interp(quantile[rows], _EDGES[place], np.arange(25.0))
    return np.asarray(np.mod(found + shift_h, 24.0) * HOUR, np.int64)
