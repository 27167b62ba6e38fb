"""The callers of a style with their habits drawn, and what they do on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mingbai.town.records.calls import Calls, Manner, outcomes, together
from mingbai.town.records.draws import Bools, Floats, Ints, Rng, mixed, plain, positive, share, stream
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.numbering import Numbering
from mingbai.town.records.people import DAY_S, People
from mingbai.town.records.style import Style

_KEEPS = 0.97  # of those who refused stay with the desk that they spoke to
_PRINCIPALS = 10  # more than any holder calls for
_SALES = 1.35  # how much the same people stand on everybody's lists


class Trunks(NamedTuple):
    """Places in trunks.csv."""

    mobile: int = 1
    fixed: int = 2
    carriers: int = 3
    abroad: int = 4
    centre: int = 5  # the first of several lines of call centres
    centres: int = 8


TRUNKS = Trunks()


@dataclass(frozen=True)
class Callers:
    """Callers of one style; arrays have one value a caller, `habits` by the names of Style."""

    style: Style
    numbers: Ints
    person: Ints  # inhabitant whose own phone it is, or −1
    holder: Ints
    principal: Ints
    registered: Bools
    age_days: Ints
    trunk: Ints
    active: Bools  # callers × days
    agreed: Floats  # of those called, who had consented to it
    habits: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.numbers)


class Attempts(NamedTuple):
    """Calls before anything came of them. `who`: place among the callers; `callee`: inhabitant, −1 where nobody is."""

    who: Ints
    at_s: Floats
    callee: Ints

    def where(self, rows: Bools | Ints) -> Attempts:
        return Attempts(self.who[rows], self.at_s[rows], self.callee[rows])


class Day(NamedTuple):
    """What a style did on a day: all calls, and of its first tries who called whom and what came of them."""

    calls: Calls
    attempts: Attempts
    first: Calls


_POSITIVE = ("rate", "hours", "pool", "refusers", "patience", "talk")
_PLAIN = ("begins", "answer", "spread")
_SHARES = ("busy", "night", "loyal", "refused", "stale", "inbound", "redial", "short", "returned")


def gather(style: Style, knobs: Knobs, people: People, numbering: Numbering, holders_from: int) -> Callers:
    """The style's callers. Holders are numbered from `holders_from`, as organisations."""
    rng = stream(knobs.seed, "callers", style.name)
    count = max(1, round(style.per_million * knobs.people / 1e6 * knobs.density))
    numbers, person = _numbers(rng, style, count, people, numbering)
    holder = holders_from + _holders(rng, style, count)
    principal = _PRINCIPALS * holder + rng.integers(0, style.principals, count)
    known_as = knobs.registered if style.sort else 1.0
    registered = rng.random(count) < style.registered * known_as
    habits = _habits(rng, style, count, knobs)
    active = rng.random((count, knobs.days)) < habits["busy"][:, None]
    active[np.arange(count), rng.integers(0, knobs.days, count)] = True
    _, one, back_to = np.unique(principal, return_index=True, return_inverse=True)
    habits["refusers"] = habits["refusers"][one[back_to]]
    agreed = share(stream(knobs.seed, "agreed", style.name), style.agreed, count)
    trunk = np.where(person >= 0, people.trunk[np.maximum(person, 0)], _trunk(rng, numbers, numbering))
    outside = np.where(rng.random(count) < 0.5, TRUNKS.abroad, TRUNKS.carriers)
    return Callers(
        style=style,
        numbers=numbers,
        person=person,
        holder=holder,
        principal=principal,
        registered=registered,
        age_days=positive(rng, style.age_days, count).astype(np.int64),
        trunk=np.where(rng.random(count) < style.foreign, outside, trunk),
        active=active,
        agreed=agreed[one[back_to]],
        habits=habits,
    )


def _numbers(rng: Rng, style: Style, count: int, people: People, numbering: Numbering) -> tuple[Ints, Ints]:
    kinds, weights = zip(*style.numbers, strict=True)
    kind = rng.choice(len(kinds), count, p=np.array(weights) / sum(weights))
    numbers, person = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    for place, name in enumerate(kinds):
        rows = np.flatnonzero(kind == place)
        if name == "person":
            person[rows] = numbering.inhabitants(len(rows))
            numbers[rows] = people.numbers[person[rows]]
        elif name == "shown":
            numbers[rows] = numbering.unused_once(len(rows))
        else:
            numbers[rows] = numbering.of(name, len(rows))
    return numbers, person


