"""The town's calls, driven through the gate: two days in a minute, then on and on as time goes.

`python -m mingbai.town.traffic`, started by `mingbai demo`. The days before go over HTTP, since SIP knows no other time
than now; what follows goes over SIP where a proxy answers. Each verdict is held against the truth; the score is what
the handset's page shows.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.town import store
from mingbai.town.exchange import Exchange, code_due, codes_of
from mingbai.town.line import Line
from mingbai.town.truth import DAY_US, Caller, Planned

HISTORY_DAYS, HISTORY_CALLS = 2, 4000
PER_SECOND = 2.0
_AT_ONCE = 100
_RETRY_S = 0.5


@dataclass
class Score:
    """How the verdicts compare with the truth; `last_s` is the town's time when it was written."""

    last_s: int = 0
    history_done: bool = False
    calls: int = 0
    as_due: int = 0
    rang: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)
    over_sip: int = 0

    def add(self, planned: Planned, verdict: dict[str, Any], codes: Mapping[str, int] | None = None) -> bool:
        """Count one; whether the verdict is the one that the truth asks for.

        SIP tells no rule: there it is the SIP code that has to be right, by `codes` of exchange.codes_of.
        """
        if verdict.get("over") == "sip":
            self.over_sip += 1
            rule = f"SIP {verdict['sip']['code']}"
            right = verdict["sip"]["code"] in {code_due(due, codes or {}) for due in planned.rules}
        else:
            rule = str(verdict.get("rule", verdict.get("code")))
            right = rule in planned.rules
        self.calls += 1
        self.as_due += right
        self.rang += verdict.get("decision") in ("allow", "label")
        self.kinds = dict(Counter(self.kinds) + Counter([planned.kind.value]))
        if not right:
            self.other = dict(Counter(self.other) + Counter([f"{planned.kind.value}: {rule}"]))
        return right

    def save(self, home: Home) -> None:
        path = store.score_path(home)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), "utf-8")
        draft.replace(path)

    @classmethod
    def load(cls, home: Home) -> Score:
        path = store.score_path(home)
        return cls(**json.loads(path.read_text("utf-8"))) if path.exists() else cls()


def attempt(planned: Planned) -> dict[str, object]:
    """The attempt as an exchange would send it."""
    at = datetime.fromtimestamp(planned.at / 1e6, UTC).isoformat(timespec="milliseconds")
    return {"caller": planned.caller, "callee": planned.callee, "trunk": planned.trunk, "at": at}


def drive(line: Line, calls: Iterator[Planned], score: Score) -> None:
    """Send calls as fast as the gate answers, in batches that keep their order."""
    while part := list(islice(calls, _AT_ONCE)):
        for planned, verdict in zip(part, line.calls(map(attempt, part)), strict=True):
            score.add(planned, verdict)


def history(line: Line, caller: Caller, score: Score) -> None:
    """The days before the demo was opened, by an accelerated clock."""
    now = clock.now_us()
    drive(line, caller.calls(now - HISTORY_DAYS * DAY_US, now, HISTORY_CALLS), score)
    score.history_done = True


def live(exchange: Exchange, caller: Caller, score: Score, home: Home) -> None:
    """Call by call as time goes, until the process is ended."""
    rng = random.Random(clock.now_ns())  # noqa: S311  # only the pace
    codes = codes_of(profile.load(home))
    while True:
        clock.pause(rng.expovariate(PER_SECOND))
        for planned in caller.at(clock.now_us()):
            verdict = exchange.call(planned.caller, planned.callee, planned.trunk)
            score.add(planned, verdict, codes)
        score.last_s = clock.now_s()
        score.save(home)


def wait_for(line: Line) -> None:
    """Until the gate answers: it starts beside us."""
    while True:
        try:
            line.calls([])
        except Problem:
            return
        except OSError:
            clock.pause(_RETRY_S)
        else:
            return


def main() -> None:
    store.set_clock()
    home = Home.from_environment()
    notes = store.load(home)
    line = Line(os.environ.get("MINGBAI_GATE", "127.0.0.1:8001"), notes.gate_key)
    score = Score.load(home)
    caller = Caller(store.town_of(notes.seed, notes.people), clock.now_s() if score.history_done else 0)
    wait_for(line)
    if not score.history_done:
        history(line, caller, score)
        score.last_s = clock.now_s()
        score.save(home)
    live(Exchange(line, os.environ.get("MINGBAI_SIP", "")), caller, score, home)


if __name__ == "__main__":
    main()
