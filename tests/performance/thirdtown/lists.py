"""Whom an operation calls: orders of its quarter, its own customers, bought lists, or numbers dialled at random."""

from __future__ import annotations

import numpy as np
from tests.performance.thirdtown.kinds import Ints, Rng
from tests.performance.thirdtown.numbering import Numbering
from tests.performance.thirdtown.people import HOME, OFFICE, RETIRED, SHIFT, People


def _through(rng: Rng, base: Ints, need: int) -> Ints:
    """A list gone through from the top, again and again in another order."""
    rounds = [rng.permutation(base) for _ in range(-(-need // max(1, len(base))))]
    return np.concatenate(rounds)[:need]


def _stale(rng: Rng, slots: Ints, numbers: Numbering, share: float) -> Ints:
    """Some entries of a list belong to nobody any more."""
    gone = rng.random(len(slots)) < share
    block = rng.integers(0, len(numbers.prefixes), len(slots))
    return np.where(gone, block * 10_000 + rng.integers(0, 10_000, len(slots)), slots)


def _orders(rng: Rng, need: int, people: People) -> Ints:
    """Customers of a quarter, some of them regular ones."""
    base = int(rng.integers(people.many))
    width = float(rng.uniform(150, 1500))
    return people.slot[(base + (rng.standard_normal(need) * width).astype(np.int64)) % people.many]


def _clients(rng: Rng, need: int, people: People) -> Ints:
    """A short list of one's own, some on it called far more than others."""
    size = int(np.clip(need * rng.uniform(0.1, 0.6), 12, people.many // 4))
    base = rng.choice(people.many, size, replace=False)
    return people.slot[base[(size * rng.random(need) ** rng.uniform(1.0, 2.2)).astype(np.int64)]]


def _bought(rng: Rng, need: int, people: People, numbers: Numbering) -> Ints:
    """A list from the market: those whose numbers leaked oftenest stand on most lists."""
    size = int(np.clip(need * rng.uniform(0.25, 1.0), 30, people.many // 3))
    keys = rng.random(people.many) ** (1.0 / people.exposed)
    base = people.slot[np.argpartition(keys, -size)[-size:]]
    return _through(rng, _stale(rng, base, numbers, float(rng.uniform(0.02, 0.2))), need)


def _special(rng: Rng, need: int, people: People, jobs: tuple[int, ...]) -> Ints:
    """Out of one walk of life."""
    able = people.slot[np.isin(people.job, jobs)]
    size = int(np.clip(need * rng.uniform(0.3, 0.9), 20, len(able) // 2))
    return _through(rng, rng.choice(able, size, replace=False), need)


def _dialled(rng: Rng, need: int, numbers: Numbering, in_order: bool) -> Ints:
    """Numbers of a few blocks, at random or one after another."""
    blocks = rng.integers(0, len([o for o in numbers.operator if o in ("own", "a", "b")]), 4)
    if in_order:
        start = int(rng.integers(10_000))
        step = 1 if rng.random() < 0.6 else int(rng.integers(2, 9))
        walk = start + step * np.arange(need)
        return blocks[(walk // 10_000) % 4] * 10_000 + walk % 10_000
    return rng.choice(blocks, need) * 10_000 + rng.integers(0, 10_000, need)


def _debtors(rng: Rng, need: int, people: People) -> Ints:
    """Debtors, and whoever stands in their phone books."""
    debtors = rng.choice(people.many, max(2, need // 90), replace=False)
    circle = [people.slot[debtors], people.slot[debtors], people.slot[debtors]]
    for person in debtors:
        start = people.book_from[person]
        end = people.book_from[person + 1] if person + 1 < people.many else len(people.book_slot)
        circle.append(people.book_slot[start:end][:12])
    return rng.choice(np.concatenate(circle), need)


def sheet(rng: Rng, source: str, need: int, people: People, numbers: Numbering, own: int) -> Ints:
    """A list of `need` numbers of the given source, never the caller's own."""
    if source == "orders":
        made = _orders(rng, need, people)
    elif source == "clients":
        made = _clients(rng, need, people)
    elif source == "own":
        size = min(people.many // 2, max(50, int(need * rng.uniform(0.5, 1.0))))
        base = people.slot[rng.choice(people.many, size, replace=False)]
        made = _through(rng, _stale(rng, base, numbers, 0.012), need)
    elif source == "bought":
        made = _bought(rng, need, people, numbers)
    elif source in ("random", "range"):
        made = _dialled(rng, need, numbers, source == "range")
    elif source == "few":
        made = rng.choice(people.slot[rng.choice(people.many, int(rng.integers(2, 9)))], need)
    elif source == "debtors":
        made = _debtors(rng, need, people)
    else:
        made = _special(rng, need, people, (RETIRED,) if source == "elders" else (OFFICE, SHIFT, HOME))
    return np.where(made == own, np.roll(made, 7), made)
