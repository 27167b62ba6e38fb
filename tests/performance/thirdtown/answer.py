"""What becomes of calls: is the telephone at hand, do the called want to answer, how long do they listen."""

from __future__ import annotations

import numpy as np
from tests.performance.thirdtown.kinds import DAY, Bools, Floats, Ints, lognormal, weekday
from tests.performance.thirdtown.people import AT_HAND
from tests.performance.thirdtown.state import RETURN, Calls, Town

_CONGESTION = np.array([34, 41, 42, 38])
_BLOCKED = np.array([17] * 12 + [21] * 8)
_OFF = np.array([20] * 12 + [18] * 4 + [27] * 2 + [31] * 2)
_NOBODY = np.array([1] * 17 + [28] + [31] * 2)
LABEL_FROM = 12
"""Marks after which the telephones' apps show a warning."""


def _at_hand(town: Town, calls: Calls, person: Ints) -> Floats:
    day = (calls["t"] // DAY).astype(np.int64)
    hour = (calls["t"] % DAY // 3600).astype(np.int64)
    return np.asarray(
        AT_HAND[((day + weekday(0)) % 7 >= 5).astype(np.int64), town.people.job[person], hour], dtype=np.float64
    )


def _willing(town: Town, calls: Calls, person: Ints) -> Floats:
    """How likely the called, telephone at hand, take a call from who is shown to them."""
    caller = calls["caller"]
    warned = (town.marks[caller] > LABEL_FROM) & town.people.labels[person]
    look = town.looks[caller] * np.where(warned, 0.25, 1.0)
    stranger = np.minimum(0.95, town.people.trust[person] * look * 1.35)
    warm = calls["warm"]
    return np.asarray(warm + (1 - warm) * stranger, dtype=np.float64)


def _of_lines(town: Town, calls: Calls) -> Floats:
    """How likely a firm's line is answered."""
    op = town.op_of[calls["callee"]]
    chance = np.where(op >= 0, town.trade_column("pickup", np.maximum(op, 0)), 0.0)
    clock = calls["t"] % DAY
    served = np.where((clock > 7.5 * 3600) & (clock < 21 * 3600), 0.88, 0.4)
    chance = np.where((op < 0) & town.service_of[calls["callee"]], served, chance)
    return np.where(calls["warm"] > 0.93, 0.9, chance)


def _blocked(town: Town, calls: Calls) -> Bools:
    keys = calls["callee"] * town.width + calls["caller"]
    return np.fromiter((int(k) in town.blocked for k in keys), dtype=np.bool_, count=len(keys))


def _unanswered(town: Town, calls: Calls, shown: Bools, person: Ints) -> None:
    """Ringing and causes of calls nobody took; `shown` where somebody saw the call and did not want it."""
    rng, many = town.rng, len(calls)
    gave_up = (calls["ring"] < 11) | (rng.random(many) < 0.42)
    calls["rang"] = np.minimum(calls["ring"], 62.0)
    calls["cause"] = np.where(gave_up & (calls["ring"] < 60), 16, 19)
    wish = 0.16 + 0.3 * np.minimum(1.5, town.people.temper[np.maximum(person, 0)]) * (1 - calls["warm"])
    delay = lognormal(rng, 6.0, 0.6, many)
    refuse = shown & (rng.random(many) < wish) & (delay < calls["ring"])
    calls["rang"] = np.where(refuse, delay, calls["rang"])
    calls["cause"] = np.where(refuse, np.where(rng.random(many) < 0.7, 21, 17), calls["cause"])


def _no_way(town: Town, calls: Calls, person: Ints) -> Bools:
    """Calls that never ring: nobody has the number, it is off, busy, or the caller is blocked."""
    rng, many, callee = town.rng, len(calls), calls["callee"]
    nobody = (person < 0) & (town.op_of[callee] < 0) & ~town.service_of[callee]
    busy = (town.busy[callee] > calls["t"]) & (person >= 0) & (rng.random(many) < 0.72)
    off = (person >= 0) & (rng.random(many) < 0.035)
    blocked = _blocked(town, calls)
    dice = rng.integers(0, 20, many)
    congested = rng.random(many) < 0.003
    cause = np.where(congested, _CONGESTION[dice % 4], 0)
    cause = np.where(blocked, _BLOCKED[dice], cause)
    cause = np.where(busy, 17, cause)
    cause = np.where(off, _OFF[dice], cause)
    cause = np.where(nobody, _NOBODY[dice], cause)
    calls["cause"] = np.where(cause > 0, cause, calls["cause"])
    calls["rang"] = np.where(cause > 0, 0.0, calls["rang"])
    return np.asarray(cause > 0, dtype=np.bool_)


def _talk(town: Town, calls: Calls, own_staff: Bools) -> None:
    """How long answered calls last, and which of them went past the first words."""
    rng, many = town.rng, len(calls)
    op = np.maximum(town.op_of[calls["callee"]], 0)
    ours = town.trade_column("back_talk", op) * np.exp(0.6 * rng.standard_normal(many))
    stays = calls["talk"] * np.exp(calls["sigma"] * rng.standard_normal(many))
    short = lognormal(rng, 5.5, 0.65, many)
    stay = rng.random(many) >= calls["hang"]
    talked = np.where(stay, stays, np.minimum(short, np.maximum(stays, 1.0)))
    talked = np.where(own_staff & (calls["warm"] < 0.93), ours, talked)
    calls["talked"] = np.clip(talked, 0.6, 7200.0)
    calls["long"] = stay


def resolve(town: Town, calls: Calls) -> None:
    """Fill in the outcome of calls and who is busy after them."""
    rng, many = town.rng, len(calls)
    person = town.person_of[calls["callee"]]
    human, known = person >= 0, np.maximum(person, 0)
    at_hand = rng.random(many) < _at_hand(town, calls, known)
    staff = (town.op_of[calls["callee"]] >= 0) & ((calls["kind"] == RETURN) | ~human)
    willing = rng.random(many) < np.where(staff | ~human, _of_lines(town, calls), _willing(town, calls, known))
    delay = np.where(human, lognormal(rng, 7.5, 0.55, many), rng.uniform(1.5, 9.0, many))
    takes = (at_hand | ~human) & willing & (delay < calls["ring"])
    _unanswered(town, calls, at_hand & ~willing & human, person)
    never = _no_way(town, calls, person)
    calls["answered"] = takes & ~never
    _talk(town, calls, staff | (town.service_of[calls["callee"]] & False))
    answered = calls["answered"]
    calls["rang"] = np.where(answered, delay, calls["rang"])
    calls["talked"] = np.where(answered, calls["talked"], 0.0)
    calls["cause"] = np.where(answered, np.where(rng.random(many) < 0.992, 16, 31), calls["cause"])
    end = calls["t"] + calls["rang"] + calls["talked"]
    np.maximum.at(town.busy, calls["callee"][answered & human], end[answered & human])
    np.maximum.at(town.busy, calls["caller"], end)
    town.record(calls)
