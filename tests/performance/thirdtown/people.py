"""The people: their days, tempers and phone books."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.performance.thirdtown.kinds import Bools, Floats, Ints, Rng, lognormal

OFFICE, SHIFT, TRADER, STUDENT, RETIRED, HOME, NIGHT = range(7)
SHARES = (0.27, 0.2, 0.09, 0.12, 0.18, 0.1, 0.04)
CHATTY = np.array([1.0, 0.85, 2.6, 0.45, 0.7, 0.9, 0.9])

# Hours 0 to 23 of a working day: how likely each sort of person is to call, and to have the phone at hand (tenths).
_CALLING = (
    "000000137987889888898642100000",
    "000001467545755556898653100000",
    "000001369999979999998765321000",
    "000000121112522112355798610000",
    "000013689997533467776422000000",
    "000000257998645778886553100000",
    "532100001123345678887778876000",
)
_AT_HAND = (
    "100000476666877666678887420000",
    "100001554434744445788886420000",
    "210001478999989999999998741000",
    "100000542222622222456888740000",
    "000015788888655788888763100000",
    "100000578888766888888887420000",
    "766532111123456778888888877000",
)


def _table(rows: tuple[str, ...]) -> Floats:
    return np.array([[int(c) for c in row[:24]] for row in rows], dtype=np.float64) / 10


def _weekend(table: Floats, up: float) -> Floats:
    """Later mornings, and phones nearer, on a day off."""
    late = np.roll(table, 1, axis=1)
    mixed = 0.5 * (late + np.maximum(table, late.mean(axis=1, keepdims=True) * (late > 0.2)))
    return np.asarray(np.minimum(0.95, mixed * up), dtype=np.float64)


CALLING = np.stack([_table(_CALLING), _weekend(_table(_CALLING), 0.9)])
AT_HAND = np.stack([_table(_AT_HAND), _weekend(_table(_AT_HAND), 1.08)]) ** 0.45 * 0.96


@dataclass
class People:
    """Arrays over persons; `book_*` are the phone books one after another."""

    slot: Ints
    second: Ints
    job: Ints
    rate: Floats
    trust: Floats
    temper: Floats
    curious: Floats
    labels: Bools
    exposed: Floats
    book_cum: Floats
    book_slot: Ints
    book_warm: Floats
    book_talk: Floats
    book_from: Ints

    @property
    def many(self) -> int:
        """How many they are."""
        return len(self.slot)

    def pick(self, who: Ints, rng: Rng) -> Ints:
        """An entry of each one's phone book, by its weight."""
        at = np.searchsorted(self.book_cum, who + rng.random(len(who)) * 0.999999, side="right")
        return np.minimum(at, len(self.book_slot) - 1)


def _pairs_within(rng: Rng, group: Ints, each: int) -> tuple[Ints, Ints]:
    """Each member of a group (same number in `group`) with up to `each` that stand near it."""
    order = np.lexsort((rng.random(len(group)), group))
    left, right = [], []
    for step in range(1, each + 1):
        one, two = order[:-step], order[step:]
        same = group[one] == group[two]
        left.append(one[same])
        right.append(two[same])
    return np.concatenate(left), np.concatenate(right)


def _groups(rng: Rng, many: int, sizes: Floats) -> Ints:
    """Group numbers for `many` places filled by groups of `sizes`."""
    each = np.maximum(1, sizes.astype(np.int64))
    return np.repeat(np.arange(len(each)), each)[:many]


