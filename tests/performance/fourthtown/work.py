"""The work of callers by trade: when they call, whom, and what comes of it. One engine for the wanted and unwanted."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .callers import TURNS, Callers
from .calls import Calls, Manner, moved, place
from .draws import DAY, HOUR, MINUTE, Flags, Floats, Ints, Rng, chance, mixed, places_within, time_of_day
from .people import People
from .plan import LINES

_MOBILE = tuple(LINES.index(name) for name in ("own", "rival", "virtual", "forged"))


class Worked(NamedTuple):
    """Calls by callers' rows `row`. `glad`: the callee has to do with the caller and wants its calls."""

    calls: Calls
    row: Ints
    glad: Flags

    def at(self, rows: Flags | Ints) -> Worked:
        """Some of the rows."""
        return Worked(self.calls.at(rows), self.row[rows], self.glad[rows])


class Town(NamedTuple):
    """What work goes on in. `reached`: by number id; `dead`: ids of numbers not in use; `near`: people by number."""

    people: People
    callers: Callers
    digits: Ints
    reached: Flags
    dead: Ints
    near: Ints
    weekdays: Ints


def days_of(rng: Rng, town: Town) -> tuple[Ints, Ints]:
    """Rows of callers and days of all first attempts, a caller's day together."""
    habits, days = town.callers.habits, len(town.weekdays)
    rest = town.weekdays >= 5
    works = rng.random((len(town.callers.number), days)) < habits["days"][:, None]
    begins, ends = _lives(rng, town.callers.brief, days)
    works &= (np.arange(days) >= begins[:, None]) & (np.arange(days) < ends[:, None])
    works[np.arange(len(works)), begins + rng.integers(0, 1 << 20, len(works)) % (ends - begins)] = True
    rate = habits["rate"][:, None] * np.where(rest, habits["weekend"][:, None], 1.0) * works
    rate = rate * rng.gamma(6, 1 / 6, works.shape)
    most = np.where(town.callers.single, 320, 1500)  # by hand from one line, by machine or from many
    counts = rng.poisson(np.minimum(rate, most[:, None])).ravel()
    cells = np.repeat(np.arange(len(counts)), counts)
    return cells // days, cells % days


def _lives(rng: Rng, brief: Flags, days: int) -> tuple[Ints, Ints]:
    """First day and day after the last of each number in these days; the brief begin late, end early, or both."""
    begins = np.maximum(rng.integers(-days, days, len(brief)), 0)
    ends = np.minimum(begins + 1 + rng.integers(0, days, len(brief)), days)
    return np.where(brief, begins, 0), np.where(brief, ends, days)


def times(rng: Rng, town: Town, row: Ints, day: Ints) -> Ints:
    """Machines dial evenly through a session; people in spells, and in between."""
    callers = town.callers
    cell = row * len(town.weekdays) + day
    counts = np.bincount(cell)
    counts = counts[counts > 0]
    place_in, total = places_within(counts), np.repeat(counts, counts)
    low, high = (mixed(cell, salt) % 1000 / 1000 for salt in (1, 2))
    even = (place_in + 0.7 * rng.random(len(row))) / total
    even = 0.4 * low + (0.6 + 0.4 * high - 0.4 * low) * even
    spell = mixed(cell, rng.integers(0, 4, len(row)), 3) % 10_000 / 10_000
    spell = np.clip(spell + rng.exponential(0.03, len(row)), 0, 0.9999)
    loose = np.where(rng.random(len(row)) < 0.6, spell, rng.random(len(row)))
    quantile = np.where(callers.steady[row], even, loose)
    return day * DAY + time_of_day(callers.profile[row], callers.shift[row], quantile)


def whom(rng: Rng, town: Town, row: Ints) -> tuple[Ints, Flags]:
    """Callees, and whether each belongs to the caller's circle."""
    people, callers = town.people, town.callers
    habits, count = callers.habits, len(town.people.own)
    circle = ~chance(rng, habits["fresh"][row])
    draw = rng.random(len(row))
    place_in = np.asarray(draw**1.5 * np.maximum(habits["circle"][row], 1), np.int64)
    grouped = chance(rng, habits["grouped"][row])
    about = people.order[(callers.anchor[row] + place_in) % count]
    apart = mixed(callers.holder[row], place_in) % count
    listed = np.searchsorted(people.listed, rng.random(len(row))).clip(0, count - 1)
    block = people.order[(callers.anchor[row] + rng.integers(0, 600, len(row))) % count]
    callee = np.where(circle, np.where(grouped, about, apart), np.where(grouped, block, listed))
    beside = chance(rng, habits["near"][row])
    mobile = np.isin(callers.line[row], _MOBILE)  # others take some block of mobile numbers
    at = np.searchsorted(town.digits[town.near], town.digits[callers.number[row]])
    at = np.where(mobile, at, mixed(callers.number[row], 7))
    step = rng.integers(-300, 301, len(row))
    callee = np.where(beside & ~circle, town.near[(at + step) % count], callee)
    gone = chance(rng, habits["stale"][row]) & ~circle
    return np.where(gone, rng.choice(town.dead, len(row)), callee), circle


