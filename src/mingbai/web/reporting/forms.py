"""A report as it is typed into a form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from mingbai.cases.actions import Said
from mingbai.cases.rules.reports import Kind, check_kind, description
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile

KINDS = tuple(kind.value for kind in Kind)
_SECONDS = 24 * 3600


def typed(request: HttpRequest) -> dict[str, Any]:
    """What was typed, to be shown again and kept in the session."""
    lengths = {"reported": 40, "kind": 12, "called_at": 32, "duration": 8, "text": 1000}
    return {name: request.POST.get(name, "")[:most] for name, most in lengths.items()}


def read(fields: dict[str, Any], *, source: str, reporter: int | None) -> Said:
    """The report that was typed. Raises Problem for the first field that cannot be taken."""
    minutes = str(fields.get("duration", "")).strip()
    if minutes and not (minutes.isdecimal() and int(minutes) <= _SECONDS):
        raise Problem("reports.row_duration", where="duration")
    return Said(
        source=source,
        number=require(fields.get("reported", "")),
        kind=check_kind(fields.get("kind", "")),
        reporter=reporter,
        verified=True,
        called_at=_time(fields.get("called_at", "")),
        duration_s=int(minutes) if minutes else None,
        text=description(fields.get("text", "")),
    )


def _time(text: str) -> datetime | None:
    """A local time as browsers send it (datetime-local); None when it is left out."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Problem("reports.time", where="called_at") from None
    zone = ZoneInfo(profile().gate.timezone)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
