"""Many who call one: call bombing (呼死你), and its innocent likeness, the number that everybody wants to reach."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .calls import Calls, Manner, joined, place
from .draws import DAY, HOUR, MINUTE, PROFILES, Ints, Rng, places_within, time_of_day
from .people import People
from .plan import LINES

_BOMB_LINES = {"virtual": 0.3, "rival": 0.2, "own": 0.15, "f95": 0.1, "fixed": 0.15, "forged": 0.1}


class Bombs(NamedTuple):
    """Attacks' numbers: kinds of lines, and of each number the attack it belongs to."""

    line: Ints
    attack: Ints


def arm(rng: Rng, people: int) -> Bombs:
    """Twelve to fifty numbers for each attack; an attack on each 45,000 people in these days, one at least."""
    attacks = max(1, round(people / 45_000))
    sizes = np.minimum(rng.lognormal(3.25, 0.4, attacks).astype(np.int64) + 4, max(10, people // 400))
    lines = rng.choice(
        [LINES.index(name) for name in _BOMB_LINES], int(sizes.sum()), p=np.array(list(_BOMB_LINES.values()))
    )
    return Bombs(lines.astype(np.int64), np.repeat(np.arange(attacks), sizes))


def bomb(rng: Rng, people: People, bombs: Bombs, first_id: int, days: int) -> Calls:
    """One victim an attack, sometimes two; calls by each number for hours, hung up as soon as answered."""
    attacks = int(bombs.attack[-1]) + 1
    victims = rng.choice(np.flatnonzero(people.own), (attacks, 2))  # of others the operator sees next to nothing
    victims[:, 1] = np.where(rng.random(attacks) < 0.35, victims[:, 1], victims[:, 0])
    begins = rng.integers(0, max(1, days - 1), (attacks, 2)) * DAY + rng.integers(8 * HOUR, 21 * HOUR, (attacks, 2))
    lasts = rng.lognormal(0.9, 0.7, (attacks, 2)) * HOUR
    counts = 3 + rng.poisson(rng.lognormal(1.9, 0.8, len(bombs.line)))
    row = np.repeat(np.arange(len(counts)), counts)
    attack, which = bombs.attack[row], rng.integers(0, 2, len(row))
    start = begins[attack, which] + np.asarray(rng.random(len(row)) * lasts[attack, which], np.int64)
    callee = victims[attack, which]
    others = rng.random(len(row)) < 0.03  # the same lines are let to others too
    callee = np.where(others, rng.integers(0, len(people.own), len(row)), callee)
    how = Manner(
        answers=np.where(others, people.trusts[callee], 0.16),
        patience_s=rng.lognormal(2.3, 0.7, len(row)),
        curt=np.full(len(row), 0.9),
        talk_s=np.full(len(row), 6.0),
        tight=np.full(len(row), 0.6),
        reached=np.ones(len(row), np.bool_),
    )
    return _engaged(rng, place(rng, first_id + row, callee, start, how), 0.35)


def _engaged(rng: Rng, calls: Calls, share: float) -> Calls:
    """The line is taken in `share` of the attempts."""
    busy = rng.random(len(calls.caller)) < share
    keep = np.where(busy, 0, 1)
    return calls._replace(
        answered=calls.answered & ~busy, ring=calls.ring * keep, talk=calls.talk * keep,
        cause=np.where(busy, 17, calls.cause),
    )  # fmt: skip


def popular(rng: Rng, people: People, days: int) -> Calls:
    """Those with a flat to let, a lost dog, a clinic's only line: tens or hundreds call them within hours or days."""
    wanted = max(2, len(people.own) // 6000)
    who = rng.choice(np.flatnonzero(~people.quiet), wanted)
    sizes = np.minimum(rng.lognormal(3.9, 0.8, wanted).astype(np.int64) + 8, len(people.own) // 12)
    row = np.repeat(np.arange(wanted), sizes)
    caller = rng.choice(np.flatnonzero(~people.quiet), len(row))
    day, lasts = rng.integers(0, days, wanted), rng.lognormal(-0.5, 1.2, wanted)
    profile = np.full(len(row), PROFILES.index("people"))
    later = np.asarray(rng.exponential(lasts[row] * 0.5), np.int64)
    start = (day[row] + later) * DAY + time_of_day(profile, np.zeros(len(row)), rng.random(len(row)))
    rush = rng.random(wanted) < 0.4  # as a booking line opens at eight
    opens = day[row] * DAY + 8 * HOUR + np.asarray(rng.exponential(20, len(row)) * MINUTE, np.int64)
    start = np.where(rush[row], opens, start)
    tries = np.minimum(rng.geometric(0.6, len(row)), 8)
    some = np.repeat(np.arange(len(row)), tries)
    gaps = places_within(tries) * np.asarray(rng.lognormal(1.0, 0.8, len(some)) * MINUTE, np.int64)
    how = Manner(
        answers=people.picks[who[row[some]]], patience_s=np.full(len(some), 26.0), curt=np.full(len(some), 0.12),
        talk_s=np.full(len(some), 45.0), tight=np.full(len(some), 0.8), reached=np.ones(len(some), np.bool_),
    )  # fmt: skip
    made = place(rng, caller[some], who[row[some]], start[some] + gaps, how)
    busy = rush[row[some]]
    return joined([_engaged(rng, made.at(busy), 0.5), made.at(~busy)])