def glad(town: Town, row: Ints, callee: Ints, circle: Flags) -> Flags:
    """Of a circle those who are glad, always the same for one holder."""
    mood = mixed(town.callers.holder[row], callee, 5) % 10_000 / 10_000
    return circle & (mood < town.callers.habits["warm"][row])


def turned(rng: Rng, town: Town, row: Ints, start: Ints) -> Ints:
    """The rows whose numbers show: of a pool any, or the one whose half day it is."""
    callers = town.callers
    any_one = callers.first[row] + rng.integers(0, 1 << 30, len(row)) % callers.size[row]
    half = start // (DAY // 2)
    of_day = callers.first[row] + mixed(half, callers.first[row], 9) % callers.size[row]
    turn = callers.turn[row]
    return np.select([turn == TURNS.index("thin"), turn == TURNS.index("day")], [any_one, of_day], row)


def manner(town: Town, row: Ints, callee: Ints, is_glad: Flags) -> Manner:
    """How these callees meet these callers."""
    habits, people = town.callers.habits, town.people
    reached = town.reached[callee]
    alive = np.where(callee < len(people.own), callee, 0)
    cold = moved(people.trusts[alive], habits["appeal"][row])
    return Manner(
        answers=np.where(is_glad, people.picks[alive], cold),
        patience_s=habits["patience"][row],
        curt=np.where(is_glad, habits["curt"][row] * 0.5, habits["curt"][row]),
        talk_s=habits["talk"][row],
        tight=habits["tight"][row],
        reached=reached,
    )


def dial(rng: Rng, town: Town, row: Ints, callee: Ints, start: Ints, is_glad: Flags) -> Worked:
    """Attempts made; nobody calls himself."""
    shown = turned(rng, town, row, start)
    keep = town.callers.number[shown] != callee
    shown, callee, start, is_glad = shown[keep], callee[keep], start[keep], is_glad[keep]
    calls = place(rng, town.callers.number[shown], callee, start, manner(town, shown, callee, is_glad))
    return Worked(calls, shown, is_glad)


def first_attempts(rng: Rng, town: Town) -> Worked:
    """Each caller's list of the day, once."""
    row, day = days_of(rng, town)
    callee, circle = whom(rng, town, row)
    return dial(rng, town, row, callee, times(rng, town, row, day), glad(town, row, callee, circle))


def by_day(town: Town, row: Ints, start: Ints) -> Ints:
    """Times out of working hours put off to the next morning, but for those who call at all hours."""
    hour = start % DAY / HOUR
    usual = np.interp(hour, [0, 8, 9, 20.5, 21, 24], [0, 0, 1, 1, 0, 0]) > 0.5
    spread = mixed(row, start) % (150 * MINUTE)
    morning = (start // DAY + (hour > 12)) * DAY + 9 * HOUR + spread
    return np.where(usual, start, morning)


def again(rng: Rng, town: Town, worked: Worked, rounds: int) -> list[Worked]:
    """Further attempts at those who did not answer, and calls to those who did and are worth it."""
    habits, found, last = town.callers.habits, [], worked
    for turn in range(rounds):
        calls, row = last.calls, last.row
        missed = ~calls.answered & (calls.cause != 1)
        eager: Floats = habits["again"][row] * 0.75**turn * np.where(calls.cause == 21, 0.5, 1.0)
        talked = calls.answered & (calls.talk > 15_000)
        retries = missed & chance(rng, eager)
        follows = talked & chance(rng, habits["follow"][row] * np.where(last.glad, 1.5, 1.0))
        rows = np.flatnonzero(retries | follows)
        soon = rng.random(len(rows)) < np.where(retries[rows], 0.5, 0.15)
        gap = np.where(soon, rng.lognormal(1.7, 1.0, len(rows)), rng.lognormal(5.6, 1.1, len(rows))) * MINUTE
        start = by_day(town, row[rows], calls.end[rows] + np.asarray(gap, np.int64))
        last = dial(rng, town, row[rows], calls.callee[rows], start, last.glad[rows])
        found.append(last)
    return found
