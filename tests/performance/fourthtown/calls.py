"""Calls as columns, and what becomes of an attempt: answered, when, how long, why not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .draws import SECOND, Flags, Floats, Ints, Rng, chance, expit, logit


class Calls(NamedTuple):
    """Attempts. `start` ms since the first midnight; callers and callees are ids of `plan.Lines`; causes of Q.850."""

    caller: Ints
    callee: Ints
    start: Ints
    answered: Flags
    ring: Ints
    talk: Ints
    cause: Ints

    def at(self, rows: Flags | Ints) -> Calls:
        """Some of the rows."""
        return Calls(
            self.caller[rows], self.callee[rows], self.start[rows], self.answered[rows], self.ring[rows],
            self.talk[rows], self.cause[rows],
        )  # fmt: skip

    @property
    def end(self) -> Ints:
        """When each is over, ms."""
        return np.asarray(self.start + self.ring + self.talk)


def joined(parts: list[Calls]) -> Calls:
    """All rows of all parts."""
    return Calls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class Manner(NamedTuple):
    """How an attempt is made and met, a row each: chance of an answer with the phone at hand, seconds, shares."""

    answers: Floats
    patience_s: Floats  # how long the caller lets it ring, median
    curt: Floats  # P(over within seconds | answered)
    talk_s: Floats  # median of the others
    tight: Floats  # deviation of the logarithm of talk
    reached: Flags  # the number is in use


def place(rng: Rng, caller: Ints, callee: Ints, start: Ints, how: Manner) -> Calls:
    """Attempts with what became of them."""
    count = len(caller)
    free = how.reached.copy()
    absent = free & (rng.random(count) < 0.045)
    busy = free & ~absent & (rng.random(count) < 0.04)
    rings = free & ~absent & ~busy
    after = rng.lognormal(2.05, 0.55, count)  # an answer comes after 8 s in the median
    waits = np.minimum(how.patience_s * rng.lognormal(0, 0.35, count), 60)
    willing = rings & chance(rng, how.answers)
    answered = willing & (after < waits)
    refuses = rings & ~willing & chance(rng, 0.12 + 0.25 * (1 - how.answers))
    after_no = rng.lognormal(1.7, 0.6, count)
    rejected = refuses & (after_no < waits)
    ring = np.select([answered, rejected, rings], [after, after_no, waits], 0.0)
    gave_up = rings & ~answered & ~rejected & (waits < 44)
    cause = np.select(
        [~free, absent, busy, answered, rejected, gave_up, rng.random(count) < 0.1], [1, 20, 17, 16, 21, 16, 18], 19
    )
    talk = np.where(answered, _talk(rng, how), 0.0)
    ring_ms, talk_ms = (np.asarray(one * SECOND, np.int64) for one in (ring, talk))
    ring_ms = np.where(rings, np.maximum(ring_ms, 300), rng.integers(0, 40, count))
    return Calls(caller, callee, start, answered, ring_ms, talk_ms, cause.astype(np.int64))


def _talk(rng: Rng, how: Manner) -> Floats:
    """Seconds; long ones lognormal with a tail, short ones ended by whoever picked up."""
    count = len(how.curt)
    long = how.talk_s * np.exp(how.tight * rng.standard_normal(count))
    short = rng.lognormal(1.35, 0.6, count)
    return np.clip(np.where(chance(rng, how.curt), np.minimum(short, long), long), 0.4, 4 * 3600)


def moved(probability: Floats, odds: Floats) -> Floats:
    """Probabilities with `odds` added to their log odds."""
    return expit(logit(np.clip(probability, 0.005, 0.995)) + odds)


def one_at_a_time(rng: Rng, calls: Calls, single: Flags) -> Calls:
    """The same rows, a call of each caller with a `single` line put off until its last is over."""
    held = np.flatnonzero(single[calls.caller])
    held = held[np.lexsort((calls.start[held], calls.caller[held]))]
    if not len(held):
        return calls
    some = calls.at(held)
    new = np.concatenate([[True], np.diff(some.caller) != 0])
    group = np.cumsum(new) - 1
    takes = some.ring + some.talk + rng.integers(1500, 9000, len(held))
    before = np.concatenate([[0], np.cumsum(takes)[:-1]])
    before -= np.repeat(before[new], np.bincount(group))
    apart = np.int64(1 << 42)  # more than any time in ms here, so that callers do not wait for each other
    free = np.maximum.accumulate(some.start - before + group * apart) - group * apart + before
    start = calls.start.copy()
    start[held] = free
    return calls._replace(start=start)
