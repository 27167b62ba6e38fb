"""The calls agents make: their lists, their days, and which line they use."""

from __future__ import annotations

import numpy as np
from tests.performance.othertown.agents import Agent, Town
from tests.performance.othertown.draws import DAY, EXPECTED, HOUR, STRANGER, Bools, Calls, Floats, Ints, bare, join


def _moments(rng: np.random.Generator, agent: Agent, days: int) -> Ints:
    """When it calls, in order: its own hours, its own lunch, uneven days."""
    spec = agent.spec
    day = np.arange(days)
    level = np.where(day % 7 >= 5, rng.uniform(*spec.weekend), 1.0) * np.exp(rng.normal(0, 0.35, days))
    works = rng.random(days) < rng.uniform(*spec.active)
    if not works.any():
        works[int(rng.integers(0, days))] = True
    count = rng.poisson(agent.daily * level * works)
    n = int(count.sum())
    begin, end = rng.uniform(*spec.open), rng.uniform(*spec.close)
    bend = rng.uniform(0.85, 1.7, 2)
    hour = begin + (end - begin) * rng.beta(bend[0], bend[1], n)
    lunch = (hour > 11.8) & (hour < 13.6) & (rng.random(n) < rng.uniform(0, 0.9))
    hour[lunch] = rng.uniform(begin, end, int(lunch.sum()))
    bunch = np.floor(hour * 4) / 4 + rng.exponential(0.06, n)
    hour = np.where(rng.random(n) < rng.uniform(0, 0.7), bunch, hour)
    return np.sort((np.repeat(day, count) * DAY + hour.clip(0, 23.99) * HOUR).astype(np.int64))


def _sample(rng: np.random.Generator, agent: Agent, town: Town, size: int) -> Ints:
    """The list of people it means to call."""
    n, whom = town.people.size, agent.spec.whom
    if whom == "district":
        wide = n * rng.uniform(0.002, 0.03) + 60
        out = np.mod(np.rint(rng.normal(rng.integers(0, n), wide, size)), n).astype(np.int64)
    else:
        out = rng.integers(0, n, size)
    if whom == "leaked":
        bought = rng.random(size) < rng.uniform(0.3, 1.0)
        out = np.where(bought, rng.choice(town.leaked, size), out)
    gone = rng.random(size) < rng.uniform(*agent.spec.dead)
    return np.where(gone, rng.choice(town.dead, size), out)


def _callees(rng: np.random.Generator, agent: Agent, town: Town, n: int) -> Ints:
    """Whom each call goes to."""
    spec = agent.spec
    if spec.whom in ("few", "circle"):
        size = max(1, round(float(np.exp(rng.uniform(*np.log(spec.fresh))))))
    else:
        size = max(1, round(n * rng.uniform(*spec.fresh)))
    people = _sample(rng, agent, town, size)
    if size >= 0.97 * n:
        seat = np.arange(n) % size
    else:
        seat = np.floor(size * rng.random(n) ** rng.uniform(1.0, 2.0)).astype(np.int64)
        sweep = rng.random(n) < rng.uniform(0.3, 0.9)  # works through the list, then comes back to some of it
        seat[sweep] = np.arange(int(sweep.sum())) * 997 % size if size % 997 else np.arange(int(sweep.sum())) % size
    callee = people[seat]
    if spec.whom == "circle":
        kin = (rng.random(n) < rng.uniform(0.1, 0.6)) & (callee < town.people.size)
        callee = np.where(kin, (callee + rng.integers(-4, 5, n)) % town.people.size, callee)
    return callee


def _line(rng: np.random.Generator, agent: Agent, start: Ints) -> Ints:
    """The line each call is made from."""
    lines, n, k = agent.lines, len(start), len(agent.lines)
    if agent.spec.rotate == "moved":
        cut = start[0] + rng.uniform(0.15, 0.85) * max(int(start[-1] - start[0]), 1) if n else 0
        half = max(k // 2, 1)
        old, new = rng.integers(0, half, n), rng.integers(min(half, k - 1), k, n)
        return lines[np.where(start < cut, old, new)]
    if agent.hopping:
        return lines[_hop(rng, k, n)]
    share = rng.dirichlet(np.full(k, rng.uniform(0.8, 4.0)))
    return lines[rng.choice(k, n, p=share)]


def _hop(rng: np.random.Generator, k: int, n: int) -> Ints:
    """Four ways of changing numbers: one after another, in turn, in blocks, or by chance, with some untidiness."""
    way = rng.random()
    place = np.arange(n)
    if way < 0.4:
        cuts = np.sort(rng.random(k - 1)) * n
        seat = np.searchsorted(cuts, place)
    elif way < 0.6:
        seat = place % k
    elif way < 0.85:
        seat = place // int(rng.integers(5, 60)) % k
    else:
        seat = rng.integers(0, k, n)
    untidy = rng.random(n) < rng.uniform(0, 0.2)
    return np.where(untidy, rng.integers(0, k, n), seat).astype(np.int64)


def _asked(rng: np.random.Generator, start: Ints, callee: Ints, line: Ints, wanted: Bools, size: int) -> Calls:
    """The earlier calls of those who had asked for what now comes."""
    who, first = np.unique(callee, return_index=True)
    chosen = (who < size) & wanted[first]
    who, first = who[chosen], first[chosen]
    at = start[first] - np.exp(rng.normal(np.log(5 * HOUR), 1.1, len(who))).astype(np.int64)
    early = (at % DAY) < 7 * HOUR
    at = np.where(early, at + 5 * HOUR, at)
    keep = (at > 0) & (at < start[first]) & (line[first] != who)
    who, first, at = who[keep], first[keep], at[keep]
    return bare(at, who, line[first], who, np.full(len(who), EXPECTED, np.uint8))


def _one(rng: np.random.Generator, agent: Agent, town: Town, days: int) -> list[Calls]:
    """One agent's days."""
    start = _moments(rng, agent, days)
    if not len(start):
        return []
    callee = _callees(rng, agent, town, len(start))
    line = _line(rng, agent, start)
    keep = callee != line
    start, callee, line = start[keep], callee[keep], line[keep]
    mark: Floats = (callee * 2654435761 + agent.row * 40503) % 10007 / 10007  # the same for every call to someone
    wanted = mark < rng.uniform(*agent.spec.asked)
    friendly = not agent.spec.nuisance and agent.spec.whom == "few" and not agent.spec.trust[1] < 1.1
    known = np.where(wanted | friendly, EXPECTED, STRANGER).astype(np.uint8)
    calls = bare(start, line, callee, np.full(len(start), agent.row), known)
    return [calls, _asked(rng, start, callee, line, wanted, town.people.size)]


def agents_calls(rng: np.random.Generator, town: Town, days: int) -> Calls:
    """What all agents dial, and what led to some of it."""
    parts = [part for agent in town.agents for part in _one(rng, agent, town, days)]
    return join(parts)
