"""Operations set up from the trades: their seats, their numbers and the lists they call through."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from tests.performance.thirdtown.business import BUSINESS
from tests.performance.thirdtown.errands import ERRANDS
from tests.performance.thirdtown.kinds import TICKS_A_DAY, Bools, Floats, Ints, Rng, lognormal
from tests.performance.thirdtown.lists import sheet
from tests.performance.thirdtown.nuisance import NUISANCE
from tests.performance.thirdtown.numbering import Numbering
from tests.performance.thirdtown.people import HOME, OFFICE, SHIFT, TRADER, People
from tests.performance.thirdtown.trades import Trade

TRADES = ERRANDS + BUSINESS + NUISANCE
COLUMN = {
    field.name: np.array([getattr(trade, field.name) for trade in TRADES], dtype=np.float64)
    for field in fields(Trade)
    if field.type in ("float", "bool")
}
"""Each numeric property over the trades."""


@dataclass
class Plan:
    """One operation before it calls: its trade, holder (0 for none), numbers and seats."""

    trade: int
    holder: int
    lines: list[int]
    seats: int


@dataclass
class Floor:
    """All seats of all operations, as arrays."""

    plans: list[Plan]
    op: Ints
    trade: Ints
    line: Ints
    quota: Ints
    list_from: Ints
    list_to: Ints
    targets: Ints
    op_lines: Ints
    op_lines_from: Ints
    op_lines_many: Ints
    active: Bools

    def column(self, name: str) -> Floats:
        """A property of each seat's trade."""
        return np.asarray(COLUMN[name][self.trade], dtype=np.float64)


def hours_table() -> Bools:
    """Which ticks of a day each trade works."""
    table = np.zeros((len(TRADES), TICKS_A_DAY), dtype=bool)
    for row, trade in enumerate(TRADES):
        for part in trade.hours.split(","):
            start, end = (float(x) for x in part.split("-"))
            table[row, round(start * 6) : round(end * 6)] = True
    return table


def plan_lines(rng: Rng, numbers: Numbering, many: int) -> list[Plan]:
    """Every operation but those on people's own telephones, with its numbers."""
    plans, holder, owed = [], 1000, float(rng.random())
    for row, trade in enumerate(TRADES):
        owed = owed % 1.0 + trade.per_100k * many / 100_000
        for _ in range(int(owed)):
            seats = int(rng.integers(trade.seats[0], trade.seats[1] + 1))
            lines: list[int] = []
            if trade.look != "person":
                own = rng.random() < 0.4 and trade.look in ("fixed", "95", "400")
                trunk = numbers.new_trunk(1) if own else None
                count = int(rng.integers(trade.lines[0], trade.lines[1] + 1))
                lines = [numbers.draw(trade.look, trunk) for _ in range(count)]
            known = bool(lines) and rng.random() < trade.registered
            holder += int(known) * int(rng.integers(1, 9))
            plans.append(Plan(row, holder if known else 0, lines, seats))
    return plans


def staff(rng: Rng, plans: list[Plan], people: People) -> None:
    """Give the operations on people's own telephones their people."""
    able = np.flatnonzero(np.isin(people.job, (SHIFT, TRADER, HOME, OFFICE)))
    chosen = rng.permutation(able)
    place = 0
    for plan in plans:
        if not plan.lines:
            plan.lines = [int(people.slot[chosen[place]])]
            place += 1


def _activity(rng: Rng, trade: Trade, seats: int, days: Ints) -> Bools:
    """On which days the seats work: campaigns fill some days, the rest is the rota."""
    chance = np.where(days >= 5, trade.weekend, trade.workday)
    if trade.workday < 0.7:
        return np.repeat((rng.random(len(days)) < chance)[None, :], seats, axis=0)
    return np.asarray(rng.random((seats, len(days))) < chance, dtype=np.bool_)


def open_floor(rng: Rng, plans: list[Plan], people: People, numbers: Numbering, days: Ints) -> Floor:
    """Seats with their sheets of the lists."""
    op, quota, line, sizes, sheets, active = [], [], [], [], [], []
    for at, plan in enumerate(plans):
        trade = TRADES[plan.trade]
        zeal = float(lognormal(rng, 1.0, trade.spread * 0.8, 1)[0])
        each = np.maximum(2, lognormal(rng, trade.quota * zeal, trade.spread * 0.5, plan.seats)).astype(np.int64)
        each = np.minimum(each, 1500)
        need = int(each.sum() * len(days) * 1.3) + 20 * plan.seats
        whole_list = sheet(rng, trade.source, need, people, numbers, plan.lines[0])
        for seat, part in enumerate(np.array_split(whole_list, plan.seats)):
            op.append(at)
            line.append(plan.lines[seat % len(plan.lines)])
            quota.append(int(each[seat]))
            sizes.append(len(part))
            sheets.append(part)
        active.append(_activity(rng, trade, plan.seats, days))
    ends = np.cumsum(sizes)
    counts = np.array([len(p.lines) for p in plans])
    ops = np.array(op)
    return Floor(
        plans=plans,
        op=ops,
        trade=np.array([p.trade for p in plans])[ops],
        line=np.array(line),
        quota=np.array(quota),
        list_from=ends - np.array(sizes),
        list_to=ends,
        targets=np.concatenate(sheets),
        op_lines=np.concatenate([np.array(p.lines) for p in plans]),
        op_lines_from=np.cumsum(counts) - counts,
        op_lines_many=counts,
        active=np.concatenate(active),
    )
