"""The town's calls, each with the truth about it: what it is, whether it ought to ring, and under which rule.

The truth follows from how a call is made up, never from asking the gate: that is what makes it a check. It holds for
the wishes the town was made with; what somebody says later on the handset changes it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from mingbai.town import firms
from mingbai.town.firms import Line
from mingbai.town.plan import Person, Town

MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
_LOCAL_US = 8 * 60 * MINUTE_US  # 北京时间, all year
_DAY_BEGINS, _DAY_ENDS = 9 * 60 + 30, 20 * 60 + 30
_NIGHT_BEGINS, _NIGHT_ENDS = 21 * 60, 9 * 60  # the profile's hours for marketing are 9:00 to 21:00
_BURST = 9


class Kind(StrEnum):
    """What a call really is."""

    FAMILY = "family"  # family and friends
    COURIER = "courier"  # a rider at the door, from his own mobile
    SHOP = "shop"
    SERVICE = "service"  # hospital, bank, courier firm, city hotline: notices and surveys
    EMERGENCY = "emergency"  # somebody calls 110, 119, 120
    AGREED = "agreed"  # marketing to somebody who agreed, by day
    UNASKED = "unasked"  # marketing to somebody who said nothing
    AFTER_REFUSAL = "after_refusal"
    NIGHT = "night"  # marketing with consent, outside the hours
    BLOCKED = "blocked"  # agreed once, but blocks this caller
    OPTED_OUT = "opted_out"  # agreed once, but wants nothing of this industry
    FREQUENT = "frequent"  # one number dials faster than it may
    WRONG_TRUNK = "wrong_trunk"  # a registered number, sent from somebody else's line
    SUSPENDED = "suspended"
    PUT_OUT = "put_out"  # the call centre that was reported, verified and put out calls on
    ACCUSED = "accused"  # a pharmacy that was suspended wrongly, until somebody upholds its appeal
    SPOOFED = "spoofed"  # a scammer shows 110 or a carrier's hotline
    UNALLOCATED = "unallocated"  # a scammer shows a number that nobody has
    ONE_RING = "one_ring"  # a scammer shows a real foreign number: no rule sees it yet


PASSES = ("passed", "labelled")
# What each kind ought to come to; FREQUENT depends on the place in the burst.
RULES: dict[Kind, tuple[str, ...]] = {
    **dict.fromkeys((Kind.FAMILY, Kind.COURIER, Kind.SHOP, Kind.SERVICE, Kind.AGREED, Kind.ONE_RING), PASSES),
    Kind.EMERGENCY: ("emergency.called",),
    Kind.UNASKED: ("consent.missing",),
    Kind.AFTER_REFUSAL: ("callee.refused",),
    Kind.NIGHT: ("hours.outside",),
    Kind.BLOCKED: ("callee.blocked",),
    Kind.OPTED_OUT: ("category.refused",),
    Kind.WRONG_TRUNK: ("trunk.foreign",),
    Kind.SUSPENDED: ("number.suspended",),
    Kind.PUT_OUT: ("holder.restricted",),
    Kind.ACCUSED: ("number.restricted", *PASSES),
    Kind.SPOOFED: ("caller.spoofed",),
    Kind.UNALLOCATED: ("caller.unallocated",),
}
MARKETING = frozenset({Kind.AGREED, Kind.UNASKED, Kind.AFTER_REFUSAL, Kind.NIGHT, Kind.BLOCKED, Kind.OPTED_OUT})


class Planned(NamedTuple):
    """One call and its truth. `at` in µs since the epoch; `callee` is a person's id, None for an emergency number."""

    at: int
    caller: str
    callee: str
    trunk: str
    kind: Kind
    rules: tuple[str, ...]
    person: int | None

    @property
    def rings(self) -> bool:
        return self.rules[0] in (*PASSES, "emergency.called")


# How often each kind comes by day, by night, and in the half hours between, when nothing hangs on a minute.
_BY_DAY: tuple[tuple[Kind, int], ...] = (
    *((Kind.FAMILY, 34), (Kind.COURIER, 5), (Kind.SHOP, 5), (Kind.SERVICE, 8), (Kind.EMERGENCY, 1), (Kind.AGREED, 14)),
    *((Kind.UNASKED, 18), (Kind.AFTER_REFUSAL, 5), (Kind.BLOCKED, 2), (Kind.OPTED_OUT, 1), (Kind.FREQUENT, 1)),
    *(
        (Kind.WRONG_TRUNK, 2),
        (Kind.SUSPENDED, 1),
        (Kind.PUT_OUT, 2),
        (Kind.ACCUSED, 1),
        (Kind.SPOOFED, 2),
        (Kind.UNALLOCATED, 2),
        (Kind.ONE_RING, 2),
    ),
)
_BY_NIGHT: tuple[tuple[Kind, int], ...] = (
    *((Kind.FAMILY, 60), (Kind.EMERGENCY, 4), (Kind.UNASKED, 10), (Kind.NIGHT, 14), (Kind.AFTER_REFUSAL, 4)),
    *((Kind.SPOOFED, 3), (Kind.UNALLOCATED, 3), (Kind.ONE_RING, 3)),
)
_BETWEEN = tuple((kind, weight) for kind, weight in _BY_NIGHT if kind is not Kind.NIGHT)


