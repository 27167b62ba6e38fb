"""What the called do: call back what they missed, call again whom they talked with, call those they have to do with."""

from __future__ import annotations

import numpy as np

from .calls import Calls, Manner, moved, place
from .draws import DAY, MINUTE, PROFILES, Flags, Floats, Ints, Rng, chance, mixed, time_of_day
from .people import People
from .work import Town, Worked


def to_callers(rng: Rng, town: Town, worked: Worked) -> Calls:
    """Calls to callers by trade from people whom they called."""
    calls, row, habits = worked.calls, worked.row, town.callers.habits
    person = calls.callee < len(town.people.own)
    who = np.where(person, calls.callee, 0)
    tends = town.people.returns[who] * np.where(town.people.quiet[who], 0.3, 1.0) * np.where(worked.glad, 1.6, 1.0)
    short = np.where(calls.ring < 4000, 0.6, 1.0) * np.where(calls.cause == 21, 0.35, 1.0)
    seen = ~calls.answered & np.isin(calls.cause, (16, 18, 19, 20, 21)) & person
    back = seen & chance(rng, np.minimum(habits["back"][row] * tends * short, 0.9))
    after = calls.answered & person & chance(rng, np.minimum(habits["later"][row] * tends, 0.9))
    rows = np.flatnonzero(back | after)
    gap = np.where(back[rows], rng.lognormal(2.7, 1.6, len(rows)), rng.lognormal(4.6, 1.6, len(rows))) * MINUTE
    start = calls.end[rows] + np.asarray(gap, np.int64)
    return _met(rng, town, who[rows], row[rows], _awake(rows, start))


def _awake(salt: Ints, start: Ints) -> Ints:
    """Nobody calls back at three in the morning."""
    hour = start % DAY / (DAY / 24)
    morning = (start // DAY + (hour > 12)) * DAY + (DAY // 24) * 8 + mixed(salt, start) % (180 * MINUTE)
    return np.where((hour < 7) | (hour > 22.5), morning, start)


def _met(rng: Rng, town: Town, who: Ints, row: Ints, start: Ints) -> Calls:
    habits = town.callers.habits
    number = town.callers.number[row]
    how = Manner(
        answers=habits["picks"][row],
        patience_s=np.full(len(row), 28.0),
        curt=habits["curt"][row] * 0.6,
        talk_s=habits["talk"][row] * 0.9,
        tight=habits["tight"][row],
        reached=town.reached[number],
    )
    return place(rng, who, number, start, how).at(who != number)


def unasked(rng: Rng, town: Town, worked: Worked) -> Calls:
    """Calls to callers by trade from their circle, without a call before."""
    callers, people = town.callers, town.people
    made = np.bincount(worked.row, minlength=len(callers.number))
    counts = rng.poisson(np.minimum(made * callers.habits["inbound"], 3000))
    row = np.repeat(np.arange(len(counts)), counts)
    place_in = np.asarray(rng.random(len(row)) * np.maximum(callers.habits["circle"][row], 1), np.int64)
    about = people.order[(callers.anchor[row] + place_in) % len(people.own)]
    apart = mixed(callers.holder[row], place_in) % len(people.own)
    who = np.where(chance(rng, callers.habits["grouped"][row]), about, apart)
    who = np.where(rng.random(len(row)) < 0.25, rng.integers(0, len(people.own), len(row)), who)
    day = rng.integers(0, len(town.weekdays), len(row))
    rest = (town.weekdays[day] >= 5) & (rng.random(len(row)) > callers.habits["weekend"][row])
    profile = np.full(len(row), PROFILES.index("people"))
    start = day * DAY + time_of_day(profile, people.shift[who], rng.random(len(row)))
    keep = ~rest & ~people.quiet[who]
    return _met(rng, town, who[keep], row[keep], start[keep])


def among_people(rng: Rng, people: People, calls: Calls) -> Calls:
    """People try again where nobody answered, and are called back, often within minutes."""
    missed = np.flatnonzero(~calls.answered & (calls.cause != 1))
    draw = rng.random(len(missed))
    returns = np.minimum(0.34 * people.returns[calls.callee[missed]], 0.85)
    returned = draw < np.where(people.quiet[calls.callee[missed]], 0.3 * returns, returns)
    retried = ~returned & (draw > 0.74)
    rows, swapped = missed[returned | retried], returned[returned | retried]
    caller = np.where(swapped, calls.callee[rows], calls.caller[rows])
    callee = np.where(swapped, calls.caller[rows], calls.callee[rows])
    gap = np.asarray(rng.lognormal(np.where(swapped, 2.6, 1.9), 1.6) * MINUTE, np.int64)
    how = Manner(
        answers=moved(people.picks[callee], _expects(swapped)),
        patience_s=np.full(len(rows), 30.0),
        curt=np.full(len(rows), 0.03),
        talk_s=np.full(len(rows), 50.0),
        tight=np.full(len(rows), 1.1),
        reached=np.ones(len(rows), np.bool_),
    )
    return place(rng, caller, callee, _awake(rows, calls.end[rows] + gap), how)


def _expects(swapped: Flags) -> Floats:
    return np.where(swapped, 1.0, -0.3)
