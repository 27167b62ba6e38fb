"""A few findings as rules make them, a rule set with a shadow run, holders and days: for tests of pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.detection import actions
from mingbai.detection.actions import Found
from mingbai.detection.models import DayRun, HolderDay, RuleSet, ShadowHit, ShadowRun
from mingbai.detection.states import Found as By
from mingbai.detection.states import RunState, SetState
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import Decision

ROGUES = ("4008109889", "02138888001", "02138888002")
"""The first is a number of the firm that is given; the others nobody's, of one campaign."""
_TERMS = [
    ("prior", 1.0, -30.0, -30.0), ("reach", 3.2, 2.0, 6.4), ("unreturned", 4.0, 3.0, 12.0),
    ("short", 2.4, 2.0, 4.8), ("refused", 3.5, 6.0, 21.0), ("sought", -0.4, 3.0, -1.2),
]  # fmt: skip
_VALUES = {
    "mass": {"per_day": [118.0, 60.0], "callees": [236.0, 100.0], "unwelcome_percent": [81.3, 60.0],
             "returned_percent": [0.8, 4.0], "known_percent": [0.4, 5.0], "spread_percent": [92.2, 70.0]},
    "after_refusal": {"refusers": [11.0, 3.0], "refused_percent": [4.7, 3.0]},
    "high_frequency": {"per_hour": [74.0, 60.0]},
    "hopping": {"hopped": [6.0, 3.0], "hopped_percent": [2.5, 1.0]},
    "bombed": {"per_hour": [52.0, 40.0], "callers": [9.0, 5.0], "unwelcome_percent": [96.0, 60.0]},
    "score": {"score": [13.0, 10.0]},
    "spoofing_trunk": {"spoofed": [37.0, 20.0], "spoofed_percent": [8.1, 5.0]},
}  # fmt: skip


def judged(digits: str, rule: str, *, kind: str = "number", holder: int = 0, **more: Any) -> Found:
    """What a rule made of a number (or, with `subject`, of something else) yesterday."""
    day = clock.now().date() - timedelta(days=1)
    quarter = quarter_of(day)
    head, tail = pseudonym(digits, quarter) if digits else (more.pop("subject"), 0)
    noon = int(datetime(day.year, day.month, day.day, 4, tzinfo=UTC).timestamp() * 1e6)
    calls = more.pop("calls", 256)
    verdict = more.pop("verdict", "finding")
    score = more.pop("score", sum(term[3] for term in _TERMS))
    return Found(
        kind=kind, head=head, tail=tail, quarter=quarter, day=day, rule=rule, verdict=verdict, score=score,
        figures={"calls": calls, "callees": 236, "answered": 71, "short": 52, "returned": 2, "after_refusal": 13},
        terms=list(_TERMS) if kind in ("number", "holder") else [], reason=(rule, _VALUES[rule]),
        against=more.pop("against", []), cited=[cited(head, tail, quarter, noon, n) for n in range(6)], calls=calls,
        first_us=noon, last_us=noon + 7_200_000_000, holder=holder, principal=holder, **more,
    )  # fmt: skip


def pseudonym(digits: str, quarter: str) -> tuple[int, int]:
    made = Pseudonyms(settings.HOME)
    made.make(quarter)
    return made.of(parse(digits).digits, quarter)


def cited(head: int, tail: int, quarter: str, noon: int, n: int) -> dict[str, Any]:
    """The n-th call that a finding cites, as `detection.citing` keeps it."""
    callee = pseudonym(f"1390000{n:04d}", quarter)
    answered = n % 3 == 0
    return {
        "at_us": noon + n * 61_000_000, "caller": head, "caller_tail": tail, "callee": callee[0],
        "callee_tail": callee[1], "segment": "", "row": 0, "seen": 1, "source": "msc-2", "answered": answered,
        "ring_ms": 9_300 + n * 700, "talk_ms": 6_400 if answered else None,
        "decision": int(Decision.REFUSE if n == 5 else Decision.ALLOW),
        "code": 501 if n in (1, 2) else 0, "after_refusal": n in (1, 2),
    }  # fmt: skip


def world(firm: int, proposer: int) -> SimpleNamespace:
    """Findings of every kind and state, a campaign, a rule set that ran in shadow; ids by what they are."""
    made = SimpleNamespace()
    campaign = "C-20261121-1"
    listed = {
        "mass": judged(ROGUES[0], "mass", holder=firm),
        "suspicion": judged("13900008888", "high_frequency", verdict="suspicion", score=3.2, against=["called_back"]),
        "scored": judged("13900005555", "score"),
        "one": judged(ROGUES[1], "after_refusal", campaign=campaign, score=41.5),
        "other": judged(ROGUES[2], "after_refusal", campaign=campaign, score=38.0),
        "holder": judged("", "hopping", kind="holder", subject=firm, holder=firm),
        "bombed": judged("13812345678", "bombed", kind="callee", score=0.0),
        "trunk": judged("", "spoofing_trunk", kind="trunk", subject=1, trunk=1, score=0.0),
    }
    for name, one in listed.items():
        (ident,) = actions.record([one], by=By.DAY, rules=0).new
        setattr(made, name, ident)
    made.campaign = campaign
    made.rules, made.run = shadowed(proposer)
    day = clock.now().date() - timedelta(days=1)
    HolderDay.objects.create(
        day=day, holder=firm, numbers=3, calls=812, callees=640, after_refusal=57, refusers=31, hopped=6
    )
    DayRun.objects.create(
        day=day, state=RunState.DONE, begun=1, done_at=clock.now(), calls=1_204_332, findings=7, took_ms=2_380
    )
    return made


def shadowed(proposer: int) -> tuple[int, int]:
    """A rule set that ran in shadow over a week, with somebody newly hit and somebody no more; (its id, the run's)."""
    rules = actions.propose(
        {"mass": {"per_day": 90}, "shrink": 20}, note="夜班外呼误报偏多，提高人数门槛", account=proposer
    )
    last = clock.now().date() - timedelta(days=1)
    run = actions.ask_shadow(rules, first=last - timedelta(days=6), last=last, account=proposer)
    quality = {"hits": 41, "decided": 20, "right": 18, "guilty": 24}
    asked = ShadowRun.objects.get(id=run).figures
    ShadowRun.objects.filter(id=run).update(
        state=RunState.DONE, done_days=7, done_at=clock.now(), calls=8_410_223,
        figures={
            **asked, "changes": {"new": 1, "gone": 1, "same": 39}, "before": quality, "after": {**quality, "right": 19},
        },
    )  # fmt: skip
    RuleSet.objects.filter(id=rules).update(state=SetState.SHADOWED, shadowed_at=clock.now())
    for change, decided, digits in (("new", "", ROGUES[1]), ("gone", "cleared", "13900007777")):
        one = judged(digits, "mass", score=12.5)
        ShadowHit.objects.create(
            run_id=run, change=change, kind=one.kind, head=one.head, tail=one.tail, quarter=one.quarter, day=one.day,
            rule=one.rule, verdict=one.verdict, score=one.score, terms=[list(term) for term in one.terms],
            reason=list(one.reason),
            calls=one.calls, decided=decided,
        )  # fmt: skip
    return rules, run
