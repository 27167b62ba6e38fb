"""Styles that ranges do not tell: bombing from one or from many, quarrels, and numbers shown to their neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mingbai.town.records.callers import Attempts, Callers, plan
from mingbai.town.records.draws import Floats, Ints, Rng, mixed, positive
from mingbai.town.records.people import People
from mingbai.town.records.style import Style

BOMB_MANY = Style(  # 呼死你 for hire: a pool of cards rings one person, then the next
    "bomb_many", 420, numbers=(("mobile", 0.85), ("machine", 0.15)), holder=(25, 90), rate=(4, 22), busy=(0.4, 0.9),
    redial=(0.0, 0.05), answer=(-1.8, -0.4), patience=(3, 20), talk=(1, 6), short=(0.4, 0.9), returned=(0.001, 0.01),
    inbound=(0.0001, 0.002),
)  # fmt: skip
BOMB_ONE = Style(
    "bomb_one", 90, numbers=(("mobile", 0.6), ("person", 0.25), ("abroad", 0.15)), rate=(35, 260), busy=(0.2, 0.6),
    hours=(0.7, 6), redial=(0.0, 0.05), answer=(-2.2, -0.8), patience=(4, 30), talk=(1.5, 12), short=(0.4, 0.8),
    returned=(0.0005, 0.008), inbound=(0.0001, 0.001),
)  # fmt: skip
QUARREL = Style(  # a debtor, a divorce: the other one is known well, and rings back now and then
    "quarrel", 350, sort="quarrel", numbers=(("person", 1.0),), rate=(15, 75), busy=(0.15, 0.5), begins=(9, 19),
    hours=(1.5, 9), night=(0.02, 0.3), redial=(0.0, 0.2), answer=(-2.0, -0.2), patience=(15, 45), talk=(15, 120),
    spread=(1.0, 1.4), short=(0.1, 0.4), returned=(0.02, 0.12), inbound=(0.01, 0.08),
)  # fmt: skip
NEIGHBOUR = Style(  # shows a number of the callee's own block of ten thousand
    "neighbour", 300, numbers=(("shown", 0.8), ("person", 0.2)), rate=(12, 70), busy=(0.25, 0.7), hours=(2, 9),
    stale=(0.01, 0.1), answer=(-0.9, 0.2), talk=(10, 40), short=(0.25, 0.6), returned=(0.01, 0.08), foreign=1.0,
)  # fmt: skip
STYLES = (BOMB_MANY, BOMB_ONE, QUARREL, NEIGHBOUR)
BOMBING = frozenset({BOMB_MANY.name, BOMB_ONE.name})

_HIRED_A_DAY = 1.4
_TAKE_PART = 0.8
_NEAR = 0.8


def plan_of(style: Style) -> Callable[[Rng, Callers, People, int, float], Attempts]:
    """How callers of a style choose whom to call and when."""
    return {"bomb_many": _bomb_many, "bomb_one": _bomb_one, "quarrel": _quarrel, "neighbour": _neighbour}.get(
        style.name, plan
    )


def _bomb_many(rng: Rng, callers: Callers, people: People, day: int, begins_s: float) -> Attempts:
    """Each pool of cards is hired a few times a day; most of its numbers ring the victim within an hour or three."""
    parts = [Attempts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))]
    for pool in np.unique(callers.holder):
        cards = np.flatnonzero(callers.holder == pool)
        hired = rng.poisson(_HIRED_A_DAY) if callers.active[cards[0], day] else 0
        for victim in rng.integers(0, len(people), hired):
            used = cards[rng.random(len(cards)) < _TAKE_PART]
            who = np.repeat(used, rng.poisson(callers.habits["rate"][used]))
            start, length = rng.uniform(8.5, 20) * 3600, float(positive(rng, (0.4, 3), 1)[0]) * 3600
            at_s = begins_s + np.minimum(start + length * rng.random(len(who)), 86399)
            parts.append(Attempts(who, at_s, np.full(len(who), victim)))
    return Attempts(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _bomb_one(rng: Rng, callers: Callers, people: People, day: int, begins_s: float) -> Attempts:
    """One caller, one victim a day, seldom another."""
    attempts = plan(rng, callers, people, day, begins_s)
    place = day // 2 + (rng.random(len(attempts.who)) < 0.03)
    return attempts._replace(callee=mixed(callers.numbers[attempts.who], place, len(people)))


def _quarrel(rng: Rng, callers: Callers, people: People, day: int, begins_s: float) -> Attempts:
    """One whom the caller knows best, seldom the next."""
    attempts = plan(rng, callers, people, day, begins_s)
    ego = callers.person[attempts.who]
    return attempts._replace(callee=people.someone_known(rng, ego, near=12.0))


def _neighbour(rng: Rng, callers: Callers, people: People, day: int, begins_s: float) -> Attempts:
    """Inhabitants whose number begins as the one that is shown."""
    attempts = plan(rng, callers, people, day, begins_s)
    near = _in_block(rng, people, callers.numbers[attempts.who])
    chosen = (rng.random(len(near)) < _NEAR) & (attempts.callee >= 0)
    return attempts._replace(callee=np.where(chosen, near, attempts.callee))


def _in_block(rng: Rng, people: People, numbers: Ints) -> Ints:
    """For each number an inhabitant of the same block; of the next one where the block has none."""
    order = np.argsort(people.numbers)
    ordered = people.numbers[order]
    begin = numbers - numbers % 10_000
    low = np.searchsorted(ordered, begin)
    size = np.maximum(np.searchsorted(ordered, begin + 10_000) - low, 1)
    place: Floats = rng.random(len(numbers)) * size
    return np.asarray(order[np.minimum(low + place.astype(np.int64), len(order) - 1)], np.int64)
