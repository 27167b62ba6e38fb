"""A day of the made town through the real gate: each verdict is the one that the truth demands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mingbai.gate import feed
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.town import build, plan, traffic
from mingbai.town.exchange import Exchange
from mingbai.town.line import Line
from mingbai.town.truth import DAY_US, MARKETING, Caller, Kind, Planned

pytestmark = pytest.mark.django_db(transaction=True)
SEED, PEOPLE, CALLS = 11, 400, 2500
_LOCAL_US = 8 * 3600 * 1_000_000


@pytest.fixture
def line(house: Home, open_gate: Callable[..., Any]) -> Line:
    """An exchange's line into the town's gate, all facts in force."""
    notes = build.populate(plan.make(SEED, PEOPLE), house)
    while order.integrate():
        pass
    feed.catch_up(house)
    made: Line = open_gate("mingbai.town.gate:application").line(notes.gate_key)
    return made


def _yesterday() -> list[Planned]:
    midnight = (clock.now_us() + _LOCAL_US) // DAY_US * DAY_US - _LOCAL_US - DAY_US
    return list(Caller(plan.make(SEED, PEOPLE), 1).calls(midnight, midnight + DAY_US, CALLS))


def test_every_verdict_is_what_the_truth_demands(line: Line) -> None:
    calls = _yesterday()
    assert {call.kind for call in calls} == set(Kind)
    score, verdicts = traffic.Score(), []
    for start in range(0, len(calls), 500):
        part = calls[start : start + 500]
        verdicts += line.calls([traffic.attempt(call) for call in part])
    for call, verdict in zip(calls, verdicts, strict=True):
        score.add(call, verdict)
    line.close()
    assert score.other == {}
    assert score.as_due == score.calls == len(calls)

    rang = {
        kind: [v["decision"] != "refuse" for c, v in zip(calls, verdicts, strict=True) if c.kind is kind]
        for kind in Kind
    }
    assert all(rang[Kind.AGREED])
    assert not any(any(rang[kind]) for kind in MARKETING - {Kind.AGREED})
    for kind in (Kind.FAMILY, Kind.COURIER, Kind.SHOP, Kind.SERVICE, Kind.EMERGENCY):
        assert all(rang[kind]), kind
    cited = [v.get("consent") for c, v in zip(calls, verdicts, strict=True) if c.kind is Kind.AGREED]
    assert all(cited)


def test_history_and_live_traffic_keep_the_score(line: Line, house: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the demo's driver does: the days before by an accelerated clock, then call by call."""

    class Enough(Exception):
        pass

    pauses = iter(range(25))

    def pause(seconds: float) -> None:
        if next(pauses, None) is None:
            raise Enough

    score = traffic.Score()
    caller = Caller(plan.make(SEED, PEOPLE), 2)
    monkeypatch.setattr(traffic, "HISTORY_CALLS", 600)
    traffic.history(line, caller, score)
    assert score.history_done
    before = score.calls
    monkeypatch.setattr(clock, "pause", pause)
    with pytest.raises(Enough):
        traffic.live(Exchange(line, ""), caller, score, house)
    line.close()
    assert score.calls >= before + 25
    assert score.other == {}
    assert traffic.Score.load(house) == score
