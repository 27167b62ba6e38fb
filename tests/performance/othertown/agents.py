"""From the styles' broad ranges to single agents: their lines, their habits, what is registered of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.performance.othertown.draws import Bools, Floats, Idx, Ints, log_uniform, stochastic
from tests.performance.othertown.honest import HONEST
from tests.performance.othertown.nuisance import NUISANCE
from tests.performance.othertown.numbering import KINDS, MOBILE, Book, Numbers
from tests.performance.othertown.people import People
from tests.performance.othertown.spec import Spec

FIRST_HOLDER = 7001
OWN_SHARE = 0.6
ONE_LINE_LIMIT = 350  # calls a day beyond which a line must be a trunk of many channels


@dataclass
class Agent:
    """One caller or firm at work."""

    spec: Spec
    row: int  # of the habits table
    lines: Ints  # rows of the number table
    daily: float
    holder: int  # 0: nothing registered
    hopping: bool


@dataclass
class Habits:
    """How a call made by each person or agent goes: one row a person, then one an agent."""

    patience: Floats
    talk: Floats  # log seconds
    shape: Floats
    early: Floats
    script: Floats  # length of a recording, else 0
    trust: Floats
    retry: Floats
    back: Floats
    refuse: Floats
    honour: Floats


@dataclass
class Lines:
    """What is known of each row of the number table, beside its digits."""

    inbound: Floats  # chance that a call to it is answered
    dud: Floats  # chance that a call to it finds no such number
    many: Bools  # several calls at once
    forged: Bools
    following: Idx  # which line a second attempt is made from
    agent: Idx  # -1 for those who are only people


@dataclass
class Registered:
    """A line of numbers.csv."""

    number: int
    holder: int
    sort: str
    use: str
    days: int  # held for so many days before the first


@dataclass
class Town:
    """Everything drawn before the first call."""

    people: People
    agents: list[Agent]
    numbers: Numbers
    habits: Habits
    lines: Lines
    registered: list[Registered]
    dead: Ints
    leaked: Ints  # people whose numbers are sold


class _Hall:
    """Collects lines as agents are drawn."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        """Begin with nobody."""
        self.book, self.rng, self.n = Book(rng), rng, n
        self.digits: list[int] = []
        self.kind: list[int] = []
        self.own: list[bool] = []
        self.spare = rng.permutation(n).tolist()

    def add(self, sort: str, count: int, own: bool) -> list[int]:
        """New lines; returns their rows."""
        begin = self.n + len(self.digits)
        self.digits += self.book.run(sort, count)
        self.kind += [KINDS[sort]] * count
        self.own += [own] * count
        return list(range(begin, begin + count))


def _even(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """One draw, even on the plain scale."""
    return float(rng.uniform(*span))


def _lines(hall: _Hall, spec: Spec, daily: float) -> Ints:
    """The lines an agent calls from: a person's own, or new ones, in a block or mixed."""
    rng = hall.rng
    if rng.random() < spec.person and hall.spare:
        return np.array([hall.spare.pop()], np.int64)
    count = max(1, round(log_uniform(rng, spec.lines)))
    kinds, weights = list(spec.kinds), np.array(list(spec.kinds.values()))
    if daily / count > ONE_LINE_LIMIT and not spec.rotate and len(kinds) > 1:
        weights = np.where([k in ("mobile", "virtual") for k in kinds], weights * 0.1, weights)
    mixed = spec.rotate == "forged" or (spec.rotate == "hop" and rng.random() < 0.4)
    if not mixed:
        sort = str(rng.choice(kinds, p=weights / weights.sum()))
        return np.array(hall.add(sort, count, sort != "abroad" and rng.random() < spec.own), np.int64)
    drawn = [str(rng.choice(kinds, p=weights / weights.sum())) for _ in range(count)]
    return np.array([hall.add(s, 1, s != "abroad" and rng.random() < spec.own)[0] for s in drawn], np.int64)


