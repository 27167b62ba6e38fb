"""The whole town: its numbers, its calls as one operator's switches record them, and what is true of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from . import answers_back, crowds, objections, people, social, work
from .callers import STYLES, Callers, hire
from .calls import Calls, joined, one_at_a_time
from .draws import DAY, Flags, Ints, Rng, mixed
from .plan import LINES, NAMES, Lines, lay

_WEEKLY = 8.2  # calls over ties that a person makes a week, before repeats and calls back
_ONCE = 0.65  # calls a week to people one does not know
_LEAST = 8  # calls by which a nuisance caller can be known at all; those with fewer are left out of the records


class Made(NamedTuple):
    """A town. `trunk`: place in `plan.NAMES` of each call. `style`: by number id, a word; `nuisance` as well."""

    calls: Calls
    trunk: Ints
    lines: Lines
    callers: Callers
    style: list[str]
    nuisance: Flags
    hard: Flags
    refusals: objections.Refusals
    consents: objections.Consents
    first: date


def make(count: int, days: int, seed: int, first: date) -> Made:
    """`count` people for `days` days from `first` on; the same for the same arguments."""
    rng = np.random.default_rng([seed, 4])
    weekdays = np.array([(first + timedelta(days=day)).weekday() for day in range(days)])
    folk = people.populate(rng, count)
    callers, private = hire(rng, folk, count)
    bombs = crowds.arm(rng, count)
    of_firms = int((callers.number >= count).sum())
    more = people.extras(rng, ~private & ~folk.quiet, count + of_firms + len(bombs.line), days * DAY)
    lines, dead = _lines(rng, folk, callers, bombs, more)
    near = np.argsort(lines.digits[:count])
    town = work.Town(folk, callers, lines.digits, lines.reached, dead, near, weekdays)
    single = np.ones(len(lines.digits), np.bool_)
    single[callers.number] = callers.single
    single[count + of_firms : count + of_firms + len(bombs.line)] = False
    worked, refusals, consents = _work(rng, town, single)
    parts = [*_lives(rng, town, single, more), worked.calls]
    parts += [answers_back.to_callers(rng, town, worked), answers_back.unasked(rng, town, worked)]
    parts.append(crowds.bomb(rng, folk, bombs, count + of_firms, days))
    calls = one_at_a_time(rng, _renumbered(joined(parts), more, count), single)
    calls = _seen(calls, lines, callers, days)
    style, nuisance, hard = _truth(lines, callers, count + of_firms, len(bombs.line))
    return Made(calls, _trunks(rng, folk, lines, calls, days), lines, callers, style, nuisance, hard, refusals,
                consents, first)  # fmt: skip


def _lines(
    rng: Rng, folk: people.People, callers: Callers, bombs: crowds.Bombs, more: people.Extras
) -> tuple[Lines, Ints]:
    """Numbers by id: people's, firms', attacks', second and later ones, those not in use; and the ids of these."""
    own, rival, virtual, dead = (LINES.index(name) for name in ("own", "rival", "virtual", "dead"))
    count = len(folk.own)
    theirs = np.where(folk.own, own, np.where(rng.random(count) < 0.06, virtual, rival))
    firms = callers.line[callers.number >= count]
    further = people.owners(more)
    same = rng.random(len(further)) < 0.5
    further_line = np.where(same, theirs[further], rng.choice([own, rival, virtual], len(further), p=[0.5, 0.4, 0.1]))
    unused = np.full(max(200, count // 20), dead)
    kinds = np.concatenate([theirs, firms, bombs.line, further_line, unused])
    return lay(rng, kinds), np.arange(len(kinds) - len(unused), len(kinds))


def _work(rng: Rng, town: work.Town, single: Flags) -> tuple[work.Worked, objections.Refusals, objections.Consents]:
    first = work.first_attempts(rng, town)
    first = first._replace(calls=one_at_a_time(rng, first.calls, single))
    worked = _together([first, *work.again(rng, town, first, 3)])
    refusals = objections.refuse(rng, town, worked)
    worked = worked.at(objections.heeded(town, worked, refusals))
    worked = _together([worked, objections.persist(rng, town, refusals)])
    return worked, refusals, objections.consent(rng, town, worked)


def _together(parts: list[work.Worked]) -> work.Worked:
    row, glad = (np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "glad"))
    return work.Worked(joined([part.calls for part in parts]), row, glad)


def _lives(rng: Rng, town: work.Town, single: Flags, more: people.Extras) -> list[Calls]:
    """What people do among themselves."""
    folk, weekdays = town.people, town.weekdays
    mood = social.moods(rng, folk, weekdays)
    ties = people.befriend(rng, folk, _WEEKLY)
    made = one_at_a_time(rng, social.talk(rng, folk, ties, mood, weekdays), single)
    crowd = crowds.popular(rng, folk, len(weekdays))
    once = social.once(rng, folk, mood, weekdays, _ONCE, town.dead)
    told = social.announce(rng, folk, ties, np.flatnonzero(more.later >= 0), more.moves_ms)
    back = answers_back.among_people(rng, folk, joined([made, told]))
    return [made, told, back, answers_back.among_people(rng, folk, back), crowd, once,
            answers_back.among_people(rng, folk, joined([once, crowd]))]  # fmt: skip


def _renumbered(calls: Calls, more: people.Extras, count: int) -> Calls:
    """Second SIM cards by tie, and later numbers from when they hold; who has not heard of it calls the old one."""
    caller, callee = calls.caller.copy(), calls.callee.copy()
    pair = mixed(np.minimum(caller, callee), np.maximum(caller, callee), 17) % 10_000 / 10_000
    lost = np.zeros(len(caller), np.bool_)
    for ends, other in ((caller, False), (callee, True)):
        person = np.flatnonzero(ends < count)
        who = ends[person]
        second = more.second[who]
        uses = (second >= 0) & (pair[person] < more.often[who])
        later = more.later[who]
        moved = (later >= 0) & (calls.start[person] >= more.moves_ms[who])
        unaware = moved & (pair[person] < 0.35) & other
        ends[person] = np.where(uses, second, np.where(moved & ~unaware, later, who))
        lost[person[unaware]] = True
    keep = np.where(lost, 0, 1)
    return Calls(
        caller, callee, calls.start, calls.answered & ~lost, calls.ring * keep, calls.talk * keep,
        np.where(lost, 1, calls.cause),
    )  # fmt: skip


def _seen(calls: Calls, lines: Lines, callers: Callers, days: int) -> Calls:
    """What this operator's switches see within the days, in order of time; see `_LEAST`."""
    inside = (calls.start >= 0) & (calls.start < days * DAY) & (calls.caller != calls.callee)
    inside &= lines.own[calls.caller] | lines.own[calls.callee]
    calls = calls.at(inside)
    made = np.bincount(calls.caller, minlength=len(lines.digits))
    bad = np.zeros(len(lines.digits), np.bool_)
    bad[callers.number[callers.nuisance]] = True
    calls = calls.at(~(bad & (made < _LEAST))[calls.caller])
    return calls.at(np.argsort(calls.start, kind="stable"))


def _trunks(rng: Rng, folk: people.People, lines: Lines, calls: Calls, days: int) -> Ints:
    """The caller's usual trunk, at times another of the same kind; from abroad for the days one is there."""
    usual = lines.place[calls.caller]
    mobile = (usual < 6) & (rng.random(len(usual)) < 0.12)
    trunk = np.where(mobile, rng.integers(0, 6, len(usual)), usual)
    abroad = np.zeros(len(lines.digits), np.bool_)
    abroad[: len(folk.own)] = people.far_away(rng, folk)
    leaves = rng.integers(-days, days, len(lines.digits)) * DAY
    gone = abroad[calls.caller] & (calls.start >= leaves[calls.caller])
    intl = np.array([place for place, name in enumerate(NAMES) if name.startswith("intl")])
    return np.where(gone, intl[calls.caller % len(intl)], trunk)


def _truth(lines: Lines, callers: Callers, first_bomb: int, bombs: int) -> tuple[list[str], Flags, Flags]:
    count = len(lines.digits)
    style, nuisance, hard = ["person"] * count, np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for number, of in zip(callers.number.tolist(), callers.style.tolist(), strict=True):
        style[number] = STYLES[of].name
    nuisance[callers.number] = callers.nuisance
    hard[callers.number] = ~callers.nuisance
    for number in range(first_bomb, first_bomb + bombs):
        style[number] = "call_bombing"
    nuisance[first_bomb : first_bomb + bombs] = True
    return style, nuisance, hard
