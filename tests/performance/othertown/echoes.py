"""What calls bring after them: second attempts, calls returned, and requests not to be called again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.performance.othertown.agents import Town
from tests.performance.othertown.draws import CONTACT, DAY, EXPECTED, HOUR, Bools, Calls, Floats, Idx, Ints, bare
from tests.performance.othertown.outcome import GONE, REJECTED


@dataclass
class Refusals:
    """Who said to whom, and when; whether the firm was named and not only its number."""

    callee: Idx
    caller: Idx
    at: Ints
    named: Bools


def _ends(calls: Calls) -> Ints:
    """When each call is over."""
    return calls.start + calls.ring + calls.talk


def retries(rng: np.random.Generator, calls: Calls, town: Town, end: int) -> Calls:
    """Second attempts at those who could not be had: people within minutes, agents when they come round again."""
    n = town.people.size
    chance = town.habits.retry[calls.profile]
    where = np.flatnonzero(~calls.answered & (calls.cause != GONE) & (rng.random(len(calls)) < chance))
    tried = calls.take(where)
    agent = tried.profile >= n
    delay = np.exp(rng.normal(np.where(agent, np.log(25), np.log(4)), np.where(agent, 1.6, 1.3))) * 60_000
    start = _ends(tried) + 3000 + delay.astype(np.int64)
    hour, before = start // HOUR % 24, tried.start // HOUR % 24
    odd = agent & ((hour < 7) | (hour >= 21)) & (before >= 7) & (before < 21)
    keep = (start < end) & ~odd
    caller = np.where(agent, town.lines.following[tried.caller], tried.caller)
    return bare(start[keep], caller[keep], tried.callee[keep], tried.profile[keep], tried.known[keep])


def returned(rng: np.random.Generator, calls: Calls, town: Town, end: int) -> Calls:
    """Calls back, once a few hours for one pair: mostly to missed calls, sometimes after a talk, rarely at night."""
    n, m = town.people.size, len(calls)
    person = calls.callee < n
    curious = town.people.wary[np.where(person, calls.callee, 0)] * 1.7
    chance = np.where(calls.known == CONTACT, 0.42, town.habits.back[calls.profile] * curious)
    chance = np.where(calls.answered, chance * 0.22, chance)
    chance = np.where(calls.cause == REJECTED, chance * 0.4, chance)
    where = np.flatnonzero(person & (rng.random(m) < chance))
    missed = calls.take(where)
    slot = missed.start // (4 * HOUR)
    key = (missed.caller.astype(np.int64) * n + missed.callee) * 64 + slot % 64
    missed = missed.take(np.unique(key, return_index=True)[1])
    k = len(missed)
    centre = np.where(missed.answered, np.log(150), np.log(9))
    delay = np.exp(rng.normal(centre, 1.4, k)).clip(0.1, 2500) * 60_000
    start = _ends(missed) + 4000 + delay.astype(np.int64)
    deep = (start % DAY) < 7 * HOUR
    start = np.where(deep, start // DAY * DAY + (7 * HOUR + rng.gamma(2.0, 1.3 * HOUR, k)).astype(np.int64), start)
    keep = (start < end) & (missed.callee != missed.caller)
    known = np.where(missed.known == CONTACT, CONTACT, EXPECTED).astype(np.uint8)
    return bare(start[keep], missed.callee[keep], missed.caller[keep], missed.callee[keep], known[keep])


def refusals(rng: np.random.Generator, calls: Calls, town: Town) -> tuple[Refusals, Bools]:
    """Requests not to be called again, and which calls are still made after them."""
    n, m = town.people.size, len(calls)
    chance: Floats = town.habits.refuse[calls.profile]
    chance = np.where(calls.profile < n, 4e-6, chance)  # quarrels
    said = np.flatnonzero(calls.answered & (calls.callee < n) & (rng.random(m) < chance))
    at = _ends(calls)[said] + (rng.exponential(90, len(said)) * 1000).astype(np.int64)
    late = rng.random(len(said)) < 0.25  # told to the operator only afterwards
    at[late] += (rng.exponential(6, int(late.sum())) * HOUR).astype(np.int64)
    pair = calls.profile.astype(np.int64) * n + calls.callee
    order = np.lexsort((at, pair[said]))
    pairs, first = np.unique(pair[said][order], return_index=True)
    earliest = at[order][first]
    made = np.ones(m, np.bool_)
    if len(pairs):
        spot = np.searchsorted(pairs, pair).clip(0, len(pairs) - 1)
        after = (pairs[spot] == pair) & (calls.start > earliest[spot])
        made = ~(after & (rng.random(m) < town.habits.honour[calls.profile]))
    out = Refusals(calls.callee[said], calls.caller[said], at, rng.random(len(said)) < 0.7)
    kept = made[said]
    return Refusals(out.callee[kept], out.caller[kept], out.at[kept], out.named[kept]), made