def _register(rng: np.random.Generator, agent: Agent, out: list[Registered]) -> None:
    """Most of a firm's lines stand in the register; a careless or sly firm leaves some out."""
    spec = agent.spec
    sort, use = str(rng.choice(spec.sorts)), str(rng.choice(spec.uses))
    age = log_uniform(rng, spec.since)
    gaps = _even(rng, (0, 0.3)) if len(agent.lines) > 2 else 0.0
    for place, number in enumerate(agent.lines.tolist()):
        if place and rng.random() < gaps:
            continue
        if spec.rotate == "hop" or (spec.rotate == "moved" and place >= len(agent.lines) // 2):
            age = log_uniform(rng, (1, 60)) if spec.rotate == "moved" else log_uniform(rng, spec.since)
        said = use if rng.random() < 0.85 else str(rng.choice(spec.uses))
        out.append(Registered(number, agent.holder, sort, said, int(age)))


def _habit(rng: np.random.Generator, spec: Spec) -> list[float]:
    """One row of the habits table, in the order of its fields."""
    talk = log_uniform(rng, spec.talk)
    robot = rng.random() < spec.robot
    return [
        log_uniform(rng, spec.patience),
        float(np.log(talk)),
        _even(rng, spec.shape),
        _even(rng, spec.early),
        talk if robot else 0.0,
        _even(rng, spec.trust),
        _even(rng, spec.retry),
        _even(rng, spec.back),
        _even(rng, spec.refuse),
        _even(rng, spec.honour),
    ]


def _agents(rng: np.random.Generator, hall: _Hall) -> tuple[list[Agent], list[list[float]], list[Registered]]:
    """All agents in the numbers their styles call for, their rows of habits, and the register."""
    agents: list[Agent] = []
    rows: list[list[float]] = []
    registered: list[Registered] = []
    holder = FIRST_HOLDER
    for spec in [*HONEST, *NUISANCE]:
        count = max(1, stochastic(rng, spec.per * hall.n / 100_000))
        for place in range(count):
            daily = log_uniform(rng, spec.daily)
            agent = Agent(spec, hall.n + len(agents), _lines(hall, spec, daily), daily, 0, spec.rotate == "hop")
            agents.append(agent)
            rows.append(_habit(rng, spec))
            listed = place < spec.registered * count if agent.hopping else rng.random() < spec.registered
            if listed and (agent.lines[0] >= hall.n or (not spec.nuisance and rng.random() < 0.3)):
                agent.holder, holder = holder, holder + int(rng.integers(1, 4))
                _register(rng, agent, registered)
    _shuffle_holders(rng, agents, registered)
    return agents, rows, registered


def _shuffle_holders(rng: np.random.Generator, agents: list[Agent], registered: list[Registered]) -> None:
    """The ids must not tell in which order the styles were drawn."""
    old = [agent.holder for agent in agents if agent.holder]
    new = dict(zip(old, rng.permutation(old).tolist(), strict=True))
    for agent in agents:
        agent.holder = new.get(agent.holder, 0)
    for entry in registered:
        entry.holder = new[entry.holder]
    registered.sort(key=lambda entry: entry.holder)


def _table(people: People, rows: list[list[float]]) -> Habits:
    """Habits of people, then of agents."""
    n = people.size
    same = {"shape": 0.62, "early": 0.06, "script": 0.0, "trust": 1.0, "retry": 0.3, "back": 0.18}
    drawn = np.array(rows, np.float64)
    person = [people.patience, people.chat] + [np.full(n, v) for v in same.values()] + [np.zeros(n), np.zeros(n)]
    return Habits(*(np.r_[p, drawn[:, i]] for i, p in enumerate(person)))


def _sockets(rng: np.random.Generator, people: People, numbers: Numbers, agents: list[Agent]) -> Lines:
    """How each number behaves when it is called, and whose it is."""
    n, total = people.size, len(numbers.digits)
    lines = Lines(
        np.r_[people.pick, np.zeros(total - n)],
        np.r_[np.zeros(n), np.ones(total - n)],
        np.zeros(total, np.bool_),
        np.zeros(total, np.bool_),
        np.arange(total, dtype=np.int32),
        np.full(total, -1, np.int32),
    )
    for place, agent in enumerate(agents):
        spec, mine = agent.spec, agent.lines
        lines.agent[mine] = place
        lines.forged[mine] = spec.rotate == "forged"
        heavy = agent.daily / len(mine) > (90 if numbers.kind[mine[0]] != MOBILE else ONE_LINE_LIMIT)
        lines.many[mine] = heavy or spec.rotate == "forged"
        if agent.hopping:
            lines.following[mine] = np.roll(mine, -1)
        firm = mine[mine >= n]
        lines.inbound[firm] = _even(rng, spec.inbound)
        retired = _even(rng, (0.0, 0.5)) if agent.hopping else 0.01
        lines.dud[firm] = 0.85 if spec.rotate == "forged" else retired
    return lines


def _uncommon(rng: np.random.Generator, book: Book, numbers: Numbers, n: int) -> None:
    """Some people telephone from home lines, virtual operators, other cities or abroad."""
    lot = rng.random(n)
    for sort, low, high in (
        ("fixed", 0, 0.025),
        ("virtual", 0.025, 0.05),
        ("away", 0.05, 0.055),
        ("abroad", 0.055, 0.057),
    ):
        for place in np.flatnonzero((lot >= low) & (lot < high)).tolist():
            numbers.digits[place] = book.one(sort)
            numbers.kind[place] = KINDS[sort]
            numbers.own[place] &= sort not in ("away", "abroad")


def make_town(rng: np.random.Generator, people: People) -> Town:
    """Draw agents and lines, then lay the number table out: people, lines, numbers nobody holds."""
    n = people.size
    hall = _Hall(rng, n)
    mobiles = hall.book.bulk(n + max(n // 25, 200))
    agents, rows, registered = _agents(rng, hall)
    gone = len(mobiles) - n
    numbers = Numbers(
        np.r_[mobiles[:n], np.array(hall.digits, np.int64), mobiles[n:]],
        np.r_[np.full(n, MOBILE), np.array(hall.kind), np.full(gone, MOBILE)].astype(np.uint8),
        np.r_[rng.random(n) < OWN_SHARE, np.array(hall.own, np.bool_), rng.random(gone) < OWN_SHARE],
    )
    _uncommon(rng, hall.book, numbers, n)
    dead = np.arange(n + len(hall.digits), len(numbers.digits))
    leaked = rng.permutation(n)[: max(n // 4, 50)]
    return Town(
        people, agents, numbers, _table(people, rows), _sockets(rng, people, numbers, agents), registered, dead, leaked
    )
