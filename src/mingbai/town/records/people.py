"""The inhabitants: households, friends, workplaces, and the calls of their ordinary days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mingbai.town.records.calls import Calls, Manner, outcomes, together
from mingbai.town.records.draws import Bools, Floats, Ints, Rng, positive, stream
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.numbering import Numbering

DAY_S = 86400
_HOURS = np.array([2, 1, 1, 1, 1, 3, 8, 20, 40, 55, 60, 62, 50, 42, 48, 55, 58, 62, 66, 60, 52, 40, 22, 8], np.float64)
_LATE = np.roll(_HOURS, 3) + 6
_BITS = 25  # enough for 20 million people beside a priority of 13 bits
_KNOWN, _LINE = 0.86, 0.10  # of an inhabitant's calls; the others go to strangers
_APART = 0.05


@dataclass(frozen=True)
class People:
    """`numbers` by inhabitant; `first`, `knows`: whom each knows, the nearest first (compressed rows)."""

    numbers: Ints
    household: Ints
    first: Ints
    knows: Ints
    rate: Floats
    answering: Floats
    late: Bools
    apart: Bools  # second cards: they call, and hardly anybody calls them
    trunk: Ints
    patience: Floats
    lines: Ints  # numbers of shops and offices that people call

    def __len__(self) -> int:
        return len(self.numbers)

    def someone_known(self, rng: Rng, who: Ints, *, near: float = 3.0) -> Ints:
        """For each of `who` somebody they know, the nearest most often."""
        count = self.first[who + 1] - self.first[who]
        found = self._of(who, count, rng.random(len(who)) ** near)
        return np.where(self.apart[found], self._of(who, count, rng.random(len(who))), found)

    def _of(self, who: Ints, count: Ints, part: Floats) -> Ints:
        return np.asarray(self.knows[self.first[who] + (count * part).astype(np.int64)], np.int64)


def settle(knobs: Knobs, numbering: Numbering, trunks: tuple[int, int, int]) -> People:
    """Everybody, as the seed wants it. `trunks`: own mobiles, own fixed lines, other carriers."""
    rng = stream(knobs.seed, "people")
    count = knobs.people
    household = _households(rng, count)
    first, knows = _acquaintance(rng, household)
    numbers = numbering.mobiles(count)
    ported = rng.random(count) < 0.02
    return People(
        numbers=numbers,
        household=household,
        first=first,
        knows=knows,
        rate=positive(rng, (0.25 * knobs.activity, 2.6 * knobs.activity), count),
        answering=rng.normal(0.9 + knobs.answer, 0.8, count),
        late=rng.random(count) < 0.15,
        apart=rng.random(count) < _APART,
        trunk=np.where(numbering.own(numbers) ^ ported, trunks[0], trunks[2]),
        patience=positive(rng, (16, 48), count),
        lines=numbering.of("fixed", max(20, count // 60)),
    )


def _households(rng: Rng, count: int) -> Ints:
    sizes = rng.choice(np.arange(1, 7), count, p=(0.2, 0.29, 0.26, 0.15, 0.07, 0.03))
    homes = np.repeat(np.arange(count), sizes)[:count]
    return np.asarray(homes, np.int64)


def _acquaintance(rng: Rng, household: Ints) -> tuple[Ints, Ints]:
    """Ties both ways, compressed by row. The household comes first, then friends, then colleagues."""
    count = len(household)
    everybody = np.arange(count)
    pairs = [_household_ties(household, step) for step in range(1, 6)]
    friends = np.minimum(positive(rng, (1, 9), count), 60).astype(np.int64)
    ego = np.repeat(everybody, friends)
    near = rng.random(len(ego)) < 0.7
    around = (ego + rng.laplace(0, 60, len(ego)).astype(np.int64)) % count
    pairs.append((ego, np.where(near, around, rng.integers(0, count, len(ego)))))
    works = np.flatnonzero(rng.random(count) < 0.55)
    place = rng.permutation(len(works))
    colleague = np.clip(place + rng.integers(-12, 13, (3, len(works))), 0, len(works) - 1)
    by_place = np.empty_like(works)
    by_place[place] = works
    pairs += [(works, by_place[row]) for row in colleague]
    return _compressed(rng, count, pairs)


def _household_ties(household: Ints, step: int) -> tuple[Ints, Ints]:
    same = np.flatnonzero(household[step:] == household[:-step])
    return same, same + step


def _compressed(rng: Rng, count: int, pairs: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Rows of whom each knows, from pairs one way. Whoever knows nobody knows the next one."""
    keys = []
    for place, (one, other) in enumerate(pairs):
        nearness = rng.integers(0, 800, len(one)) + (0 if place < 5 else 600)
        keys += [_key(one, nearness, other), _key(other, nearness, one)]
    alone = np.arange(count)
    keys.append(_key(alone, np.full(count, 8000), (alone + 1) % count))
    packed = np.sort(np.concatenate(keys))
    ego, known = packed >> (_BITS + 13), packed & ((1 << _BITS) - 1)
    packed = ego[ego != known]
    first = np.searchsorted(packed, np.arange(count + 1))
    return np.asarray(first, np.int64), known[ego != known]


