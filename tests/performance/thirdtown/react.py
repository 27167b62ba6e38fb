"""What people make of calls afterwards: call back, try again, mark, block, say never again."""

from __future__ import annotations

import numpy as np
from tests.performance.thirdtown.answer import LABEL_FROM
from tests.performance.thirdtown.kinds import Bools, Ints, lognormal
from tests.performance.thirdtown.state import CALL, RETURN, SOCIAL, Calls, Town


def _call_back(town: Town, missed: Calls, median: float) -> None:
    """The called ring back a number they missed."""
    many = len(missed)
    calls = np.zeros(many, dtype=CALL)
    calls["t"] = missed["t"] + missed["rang"] + lognormal(town.rng, median, 1.3, many)
    calls["caller"], calls["callee"] = missed["callee"], missed["caller"]
    calls["warm"] = np.where(missed["kind"] == SOCIAL, np.maximum(missed["warm"], 0.6), 0.45)
    calls["ring"] = lognormal(town.rng, 30.0, 0.4, many)
    calls["hang"], calls["talk"], calls["sigma"] = 0.08, np.minimum(missed["talk"], 60.0), 1.0
    calls["kind"], calls["tries"] = RETURN, 1
    town.later(calls)


def of_friends(town: Town, calls: Calls) -> None:
    """After calls between people: again in a while, back, and the next errand."""
    rng, many = town.rng, len(calls)
    rang = ~calls["answered"] & (calls["rang"] > 0)
    person = np.maximum(town.person_of[calls["callee"]], 0)
    known = (calls["kind"] == SOCIAL) & (town.person_of[calls["callee"]] >= 0)
    back = rang & known & (rng.random(many) < 0.25 + 0.4 * calls["warm"] * town.people.curious[person] * 1.8)
    _call_back(town, calls[back], 700.0)
    tired = np.power(0.45, calls["tries"] + 1.0)
    again = calls[~calls["answered"] & ~back & (calls["cause"] != 1) & (rng.random(many) < tired)]
    again["t"] += again["rang"] + lognormal(rng, 300.0, 1.5, len(again))
    again["tries"] += 1
    town.later(again)
    follow = calls[calls["answered"] & (rng.random(many) < 0.06)]
    follow["t"] += follow["rang"] + follow["talked"] + lognormal(rng, 400.0, 1.4, len(follow))
    turn = rng.random(len(follow)) < 0.5
    follow["caller"], follow["callee"] = (
        np.where(turn, follow["callee"], follow["caller"]),
        np.where(turn, follow["caller"], follow["callee"]),
    )
    town.later(follow[town.person_of[follow["caller"]] >= 0])


def of_called(town: Town, calls: Calls, op: Ints) -> Bools:
    """After calls from an operation; true where the called said not to call again."""
    rng, many = town.rng, len(calls)
    person = town.person_of[calls["callee"]]
    human, known = person >= 0, np.maximum(person, 0)
    temper = town.people.temper[known]
    warned = town.marks[calls["caller"]] > LABEL_FROM
    seen = human & (calls["answered"] | (calls["rang"] > 0))
    curious = town.people.curious[known] * town.trade_column("back", op) * np.where(warned, 0.4, 1.0) * 0.6
    missed = seen & ~calls["answered"] & (calls["cause"] != 21) & (rng.random(many) < curious)
    _call_back(town, calls[missed], 1100.0)
    anger = town.trade_column("annoy", op) * temper * np.where(calls["answered"], 1.0, 0.4)
    marked = seen & town.people.labels[known] & (rng.random(many) < anger * 0.6)
    np.add.at(town.marks, calls["caller"][marked], 1)
    for call in calls[seen & (rng.random(many) < anger * 0.5)]:
        town.blocked.add(int(call["callee"]) * town.width + int(call["caller"]))
    upset = town.trade_column("refuse", op) * (0.4 + 0.6 * temper)
    return np.asarray(calls["answered"] & human & (calls["talked"] > 2.0) & (rng.random(many) < upset), dtype=np.bool_)