def minute_of_day(at: int) -> int:
    """Local minute (0 to 1439) of a moment in µs."""
    return (at + _LOCAL_US) // MINUTE_US % 1440


def _weights(minute: int) -> tuple[tuple[Kind, int], ...]:
    if _DAY_BEGINS <= minute < _DAY_ENDS:
        return _BY_DAY
    return _BY_NIGHT if minute >= _NIGHT_BEGINS or minute < _NIGHT_ENDS else _BETWEEN


class Caller:
    """Makes up calls, one after another, from a seed."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self._rng = random.Random(f"{town.seed}/{seed}")  # noqa: S311  # the same again, not secret
        self._lines = {
            key: [
                line for line in town.lines if line.principal == key and line.use == "marketing" and not line.suspended
            ]
            for key in firms.MARKETERS
        }
        self._crowds = _crowds(town)
        tried = (firms.ROGUE, firms.WAITS)
        self._calm = [line for line in town.lines if line.use != "marketing" and line.number not in tried]
        self._welcomes = _welcomes(town, {line.principal for line in self._calm})
        self._last_burst = 0

    def calls(self, begin: int, end: int, count: int) -> Iterator[Planned]:
        """About `count` calls between two moments (µs), in order of time."""
        for at in sorted(self._rng.randrange(begin, end) for _ in range(count)):
            yield from self.at(at)

    def at(self, at: int) -> list[Planned]:
        """One call of a kind that fits the hour; a burst is several."""
        weights = _weights(minute_of_day(at))
        kind = self._rng.choices([kind for kind, _ in weights], [weight for _, weight in weights])[0]
        return self.of(kind, at)

    def of(self, kind: Kind, at: int) -> list[Planned]:
        """A call of that kind. Marketing by day only makes sense by day: `at` is taken as it is."""
        if kind is Kind.FREQUENT:
            return self._burst(at)
        maker: Callable[[], tuple[str, str, Person | str]] = getattr(self, f"_{kind.value}")
        caller, trunk, callee = maker()
        return [_planned(at, caller, trunk, callee, kind, RULES[kind])]

    def _anyone(self) -> Person:
        return self._rng.choice(self.town.people)

    def _family(self) -> tuple[str, str, Person]:
        caller = self._anyone()
        return caller.number, "mobile", self.town.people[self._rng.choice(caller.knows)]

    def _courier(self) -> tuple[str, str, Person]:
        rider = self._rng.choice([person for person in self.town.people if person.courier])
        return rider.number, "mobile", self._other(rider)

    def _other(self, than: Person) -> Person:
        while (callee := self._anyone()) == than:
            pass
        return callee

    def _from(self, line: Line, person: int) -> tuple[str, str, Person]:
        return line.number, line.trunk, self.town.people[person]

    def _shop(self) -> tuple[str, str, Person]:
        line = self._rng.choice([line for line in self._calm if line.principal.startswith("shop")])
        return self._from(line, self._anyone().id)

    def _service(self) -> tuple[str, str, Person]:
        line = self._rng.choice([line for line in self._calm if not line.principal.startswith("shop")])
        return self._from(line, self._rng.choice(self._welcomes[line.principal]))

    def _emergency(self) -> tuple[str, str, str]:
        return self._anyone().number, "mobile", self._rng.choice(("110", "119", "120"))

    def _agreed(self) -> tuple[str, str, Person]:
        firm = self._rng.choice(("insurance", "education", "property", "bank"))
        line = self._rng.choice([line for line in self._lines[firm] if line.holder == firms.CAREFUL])
        return self._from(line, self._rng.choice(self._crowds[firm, "agreed"]))

    def _night(self) -> tuple[str, str, Person]:
        firm = self._rng.choice(("insurance", "education", "property", "loans"))
        line = self._rng.choice([line for line in self._lines[firm] if line.holder == firms.CARELESS])
        return self._from(line, self._rng.choice(self._crowds[firm, "agreed"]))

    def _unasked(self) -> tuple[str, str, Person]:
        firm = self._rng.choice(("insurance", "education", "property", "loans", "loans"))
        line = self._rng.choice([line for line in self._lines[firm] if line.holder == firms.CARELESS])
        return self._from(line, self._rng.choice(self._crowds[firm, "silent"]))

    def _after_refusal(self) -> tuple[str, str, Person]:
        firm = self._rng.choice(("insurance", "education", "property", "loans"))
        return self._from(self._rng.choice(self._lines[firm]), self._rng.choice(self._crowds[firm, "refused"]))

    def _blocked(self) -> tuple[str, str, Person]:
        block = self._rng.choice([block for block in self.town.blocks if block.kind != "category"])
        number = "95200021" if self._agrees_with("education", block.person) else "95200011"
        if block.kind == "number":
            number = block.value
        elif block.kind == "firm":
            number = {"insurance": "95200011", "education": "95200021"}[block.value]
        return number, "centre-a", self.town.people[block.person]

    def _agrees_with(self, firm: str, person: int) -> bool:
        return any(w.person == person and w.principal == firm and w.said == "given" for w in self.town.wishes)

    def _opted_out(self) -> tuple[str, str, Person]:
        block = self._rng.choice([block for block in self.town.blocks if block.kind == "category"])
        number = {"insurance": "95200011", "education": "95200021"}[block.value]
        return number, "centre-a", self.town.people[block.person]

    def _wrong_trunk(self) -> tuple[str, str, Person]:
        return self._rng.choice(("95500001", "01080000120", "95300001")), "centre-b", self._anyone()

    def _suspended(self) -> tuple[str, str, Person]:
        return firms.SUSPENDED, "centre-b", self._anyone()

    def _put_out(self) -> tuple[str, str, Person]:
        return firms.ROGUE, "centre-b", self._anyone()

    def _accused(self) -> tuple[str, str, Person]:
        return firms.WAITS, "town-fixed", self._anyone()

    def _spoofed(self) -> tuple[str, str, Person]:
        return self._rng.choice(("110", "10086", "12315")), "gateway", self._anyone()

    def _unallocated(self) -> tuple[str, str, Person]:
        return f"142{self._rng.randrange(10**8):08d}", "gateway", self._anyone()

    def _one_ring(self) -> tuple[str, str, Person]:
        return f"+22365000{self._rng.randrange(1000):03d}", "gateway", self._anyone()

    def _burst(self, at: int) -> list[Planned]:
        """More calls in one minute than the number may make: the first ring, the rest do not.

        Bursts keep ten minutes apart, so that no window counts two of them.
        """
        line = next(line for line in self.town.lines if line.number == firms.FREQUENT)
        begin = at // MINUTE_US * MINUTE_US
        if begin - self._last_burst < 10 * MINUTE_US:
            return self.of(Kind.AGREED, at)
        self._last_burst = begin
        crowd = self._rng.sample(self._crowds["securities", "agreed"], _BURST)
        rules = [PASSES if place < (line.per_minute or 0) else ("limit.number",) for place in range(_BURST)]
        return [
            _planned(begin + place * 1_000_000, line.number, line.trunk, self.town.people[person], Kind.FREQUENT, rule)
            for place, (person, rule) in enumerate(zip(crowd, rules, strict=True))
        ]


def _planned(at: int, caller: str, trunk: str, callee: Person | str, kind: Kind, rules: tuple[str, ...]) -> Planned:
    if isinstance(callee, str):
        return Planned(at, caller, callee, trunk, kind, rules, None)
    return Planned(at, caller, callee.number, trunk, kind, rules, callee.id)


def _welcomes(town: Town, callers: set[str]) -> dict[str, list[int]]:
    """For each caller without marketing: who did not refuse it. A refusal covers every purpose, notices too."""
    everybody = range(len(town.people))
    refusers = {key: set(town.of(key, frozenset({"refused"}))) for key in callers}
    return {key: [person for person in everybody if person not in refusers[key]] for key in callers}


def _crowds(town: Town) -> dict[tuple[str, str], list[int]]:
    """For each marketing firm: who agreed, who refused, who said nothing. People with personal blocks are left out."""
    blockers = {block.person for block in town.blocks}
    crowds: dict[tuple[str, str], list[int]] = {}
    for firm in firms.MARKETERS:
        spoke = set(town.of(firm, frozenset({"given", "imported", "refused", "withdrawn"})))
        silent = [person.id for person in town.people if person.id not in spoke | blockers]
        agreed = [p for p in town.of(firm, frozenset({"given", "imported"})) if p not in blockers]
        refused = [p for p in town.of(firm, frozenset({"refused"})) if p not in blockers]
        crowds |= {(firm, "agreed"): agreed, (firm, "refused"): refused, (firm, "silent"): silent}
    return crowds
