"""The day before, gone through whole, once: features of the lake, judged, put down, and how every holder called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from django.db import transaction
from django.db.models import F, Q

from mingbai.calls import queries as calls
from mingbai.detection import engines, events, looking, queries, references, rules
from mingbai.detection.actions import record
from mingbai.detection.features import Counting, Window
from mingbai.detection.looking import CALLS, Looked
from mingbai.detection.models import DayRun, HolderDay
from mingbai.detection.rules.campaigns import campaigns
from mingbai.detection.states import Found as By
from mingbai.detection.states import Kind, RunState, Verdict
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.profile import Detection
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json

CLAIM = timedelta(minutes=15)
"""Another process may begin what one that died had begun so long ago."""
_CATCH_UP = 3  # days before yesterday that are gone through when nobody did
_MEMORY_GB = 6
_PART = pa.schema([pa.field("subject", pa.int64())])


def day_due(home: Home) -> int:
    """Go through one day that is over and was not gone through yet; 1 when there was one.

    Killed anywhere, it is begun anew and puts nothing down twice: findings, holders and the day's end stand in one
    transaction.
    """
    settings = profile.load(home)
    now = clock.now().astimezone(ZoneInfo(settings.gate.timezone))
    if now.hour < settings.detection.day_hour:
        now -= timedelta(days=1)
    for back in range(1 + _CATCH_UP, 0, -1):
        day = now.date() - timedelta(days=back)
        if _claimed(day, calls.traffic(home, day, day + timedelta(days=1)).files):
            run_day(home, day)
            return 1
    return 0


def run_day(home: Home, day: date) -> int:
    """Detection over a day and the days before it that the profile looks back; how many findings are new."""
    began = clock.monotonic()
    force = queries.in_force()
    zone = profile.load(home).gate.timezone
    with looked(home, day, force.settings) as seen:
        judged = rules.judge_all(seen.features, force.settings)
        named = campaign_names(seen, judged, force.settings, day)
        found = list(looking.found(seen, judged, force.settings, zone, campaigns=named))
        holders = seen.features[Kind.HOLDER]
    called = int(np.asarray(seen.features[Kind.NUMBER]["calls"], np.int64).sum())
    with transaction.atomic():
        recorded = record(found, by=By.DAY, rules=force.rules)
        _keep_holders(day, holders)
        _done(day, force.rules, called, len(recorded.new), round((clock.monotonic() - began) * 1000))
    return len(recorded.new)


@contextmanager
def looked(
    home: Home, day: date, settings: Detection, *, days: int = 0, engine: engines.Engine | None = None
) -> Iterator[Looked]:
    """The features of the `days` that end with `day` (default: as far as the profile looks back), in `engine`, or in a
    DuckDB that is closed afterwards."""
    many = days or profile.load(home).detection.lookback_days
    first = day - timedelta(days=many - 1)
    traffic = calls.traffic(home, first, day + timedelta(days=1))
    quarters = sorted({calls.quarter(first + timedelta(days=one)) for one in range(many)})
    known = references.references(home, quarters)
    window = window_of(home, day, many)
    with ExitStack() as closing:
        if engine is None:
            own = engines.opened("duckdb", spill=home.lake / "spill" / "day", memory_gb=_MEMORY_GB)
            engine = closing.enter_context(own)
        yield looking.look(engine, engine.read("calls", traffic.files, CALLS), known, settings, window)


def window_of(home: Home, day: date, days: int) -> Window:
    """The `days` local days that end with `day`."""
    return Window.of_days(day - timedelta(days=days - 1), days, profile.load(home).gate.timezone)


def same_counts(one: Detection, other: Detection) -> bool:
    """Whether features counted for one are those of the other."""
    return Counting.of(one) == Counting.of(other)


def _claimed(day: date, files: list[str]) -> bool:
    """Whether this process is to go through a day: it has calls, and nobody did, or is at it."""
    if not files:
        return False
    now = clock.now()
    DayRun.objects.get_or_create(day=day)
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = DayRun.objects.filter(free, day=day).exclude(state=RunState.DONE)
    return bool(rows.update(state=RunState.RUNNING, claimed_until=now + CLAIM, begun=F("begun") + 1))


def _done(day: date, rule_set: int, called: int, findings: int, took_ms: int) -> None:
    content: dict[str, Json] = {"calls": called, "day": day.isoformat(), "findings": findings, "rules": rule_set}
    entry = ledger.append(events.DAY_DONE, content)
    made: dict[str, Any] = {
        "state": RunState.DONE, "claimed_until": None, "done_at": clock.now(), "rules": rule_set, "calls": called,
        "findings": findings, "took_ms": took_ms, "entry": entry,
    }  # fmt: skip
    DayRun.objects.update_or_create(day=day, defaults=made)


def _keep_holders(day: date, table: pa.Table) -> None:
    """Holders whose numbers called in the days looked at, as of this day: what the map shows."""
    names = ("subject", "numbers", "calls", "callees", "after_refusal", "refusers_called", "hopped")
    rows = looking.values(table, *names)
    HolderDay.objects.filter(day=day).delete()
    HolderDay.objects.bulk_create(
        [
            HolderDay(
                day=day, holder=holder, numbers=numbers, calls=made, callees=callees, after_refusal=after,
                refusers=refusers, hopped=hopped,
            )
            for holder, numbers, made, callees, after, refusers, hopped in rows
            if holder
        ],
        batch_size=500,
    )  # fmt: skip


def campaign_names(seen: Looked, judged: pa.Table, settings: Detection, day: date) -> dict[int, str]:
    """Names of campaigns by the head of each number in one."""
    kinds, verdicts = judged["kind"].to_pylist(), judged["verdict"].to_pylist()
    chosen = [kind == Kind.NUMBER and verdict == Verdict.FINDING for kind, verdict in zip(kinds, verdicts, strict=True)]
    subjects = np.unique(np.asarray(judged.filter(pa.array(chosen, pa.bool_()))["subject"], np.int64))
    if len(subjects) < settings.campaign_numbers:
        return {}
    wanted = seen.engine.read("found_numbers", pa.table({"subject": subjects}, schema=_PART), _PART)
    assert seen.calls is not None, "whose calls were looked at are still there"
    theirs = seen.calls.join(wanted, [seen.calls.caller == wanted.subject])
    contacts = seen.engine.fetch(theirs.select("subject", "callee").distinct())
    numbers = seen.features[Kind.NUMBER]
    features = numbers.filter(pa.array(np.isin(np.asarray(numbers["subject"], np.int64), subjects)))
    found = campaigns(features, settings, contacts, seen.features[Kind.TRUNK])
    names = looking.values(found, "subject", "campaign")
    return {subject: f"{day:%Y%m%d}-{campaign & 0xFFFFFFFFFFFFFFFF:016x}" for subject, campaign in names}
