"""What a measure would hit, counted before anybody decides: how many people would lose which calls."""

from __future__ import annotations

from typing import Any

from mingbai.calls import queries as calls
from mingbai.calls.queries import Target
from mingbai.cases.models import Case, Report
from mingbai.cases.rules.casework import Measure, Scope
from mingbai.cases.targets import number_of
from mingbai.notices.queries import profile
from mingbai.numbers import queries as numbers
from mingbai.numbers.rules.restrictions import Limits
from mingbai.people import queries as people

_CALLS_ON = frozenset({Measure.LABEL, Measure.WARN, Measure.BAR, Measure.POLICE})


def preview(row: Case, kind: Measure, scope: Scope, limits: Limits) -> dict[str, Any]:
    """Of the last days (profile, `cases.preview_days`): calls that rang, the people whom they rang, how many of those
    calls cited a consent; `lost`, how many of them the measure would have stopped; `numbers` that it would hit; for a
    firm `principals` or `holders` on the other side. A label, a warning and their like stop none."""
    days = profile().cases.preview_days
    target = target_of(row, scope)
    made: dict[str, Any] = {"days": days, "calls": 0, "people": 0, "agreed": 0, "lost": 0, "numbers": 1}
    made |= hanging(row, scope)
    if target is None:
        return made
    found = calls.pattern(target, days, callees=_reporters(row) if kind is Measure.BLOCK else ())
    made |= {"calls": found.rang, "people": found.people, "agreed": found.agreed}
    if kind is Measure.LIMIT:
        per_hour, per_day = limits[1] or limits[0] * 60, limits[2]
        made["lost"] = calls.beyond(target, days, calls.Limits(per_hour, per_day))
    elif kind not in _CALLS_ON and not (kind is Measure.BLOCK and not _reporters(row)):
        made["lost"] = found.rang
    return made


def target_of(row: Case, scope: Scope) -> Target | None:
    """Whose calls a measure of this scope hits; None when nobody's."""
    if scope is Scope.HOLDER:
        return Target(holder=row.holder_id) if row.holder_id else None
    if scope is Scope.PRINCIPAL:
        return Target(principal=row.principal_id) if row.principal_id else None
    number = number_of(row)
    return Target(number=number) if number else None


def hanging(row: Case, scope: Scope) -> dict[str, Any]:
    """What hangs on the link of the chain that is hit: numbers, and names of the firms on the other side."""
    if scope is Scope.HOLDER and row.holder_id:
        held = [one for one in numbers.of_organisation(row.holder_id) if one.closed_at is None]
        return {"numbers": len(held), "principals": sorted({one.principal_name for one in held})[:20]}
    if scope is Scope.PRINCIPAL and row.principal_id:
        calling = numbers.for_organisation(row.principal_id)
        return {"numbers": len(calling), "holders": sorted({one.holder_name for one in calling})[:20]}
    return {}


def _reporters(row: Case) -> list[str]:
    ids = Report.objects.filter(case=row.id, reporter__isnull=False).values_list("reporter_id", flat=True)
    return sorted(people.current_numbers(sorted({one for one in ids if one})).values())


def picture(case: int) -> calls.Pattern | None:
    """How the number of a case calls now; None when nobody can tell any more which it was."""
    row = Case.objects.filter(id=case).first()
    target = target_of(row, Scope.NUMBER) if row else None
    return calls.pattern(target, profile().cases.preview_days) if target else None


def foreseen(case: int, kind: str, scope: str, limits: Limits) -> dict[str, Any] | None:
    """What a measure would hit, before it is even proposed; None for one that there is not."""
    row = Case.objects.filter(id=case).first()
    if row is None or kind not in set(Measure) or scope not in set(Scope):
        return None
    return preview(row, Measure(kind), Scope(scope), limits)


def digits_of(case: int) -> str:
    """The number of a case in normal form, for the house's own look-ups; "" when nobody can tell any more."""
    row = Case.objects.filter(id=case).first()
    return number_of(row) if row else ""
