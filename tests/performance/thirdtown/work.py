"""The seats at work: the next name on the sheet, the number shown, the pause, and what is written back on the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from tests.performance.thirdtown.firms import COLUMN, TRADES, hours_table
from tests.performance.thirdtown.kinds import TICK, TICKS_A_DAY, Bools, Floats, Ints, lognormal
from tests.performance.thirdtown.react import of_called
from tests.performance.thirdtown.state import CALL, WORK, Calls, Town

ROTATIONS = ("seat", "robin", "daily", "burn", "refuser", "local")
ROUNDS = 26
LAG = 300.0
"""A seat left over from the step before goes on by its own clock if it is no later than this."""
Resolver = Callable[[Town, Calls], None]


@dataclass
class Desks:
    """What changes at the seats."""

    town: Town
    hours: Bools
    rotate: Ints
    gap: Floats
    single: Bools
    at: Ints
    free: Floats
    left: Ints
    daily: Ints
    burnt: Ints
    burnt_marks: Ints
    patience: Ints


def sit_down(town: Town) -> Desks:
    """The seats before the first day; a pace so that the day's work about fills the day, but for machines."""
    floor, rng = town.floor, town.rng
    hours = hours_table()
    seats, ops = len(floor.op), len(floor.plans)
    span = hours.sum(axis=1)[floor.trade] * TICK
    pace = floor.column("gap")
    slack = span * rng.uniform(0.35, 1.0, seats) / floor.quota - 40.0
    gap = np.where(pace < 20, pace, np.maximum(pace, 0.6 * slack))
    kind = np.array([ROTATIONS.index(t.rotate) for t in TRADES])
    person = np.array([t.look in ("person", "mobile") and t.rotate == "seat" for t in TRADES])
    return Desks(
        town,
        hours,
        kind[floor.trade],
        gap,
        person[floor.trade],
        at=floor.list_from.copy(),
        free=np.full(seats, -1.0),
        left=np.zeros(seats, dtype=np.int64),
        daily=rng.integers(0, 1000, ops),
        burnt=np.zeros(ops, dtype=np.int64),
        burnt_marks=np.zeros(ops, dtype=np.int64),
        patience=rng.integers(4, 14, ops),
    )


def morning(desks: Desks, day: int) -> None:
    """A fresh quota for those at work today."""
    floor, rng = desks.town.floor, desks.town.rng
    wish = lognormal(rng, floor.quota.astype(np.float64), 0.25, len(floor.op))
    desks.left = np.where(floor.active[:, day], np.maximum(1, wish), 0).astype(np.int64)


