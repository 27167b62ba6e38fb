"""复核: what was allocated is looked at again and again: papers, use against declaration, lines. For the work loop."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mingbai.admission import events
from mingbai.admission.actions import applying, entry, who
from mingbai.admission.actions.recording import append, held, policy, today
from mingbai.admission.models import Application, Doubt, Recheck
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules import looking
from mingbai.admission.rules.declared import Hours
from mingbai.admission.rules.looking import Declared, Found
from mingbai.admission.rules.words import Sort, State
from mingbai.calls import queries as calls
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.numbers import queries as numbers

CLAIM = timedelta(minutes=10)
DECISIONS = ("settled", "warned")


def plan(row: Application) -> None:
    """From its allocation on an application is looked at. Inside a transaction."""
    Recheck.objects.update_or_create(application=row, defaults={"due_at": _next(row), "claimed_until": None})


def drop(row: Application) -> None:
    """No more looks at what ended. Inside a transaction."""
    Recheck.objects.filter(application=row).delete()


def recheck_due(limit: int = 20) -> int:
    """Look at up to `limit` applications whose time has come; how many. One at a time: a look reads the call lake."""
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    due = Recheck.objects.filter(free, due_at__lte=now).order_by("due_at").values_list("id", flat=True)
    done = 0
    for ident in list(due[:limit]):
        mine = Recheck.objects.filter(free, id=ident, due_at__lte=now)
        if mine.update(claimed_until=clock.now() + CLAIM):
            done += look(Recheck.objects.get(id=ident).application_id)
    return done


def look(application: int) -> bool:
    """Look at one now: what it finds stands as doubts for a person; whether there was something to look at."""
    row = Application.objects.filter(id=application, state=State.ALLOCATED.value).first()
    if row is None:
        return False
    found = [*_papers(row), *_use(row)]
    with transaction.atomic():
        row = held(application)
        if row.state != State.ALLOCATED:
            return False
        for one in found:
            entry.doubt(row, one.kind, one.about, dict(one.detail))
        known = Recheck.objects.filter(application=row)
        looks = known.values_list("looks", flat=True).first() or 0
        known.update(looked_at=clock.now(), looks=looks + 1, claimed_until=None, due_at=_next(row))
    return True


def settle(doubt: int, *, account: int, decision: str, note: str) -> None:
    """A person decides on a doubt: “settled”, or “warned” where the firm was told to mend it. Once, with a note."""
    who.staff(account, "settle.doubt")
    if decision not in DECISIONS:
        raise Problem("admission.decision", "there is no such decision", where="decision", mend=", ".join(DECISIONS))
    why = rules.words(note, "note")
    with transaction.atomic():
        row = Doubt.objects.select_related("application").filter(id=doubt).first() if 0 < doubt < 1 << 63 else None
        if row is None:
            raise Problem("admission.unknown", "no such doubt", where="doubt", status=404)
        open_one = Doubt.objects.filter(id=doubt, decided_at=None)
        if not open_one.update(decided_at=clock.now(), account=account, decision=decision, note=why):
            raise Problem("admission.decided", "this is decided", where="doubt", status=409)
        append(events.SETTLED, row.application, kind=row.kind, decision=decision, note=why, account=account)


def _next(row: Application) -> datetime:
    """After the profile's days, or when the next paper begins to expire, whichever comes first."""
    setting, now = policy().admission, clock.now()
    due = now + timedelta(days=setting.recheck_days)
    for one in applying.handed(row):
        if one.expires_on is None:
            continue
        for day in (one.expires_on - timedelta(days=setting.warn_days), one.expires_on + timedelta(days=1)):
            at = datetime.combine(day, time(), timezone.get_default_timezone())
            if now < at < due:
                due = at
    return due


def _papers(row: Application) -> list[Found]:
    return looking.papers(applying.handed(row), today(), policy().admission.warn_days)


def _use(row: Application) -> list[Found]:
    """Use against declaration, since the look before this."""
    setting = policy().admission
    last = Recheck.objects.filter(application=row).values_list("looked_at", flat=True).first()
    since = clock.now() - timedelta(days=setting.recheck_days)
    since_us = int(max(since, last or since).timestamp() * 1e6)
    if row.sort == Sort.LINE:
        assert row.trunk_id is not None
        conduct = calls.conduct(trunk=row.trunk_id, since_us=since_us)
    else:
        assert row.resource_id is not None
        conduct = calls.conduct(resource=row.resource_id, since_us=since_us)
    declared = Declared(
        row.use, row.per_day, Hours(row.from_minute, row.to_minute),
        trunks=[] if row.sort == Sort.LINE else row.trunks, resources=_sendable(row) if row.sort == Sort.LINE else [],
    )  # fmt: skip
    return looking.use(
        declared, looking.Conduct(**_fields(conduct)), use_percent=setting.use_percent,
        volume_percent=setting.volume_percent,
    )  # fmt: skip


def _fields(conduct: calls.Conduct) -> dict[str, Any]:
    return {name: getattr(conduct, name) for name in looking.Conduct._fields}


def _sendable(row: Application) -> list[int]:
    """Registrations of the numbers that may be sent over a line."""
    return [
        found.id
        for low, high in row.sendable
        for found in numbers.overlapping(int(low), int(high))
        if found.holder in (row.applicant_id, row.principal_id)
    ]
