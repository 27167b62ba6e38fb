"""A rule set judges past days beside the rules in force: whom it would hit, whom no more, and how right either is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from mingbai.calls import queries as calls
from mingbai.cases import queries as cases
from mingbai.detection import events, looking, rules
from mingbai.detection import settings as rule_settings
from mingbai.detection.actions.recording import Found
from mingbai.detection.daily.days import CLAIM, looked, same_counts
from mingbai.detection.looking import Looked
from mingbai.detection.models import RuleSet, ShadowHit, ShadowRun
from mingbai.detection.states import Change, Kind, RunState, SetState, Verdict
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Detection
from mingbai.ledger import actions as ledger

_AROUND = timedelta(days=60)
"""A case tells of these days when it was opened so near to them."""
_LEVEL = {Verdict.SUSPICION: 1, Verdict.FINDING: 2}
_Key = tuple[str, int, int, str]
GUILTY, CLEARED = "guilty", "cleared"


def shadow_due(home: Home) -> int:
    """Do one shadow run that somebody asked for; 1 when there was one. Killed anywhere, it is begun anew."""
    run = _claimed()
    if run is None:
        return 0
    try:
        _Shadow(home, run).go()
    except Problem as problem:
        _failed(run, problem.code)
    except Exception as fault:
        _failed(run, type(fault).__name__)
        raise
    return 1


def _claimed() -> ShadowRun | None:
    now = clock.now()
    free = Q(state=RunState.WAITING) | Q(state=RunState.RUNNING, claimed_until__lt=now)
    for run in ShadowRun.objects.filter(free).order_by("id"):
        rows = ShadowRun.objects.filter(free, id=run.id)
        if rows.update(state=RunState.RUNNING, claimed_until=now + CLAIM, done_days=0):
            run.hits.all().delete()
            return run
    return None


def _failed(run: ShadowRun, why: str) -> None:
    rows = ShadowRun.objects.filter(id=run.id, state=RunState.RUNNING)
    rows.update(state=RunState.FAILED, done_at=clock.now(), problem=why[:200])


@dataclass
class _Tally:
    """Subjects, by (head, quarter), that one of the two rule sets finds; `calls` seen in all."""

    before: set[tuple[int, str]] = field(default_factory=set)
    after: set[tuple[int, str]] = field(default_factory=set)
    present: set[tuple[int, str]] = field(default_factory=set)
    changes: Counter[str] = field(default_factory=Counter)
    calls: int = 0


class _Shadow:
    """One run."""

    def __init__(self, home: Home, run: ShadowRun) -> None:
        self._home, self._run = home, run
        against = RuleSet.objects.filter(id=run.against).values_list("settings", flat=True).first()
        self._before = rule_settings.over(against or {})
        self._after = rule_settings.over(run.rules.settings)
        self._zone = profile.load(home).gate.timezone
        self._decided = self._decided_heads()
        self._tally = _Tally()

    def go(self) -> None:
        run = self._run
        for back in range((run.last_day - run.first_day).days + 1):
            day = run.first_day + timedelta(days=back)
            hits = self._day(day)
            with transaction.atomic():
                ShadowHit.objects.bulk_create(hits, batch_size=500)
                rows = ShadowRun.objects.filter(id=run.id, state=RunState.RUNNING)
                if not rows.update(done_days=back + 1, claimed_until=clock.now() + CLAIM, calls=self._tally.calls):
                    return  # it was dropped meanwhile
        self._end()

    def _day(self, day: date) -> list[ShadowHit]:
        with self._looked(day) as (one, other):
            before = self._found(one, self._before, day)
            after = self._found(other, self._after, day)
            numbers = one.features[Kind.NUMBER]
        self._tally.calls += int(np.asarray(numbers["calls"], np.int64).sum())
        quarter = calls.quarter(day)
        self._tally.present |= {(head, quarter) for (head,) in looking.values(numbers, "subject")}
        for found, seen in ((before, self._tally.before), (after, self._tally.after)):
            seen |= {(one.head, one.quarter) for one in found.values() if _is_hit(one)}
        return list(self._changes(before, after, day))

    @contextmanager
    def _looked(self, day: date) -> Iterator[tuple[Looked, Looked]]:
        """The features for either rule set: once, when both count alike."""
        with looked(self._home, day, self._before) as one:
            if same_counts(self._before, self._after):
                yield one, one
                return
            with looked(self._home, day, self._after) as other:
                yield one, other

    def _found(self, seen: Looked, settings: Detection, day: date) -> dict[_Key, Found]:
        """Judgements about those whose last call was on that day: of the others an earlier day tells."""
        judged = rules.judge_all(seen.features, settings)
        found = looking.found(seen._replace(calls=None), judged, settings, self._zone)
        return {(one.kind, one.head, one.tail, one.rule): one for one in found if one.day == day}

    def _changes(self, before: Mapping[_Key, Found], after: Mapping[_Key, Found], day: date) -> Iterator[ShadowHit]:
        for key in sorted(before.keys() | after.keys()):
            one, other = before.get(key), after.get(key)
            was, will = _level(one), _level(other)
            change = Change.NEW if will > was else Change.GONE if will < was else Change.SAME
            shown = other if other is not None and will >= was else one
            assert shown is not None, "a key comes from one of the two"
            self._tally.changes[change] += 1
            decided = self._decided.get((shown.head, shown.quarter), "") if shown.kind == Kind.NUMBER else ""
            if change is not Change.SAME or decided:
                yield self._hit(shown, change, day, decided)

    def _hit(self, one: Found, change: Change, day: date, decided: str) -> ShadowHit:
        return ShadowHit(
            run=self._run, change=change, kind=one.kind, head=one.head, tail=one.tail, quarter=one.quarter, day=day,
            rule=one.rule, verdict=one.verdict, score=one.score, terms=[list(term) for term in one.terms],
            reason=list(one.reason), holder=one.holder, calls=one.calls, decided=decided,
        )  # fmt: skip

    def _decided_heads(self) -> dict[tuple[int, str], str]:
        """How cases around these days were found, by the pseudonyms of their numbers."""
        first, last = self._run.first_day, self._run.last_day
        begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
        known = cases.decided(begin - _AROUND, end + _AROUND)
        days = [first + timedelta(days=back) for back in range((last - first).days + 1)]
        found: dict[tuple[int, str], str] = {}
        for quarter in sorted({calls.quarter(day) for day in days}):
            if known and calls.has_key(self._home, quarter):
                heads = calls.heads(self._home, [int(one.digits) for one in known], quarter).tolist()
                words = (GUILTY if one.guilty else CLEARED for one in known)
                found.update(((head, quarter), word) for head, word in zip(heads, words, strict=True))
        return found

    def _end(self) -> None:
        run, tally = self._run, self._tally
        figures: dict[str, Any] = {
            **run.figures,
            "changes": {change.value: tally.changes[change] for change in Change},
            "before": self._quality(tally.before),
            "after": self._quality(tally.after),
        }
        now = clock.now()
        with transaction.atomic():
            counts = {"gone": tally.changes[Change.GONE], "new": tally.changes[Change.NEW]}
            content = {"run": run.id, "rules": run.rules_id, **counts}
            entry = ledger.append(events.SHADOWED, content, ref=f"rules:{run.rules_id}")
            rows = ShadowRun.objects.filter(id=run.id, state=RunState.RUNNING)
            if not rows.update(
                state=RunState.DONE, done_at=now, claimed_until=None, calls=tally.calls, figures=figures, entry=entry
            ):
                raise Problem("detection.runs", "the shadow run is over already", where="run", status=409)
            draft = RuleSet.objects.filter(id=run.rules_id, state=SetState.DRAFT)
            draft.update(state=SetState.SHADOWED, shadowed_at=now)

    def _quality(self, hits: set[tuple[int, str]]) -> dict[str, int]:
        told = [self._decided[one] for one in hits if one in self._decided]
        guilty = [one for one, word in self._decided.items() if word == GUILTY and one in self._tally.present]
        return {"hits": len(hits), "decided": len(told), "right": told.count(GUILTY), "guilty": len(guilty)}


def _level(one: Found | None) -> int:
    return _LEVEL[Verdict(one.verdict)] if one is not None else 0


def _is_hit(one: Found) -> bool:
    return one.kind == Kind.NUMBER and one.verdict == Verdict.FINDING
