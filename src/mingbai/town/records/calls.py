"""Columns of calls, and what comes of an attempt: whether it is answered, how long it rings, how long they talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from mingbai.town.records.draws import Bools, Floats, Ints, Rng, logistic

NORMAL, BUSY, ABSENT, REJECTED, UNALLOCATED = 16, 17, 19, 21, 1  # causes of Q.850
_NETWORK_S = 55.0  # when the network gives up ringing
_SHORT_S = (0.6, 9.8)


@dataclass(frozen=True)
class Calls:
    """One row a call. `at_s`: seconds since 1970 UTC, with fractions; `ring_ms` −1 when there was no ringing."""

    at_s: Floats
    caller: Ints
    callee: Ints
    answered: Bools
    ring_ms: Ints
    talk_ms: Ints
    cause: Ints
    trunk: Ints

    def __len__(self) -> int:
        return len(self.at_s)

    def __getitem__(self, rows: Bools | Ints) -> Calls:
        return Calls(*(getattr(self, field.name)[rows] for field in fields(self)))


def together(parts: Sequence[Calls]) -> Calls:
    return Calls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Calls)))


class Manner(NamedTuple):
    """How each attempt is made; one value a call.

    `answer`: logit of being answered; `patience`: seconds until the caller gives up; `talk`, `spread`: median seconds
    and log-sigma; `short`: share that hang up within ten seconds; `message`: seconds a machine speaks (0: a human).
    """

    answer: Floats
    patience: Floats
    talk: Floats
    spread: Floats
    short: Floats
    message: Floats


def outcomes(rng: Rng, manner: Manner, at_s: Floats, caller: Ints, callee: Ints, used: Bools, trunk: Ints) -> Calls:
    """What comes of each attempt. `used`: whether anybody has the number called."""
    size = len(at_s)
    pick_up = np.exp(rng.normal(np.log(7.5), 0.55, size))
    waits = np.minimum(manner.patience, _NETWORK_S)
    willing = rng.random(size) < logistic(manner.answer)
    answered = willing & (pick_up <= waits) & used
    cause, ring = _unanswered(rng, waits)
    ring = np.where(answered, pick_up, ring)
    ring_ms = np.where(used & (cause != BUSY) | answered, (ring * 1000).astype(np.int64), -1)
    return Calls(
        at_s=at_s,
        caller=caller,
        callee=callee,
        answered=answered,
        ring_ms=ring_ms,
        talk_ms=np.where(answered, (_talks(rng, manner) * 1000).astype(np.int64), 0),
        cause=np.where(answered, NORMAL, np.where(used, cause, UNALLOCATED)),
        trunk=trunk,
    )


def _unanswered(rng: Rng, waits: Floats) -> tuple[Ints, Floats]:
    """Cause and seconds of ringing of attempts that nobody takes: busy, turned away, or left to ring."""
    size = len(waits)
    drawn = rng.random(size)
    turned_away = np.exp(rng.normal(np.log(5.0), 0.5, size))
    away = (drawn < 0.22) & (turned_away < waits)
    busy = (drawn > 0.94) & (waits > 2)
    cause = np.where(away, REJECTED, np.where(busy, BUSY, ABSENT))
    return cause, np.where(away, turned_away, waits)


def _talks(rng: Rng, manner: Manner) -> Floats:
    size = len(manner.talk)
    human = np.exp(rng.normal(np.log(manner.talk), manner.spread))
    heard = np.minimum(manner.message + rng.random(size), rng.exponential(1.2 * manner.message + 1e-3))
    whole = np.where(manner.message > 0, heard, human)
    quick = rng.random(size) < manner.short
    return np.clip(np.where(quick, rng.uniform(*_SHORT_S, size), whole), 0.2, 7200)
