"""The people of the town and their ties: households, groups that know each other, friends of friends, far contacts.

Strengths are heavy-tailed and unequal in direction, as measured: a few ties carry most calls (Onnela et al. 2007), a
quarter of all ties is strongly one-sided (Kovanen et al. 2010), a few people know very many.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .draws import Flags, Floats, Ints, Rng, chance, mixed, places_within, share


class People(NamedTuple):
    """One row a person; ids are places. `order`: people so that neighbours, class-mates, colleagues stand together."""

    own: Flags
    quiet: Flags  # old people who hardly ever call
    fit: Floats  # how sociable, mean about 1, heavy-tailed
    picks: Floats  # P(answers | known caller, phone at hand)
    trusts: Floats  # P(answers | unknown caller)
    returns: Floats  # tendency to call back, mean about 1
    objects: Floats  # tendency to refuse formally, mean 1
    shift: Floats  # hours by which the day is later than others'
    listed: Floats  # cumulated weights of being on lists of strangers
    order: Ints


class Ties(NamedTuple):
    """`rate`: calls a week both ways; `lean`: share of trains that `one` begins; `close`: 0 far, 1 household."""

    one: Ints
    two: Ints
    rate: Floats
    lean: Floats
    close: Floats


def populate(rng: Rng, count: int) -> People:
    """`count` people; six in ten are subscribers of the operator whose records these are."""
    quiet = rng.random(count) < 0.07
    fit = rng.lognormal(-0.35, 0.85, count) * np.where(rng.random(count) < 0.05, 1 + rng.pareto(1.3, count), 1.0)
    written = rng.random(count) < 0.12  # they write messages and hardly use the telephone
    fit = np.clip(fit, 0.02, 60) * np.where(quiet, 0.35, 1.0) * np.where(written, 0.15, 1.0)
    blocks_unknown = rng.random(count) < 0.10
    trusts = share(rng, np.where(quiet, 0.55, 0.44), np.full(count, 0.9))
    weights = rng.gamma(0.9, 1.0, count) + 0.05
    return People(
        own=rng.random(count) < 0.6,
        quiet=quiet,
        fit=fit,
        picks=share(rng, np.full(count, 0.80), np.full(count, 0.6)),
        trusts=np.where(blocks_unknown, 0.03, trusts),
        returns=rng.gamma(1.5, 1 / 1.5, count),
        objects=rng.gamma(0.5, 2.0, count),
        shift=rng.normal(0, 0.9, count) - np.where(quiet, 1.2, 0.0),
        listed=np.cumsum(weights) / weights.sum(),
        order=rng.permutation(count),
    )


def befriend(rng: Rng, people: People, weekly: float) -> Ties:
    """All ties, so that a person on average makes `weekly` calls a week."""
    count = len(people.own)
    near = _households(rng, count)
    group = _groups(rng, people)
    far = _far(rng, people, count)
    known = _pairs(np.concatenate([near, group, far]), count)
    shared = _friends_of_friends(rng, people, known, int(2.6 * count))
    sets = ((near, 6.0, 1.0), (group, 0.9, 0.4), (shared, 0.6, 0.3), (far, 0.4, 0.0))
    pairs = np.concatenate([one for one, _, _ in sets])
    strength = np.concatenate([np.full(len(one), rate) for one, rate, _ in sets])
    close = np.concatenate([np.full(len(one), how) for one, _, how in sets])
    first = np.unique(_keys(pairs, count), return_index=True)[1]
    one, two = pairs[first, 0], pairs[first, 1]
    rate = strength[first] * rng.lognormal(0, 1.25, len(first)) * np.sqrt(people.fit[one] * people.fit[two])
    rate = np.minimum(rate * weekly * count / rate.sum(), 150)
    return Ties(one, two, rate, _lean(rng, people, one, two), close[first])


def _lean(rng: Rng, people: People, one: Ints, two: Ints) -> Floats:
    """Who begins: U-shaped on many ties; the quiet are called, and hardly call."""
    lean = rng.beta(1.0, 1.0, len(one))
    lean = np.where(people.quiet[one] & ~people.quiet[two], lean * 0.12, lean)
    return np.asarray(np.where(people.quiet[two] & ~people.quiet[one], 1 - (1 - lean) * 0.12, lean))


def _keys(pairs: Ints, count: int) -> Ints:
    return np.asarray(pairs.min(axis=1) * count + pairs.max(axis=1))


def _pairs(pairs: Ints, count: int) -> Ints:
    keys = np.unique(_keys(pairs[pairs[:, 0] != pairs[:, 1]], count))
    return np.stack([keys // count, keys % count], axis=1)


def _households(rng: Rng, count: int) -> Ints:
    """Everyone with everyone within households of one to six; parents and grown children count as one."""
    sizes = rng.choice([1, 2, 3, 4, 5, 6], count, p=[0.18, 0.26, 0.25, 0.16, 0.1, 0.05])
    home = np.repeat(np.arange(count), sizes)[:count]
    found = []
    for step in range(1, 6):
        left = np.arange(count - step)
        rows = left[home[left] == home[left + step]]
        found.append(np.stack([rows, rows + step], axis=1))
    return np.concatenate(found)


def _groups(rng: Rng, people: People) -> Ints:
    """Ties within work groups, classes, villages: sizes lognormal, two or three ties for each person."""
    count = len(people.own)
    sizes = np.clip(rng.lognormal(2.1, 0.7, count), 2, 120).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    starts = starts[starts < count]
    sizes = np.diff(np.append(starts, count))
    group = np.repeat(np.arange(len(sizes)), sizes)
    wanted = rng.poisson(2.6 * np.minimum(people.fit, 10))
    one = np.repeat(np.arange(count), wanted)
    step = np.where(rng.random(len(one)) < 0.25, rng.integers(0, 1000, len(one)), rng.geometric(0.4, len(one)))
    place = starts[group[one]] + (one - starts[group[one]] + step) % sizes[group[one]]  # most with those beside them
    pairs = np.stack([people.order[one], people.order[place]], axis=1)
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])


def _far(rng: Rng, people: People, ties: int) -> Ints:
    """Customers, old friends, landlords: both ends in proportion to how sociable people are."""
    weights = np.cumsum(people.fit) / people.fit.sum()
    ends = np.searchsorted(weights, rng.random((int(0.8 * ties), 2))).astype(np.int64)
    return np.asarray(ends[ends[:, 0] != ends[:, 1]])


def _friends_of_friends(rng: Rng, people: People, known: Ints, ties: int) -> Ints:
    """Triadic closure: ties between two contacts of one person, which is where triangles come from."""
    count = len(people.own)
    ends = np.concatenate([known, known[:, ::-1]])
    ends = ends[np.argsort(ends[:, 0], kind="stable")]
    degrees = np.bincount(ends[:, 0], minlength=count)
    starts = np.cumsum(degrees) - degrees
    weights = np.cumsum(people.fit * (degrees > 1))
    middle = np.searchsorted(weights / weights[-1], rng.random(ties))
    two = [ends[starts[middle] + rng.integers(0, degrees[middle]), 1] for _ in range(2)]
    pairs = np.stack(two, axis=1)
    return np.asarray(pairs[pairs[:, 0] != pairs[:, 1]])


class Extras(NamedTuple):
    """Numbers beside the first: `second[p]` or `later[p]` is a number's id or −1; `moves_ms` when the later begins."""

    second: Ints
    often: Floats  # share of ties that use the second SIM
    later: Ints
    moves_ms: Ints


