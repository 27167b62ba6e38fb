"""The town as it stands at a moment: who is busy, who blocked or refused whom, what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tests.performance.thirdtown.firms import COLUMN, TRADES, Floor
from tests.performance.thirdtown.kinds import Bools, Floats, Ints, Rng
from tests.performance.thirdtown.numbering import Numbering
from tests.performance.thirdtown.people import People

Calls = NDArray[np.void]

SOCIAL, WORK, RETURN = range(3)

CALL = np.dtype(
    [
        ("t", "f8"),
        ("caller", "i8"),
        ("callee", "i8"),
        ("warm", "f8"),
        ("ring", "f8"),
        ("hang", "f8"),
        ("talk", "f8"),
        ("sigma", "f8"),
        ("kind", "i8"),
        ("tries", "i8"),
        ("answered", "?"),
        ("rang", "f8"),
        ("talked", "f8"),
        ("cause", "i8"),
        ("long", "?"),
    ]
)
KEPT = np.dtype(
    [
        ("t", "f8"),
        ("caller", "i4"),
        ("callee", "i4"),
        ("answered", "?"),
        ("rang", "f4"),
        ("talked", "f4"),
        ("cause", "i2"),
    ]
)


@dataclass
class Town:
    """Everything that changes while the days go by, and what does not."""

    rng: Rng
    numbers: Numbering
    people: People
    floor: Floor
    services: Ints
    person_of: Ints
    op_of: Ints
    op_trade: Ints
    service_of: Bools
    looks: Floats
    marks: Ints
    busy: Floats
    blocked: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    refusers: set[int] = field(default_factory=set)
    refusals: list[tuple[int, int, int, float]] = field(default_factory=list)
    waiting: Calls = field(default_factory=lambda: np.zeros(0, dtype=CALL))
    fresh: list[Calls] = field(default_factory=list)
    records: list[Calls] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Factor for keys of pairs of slots."""
        return len(self.looks)

    def trade_column(self, name: str, ops: Ints) -> Floats:
        """A property of the trades of operations."""
        return np.asarray(COLUMN[name][self.op_trade[ops]], dtype=np.float64)

    def later(self, calls: Calls) -> None:
        """Calls somebody means to make; nobody does so in the small hours, but some after breakfast."""
        calls = calls.copy()
        clock = calls["t"] % 86400
        night = (clock < 6.5 * 3600) & (self.rng.random(len(calls)) < 0.9)
        calls["t"] += np.where(night, 7.4 * 3600 - clock + self.rng.exponential(5000, len(calls)), 0.0)
        self.fresh.append(calls)

    def due(self, end: float) -> Calls:
        """Take out what is to be called before `end`."""
        self.waiting = np.concatenate([self.waiting, *self.fresh])
        self.fresh.clear()
        ready = self.waiting["t"] < end
        calls = self.waiting[ready]
        self.waiting = self.waiting[~ready]
        return calls

    def record(self, calls: Calls) -> None:
        """Keep calls for the books."""
        kept = np.zeros(len(calls), dtype=KEPT)
        for name in KEPT.names or ():
            kept[name] = calls[name]
        self.records.append(kept)


def inhabit(rng: Rng, numbers: Numbering, people: People, floor: Floor, services: Ints) -> Town:
    """The town before its first morning."""
    person_of = np.full(numbers.slots, -1)
    person_of[people.second] = np.arange(people.many)
    person_of[people.slot] = np.arange(people.many)
    op_of = np.full(numbers.slots, -1)
    op_of[floor.op_lines] = np.repeat(np.arange(len(floor.plans)), floor.op_lines_many)
    service_of = np.zeros(numbers.slots, dtype=bool)
    service_of[services] = True
    marks = np.zeros(numbers.slots, dtype=np.int64)
    for plan in floor.plans:
        trade = TRADES[plan.trade]
        for line in plan.lines:
            old = trade.nuisance and rng.random() > trade.fresh
            marks[line] = int(rng.gamma(1.0, 60 * trade.annoy)) if old else 0
    return Town(
        rng=rng,
        numbers=numbers,
        people=people,
        floor=floor,
        services=services,
        person_of=person_of,
        op_of=op_of,
        op_trade=np.array([p.trade for p in floor.plans]),
        service_of=service_of,
        looks=numbers.looks(),
        marks=marks,
        busy=np.zeros(numbers.slots),
    )
