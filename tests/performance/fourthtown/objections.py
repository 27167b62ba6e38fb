"""Formal refusals and consents: who says no, who heeds it, who calls all the same, perhaps from another number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .draws import DAY, HOUR, MINUTE, Flags, Ints, Rng, chance, mixed
from .work import Town, Worked, by_day, dial


class Refusals(NamedTuple):
    """`row`: the caller's; `at`: ms since the first midnight, before it for those of earlier weeks."""

    callee: Ints
    row: Ints
    at: Ints


class Consents(NamedTuple):
    """Consents on file to a holder's marketing: `holder` as in `Callers`, `given` in ms, before the days."""

    holder: Ints
    callee: Ints
    given: Ints


def refuse(rng: Rng, town: Town, worked: Worked) -> Refusals:
    """Refusals of these days and of the months before, one of each person against each holder."""
    callers, people = town.callers, town.people
    calls, row = worked.calls, worked.row
    person = calls.callee < len(people.own)
    who = np.where(person, calls.callee, 0)
    odds = callers.habits["objects"][row] * people.objects[who] * np.where(worked.glad, 0.1, 1.0)
    now = np.flatnonzero(calls.answered & person & chance(rng, np.minimum(odds, 0.9)))
    soon = np.asarray(rng.lognormal(2.8, 1.5, len(now)) * MINUTE, np.int64)
    past = np.repeat(np.arange(len(callers.number)), callers.habits["past"].astype(np.int64))
    before = np.searchsorted(people.listed, rng.random(len(past))).clip(0, len(people.own) - 1)
    ago = np.asarray((rng.exponential(40, len(past)) + 0.1) * DAY, np.int64)
    callee = np.concatenate([who[now], before])
    rows = np.concatenate([row[now], past])
    at = np.concatenate([calls.end[now] + soon, -ago])
    order = np.argsort(at, kind="stable")
    keys = (callers.holder[rows] * len(people.own) + callee)[order]
    kept = order[np.unique(keys, return_index=True)[1]]
    kept = kept[callers.number[rows[kept]] != callee[kept]]
    return Refusals(callee[kept], rows[kept], at[kept])


def _keeps_on(town: Town, row: Ints, callee: Ints) -> Flags:
    """Whether a holder calls this callee in spite of a refusal: always the same for the two."""
    draw = mixed(town.callers.holder[row], callee, 11) % 10_000 / 10_000
    return np.asarray(draw >= town.callers.habits["heed"][row])


def heeded(town: Town, worked: Worked, refusals: Refusals) -> Flags:
    """Rows of calls that are made, refusals known: those after a refusal only by who does not heed it."""
    count = len(town.people.own) * 4
    keys = town.callers.holder[refusals.row] * count + refusals.callee
    order = np.argsort(keys)
    asked = town.callers.holder[worked.row] * count + worked.calls.callee
    place = np.searchsorted(keys[order], asked).clip(0, max(len(keys) - 1, 0))
    if not len(keys):
        return np.ones(len(asked), np.bool_)
    found = order[place]
    after = (keys[found] == asked) & (worked.calls.start > refusals.at[found])
    first = refusals.row[found]  # the holder's heed as the refused number has it, so that the two functions agree
    return np.asarray(~after | _keeps_on(town, first, worked.calls.callee))


def persist(rng: Rng, town: Town, refusals: Refusals) -> Worked:
    """Calls to people who had refused, by those who keep on, above what their lists bring anyway."""
    span = len(town.weekdays) * DAY
    old = refusals.at < 0
    keeps = _keeps_on(town, refusals.row, refusals.callee) & chance(rng, np.where(old, 0.5, 0.7))
    rows = np.flatnonzero(keeps & (refusals.at < span))
    times = 1 + rng.poisson(0.9, len(rows))
    row = np.repeat(rows, times)
    begin = np.maximum(refusals.at[row], 0) + HOUR // 4
    start = begin + np.asarray((span - begin) * rng.random(len(row)), np.int64)
    start = by_day(town, refusals.row[row], start)
    return dial(rng, town, refusals.row[row], refusals.callee[row], start, np.zeros(len(row), np.bool_))


def consent(rng: Rng, town: Town, worked: Worked) -> Consents:
    """On file: most whom a firm with consents calls, few whom others call; and some who are not called now."""
    callers, count = town.callers, len(town.people.own)
    person = worked.calls.callee < count
    share = callers.habits["consents"][callers.first[worked.row]]
    holder, callee = callers.holder[worked.row], worked.calls.callee
    has = person & (mixed(holder, callee, 13) % 10_000 / 10_000 < share)
    quiet = rng.integers(0, count, int(has.sum() * 0.4))
    keys = np.unique(
        np.concatenate([holder[has] * count + callee[has], rng.permutation(holder[has])[: len(quiet)] * count + quiet])
    )
    given = -np.asarray((rng.lognormal(5.0, 1.0, len(keys)) + 0.05) * DAY, np.int64)
    return Consents(keys // count, keys % count, given)