def _acquaintance(rng: Rng, job: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """Pairs of people who know each other, with how close they are and how long they talk."""
    many = len(job)
    house = _groups(rng, many, rng.choice([1.0, 2, 3, 4, 5], p=[0.2, 0.27, 0.28, 0.15, 0.1], size=many))
    clan = _groups(rng, many, lognormal(rng, 11, 0.5, many))
    firm = _groups(rng, many, np.minimum(400, 3 + rng.pareto(1.1, many) * 4))
    firm = firm[rng.permutation(many)]
    at_work = np.isin(job, (OFFICE, SHIFT, TRADER, NIGHT))
    firm = np.where(at_work, firm, -1 - np.arange(many))
    parts = []
    for group, each, near, usual in ((house, 4, 9.0, 48.0), (clan, 4, 2.5, 95.0), (firm, 5, 1.6, 42.0)):
        one, two = _pairs_within(rng, group, each)
        parts.append((one, two, lognormal(rng, near, 0.8, len(one)), np.full(len(one), usual)))
    friends = np.minimum(150, lognormal(rng, 3.0 * CHATTY[job] ** 0.7, 0.95, many)).astype(np.int64)
    one = np.repeat(np.arange(many), friends)
    far = np.exp(rng.uniform(np.log(4), np.log(max(50, many / 2)), len(one))).astype(np.int64)
    two = (one + np.where(rng.random(len(one)) < 0.5, far, -far)) % many
    parts.append((one, two, lognormal(rng, 0.8, 1.3, len(one)), np.full(len(one), 62.0)))
    one, two, close, talk = (np.concatenate([p[i] for p in parts]) for i in range(4))
    known = one != two
    return one[known], two[known], close[known], talk[known]


def _books(rng: Rng, job: Ints, slot: Ints, services: Ints) -> tuple[Floats, Ints, Floats, Floats, Ints]:
    """The phone books: acquaintances, mostly on both sides, and some service numbers."""
    many = len(job)
    one, two, close, talk = _acquaintance(rng, job)
    back = rng.random(len(one)) < np.minimum(0.97, 0.62 + 0.1 * close)
    asks = np.repeat(np.arange(many), rng.integers(1, 6, many))
    popular = services[np.minimum(len(services) - 1, (len(services) * rng.random(len(asks)) ** 3).astype(np.int64))]
    lean = np.exp(0.6 * rng.standard_normal(int(back.sum())))
    owner = np.concatenate([one, two[back], asks])
    other = np.concatenate([slot[two], slot[one[back]], popular])
    weight = np.concatenate([close, close[back] * lean, np.full(len(asks), 0.16)])
    warm = np.concatenate([np.where(back, 0.9, 0.45), np.full(int(back.sum()), 0.92), np.full(len(asks), 0.5)])
    long = np.concatenate([talk, talk[back], np.full(len(asks), 75.0)])
    order = np.argsort(owner, kind="stable")
    owner, weight = owner[order], weight[order]
    total = np.bincount(owner, weight, many)
    run = np.cumsum(weight / total[owner])
    start = np.searchsorted(owner, np.arange(many))
    before = np.concatenate([[0.0], run])[start]
    cum = owner + np.minimum(1.0, run - before[owner])
    return np.maximum.accumulate(cum), other[order], warm[order], long[order], start


def settle(rng: Rng, slot: Ints, second: Ints, services: Ints, mean_calls: float = 1.55) -> People:
    """The people with the given numbers."""
    many = len(slot)
    job = rng.choice(7, p=SHARES, size=many)
    wish = lognormal(rng, CHATTY[job], 0.95, many)
    rate = np.minimum(wish * (mean_calls / wish.mean()), 45.0)
    trust = rng.beta(2.2, 2.0, many) * np.where(job == RETIRED, 1.35, 1.0)
    cum, other, warm, talk, start = _books(rng, job, slot, services)
    return People(
        slot=slot,
        second=second,
        job=job,
        rate=rate,
        trust=np.minimum(trust, 1.0),
        temper=rng.gamma(1.2, 1 / 1.2, many),
        curious=rng.beta(1.2, 3.0, many),
        labels=rng.random(many) < np.where(job == RETIRED, 0.3, 0.62),
        exposed=lognormal(rng, 1.0, 1.1, many),
        book_cum=cum,
        book_slot=other,
        book_warm=warm,
        book_talk=talk,
        book_from=start,
    )
