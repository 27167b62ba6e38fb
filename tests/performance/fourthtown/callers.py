"""Callers by trade: how many of each style, which numbers they have, who holds them, and each one's own habits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .draws import PROFILES, Flags, Floats, Ints, Rng, expit, logit, places_within
from .people import People
from .plan import LINES
from .styles import HABITS, Style
from .unwanted import UNWANTED
from .wanted import WANTED

STYLES: tuple[Style, ...] = (*UNWANTED, *WANTED)
TURNS = ("own", "thin", "day")
_ONE_LINE = ("own", "rival", "virtual")
_SAME_HOLDER = 0.65  # share of the variance of habits that is the holder's, the rest is the number's


class Callers(NamedTuple):
    """One row a number, a holder's rows together. `first`, `size`: the holder's rows; `listed`: option of the style."""

    number: Ints
    style: Ints
    holder: Ints
    first: Ints
    size: Ints
    turn: Ints
    line: Ints
    profile: Ints
    shift: Floats
    steady: Flags
    single: Flags
    brief: Flags
    anchor: Ints
    listed: Ints
    habits: dict[str, Floats]

    @property
    def nuisance(self) -> Flags:
        """Whether each is a nuisance."""
        return np.array([style.nuisance for style in STYLES])[self.style]


def hire(rng: Rng, people: People, first_id: int) -> tuple[Callers, Flags]:
    """The callers of a town, and whose numbers are their owners' own; other numbers get ids from `first_id` on."""
    style, size = _holders(rng, len(people.own))
    holder = np.repeat(np.arange(len(size)), size)
    of = style[holder]
    line = _lines(rng, of, holder)
    number, private = _numbers(rng, people, of, line, first_id)
    starts = np.cumsum(size) - size
    sure = np.array([sum(weight for weight, _, _ in one.listed) > 0.99 for one in STYLES])[of]
    listed = np.where(sure | (rng.random(len(of)) < 0.92), _listings(rng, style)[holder], -1)
    profile = _profiles(rng, style)[holder]
    steady = (rng.random(len(size)) < _column(style, "steady"))[holder]
    callers = Callers(
        number=number,
        style=of,
        holder=holder,
        first=starts[holder],
        size=size[holder],
        turn=np.array([TURNS.index(one.turn) for one in STYLES])[of],
        line=line,
        profile=profile,
        shift=rng.normal(0, 0.5, len(size))[holder] + rng.normal(0, 0.35, len(of)),
        steady=steady,
        single=np.isin(line, [LINES.index(name) for name in _ONE_LINE]) & ~steady,
        brief=rng.random(len(of)) < _column(of, "brief"),
        anchor=rng.integers(0, len(people.own), len(size))[holder] + rng.integers(0, 40, len(of)),
        listed=listed,
        habits=_habits(rng, of, holder),
    )
    return callers, private


def _column(style: Ints, name: str) -> Floats:
    return np.array([float(getattr(one, name)) for one in STYLES])[style]


def _holders(rng: Rng, people: int) -> tuple[Ints, Ints]:
    """Style and count of numbers of each holder."""
    styles, sizes = [], []
    for place, style in enumerate(STYLES):
        wanted = int(style.per * people / 100_000 + rng.random())
        least, most = style.pool
        while wanted > 0:
            size = min(int(rng.integers(least, most + 1)), wanted) if least > 1 else _small(rng, least, most, wanted)
            styles.append(place)
            sizes.append(size)
            wanted -= size
    return np.array(styles, np.int64), np.array(sizes, np.int64)


def _small(rng: Rng, least: int, most: int, wanted: int) -> int:
    """Most holders have one number, some have several."""
    return min(least if rng.random() < 0.55 else int(rng.integers(least, most + 1)), wanted)


def _lines(rng: Rng, of: Ints, holder: Ints) -> Ints:
    """Kinds of lines; three in four numbers of a holder are of one kind."""
    line = np.zeros(len(of), np.int64)
    for place, style in enumerate(STYLES):
        rows = np.flatnonzero(of == place)
        weights = np.array(list(style.lines.values()))
        kinds = np.array([LINES.index(name) for name in style.lines])
        line[rows] = rng.choice(kinds, len(rows), p=weights / weights.sum())
    main = line[np.searchsorted(holder, holder)]
    return np.where(rng.random(len(of)) < 0.75, main, line)


def _numbers(rng: Rng, people: People, of: Ints, line: Ints, first_id: int) -> tuple[Ints, Flags]:
    """Ids: a person's for private numbers, as far as there are people to have them, new ones for the rest."""
    number = np.full(len(of), -1, np.int64)
    wants = rng.random(len(of)) < _column(of, "private")
    private = np.zeros(len(people.own), np.bool_)
    for name, own in (("own", True), ("rival", False)):
        rows = np.flatnonzero(wants & (line == LINES.index(name)))
        able = rng.permutation(np.flatnonzero((people.own == own) & ~people.quiet))[: len(rows)]
        number[rows[: len(able)]] = able
        private[able] = True
    rest = np.flatnonzero(number < 0)
    number[rest] = first_id + np.arange(len(rest))
    return number, private


def _listings(rng: Rng, style: Ints) -> Ints:
    found = np.full(len(style), -1, np.int64)
    draw = rng.random(len(style))
    for place, one in enumerate(STYLES):
        rows = np.flatnonzero(style == place)
        edges = np.cumsum([weight for weight, _, _ in one.listed])
        option = np.searchsorted(edges, draw[rows] - 1e-12, side="right") if len(edges) else np.zeros(len(rows))
        found[rows] = np.where(option < len(edges), option, -1)
    return found


def _profiles(rng: Rng, style: Ints) -> Ints:
    choices = [[PROFILES.index(name) for name in one.hours] for one in STYLES]
    draw = rng.integers(0, 1 << 30, len(style))
    return np.array([choices[one][pick % len(choices[one])] for one, pick in zip(style, draw, strict=True)], np.int64)


def _habits(rng: Rng, of: Ints, holder: Ints) -> dict[str, Floats]:
    """Each habit of each number: what is the holder's about the style's centre, and what is its own about that."""
    found = {}
    holders = int(holder[-1]) + 1 if len(holder) else 0
    for name, habit in HABITS.items():
        centre = _column(of, name)
        own = rng.standard_normal(len(of)) * np.sqrt(1 - _SAME_HOLDER)
        odd = habit.spread * (rng.standard_normal(holders)[holder] * np.sqrt(_SAME_HOLDER) + own)
        if habit.kind == "plain":
            found[name] = centre + odd
        elif habit.kind == "positive":
            found[name] = centre * np.exp(odd)
        else:
            inner = expit(logit(np.clip(centre, 1e-6, 1 - 1e-6)) + odd)
            found[name] = np.where((centre <= 0) | (centre >= 1), centre, inner)
    found["past"] = rng.poisson(found["past"]).astype(np.float64)
    return found


def members(callers: Callers, rows: Ints) -> Ints:
    """For callers' rows all rows of their holders, holder by holder."""
    heads = np.unique(callers.first[rows])
    sizes = callers.size[heads]
    return np.repeat(heads, sizes) + places_within(sizes)
