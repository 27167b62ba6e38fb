"""Who said no to whom, before the first day and during it; who had said yes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mingbai.town.records.callers import Attempts, Callers, Day, refuser
from mingbai.town.records.draws import Bools, Floats, Ints, Rng, mixed, stream
from mingbai.town.records.knobs import Knobs
from mingbai.town.records.people import DAY_S, People

_BLOCKED = 8  # people who blocked a number that nobody is registered for, at most
_PURSUED = 0.3
_KEY = 1 << 32


class Refusals(NamedTuple):
    """`callee`: inhabitant. `principal`: whom they refused, or 0; `caller`: the one number they refused, or 0."""

    callee: Ints
    principal: Ints
    caller: Ints
    at_s: Floats


class Consents(NamedTuple):
    """`callee`: inhabitant, who had agreed to be called for `principal`."""

    callee: Ints
    principal: Ints
    at_s: Floats


class Wishes:
    """All that was refused so far, and the callers' memory of it; of whom they called, who had agreed."""

    def __init__(self, knobs: Knobs, people: People, begins_s: float) -> None:
        self._knobs, self._people, self._begins_s = knobs, people, begins_s
        self._said: list[Refusals] = []
        self._pursued: dict[str, Attempts] = {}
        self._kept: Ints = np.zeros(0, np.int64)
        self._agreed: Ints = np.zeros(0, np.int64)

    def before(self, callers: Callers) -> None:
        """What was said before the first day."""
        style = callers.style
        if style.refused[1] <= 0 and style.refusal <= 0:
            return
        rng = stream(self._knobs.seed, "refused", style.name)
        most = callers.habits["refusers"].astype(np.int64)
        known = callers.registered
        most = np.where(known, most, rng.integers(0, _BLOCKED + 1, len(callers)))
        who = np.repeat(np.arange(len(callers)), most)
        place = np.arange(len(who)) - np.repeat(np.cumsum(most) - most, most)
        callee = refuser(callers.principal[who], place, len(self._people))
        _, one = np.unique(np.where(known[who], callers.principal[who], -who) * _KEY + callee, return_index=True)
        at_s = self._begins_s - rng.exponential(90 * DAY_S, len(one)) - DAY_S
        self._add(callers, who[one], callee[one], at_s)

    def after(self, callers: Callers, day: Day, rng: Rng) -> None:
        """Some of those who answered say no; callers that do not respect it will try them again."""
        chance = callers.style.refusal * self._knobs.refusing
        reached = day.attempts.callee >= 0
        said = np.flatnonzero(day.first.answered & reached & (rng.random(len(day.first)) < chance))
        who, callee = day.attempts.who[said], day.attempts.callee[said]
        tells = callers.registered[who] | (rng.random(len(who)) < 0.2)
        at_s = day.first.at_s[said] + day.first.talk_ms[said] / 1000 + 1
        self._add(callers, who[tells], callee[tells], at_s[tells])
        if not callers.style.respects:
            self._pursued[callers.style.name] = Attempts(who, at_s, callee)

    def pursued(self, callers: Callers, begins_s: float, rng: Rng) -> Attempts:
        """The day after a refusal: tried again, from the same number or, by those who hop, from another one."""
        said = self._pursued.get(callers.style.name, _nothing())
        rows = np.flatnonzero(rng.random(len(said.who)) < _PURSUED)
        who, callee = said.who[rows], said.callee[rows]
        if not callers.style.sticky:
            who = _colleague(rng, callers, who)
        return Attempts(who, begins_s + rng.uniform(9, 19.5, len(rows)) * 3600, callee)

    def respected(self, callers: Callers, attempts: Attempts) -> Attempts:
        """Without attempts at people who refused the principal, but for the few that slip through."""
        if not callers.style.respects or not callers.style.refusal:
            return attempts
        slips = mixed_share(attempts) < 0.004
        return attempts.where(slips | ~np.isin(callers.principal[attempts.who] * _KEY + attempts.callee, self._kept))

    def note_agreed(self, callers: Callers, attempts: Attempts) -> None:
        """Who of those called had agreed, before the first day: of a principal always the same."""
        if callers.style.agreed[1] <= 0:
            return
        share = callers.agreed[attempts.who]
        key = callers.principal[attempts.who] * _KEY + attempts.callee
        said = callers.registered[attempts.who] & (attempts.callee >= 0) & (_drawn(key, 1) < share)
        self._agreed = np.union1d(self._agreed, key[said])

    def consents(self) -> Consents:
        """Each once, by principal."""
        at_s = self._begins_s - DAY_S * (1 + 400 * _drawn(self._agreed, 2))
        return Consents(self._agreed % _KEY, self._agreed // _KEY, at_s)

    def all(self) -> Refusals:
        """In order of time."""
        columns = [np.concatenate(column) for column in zip(*self._said, strict=True)] if self._said else []
        if not columns:
            return Refusals(*(np.zeros(0, np.int64),) * 3, np.zeros(0))
        order = np.argsort(columns[3], kind="stable")
        return Refusals(*(column[order] for column in columns))

    def _add(self, callers: Callers, who: Ints, callee: Ints, at_s: Floats) -> None:
        known: Bools = callers.registered[who]
        principal = np.where(known, callers.principal[who], 0)
        self._said.append(Refusals(callee, principal, np.where(known, 0, callers.numbers[who]), at_s))
        if callers.style.respects:
            self._kept = np.concatenate([self._kept, callers.principal[who] * _KEY + callee])


def _drawn(key: Ints, salt: int) -> Floats:
    """A number from 0 to 1 that hangs on the key alone."""
    return np.asarray(mixed(key, np.full(len(key), salt), 1_000_003) / 1_000_003)


def mixed_share(attempts: Attempts) -> Floats:
    """A number from 0 to 1 for each attempt that hangs on its time alone."""
    return np.asarray(np.modf(attempts.at_s * 997.0)[0])


def _colleague(rng: Rng, callers: Callers, who: Ints) -> Ints:
    """Some number of the same holder; callers of a holder stand beside each other."""
    low = np.searchsorted(callers.holder, callers.holder[who])
    high = np.searchsorted(callers.holder, callers.holder[who], side="right")
    return np.asarray(low + ((high - low) * rng.random(len(who))).astype(np.int64), np.int64)


def _nothing() -> Attempts:
    return Attempts(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
