"""How each attempt ends: rung, answered or not, talked for how long, and the cause the switch writes."""

from __future__ import annotations

import numpy as np
from tests.performance.othertown.agents import Town
from tests.performance.othertown.draws import (
    CONTACT,
    EXPECTED,
    HOUR,
    STRANGER,
    Bools,
    Calls,
    Floats,
    join,
    log_logistic,
)

_CHUNK = 1_500_000
_BY_KIND = np.array([1.0, 0.92, 0.62, 0.85, 0.4])  # mobile, fixed, 400, 95, abroad: how willingly a stranger is heard
NORMAL, BUSY, NO_ANSWER, GONE, REJECTED, ABSENT = 16, 17, 19, 1, 21, 20


def settle(rng: np.random.Generator, calls: Calls, town: Town) -> Calls:
    """Fill in the outcomes."""
    if not len(calls):
        return calls
    steps = range(0, len(calls), _CHUNK)
    return join([_settle(rng, calls.take(np.arange(i, min(i + _CHUNK, len(calls)))), town) for i in steps])


def _willing(calls: Calls, town: Town) -> Floats:
    """The chance that the one called would answer if it rang long enough."""
    n = town.people.size
    p = town.lines.inbound[calls.callee]
    person = calls.callee < n
    who = np.where(person, calls.callee, 0)
    trust = town.habits.trust[calls.profile]
    cold = town.people.wary[who] * trust * _BY_KIND[town.numbers.kind[calls.caller]]
    warm = trust.clip(0.35, 1.1) * 0.97
    factor = np.select([calls.known == STRANGER, calls.known == EXPECTED], [cold, warm], 1.0)
    hour = calls.start // HOUR % 24
    night = np.where((hour < 7) | (hour >= 23), np.where(calls.known == CONTACT, 0.75, 0.45), 1.0)
    return np.where(person, (p * factor * night).clip(0.01, 0.97), p)


def _talk(rng: np.random.Generator, calls: Calls, town: Town) -> Floats:
    """Talk in seconds if it comes to that."""
    habits, people, m = town.habits, town.people, len(calls)
    listener = people.chat[np.where(calls.callee < people.size, calls.callee, 0)]
    own = calls.profile < people.size
    mu = habits.talk[calls.profile] + 0.3 * (listener - np.log(46)) + rng.normal(0, 0.25, m)
    mu = mu - 0.35 * (own & (calls.known != CONTACT))
    shape = habits.shape[calls.profile]
    script = habits.script[calls.profile]
    talk = log_logistic(rng, mu, shape)
    heard = np.minimum(talk * 1.3, script * (1 + 0.02 * rng.normal(0, 1, m)) + 0.4)
    talk = np.where(script > 0, heard, talk)
    early = rng.random(m) < habits.early[calls.profile]
    talk = np.where(early, np.minimum(talk, np.exp(rng.normal(np.log(5.5), 0.65, m))), talk)
    return talk.clip(0.4, 9000)


def _settle(rng: np.random.Generator, calls: Calls, town: Town) -> Calls:
    """The outcomes of one handful."""
    m = len(calls)
    wait = np.exp(rng.normal(np.log(7.5), 0.6, m))
    firm = (calls.callee >= town.people.size) & (rng.random(m) < 0.7)
    wait = np.where(firm, rng.uniform(0.6, 6, m), wait)  # a switchboard picks up at once
    patience = town.habits.patience[calls.profile] * np.exp(rng.normal(0, 0.22, m))
    limit = rng.choice([45.0, 55.0, 60.0], m)
    stay = np.minimum(patience, limit)
    gone = rng.random(m) < town.lines.dud[calls.callee]
    lot = rng.random(m)
    absent, engaged = ~gone & (lot < 0.045), ~gone & (lot >= 0.045) & (lot < 0.088)
    jammed = ~gone & (lot >= 0.088) & (lot < 0.092)
    rings = ~(gone | absent | engaged | jammed)
    answered = rings & (rng.random(m) < _willing(calls, town)) & (wait < stay)
    refusal = np.exp(rng.normal(np.log(6), 0.55, m))
    tends = np.where(calls.known == CONTACT, 0.10, 0.30)
    rejected = rings & ~answered & (rng.random(m) < tends) & (refusal < stay)
    ring = np.select([answered, rejected, rings], [wait, refusal, stay], 0.0)
    talk = np.where(answered, _talk(rng, calls, town), 0.0)
    calls.cause = _cause(rng, gone, absent, engaged, jammed, answered, rejected, patience > limit)
    _assistant(rng, calls, town, rings & ~answered, answered, ring, talk)
    calls.answered = answered
    calls.ring = (ring * 1000 + rng.uniform(0, 40, m) * rings).astype(np.int32)
    calls.talk = (talk * 1000).astype(np.int32)
    return calls


def _cause(
    rng: np.random.Generator,
    gone: Bools,
    absent: Bools,
    engaged: Bools,
    jammed: Bools,
    answered: Bools,
    rejected: Bools,
    timeout: Bools,
) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Q.850 causes, with the switches' disagreements: a press of the red button is 21 or 17, giving up 16 or 19."""
    m = len(gone)
    lot = rng.random(m)
    hung = np.where(timeout | (lot < 0.22), NO_ANSWER, NORMAL)
    fine = np.select([lot < 0.003, lot < 0.008, lot < 0.013], [41, 102, 31], NORMAL)
    red = np.where(lot < 0.55, REJECTED, BUSY)
    off = np.select([lot < 0.65, lot < 0.85], [ABSENT, 18], 27)
    full = np.select([lot < 0.4, lot < 0.8], [34, 38], 42)
    none = np.where(lot < 0.93, GONE, 28)
    out = np.select([gone, absent, engaged, jammed, answered, rejected], [none, off, BUSY, full, fine, red], hung)
    return out.astype(np.uint8)


def _assistant(
    rng: np.random.Generator, calls: Calls, town: Town, open_: Bools, answered: Bools, ring: Floats, talk: Floats
) -> None:
    """Some people let a robot take strangers' calls they do not."""
    who = np.where(calls.callee < town.people.size, calls.callee, 0)
    able = open_ & (calls.callee < town.people.size) & (calls.known == STRANGER)
    taken = np.flatnonzero(able & (rng.random(len(calls)) < town.people.assistant[who]))
    answered[taken] = True
    ring[taken] = np.minimum(ring[taken], rng.uniform(4, 16, len(taken)))
    talk[taken] = np.exp(rng.normal(np.log(9), 0.5, len(taken))).clip(1, 60)
    calls.cause[taken] = NORMAL