def _holders(rng: Rng, style: Style, count: int) -> Ints:
    sizes = np.maximum(np.rint(positive(rng, style.holder, count)), 1).astype(np.int64)
    return np.repeat(np.arange(count), sizes)[:count]


def _habits(rng: Rng, style: Style, count: int, knobs: Knobs) -> dict[str, Floats]:
    habits = {name: positive(rng, getattr(style, name), count) for name in _POSITIVE}
    habits |= {name: plain(rng, getattr(style, name), count) for name in _PLAIN}
    habits |= {name: share(rng, getattr(style, name), count) for name in _SHARES}
    habits["message"] = positive(rng, style.message, count) if style.message[1] else np.zeros(count)
    habits["steady"] = (rng.random(count) < style.steady).astype(np.float64)
    if style.nuisance:
        habits["rate"] *= knobs.volume
    habits["stale"] = np.minimum(habits["stale"] * knobs.stale, 0.95)
    habits["returned"] = np.minimum(habits["returned"] * knobs.returned, 0.95)
    return habits


def _trunk(rng: Rng, numbers: Ints, numbering: Numbering) -> Ints:
    """Where calls of a number come in: its carrier's own side, another carrier's, or a call centre's line."""
    digits = numbers // 10 ** np.maximum(np.floor(np.log10(numbers)).astype(np.int64) - 3, 0)
    centre = (digits == 8695) | (digits == 8640)
    fixed = digits == 8610
    mobile = np.where(numbering.own(numbers), TRUNKS.mobile, TRUNKS.carriers)
    line = TRUNKS.centre + rng.integers(0, TRUNKS.centres, len(numbers))
    here = numbers // 10 ** (np.floor(np.log10(numbers)).astype(np.int64) - 1) == 86
    return np.where(here, np.where(centre, line, np.where(fixed, TRUNKS.fixed, mobile)), TRUNKS.abroad)


def plan(rng: Rng, callers: Callers, people: People, day: int, begins_s: float) -> Attempts:
    """Whom each caller tries on a day, and when, by the ranges of its style alone."""
    habits = callers.habits
    expected = np.where(callers.active[:, day], habits["rate"], callers.style.quiet)
    who = np.repeat(np.arange(len(callers)), rng.poisson(expected))
    return Attempts(who, begins_s + _moments(rng, habits, who), _whom(rng, callers, people, who))


def _moments(rng: Rng, habits: dict[str, Floats], who: Ints) -> Floats:
    """Seconds of the day. Steady callers dial at even distances, others as it comes."""
    shift = rng.normal(0, 0.35, len(habits["begins"]))
    first = np.flatnonzero(np.diff(who, prepend=-1)) if len(who) else np.zeros(0, np.int64)
    count = np.diff(first, append=len(who))
    place = (np.arange(len(who)) - np.repeat(first, count) + 0.5) / np.repeat(count, count)
    steady = habits["steady"][who] > 0
    part = np.where(steady, place + rng.normal(0, 0.002, len(who)), rng.random(len(who)))
    hour = (habits["begins"] + shift)[who] + habits["hours"][who] * part
    dark = rng.random(len(who)) < habits["night"][who]
    hour = np.where(dark, 21.5 + 9.5 * rng.random(len(who)), hour)
    return np.asarray(np.mod(hour, 24.0) * 3600)


