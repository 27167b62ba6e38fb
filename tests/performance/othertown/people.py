"""People: their habits, their families, workplaces and friends, and the calls these make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.performance.othertown.draws import CONTACT, DAY, HOUR, STRANGER, Calls, Floats, Idx, Ints, bare, hours

_HOME = [3, 2, 1, 1, 1, 3, 10, 28, 42, 50, 55, 62, 66, 48, 42, 44, 50, 68, 86, 90, 84, 66, 34, 12]
_WORK = [0, 0, 0, 0, 0, 1, 3, 12, 60, 98, 100, 82, 34, 48, 88, 96, 94, 70, 26, 12, 8, 5, 2, 1]


@dataclass
class People:
    """One row a person."""

    size: int
    family: Ints
    activity: Floats  # 1 in the mean
    shift: Floats  # hours earlier or later than the crowd
    pick: Floats  # chance of answering a known caller
    wary: Floats  # how much less a stranger is answered
    chat: Floats  # log of the median talk in seconds
    patience: Floats  # seconds a call is left ringing
    working: Floats  # share of acquaintance calls made at work
    assistant: Floats  # chance that a robot assistant takes a stranger's call


@dataclass
class Ties:
    """Pairs that call one another."""

    one: Idx
    other: Idx
    rate: Floats  # calls a day, both ways
    lead: Floats  # share of them the first makes
    work: Floats  # 1 for colleagues


def make_people(rng: np.random.Generator, n: int) -> People:
    """Draw the population; activity is double-Pareto lognormal, as call counts were found to be."""
    sizes = rng.choice([1, 2, 3, 4, 5], n, p=[0.22, 0.27, 0.28, 0.13, 0.10])
    family = np.repeat(np.arange(n), sizes)[:n]
    activity = np.exp(rng.normal(0, 0.75, n) + rng.exponential(1 / 1.9, n) - rng.exponential(1 / 1.6, n))
    activity = (activity / activity.mean()).clip(0.02, 45)
    return People(
        n,
        family,
        activity,
        rng.normal(0, 1.1, n).clip(-3, 3.5) - (rng.random(n) < 0.15) * 0.9 + (rng.random(n) < 0.02) * 6,
        rng.beta(8, 2.6, n),
        rng.beta(3.2, 2.2, n),
        rng.normal(np.log(46), 0.45, n),
        np.exp(rng.normal(np.log(27), 0.35, n)),
        rng.beta(1.2, 2.0, n),
        (rng.random(n) < 0.05) * rng.uniform(0.3, 0.95, n),
    )


def _circle(rng: np.random.Generator, order: Ints, median: float, spread: float, many: Ints) -> tuple[Ints, Ints]:
    """Pairs inside groups cut from an ordering; `many` says how many partners each member seeks."""
    n = len(order)
    sizes = np.maximum(2, np.exp(rng.normal(np.log(median), spread, int(n / median * 1.6) + 8))).astype(np.int64)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), n)) + 1]
    group = np.repeat(np.arange(len(sizes)), sizes)[:n]
    if len(group) < n:
        group = np.r_[group, np.full(n - len(group), len(sizes) - 1)]
    size = np.bincount(group)
    begin = np.r_[0, np.cumsum(size)[:-1]]
    seat = np.repeat(np.arange(n), many)
    own = group[seat]
    hop = 1 + np.floor(rng.random(len(seat)) * np.maximum(size[own] - 1, 1)).astype(np.int64)
    mate = begin[own] + (seat - begin[own] + hop) % size[own]
    keep = mate != seat
    return order[seat[keep]], order[mate[keep]]


def make_ties(rng: np.random.Generator, people: People) -> Ties:
    """Families, workplaces of skewed size, local circles of friends, and some far acquaintances."""
    n, root = people.size, np.sqrt(people.activity)
    kin = [(np.arange(n - k), np.arange(k, n)) for k in range(1, 5) if n > k]
    home = [(a[people.family[a] == people.family[b]], b[people.family[a] == people.family[b]]) for a, b in kin]
    staff = rng.permutation(n)[: int(n * 0.55)]
    jobs = _circle(rng, staff, 14, 1.2, rng.poisson(3.6 * root[staff]))
    near = np.argsort(np.arange(n) + rng.normal(0, n * 0.004 + 40, n))
    local = _circle(rng, near, 16, 0.6, rng.poisson(2.0 * root[near]))
    wide = rng.permutation(n)
    old = _circle(rng, wide, 30, 0.5, rng.poisson(1.2 * root[wide]))
    sets = [*home, jobs, local, old]
    level = [0.42] * len(home) + [0.18, 0.19, 0.09]
    noise = [1.0] * len(home) + [1.1, 1.3, 1.2]
    one = np.concatenate([a for a, _ in sets])
    other = np.concatenate([b for _, b in sets])
    scale = np.concatenate([np.full(len(a), v) for (a, _), v in zip(sets, level, strict=True)])
    sigma = np.concatenate([np.full(len(a), v) for (a, _), v in zip(sets, noise, strict=True)])
    rate = scale * np.exp(rng.normal(0, 1, len(one)) * sigma - sigma**2 / 2) * root[one] * root[other]
    work = np.concatenate([np.full(len(a), float(i == len(home))) for i, (a, _) in enumerate(sets)])
    return Ties(one.astype(np.int32), other.astype(np.int32), rate.clip(0, 12), rng.beta(2.4, 2.4, len(one)), work)


def when(rng: np.random.Generator, people: People, who: Idx, days: int, work: Floats) -> Ints:
    """Moments at which these people call, after their own daily rhythm."""
    n = len(who)
    busy = rng.random(n) < np.maximum(work * 0.8, people.working[who] * 0.45)
    weekday = np.array([1.0, 0.98, 1.0, 1.02, 1.12, 0.95, 0.85])
    full = weekday[np.arange(days) % 7]
    office = full * np.where(np.arange(days) % 7 >= 5, 0.22, 1.0)
    day = np.where(busy, _pick_day(rng, office, n), _pick_day(rng, full, n))
    moment = np.where(busy, hours(rng, _WORK, n), hours(rng, _HOME, n) + people.shift[who] * HOUR)
    return (day * DAY + np.mod(moment, DAY)).astype(np.int64)


def _pick_day(rng: np.random.Generator, weights: Floats, n: int) -> Ints:
    """Days by weight."""
    place = np.searchsorted(np.cumsum(weights), rng.random(n) * weights.sum(), side="right")
    return np.asarray(place.clip(0, len(weights) - 1), np.int64)


def chatter(rng: np.random.Generator, people: People, ties: Ties, days: int) -> Calls:
    """Calls along the ties, in bursts: a quarter of a pair's calls follow shortly on the one before."""
    count = rng.poisson(ties.rate * days)
    tie = np.repeat(np.arange(len(count)), count)
    leads = rng.random(len(tie)) < ties.lead[tie]
    caller = np.where(leads, ties.one[tie], ties.other[tie])
    callee = np.where(leads, ties.other[tie], ties.one[tie])
    start = when(rng, people, caller, days, ties.work[tie])
    follows = np.flatnonzero((tie[1:] == tie[:-1]) & (rng.random(max(len(tie) - 1, 0)) < 0.25)) + 1
    gap = np.exp(rng.normal(np.log(8 * 60_000), 1.2, len(follows)))
    start[follows] = start[follows - 1] + gap.astype(np.int64)
    return bare(start, caller, callee, caller, np.full(len(tie), CONTACT, np.uint8))


def errands(rng: np.random.Generator, people: People, lines: Ints, dead: Ints, days: int) -> Calls:
    """Calls to shops, tradesmen and firms' lines, and a few wrong numbers."""
    n = people.size
    caller = np.repeat(np.arange(n), rng.poisson(0.28 * days * people.activity**0.8)).astype(np.int32)
    m = len(caller)
    shops = rng.permutation(n)[: max(n // 60, 4)]
    target = shops[np.floor(len(shops) * rng.random(m) ** 2.2).astype(np.int64)]
    lot = rng.random(m)
    if len(lines):
        firm = np.flatnonzero(lot < 0.42)
        target[firm] = lines[np.floor(len(lines) * rng.random(len(firm)) ** 1.8).astype(np.int64)]
    wrong = np.flatnonzero(lot > 0.94)
    target[wrong] = np.where(rng.random(len(wrong)) < 0.5, rng.choice(dead, len(wrong)), rng.integers(0, n, len(wrong)))
    start = when(rng, people, caller, days, np.full(m, 0.5))
    keep = target != caller
    return bare(start[keep], caller[keep], target[keep], caller[keep], np.full(int(keep.sum()), STRANGER, np.uint8))
