"""How the people call each other: trains of calls on one tie, within the rhythm of days, weeks and moods."""

from __future__ import annotations

import numpy as np

from .calls import Calls, Manner, moved, place
from .draws import DAY, HOUR, PROFILES, SECOND, Floats, Ints, Rng, chance, mixed, places_within, time_of_day
from .people import People, Ties

_PEOPLE, _RESTING = PROFILES.index("people"), PROFILES.index("resting")


def moods(rng: Rng, people: People, weekdays: Ints) -> Floats:
    """Cumulated weights of the days for each person: some days are full of calls and some are empty."""
    weekly = np.array([1.03, 1.0, 1.0, 1.02, 1.1, 1.0, 0.88])[weekdays]
    weights = rng.gamma(1.6, 1.0, (len(people.own), len(weekdays))) * weekly + 0.02
    return np.asarray(np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True))


def when(rng: Rng, people: People, who: Ints, mood: Floats, weekdays: Ints) -> Ints:
    """A time for each of `who`: a day by mood; half of all fall into the person's few sessions of the day."""
    day = (rng.random(len(who))[:, None] > mood[who]).sum(axis=1)
    session = rng.integers(0, 3, len(who))
    anchor = mixed(who, day, session) % (1 << 32) / (1 << 32)
    chatty = rng.random(len(who)) < 0.45
    near = np.clip(anchor + rng.exponential(0.012, len(who)), 0, 0.9999)
    quantile = np.where(chatty, near, rng.random(len(who)))
    profile = np.where(weekdays[day] >= 5, _RESTING, _PEOPLE)
    return np.asarray(day * DAY + time_of_day(profile, people.shift[who], quantile), np.int64)


def talk(rng: Rng, people: People, ties: Ties, mood: Floats, weekdays: Ints) -> Calls:
    """Calls over ties. A train is begun by one side, which also makes most of its calls (Karsai et al. 2012)."""
    days = len(weekdays)
    trains = rng.poisson(ties.rate * days / 7 / 1.35)
    tie = np.repeat(np.arange(len(trains)), trains)
    begins = chance(rng, ties.lean[tie])
    sizes = np.minimum(rng.zipf(3.0, len(tie)), 14)
    starter = np.where(begins, ties.one[tie], ties.two[tie])
    first = when(rng, people, starter, mood, weekdays)
    row = np.repeat(np.arange(len(tie)), sizes)
    step = places_within(sizes)
    gaps = np.where(step > 0, rng.lognormal(5.6, 1.5, len(row)) * SECOND, 0.0)
    total = np.cumsum(gaps)
    start = first[row] + np.asarray(total - np.repeat(total[step == 0], sizes), np.int64)
    tie = tie[row]
    same = begins[row] ^ ((step > 0) & (rng.random(len(row)) < 0.22))
    caller, callee = np.where(same, ties.one[tie], ties.two[tie]), np.where(same, ties.two[tie], ties.one[tie])
    return place(rng, caller, callee, start, _manner(rng, people, callee, ties.close[tie], start))


def _manner(rng: Rng, people: People, callee: Ints, close: Floats, start: Ints) -> Manner:
    """Households talk short and often; evenings are for long talks."""
    count = len(callee)
    hour = start % DAY / (DAY / 24)
    long = np.where((hour > 19) & (hour < 22.5), 1.5, 1.0) * np.where(close > 0.9, 44.0, 68.0)
    return Manner(
        answers=moved(people.picks[callee], 0.5 * close - 0.2),
        patience_s=rng.lognormal(3.35, 0.5, count),
        curt=np.full(count, 0.04),
        talk_s=long,
        tight=np.full(count, 1.2),
        reached=np.ones(count, np.bool_),
    )


def announce(rng: Rng, people: People, ties: Ties, moves: Ints, moves_ms: Ints) -> Calls:
    """Who changed number (`moves`: persons) tells part of the people he knows, within a day or two, in short calls."""
    who = np.concatenate([ties.one, ties.two])
    other = np.concatenate([ties.two, ties.one])
    rate = np.concatenate([ties.rate, ties.rate])
    told = np.flatnonzero(np.isin(who, moves) & chance(rng, np.clip(0.25 + 0.1 * rate, 0, 0.75)))
    after = np.asarray(rng.exponential(14, len(told)) * HOUR, np.int64)
    start = moves_ms[who[told]] + after
    start = np.where(
        (start % DAY > 8 * HOUR) & (start % DAY < 22 * HOUR), start, start // DAY * DAY + 10 * HOUR + after
    )
    how = Manner(
        answers=moved(people.trusts[other[told]], np.full(len(told), 0.5)),  # a strange number, to those who are called
        patience_s=np.full(len(told), 28.0),
        curt=np.full(len(told), 0.12),
        talk_s=np.full(len(told), 30.0),
        tight=np.full(len(told), 0.9),
        reached=np.ones(len(told), np.bool_),
    )
    return place(rng, who[told], other[told], start, how)


def once(rng: Rng, people: People, mood: Floats, weekdays: Ints, a_week: float, dead: Ints) -> Calls:
    """Calls to people one does not know: buying used things, renting, lost parcels; wrong and dead numbers too."""
    count = rng.poisson(len(people.own) * a_week * len(weekdays) / 7)
    weights = np.cumsum(people.fit * ~people.quiet)
    who = np.searchsorted(weights / weights[-1], rng.random(count))
    callee = rng.integers(0, len(people.own), count)
    gone = rng.random(count) < 0.05
    callee = np.where(gone, rng.choice(dead, count), callee)
    known = rng.random(count) < 0.7  # is expected
    alive = np.where(gone, 0, callee)
    how = Manner(
        answers=np.where(known, moved(people.picks[alive], np.full(count, -0.3)), people.trusts[alive]),
        patience_s=rng.lognormal(3.3, 0.4, count),
        curt=np.where(known, 0.05, 0.35),
        talk_s=np.full(count, 40.0),
        tight=np.full(count, 0.95),
        reached=~gone,
    )
    keep = who != callee
    start = when(rng, people, who, mood, weekdays)
    return place(rng, who, callee, start, how).at(keep)