def _whom(rng: Rng, callers: Callers, people: People, who: Ints) -> Ints:
    habits, count, drawn = callers.habits, len(people), rng.random(len(who))
    listed = mixed((count * rng.random(len(who)) ** _SALES).astype(np.int64), np.zeros(len(who), np.int64), count)
    callee = np.where(rng.random(len(who)) < 0.5, listed, rng.integers(0, count, len(who)))
    edge = habits["loyal"][who]
    place = (habits["pool"][who] * rng.random(len(who)) ** 1.6).astype(np.int64)
    callee = np.where(drawn < edge, mixed(callers.numbers[who], place, count), callee)
    refused = (drawn >= edge) & (drawn < edge + habits["refused"][who])
    place = (habits["refusers"][who] * rng.random(len(who))).astype(np.int64)
    if callers.style.sticky:
        size, rank = _desks(callers)
        keeps = rng.random(len(who)) < _KEEPS
        place = np.where(keeps, place // size[who] * size[who] + rank[who], place)
    callee = np.where(refused, refuser(callers.principal[who], place, count), callee)
    return np.where(rng.random(len(who)) < habits["stale"][who], -1, callee)


def refuser(principal: Ints, place: Ints, people: int) -> Ints:
    """The inhabitant who is the `place`th to have refused a principal before the first day."""
    return mixed(principal + 7_000_000, place, people)


def _desks(callers: Callers) -> tuple[Ints, Ints]:
    """For each caller how many numbers its principal has, and its place among them."""
    _, back, sizes = np.unique(callers.principal, return_inverse=True, return_counts=True)
    order = np.argsort(back, kind="stable")
    rank = np.empty(len(back), np.int64)
    rank[order] = np.arange(len(back)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return sizes[back], rank


def play(rng: Rng, callers: Callers, attempts: Attempts, people: People, numbering: Numbering, begins_s: float) -> Day:
    """What comes of attempts: the calls, the second tries, those who called before, and those who ring back."""
    first = _made(rng, callers, attempts, people, numbering)
    reached = attempts.callee >= 0
    habits = callers.habits
    late = attempts.at_s + rng.exponential(3600, len(first)) + 40
    within = late < begins_s + DAY_S
    again = np.flatnonzero(
        reached & ~first.answered & within & (rng.random(len(first)) < habits["redial"][attempts.who])
    )
    tried_again = Attempts(attempts.who[again], late[again], attempts.callee[again])
    second = _made(rng, callers, tried_again, people, numbering)
    back = habits["returned"][attempts.who] * np.where(first.answered, 0.25, 1.0)
    later = attempts.at_s + rng.exponential(2700, len(first)) + 20
    rings = np.flatnonzero(reached & (later < begins_s + DAY_S) & (rng.random(len(first)) < back))
    before = attempts.at_s - rng.exponential(2700, len(first)) - 60
    asks = np.flatnonzero(reached & (before >= begins_s) & (rng.random(len(first)) < habits["inbound"][attempts.who]))
    parts = [first, second]
    parts += [_to_them(rng, callers, attempts, rows, at, people) for rows, at in ((rings, later), (asks, before))]
    return Day(together(parts), attempts, first)


def _made(rng: Rng, callers: Callers, attempts: Attempts, people: People, numbering: Numbering) -> Calls:
    who, at_s, callee = attempts
    habits, size = callers.habits, len(who)
    used = callee >= 0
    numbers = people.numbers[np.maximum(callee, 0)]
    numbers = np.where(used, numbers, numbering.unused(rng, size))
    answer = habits["answer"][who] + people.answering[np.maximum(callee, 0)] - 0.6
    manner = Manner(
        answer=answer + rng.normal(0, 0.3, size),
        patience=habits["patience"][who] * np.exp(rng.normal(0, 0.12, size)),
        talk=habits["talk"][who],
        spread=habits["spread"][who].clip(0.2),
        short=habits["short"][who],
        message=habits["message"][who],
    )
    return outcomes(rng, manner, at_s, callers.numbers[who], numbers, used, callers.trunk[who])


def _to_them(rng: Rng, callers: Callers, attempts: Attempts, rows: Ints, at_s: Floats, people: People) -> Calls:
    """Inhabitants who call the caller: before, because they want something, or after, because they missed it."""
    who, size = attempts.who[rows], len(rows)
    manner = Manner(
        answer=np.full(size, 1.2), patience=np.full(size, 35.0), talk=np.full(size, 32.0), spread=np.full(size, 0.9),
        short=np.full(size, 0.12), message=np.zeros(size),
    )  # fmt: skip
    person = attempts.callee[rows]
    used = np.ones(size, np.bool_)
    return outcomes(rng, manner, at_s[rows], people.numbers[person], callers.numbers[who], used, people.trunk[person])
