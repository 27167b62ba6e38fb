"""The whole town: its people, its callers of every style, their days, and the truth about each caller and holder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone

import numpy as np

from mingbai.town.records import special, styles
from mingbai.town.records.callers import TRUNKS, Attempts, Callers, Day, gather, play
from mingbai.town.records.calls import Calls, together
from mingbai.town.records.draws import Bools, Ints, Rng, stream
from mingbai.town.records.hotlines import hotlines
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.numbering import Numbering
from mingbai.town.records.people import DAY_S, People, ordinary_day, settle
from mingbai.town.records.wishes import Wishes

ZONE = timezone(timedelta(hours=8))  # 北京时间, all year
_ORGANISATIONS_FROM = 1000
_BOMBED = 25  # attempts a day at one person that make bombing of it


@dataclass
class Town:
    """What stands before the first day, and what has been said and done since."""

    knobs: Knobs
    numbering: Numbering
    people: People
    callers: tuple[Callers, ...]
    wishes: Wishes
    bombed: list[Ints]

    @property
    def begins_s(self) -> float:
        return datetime.combine(self.knobs.begin, time(), ZONE).astimezone(UTC).timestamp()

    def days(self) -> Iterator[Calls]:
        """The calls of each day in order of time. Only in order, and once: what is said on a day counts on the next."""
        for day in range(self.knobs.days):
            begins_s = self.begins_s + day * DAY_S
            parts = [ordinary_day(self.people, self.numbering, self.knobs, day, begins_s)]
            parts.append(hotlines(self.people, self.knobs, day, begins_s))
            parts += [self._of(callers, day, begins_s) for callers in self.callers]
            yield _recorded(self.knobs, day, together(parts))

    def _of(self, callers: Callers, day: int, begins_s: float) -> Calls:
        rng = stream(self.knobs.seed, callers.style.name, "day", day)
        attempts = special.plan_of(callers.style)(rng, callers, self.people, day, begins_s)
        attempts = self.wishes.respected(callers, attempts)
        pursued = self.wishes.pursued(callers, begins_s, rng)
        attempts = Attempts(*(np.concatenate(pair) for pair in zip(attempts, pursued, strict=True)))
        done = play(rng, callers, attempts, self.people, self.numbering, begins_s)
        self.wishes.after(callers, done, rng)
        self.wishes.note_agreed(callers, attempts)
        if callers.style.name in special.BOMBING:
            self._note_bombed(done)
        return done.calls

    def _note_bombed(self, done: Day) -> None:
        victims, often = np.unique(done.attempts.callee[done.attempts.callee >= 0], return_counts=True)
        self.bombed.append(self.people.numbers[victims[often >= _BOMBED]])


def build(knobs: Knobs, say: Callable[[str], None] = lambda text: None) -> Town:
    """A town before its first day."""
    numbering = Numbering(stream(knobs.seed, "numbers"), knobs.people, _cards(knobs))
    say(f"{knobs.people:,} people")
    people = settle(knobs, numbering, (TRUNKS.mobile, TRUNKS.fixed, TRUNKS.carriers))
    town = Town(knobs, numbering, people, (), Wishes(knobs, people, 0), [])
    town.wishes = Wishes(knobs, people, town.begins_s)
    gathered, holders = [], _ORGANISATIONS_FROM
    for style in (*styles.ALL, *special.STYLES):
        callers = gather(style, knobs, people, numbering, holders)
        holders = int(callers.holder.max()) + 1
        town.wishes.before(callers)
        gathered.append(callers)
    town.callers = tuple(gathered)
    say(f"{sum(map(len, gathered)):,} callers of {len(gathered)} styles")
    return town


def _cards(knobs: Knobs) -> int:
    """At most so many numbers do callers need beside those of inhabitants."""
    a_million = sum(style.per_million for style in (*styles.ALL, *special.STYLES))
    return int(knobs.people * a_million / 1e6 * knobs.density) + len(styles.ALL)


def _recorded(knobs: Knobs, day: int, calls: Calls) -> Calls:
    """In order of time, without calls of a number to itself, and as a switch records them: some ring times are lost."""
    rng: Rng = stream(knobs.seed, "recorded", day)
    kept: Bools = calls.caller != calls.callee
    calls = calls[kept]
    calls = calls[np.argsort(calls.at_s, kind="stable")]
    calls.ring_ms[rng.random(len(calls)) < knobs.lost_rings] = -1
    return calls