def _key(ego: Ints, nearness: Ints, known: Ints) -> Ints:
    return np.asarray(ego << (_BITS + 13) | nearness << _BITS | known, np.int64)


def ordinary_day(people: People, numbering: Numbering, knobs: Knobs, day: int, begins_s: float) -> Calls:
    """What the inhabitants do among themselves on one day: `begins_s` is its midnight, seconds since 1970."""
    rng = stream(knobs.seed, "ordinary", day)
    weekend = 0.85 if day % 7 >= 5 else 1.0
    who = np.repeat(np.arange(len(people)), rng.poisson(people.rate * weekend))
    at_s = begins_s + _moments(rng, people.late[who])
    what = rng.random(len(who))
    known = what < _KNOWN
    line = ~known & (what < _KNOWN + _LINE)
    callee = people.numbers[people.someone_known(rng, who)]
    popular = (len(people.lines) * rng.random(int(line.sum())) ** 2.5).astype(np.int64)
    callee[line] = people.lines[popular]
    strange = ~known & ~line
    callee[strange] = people.numbers[rng.integers(0, len(people), int(strange.sum()))]
    used = np.ones(len(who), np.bool_)
    wrong = strange & (rng.random(len(who)) < 0.25)
    callee[wrong] = numbering.unused(rng, int(wrong.sum()))
    used[wrong] = False
    began = outcomes(rng, _manner(rng, people, who, known), at_s, people.numbers[who], callee, used, people.trunk[who])
    return together([began, _rung_back(rng, people, began, who, known, begins_s)])


def _moments(rng: Rng, late: Bools) -> Floats:
    """Seconds of the day, after each one's rhythm."""
    hours = np.where(late, _hours(rng, _LATE, len(late)), _hours(rng, _HOURS, len(late)))
    return np.asarray((hours + rng.random(len(late))) * 3600)


def _hours(rng: Rng, weights: Floats, count: int) -> Floats:
    rising = np.cumsum(weights) / weights.sum()
    return np.searchsorted(rising, rng.random(count)).astype(np.float64)


def _manner(rng: Rng, people: People, who: Ints, known: Bools) -> Manner:
    size = len(who)
    return Manner(
        answer=np.where(known, 1.1, 0.5) + rng.normal(0, 0.5, size),
        patience=people.patience[who],
        talk=np.where(known, 52.0, 38.0),
        spread=np.full(size, 1.15),
        short=np.where(known, 0.06, 0.16),
        message=np.zeros(size),
    )


def _rung_back(rng: Rng, people: People, calls: Calls, who: Ints, known: Bools, begins_s: float) -> Calls:
    """Missed calls of people one knows, rung back within hours."""
    late = calls.at_s + rng.exponential(2400, len(calls)) + 30
    chosen = np.flatnonzero(known & ~calls.answered & (rng.random(len(calls)) < 0.42) & (late < begins_s + DAY_S))
    size = len(chosen)
    manner = Manner(
        np.full(size, 1.6), np.full(size, 40.0), np.full(size, 50.0), np.full(size, 1.1), np.full(size, 0.05),
        np.zeros(size),
    )  # fmt: skip
    used = np.ones(size, np.bool_)
    caller, callee = calls.callee[chosen], calls.caller[chosen]
    return outcomes(rng, manner, late[chosen], caller, callee, used, people.trunk[who[chosen]])