def extras(rng: Rng, free: Flags, first_id: int, span_ms: int) -> Extras:
    """Second SIM cards of 8 in 100 people who are `free` for them; 1 in 400 changes number within the days."""
    count = len(free)
    two = free & (rng.random(count) < 0.08)
    moved = free & ~two & (rng.random(count) < 0.0025)
    second, later = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    second[two] = first_id + np.arange(two.sum())
    later[moved] = first_id + two.sum() + np.arange(moved.sum())
    return Extras(second, rng.beta(1.2, 2.5, count), later, rng.integers(0, span_ms, count))


def owners(extra: Extras) -> Ints:
    """The person of each further number, in the order of their ids."""
    found = np.concatenate([np.flatnonzero(extra.second >= 0), np.flatnonzero(extra.later >= 0)])
    return np.asarray(found, np.int64)


def far_away(rng: Rng, people: People) -> Flags:
    """Own subscribers who are abroad in these days: their calls come in from foreign networks with own numbers."""
    return chance(rng, np.where(people.own & ~people.quiet, 0.005, 0.0))


def crowd(rng: Rng, people: People, size: Ints, anchor: Ints) -> Ints:
    """For each anchor `size` people who stand about it, half of them drawn from a stretch three times as long."""
    count = len(people.own)
    spread = np.repeat(np.maximum(1, 3 * size), size)
    step = (mixed(np.repeat(anchor, size), places_within(size)) + rng.integers(0, 2, int(size.sum()))) % spread
    return np.asarray(people.order[(np.repeat(anchor, size) + step) % count])
