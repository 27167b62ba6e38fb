"""`python -m tests.performance.othertown OUT --people 200000 --days 7 --seed 1`: make the second town's records."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from tests.performance.othertown.agents import Town, make_town
from tests.performance.othertown.draws import DAY, Calls, join, single_file
from tests.performance.othertown.echoes import Refusals, refusals, retries, returned
from tests.performance.othertown.numbering import make_trunks, stray, trunk_of
from tests.performance.othertown.outcome import settle
from tests.performance.othertown.output import midnight, write_calls, write_rest
from tests.performance.othertown.people import chatter, errands, make_people, make_ties
from tests.performance.othertown.summary import summary
from tests.performance.othertown.work import agents_calls


def week(rng: np.random.Generator, town: Town, days: int) -> tuple[Calls, Refusals]:
    """All calls our switches see, in order, and the refusals."""
    end = days * DAY
    lines = np.array([i for a in town.agents if a.spec.look or not a.spec.nuisance for i in a.lines.tolist()], np.int64)
    parts = [
        chatter(rng, town.people, make_ties(rng, town.people), days),
        errands(rng, town.people, rng.permutation(lines), town.dead, days),
        agents_calls(rng, town, days),
    ]
    calls = settle(rng, single_file(join(parts), town.lines.many, end), town)
    again = settle(rng, retries(rng, calls, town, end), town)
    third = settle(rng, retries(rng, again, town, end), town)
    calls = join([calls, again, third])
    calls = join([calls, settle(rng, returned(rng, calls, town, end), town)])
    calls = single_file(calls, town.lines.many, end)
    said, made = refusals(rng, calls, town)
    seen = town.numbers.own[calls.caller] | town.numbers.own[calls.callee]
    calls = calls.take(made & seen)
    inside = (said.at < end) & (town.numbers.own[said.caller] | town.numbers.own[said.callee])
    said = Refusals(said.callee[inside], said.caller[inside], said.at[inside], said.named[inside])
    return calls.take(np.argsort(calls.start, kind="stable")), said


def main() -> None:
    """Make, write, and say what was made."""
    parser = argparse.ArgumentParser(prog="othertown", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=midnight, default=midnight("2026-03-02"), help="first day, a Monday")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    town = make_town(rng, make_people(rng, asked.people))
    calls, said = week(rng, town, asked.days)
    trunks = make_trunks(rng)
    trunk = stray(rng, trunk_of(rng, town.numbers)[calls.caller], town.lines.forged[calls.caller])
    asked.out.mkdir(parents=True, exist_ok=True)
    write_calls(asked.out / "calls.csv", calls, trunk, town, trunks, asked.first)
    write_rest(asked.out, calls, said, town, trunks, asked.first)
    print(summary(calls, said, town, asked.days))


if __name__ == "__main__":
    main()
