"""The days go by: people call those they know, seats work through their sheets, and all react to what went before."""

from __future__ import annotations

import numpy as np
from tests.performance.thirdtown.answer import resolve
from tests.performance.thirdtown.firms import TRADES, open_floor, plan_lines, staff
from tests.performance.thirdtown.kinds import DAY, TICK, TICKS_A_DAY, Floats, Ints, Rng, lognormal, weekday, whole
from tests.performance.thirdtown.numbering import Numbering, lay_out
from tests.performance.thirdtown.people import CALLING, RETIRED, settle
from tests.performance.thirdtown.react import of_friends
from tests.performance.thirdtown.state import CALL, SOCIAL, Calls, Town, inhabit
from tests.performance.thirdtown.work import morning, sit_down, work


def _service_lines(rng: Rng, numbers: Numbering, many: int) -> Ints:
    """Restaurants, shops, booking desks and the big hotlines, the most called first."""
    hot = [numbers.draw("95") for _ in range(6)] + [numbers.draw("400") for _ in range(max(3, many // 5000))]
    return np.array(hot + [numbers.draw("fixed") for _ in range(max(20, many // 250))])


def _seconds(rng: Rng, numbers: Numbering, slot: Ints) -> Ints:
    """A second number of some: a telephone at home, or a second card."""
    second = slot.copy()
    for person in rng.permutation(len(slot))[: len(slot) // 25]:
        second[person] = numbers.draw("fixed" if rng.random() < 0.4 else "mobile")
    return second


def found(rng: Rng, people: int, days: int) -> Town:
    """A town ready to live."""
    numbers = lay_out(rng, people)
    services = _service_lines(rng, numbers, people)
    plans = plan_lines(rng, numbers, people)
    second = _seconds(rng, numbers, numbers.person_slots)
    folk = settle(rng, numbers.person_slots, second, services)
    staff(rng, plans, folk)
    week = np.array([weekday(d) for d in range(days)])
    floor = open_floor(rng, plans, folk, numbers, week)
    town = inhabit(rng, numbers, folk, floor, services)
    _past_refusals(town)
    return town


def _past_refusals(town: Town) -> None:
    """Refusals of the two months before; most firms struck those names off, some did not."""
    floor, rng = town.floor, town.rng
    for seat in range(len(floor.op)):
        plan = floor.plans[floor.op[seat]]
        trade = TRADES[plan.trade]
        if trade.refuse <= 0:
            continue
        sheet = floor.targets[floor.list_from[seat] : floor.list_to[seat]]
        reachable = sheet[town.person_of[sheet] >= 0]
        if len(reachable) == 0:
            continue
        some = rng.choice(reachable, whole(rng, len(sheet) * trade.refuse * (0.25 if plan.holder else 0.06)))
        for callee in np.unique(some):
            key = int(floor.op[seat]) * town.width + int(callee)
            (town.struck if rng.random() < trade.obeys else town.refusers).add(key)
            line = int(rng.choice(plan.lines))
            town.refusals.append((int(callee), plan.holder, line, -float(rng.uniform(0.2, 60)) * DAY))


def _social(town: Town, tick: int, chance: Floats) -> Calls:
    """Calls people make to those in their phone books."""
    rng, people = town.rng, town.people
    who = np.flatnonzero(rng.random(people.many) < chance)
    entry = people.pick(who, rng)
    many = len(who)
    calls = np.zeros(many, dtype=CALL)
    calls["t"] = tick * TICK + rng.uniform(0, TICK, many)
    at_home = (people.second[who] != people.slot[who]) & (rng.random(many) < 0.35)
    calls["caller"] = np.where(at_home, people.second[who], people.slot[who])
    calls["callee"] = people.book_slot[entry]
    calls["warm"] = people.book_warm[entry]
    calls["ring"] = lognormal(rng, 32.0, 0.45, many)
    calls["hang"], calls["sigma"], calls["kind"] = 0.06, 1.15, SOCIAL
    evening = 1.0 + 0.5 * (tick % TICKS_A_DAY > 115) + 0.25 * (people.job[who] == RETIRED)
    calls["talk"] = people.book_talk[entry] * evening
    calls["t"] = np.maximum(calls["t"], np.minimum(town.busy[calls["caller"]] + 3.0, calls["t"] + 1800.0))
    others: Calls = calls[calls["caller"] != calls["callee"]]
    return others


def _cover(town: Town, day: int) -> None:
    """Operations that let their own numbers talk with each other."""
    rng, floor = town.rng, town.floor
    for plan in floor.plans:
        trade = TRADES[plan.trade]
        if trade.cover <= 0 or len(plan.lines) < 2:
            continue
        many = int(rng.poisson(trade.cover * len(plan.lines)))
        calls = np.zeros(many, dtype=CALL)
        calls["t"] = day * DAY + rng.uniform(9, 20, many) * 3600
        first = rng.integers(0, len(plan.lines), many)
        lines = np.array(plan.lines)
        calls["caller"] = lines[first]
        calls["callee"] = lines[(first + rng.integers(1, len(plan.lines), many)) % len(plan.lines)]
        calls["warm"], calls["ring"], calls["talk"], calls["sigma"] = 0.95, 30.0, 70.0, 0.7
        calls["kind"], calls["tries"] = SOCIAL, 3
        town.later(calls)


def live(town: Town, days: int) -> Calls:
    """All calls of the days, in order of time."""
    people, rng = town.people, town.rng
    daily = CALLING.sum(axis=2) * 6
    desks = sit_down(town)
    for day in range(days):
        morning(desks, day)
        _cover(town, day)
        mood = people.rate * rng.gamma(1.6, 1 / 1.6, people.many)
        late = int(weekday(day) >= 5)
        for step in range(TICKS_A_DAY):
            tick = day * TICKS_A_DAY + step
            share = CALLING[late, :, step // 6] / daily[0]
            calls = np.concatenate([_social(town, tick, mood * share[people.job]), town.due((tick + 1) * TICK)])
            resolve(town, calls)
            of_friends(town, calls)
            work(desks, tick, resolve)
    calls = np.concatenate(town.records)
    town.records.clear()
    calls = calls[(calls["t"] >= 0) & (calls["t"] < days * DAY)]
    return calls[np.argsort(calls["t"], kind="stable")]
