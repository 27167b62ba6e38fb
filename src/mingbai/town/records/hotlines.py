"""Lines that many call at once and gladly: tickets, school places, a vote on the radio. Bursts that harm nobody."""

from __future__ import annotations

import numpy as np

from mingbai.town.records.calls import Calls, Manner, outcomes
from mingbai.town.records.draws import positive, stream
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.people import People

_A_DAY_PER_MILLION = 6
_CALLERS = (60, 900)


def hotlines(people: People, knobs: Knobs, day: int, begins_s: float) -> Calls:
    """The day's bursts at lines of shops and offices; most find it busy, many try again."""
    rng = stream(knobs.seed, "hotlines", day)
    lines = rng.integers(0, len(people.lines), rng.poisson(_A_DAY_PER_MILLION * knobs.people / 1e6 + 0.5))
    sizes = np.minimum(positive(rng, _CALLERS, len(lines)), knobs.people / 10).astype(np.int64)
    line = np.repeat(lines, sizes)
    start = rng.uniform(8, 18, len(lines))
    person = rng.integers(0, len(people), len(line))
    tries = 1 + rng.geometric(0.45, len(line))
    person, line = np.repeat(person, tries), np.repeat(line, tries)
    length = rng.uniform(0.5, 2.5, len(lines))
    hour = np.repeat(np.repeat(start, sizes), tries) + np.repeat(np.repeat(length, sizes), tries) * rng.random(
        len(line)
    )
    size = len(line)
    manner = Manner(
        answer=np.full(size, -1.2), patience=np.full(size, 25.0), talk=np.full(size, 60.0), spread=np.full(size, 0.7),
        short=np.full(size, 0.05), message=np.zeros(size),
    )  # fmt: skip
    used = np.ones(size, np.bool_)
    at_s = begins_s + hour * 3600
    return outcomes(rng, manner, at_s, people.numbers[person], people.lines[line], used, people.trunk[person])
