"""What a measure does, and how it is undone: through numbers, consents and labels, whence the gate learns of it.

A measure that was undone leaves nothing: what it restricted is free, what it blocked for those who reported is lifted
but for what somebody made their own, what it labelled is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mingbai.cases.models import Measure, Report
from mingbai.cases.rules import casework as rules
from mingbai.cases.targets import number_of
from mingbai.consent import actions as consent
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions as numbers
from mingbai.numbers.rules.restrictions import Kind as Restriction

Kind = rules.Measure
_RESTRICTIONS: Mapping[str, Restriction] = {
    Kind.LIMIT: Restriction.LIMITED,
    Kind.SUSPEND: Restriction.SUSPENDED,
    Kind.SHUT: Restriction.SHUT,
    Kind.END_CONTRACT: Restriction.CONTRACT_ENDED,
    Kind.BAR: Restriction.BARRED,
}


def begin(row: Measure, begin: datetime, end: datetime) -> None:
    """Put a measure into force from `begin` (already due) to `end`; what it made is kept with it."""
    if row.kind in _RESTRICTIONS:
        row.restriction = _restrict(row, begin, end)
    elif row.kind == Kind.BLOCK:
        row.effects = {"blocked": _block(row)}
    elif row.kind == Kind.LABEL:
        row.effects = {"label": _label(row, end)}
    Measure.objects.filter(id=row.id).update(restriction=row.restriction, effects=row.effects)


def undo(row: Measure, reason: str) -> None:
    """Take a measure out of force."""
    if row.restriction is not None:
        numbers.lift(row.restriction, reason=reason)
    if row.kind == Kind.BLOCK and _another(row) is None:
        kind, value = _blocked(row)
        consent.unblock_of(row.case_id, kind=kind, value=value)
    if row.kind == Kind.LABEL:
        other = _another(row)
        if other is None or other.ends_at is None or not number_of(row.case):
            numbers.drop_labels(case=row.case_id, reason=reason)
        else:
            _label(other, other.ends_at)


def reporters(row: Measure) -> list[int]:
    """Those who reported the number of a measure's case, as far as they are known."""
    reports = Report.objects.filter(case=row.case_id, reporter__isnull=False)
    counting = reports.exclude(state=Report.State.SET_ASIDE)
    return sorted(set(counting.values_list("reporter_id", flat=True)))


def _restrict(row: Measure, begin: datetime, end: datetime) -> int:
    number = of_digits(_number(row)) if row.scope == rules.Scope.NUMBER else None
    return numbers.restrict(
        target=row.scope, kind=_RESTRICTIONS[row.kind], begin=begin, end=end, case=row.case_id, number=number,
        organisation=row.organisation_id, limits=(row.per_minute, row.per_hour, row.per_day),
    )  # fmt: skip


def _block(row: Measure) -> int:
    kind, value = _blocked(row)
    return consent.block_for(case=row.case_id, subscribers=reporters(row), kind=kind, value=value)


def _blocked(row: Measure) -> tuple[str, str]:
    """What a block blocks; "" for the number when nobody can tell any more which it was."""
    if row.scope == rules.Scope.PRINCIPAL:
        return "firm", str(row.organisation_id)
    return "number", number_of(row.case)


def _label(row: Measure, end: datetime) -> int:
    return numbers.set_label(
        number=of_digits(_number(row)), kind=row.label, text=row.label_text, count=len(reporters(row)), source="case",
        expires_at=end, case=row.case_id,
    )  # fmt: skip


def _another(row: Measure) -> Measure | None:
    """The latest other measure of the same kind and scope that stands on the case: what one did, it still wants."""
    others = Measure.objects.filter(case_id=row.case_id, kind=row.kind, scope=row.scope, stage=rules.Stage.STANDING)
    return others.select_related("case").exclude(id=row.id).order_by("-id").first()


def _number(row: Measure) -> str:
    number = number_of(row.case)
    if not number:
        raise Problem("cases.number_gone", "the number has another user, or was erased", where="number", status=409)
    return number