def _shown(desks: Desks, seats: Ints, callee: Ints, day: int) -> Ints:
    """The number each seat's call shows, by its operation's policy."""
    floor, town = desks.town.floor, desks.town
    op = floor.op[seats]
    many, first = floor.op_lines_many[op], floor.op_lines_from[op]
    keys = op * town.width + callee
    refused = np.fromiter((int(k) in town.refusers for k in keys), dtype=np.bool_, count=len(keys))
    other = 1 + town.rng.integers(0, 1 << 30, len(op)) % np.maximum(1, many - 1)
    how = desks.rotate[seats]
    place = np.where(how == 1, town.rng.integers(0, 1 << 30, len(op)), 0)
    place = np.where(how == 2, desks.daily[op] + day, place)
    place = np.where(how == 3, desks.burnt[op], place)
    place = np.where((how == 4) & refused, other, place)
    place = np.where(how == 5, callee // 7 + refused, place)
    return np.where(how == 0, floor.line[seats], floor.op_lines[first + place % many])


def _dial(desks: Desks, seats: Ints, day: int) -> Calls:
    """The next call of each seat."""
    floor, rng = desks.town.floor, desks.town.rng
    trade, many = floor.trade[seats], len(seats)
    table = {n: COLUMN[n][trade] for n in _NEEDED}
    calls = np.zeros(many, dtype=CALL)
    calls["callee"] = floor.targets[desks.at[seats]]
    calls["caller"] = _shown(desks, seats, calls["callee"], day)
    queue = np.where(desks.single[seats], desks.town.busy[calls["caller"]] + 1.0, 0.0)
    calls["t"] = np.maximum(desks.free[seats], queue)
    calls["warm"] = table["warm"] * np.where(table["warm"] > 0.1, rng.uniform(0.75, 1.1, many), 1.0)
    calls["warm"] = np.minimum(calls["warm"], 0.92)
    calls["ring"] = table["ring"] * np.exp(table["ring_sigma"] * rng.standard_normal(many))
    calls["hang"], calls["talk"], calls["sigma"] = table["hang"], table["talk"], table["talk_sigma"]
    calls["kind"] = WORK
    return calls


_NEEDED = ("warm", "ring", "ring_sigma", "hang", "talk", "talk_sigma")


def _write_back(desks: Desks, seats: Ints, calls: Calls, refused: Bools) -> None:
    """Names to be tried again go back further down the sheet; those who refused are struck off, or kept as leads."""
    town, floor, rng = desks.town, desks.town.floor, desks.town.rng
    op, end = floor.op[seats], floor.list_to[seats]
    retry = ~calls["answered"] & (calls["cause"] != 1) & (rng.random(len(seats)) < floor.column("retry")[seats])
    near = desks.at[seats] + rng.integers(2, 40, len(seats))
    floor.targets[np.minimum(near, end - 1)[retry]] = calls["callee"][retry]
    for place in np.flatnonzero(refused):
        plan = int(op[place])
        key = plan * town.width + int(calls["callee"][place])
        obeys = rng.random() < TRADES[floor.plans[plan].trade].obeys
        (town.struck if obeys else town.refusers).add(key)
        said = float(calls["t"][place] + calls["rang"][place] + calls["talked"][place])
        if rng.random() < 0.8:
            call = calls[place]
            town.refusals.append((int(call["callee"]), floor.plans[plan].holder, int(call["caller"]), said))
        if not obeys and rng.random() < 0.75:
            ahead = int(rng.uniform(0.4, 2.0) * floor.quota[seats[place]])
            floor.targets[min(int(desks.at[seats[place]]) + ahead, int(end[place]) - 1)] = calls["callee"][place]


def _skip_struck(desks: Desks, seats: Ints) -> Ints:
    """Pass over struck names; returns the seats that have a name to call."""
    town, floor = desks.town, desks.town.floor
    keys = floor.op[seats] * town.width + floor.targets[desks.at[seats]]
    gone = np.fromiter((int(k) in town.struck for k in keys), dtype=np.bool_, count=len(keys))
    desks.at[seats[gone]] += 1
    return seats[~gone]


def _change_burnt(desks: Desks) -> None:
    """Operations that throw away a number once enough telephones warn of it."""
    floor, town = desks.town.floor, desks.town
    line = floor.op_lines[floor.op_lines_from + desks.burnt % floor.op_lines_many]
    tired = town.marks[line] - desks.burnt_marks > desks.patience
    desks.burnt[tired] += 1
    line = floor.op_lines[floor.op_lines_from + desks.burnt % floor.op_lines_many]
    desks.burnt_marks = np.where(tired, town.marks[line], desks.burnt_marks)


def work(desks: Desks, tick: int, resolve_calls: Resolver) -> None:
    """All the seats' calls of one step."""
    floor, rng = desks.town.floor, desks.town.rng
    day, start = tick // TICKS_A_DAY, tick * TICK
    on = desks.hours[floor.trade, tick % TICKS_A_DAY] & (desks.left > 0)
    late = on & (desks.free < start - LAG)
    desks.free[late] = start + rng.uniform(0, TICK, int(late.sum()))
    for _ in range(ROUNDS):
        ready = on & (desks.left > 0) & (desks.free < start + TICK) & (desks.at < floor.list_to)
        seats = _skip_struck(desks, np.flatnonzero(ready))
        if len(seats) == 0:
            break
        calls = _dial(desks, seats, day)
        resolve_calls(desks.town, calls)
        refused = of_called(desks.town, calls, floor.op[seats])
        desks.at[seats] += 1
        desks.left[seats] -= 1
        pause = lognormal(rng, desks.gap[seats], floor.column("gap_sigma")[seats], len(seats))
        pause *= np.where((rng.random(len(seats)) < 0.04) & (desks.gap[seats] > 15), 9.0, 1.0)
        desks.free[seats] = calls["t"] + calls["rang"] + calls["talked"] + 1.0 + pause
        _write_back(desks, seats, calls, refused)
    _change_burnt(desks)
