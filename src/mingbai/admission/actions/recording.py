"""One step of an application: its row held, its state moved, its ledger entry; in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from mingbai.admission.models import Application
from mingbai.admission.rules.words import State
from mingbai.kernel import clock, profile
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile
from mingbai.ledger import actions as ledger


def policy() -> Profile:
    """The profile in force."""
    return profile.load(settings.HOME)


def today() -> date:
    """The local day."""
    return timezone.localtime(clock.now()).date()


def lock(what: int) -> None:
    """Until the transaction ends nobody else does the same. (On SQLite it is the only writer anyhow.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [what])


def held(application: int) -> Application:
    """The application, held until the transaction ends. Raises Problem for an unknown one."""
    possible = 0 < application < 1 << 63
    row = Application.objects.select_for_update().filter(id=application).first() if possible else None
    if row is None:
        raise Problem("admission.unknown", "no such application", where="application", status=404)
    return row


def move(row: Application, before: Collection[State], after: State, **fields: Any) -> None:
    """Move an application on. Raises Problem when it does not stand where it can be moved from."""
    rows = Application.objects.filter(id=row.id, state__in=[one.value for one in before])
    if not rows.update(state=after.value, **fields):
        what = f"the application is {row.state}"
        raise Problem("admission.state", what, where="application", status=409)
    row.refresh_from_db()


def append(kind: str, row: Application, /, **content: Any) -> int:
    """The ledger entry of a step; sealed under the applicant's key."""
    return of_firm(kind, row.applicant_id, application=row.id, **content)


def of_firm(kind: str, organisation: int, /, **content: Any) -> int:
    """A ledger entry about a firm."""
    return ledger.append(kind, content, subject=f"organisation:{organisation}")


def of_house(kind: str, /, **content: Any) -> int:
    """A ledger entry about nobody."""
    return ledger.append(kind, content)


def iso(at: datetime | date | None) -> str:
    """A time or day as entries write it; "" for none."""
    return "" if at is None else at.isoformat(timespec="seconds") if isinstance(at, datetime) else at.isoformat()
