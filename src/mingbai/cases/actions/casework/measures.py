"""处置: propose, approve, begin, end, lift. No measure without a finding, no heavy one without a second person, none
without an end; one step takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mingbai.cases import steps
from mingbai.cases.actions.casework import effects, telling
from mingbai.cases.actions.casework.recording import digest, entered, held, said
from mingbai.cases.models import Case, Measure
from mingbai.cases.queries import clocks
from mingbai.cases.queries.collateral import preview
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.casework import NOT_OVER, Scope, Stage, State
from mingbai.cases.targets import people_of
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices.queries import profile
from mingbai.numbers.rules.restrictions import NO_LIMITS, Limits

_AT_ONCE = 100
_BY_ITSELF = "its time is over"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A measure as wished. `begin_at` None: as soon as decided; `limits`: calls a minute, an hour, a day; `label`: a
    kind of terms.LabelKind, for a label."""

    kind: str
    scope: str
    days: int
    reason: str
    begin_at: datetime | None = None
    limits: Limits = NO_LIMITS
    label: str = ""
    label_text: str = ""


def propose(case: int, wish: Wish, *, account: int) -> int:
    """Take a measure on the case's finding, or, if it is heavy, have it wait for a second person; its id.

    What it would hit is counted and kept with it. Raises Problem without a finding that allows it, for a scope that the
    number does not have, and beyond the days that the profile lets it last.
    """
    reason = said(wish.reason, "reason")
    terms = profile().cases
    with transaction.atomic():
        row = held(case, State.FOUND)
        finding = row.findings.filter(overturned_at=None).first()
        kind, scope = rules.check_measure(wish.kind, wish.scope, finding.kind if finding else None)
        assert finding is not None  # check_measure raises
        days, now = rules.check_days(kind, wish.days, terms.measure_days), clock.now()
        rules.check_details(kind, limits=wish.limits, label=wish.label)
        heavy = kind in terms.heavy_measures
        until = clocks.calendar().due(now, terms.approve_days)
        made = Measure(
            case=row, finding=finding, kind=kind, scope=scope, organisation_id=_organisation(row, scope), heavy=heavy,
            stage=Stage.PROPOSED, reason=reason, days=days, label=wish.label, label_text=wish.label_text.strip()[:40],
            proposed_by=account, proposed_at=now, begin_at=wish.begin_at, answer_by=until.at if heavy else None,
        )  # fmt: skip
        made.per_minute, made.per_hour, made.per_day = wish.limits
        made.collateral = preview(row, kind, scope, wish.limits)
        made.entry = 0
        made.save(force_insert=True)
        content = {"account": account, "measure": made.id, "kind": kind, "scope": scope, "days": days, "heavy": heavy}
        entry = entered(steps.PROPOSED, case, {**content, "collateral": _whole(made.collateral)})
        Measure.objects.filter(id=made.id).update(entry=entry)
        if not heavy:
            _decided(made)
    return made.id


def approve(measure: int, *, account: int) -> None:
    """The second person agrees to a heavy measure: it stands, or waits for its beginning. Raises Problem for the first
    person, for anybody who had a part in the case, and when it does not wait for this any more."""
    with transaction.atomic():
        row = _proposed(measure)
        rules.check_second(account, people_of(row.case), row.proposed_by)
        now = clock.now()
        rows = Measure.objects.filter(id=measure, stage=Stage.PROPOSED)
        if not rows.update(approved_by=account, approved_at=now):
            raise _closed(row)
        row.approved_by, row.approved_at = account, now
        entered(steps.APPROVED, row.case_id, {"account": account, "measure": measure, "kind": row.kind})
        _decided(row)


def decline(measure: int, *, account: int, reason: str) -> None:
    """The second person does not agree; as `approve`."""
    why = said(reason, "reason")
    with transaction.atomic():
        row = _proposed(measure)
        rules.check_second(account, people_of(row.case), row.proposed_by)
        _over(row, Stage.DECLINED, (Stage.PROPOSED,), steps.DECLINED, account=account, reason=why)


def drop(measure: int, *, account: int, reason: str) -> None:
    """Take back a proposal before anybody approved it."""
    why = said(reason, "reason")
    with transaction.atomic():
        row = _proposed(measure)
        _over(row, Stage.DROPPED, (Stage.PROPOSED,), steps.DROPPED, account=account, reason=why)


def lift(measure: int, *, account: int, reason: str) -> bool:
    """Take a measure back before its time, with all that it did, in one step; False when it is over already."""
    why = said(reason, "reason")
    with transaction.atomic():
        row = _measure(measure)
        if row.stage == Stage.PROPOSED:
            return _over(row, Stage.DROPPED, (Stage.PROPOSED,), steps.DROPPED, account=account, reason=why)
        return _over(row, Stage.LIFTED, (Stage.WAITING, Stage.STANDING), steps.LIFTED, account=account, reason=why)


def lift_all(case: int, *, account: int, reason: str) -> int:
    """Take back everything that stands, waits or is proposed on a case; how many. Inside the caller's transaction."""
    rows = Measure.objects.filter(case_id=case, stage__in=NOT_OVER)
    return sum(lift(ident, account=account, reason=reason) for ident in rows.values_list("id", flat=True))


def measures_due() -> int:
    """Begin and end measures whose time has come; how many. For the work loop."""
    now, done = clock.now(), 0
    due = Measure.objects.filter(due_at__lte=now).order_by("due_at")
    for row in due.select_related("case", "finding")[:_AT_ONCE]:
        over = row.ends_at is not None and row.ends_at <= now
        try:
            with transaction.atomic():
                done += _ended(row, _BY_ITSELF) if over else _begin(row)
        except Problem as problem:  # the number has another user now, or nobody knows it any more
            if over:
                raise
            with transaction.atomic():
                done += _ended(row, problem.code)
    return done


def close(case: int, *, account: int) -> None:
    """结案: nothing more follows; what stands runs on to its end. Raises Problem while a proposal waits."""
    with transaction.atomic():
        row = held(case, State.FOUND)
        if row.measures.filter(stage=Stage.PROPOSED).exists():
            what, mend = "a proposed measure waits", "have it approved or take it back"
            raise Problem("cases.proposal_waits", what, where="measures", mend=mend, status=409)
        Case.objects.filter(id=case, state=State.FOUND).update(state=State.CLOSED, closed_at=clock.now())
        entered(steps.CLOSED, case, {"account": account})
        finding = row.findings.filter(overturned_at=None).first()
        if finding is not None:
            telling.tell_reporters(row, finding, account=account)


def _decided(row: Measure) -> None:
    """A measure that nobody has to agree to any more: its times, and its beginning when that is now."""
    now = clock.now()
    row.begins_at = max(row.begin_at or now, now)
    row.ends_at = row.begins_at + timedelta(days=row.days)
    row.due_at, row.stage = row.begins_at, Stage.WAITING
    Measure.objects.filter(id=row.id, stage=Stage.PROPOSED).update(
        stage=Stage.WAITING, begins_at=row.begins_at, ends_at=row.ends_at, due_at=row.due_at
    )
    if row.begins_at <= now:
        _begin(row)


def _begin(row: Measure) -> bool:
    waiting = Measure.objects.filter(id=row.id, stage=Stage.WAITING)
    if not waiting.update(stage=Stage.STANDING, due_at=row.ends_at):
        return False
    assert row.begins_at is not None
    assert row.ends_at is not None
    effects.begin(row, row.begins_at, row.ends_at)
    content = {"measure": row.id, "kind": row.kind, "ends_at": row.ends_at.isoformat(timespec="seconds")}
    entered(steps.BEGAN, row.case_id, content)
    telling.notify(row)
    telling.tell_reporters(row.case, row.finding, account=row.proposed_by)
    return True


def _ended(row: Measure, reason: str) -> bool:
    return _over(row, Stage.ENDED, (Stage.WAITING, Stage.STANDING), steps.ENDED, reason=reason)


def _over(
    row: Measure, stage: Stage, before: tuple[Stage, ...], kind: str, *, reason: str, account: int | None = None
) -> bool:  # fmt: skip
    """End a measure in one conditional statement; False when it was over. Whoever is second does nothing."""
    stood = row.stage == Stage.STANDING
    rows = Measure.objects.filter(id=row.id, stage__in=before)
    if not rows.update(stage=stage, due_at=None, over_at=clock.now(), over_by=account, over_reason=reason[:200]):
        return False
    if stood:
        effects.undo(row, reason)
    content: dict[str, Any] = {"measure": row.id, "kind": row.kind, "account": account or 0}
    entered(kind, row.case_id, {**content, "reason_sha256": digest(reason)})
    return True


def _measure(measure: int) -> Measure:
    rows = Measure.objects.select_for_update(of=("self",)).select_related("case", "finding")
    row = rows.filter(id=measure).first()
    if row is None:
        raise Problem("cases.no_measure", "there is no such measure", where="measure", status=404)
    return row


def _proposed(measure: int) -> Measure:
    row = _measure(measure)
    if row.stage != Stage.PROPOSED:
        raise _closed(row)
    return row


def _closed(row: Measure) -> Problem:
    return Problem("cases.measure_stage", f"the measure is {row.stage}", where="measure", status=409)


def _organisation(row: Case, scope: Scope) -> int | None:
    """Whom of the two it hits. Raises Problem when the number has none."""
    if scope is Scope.NUMBER:
        return None
    found = row.holder_id if scope is Scope.HOLDER else row.principal_id
    if found is None:
        raise Problem("cases.no_firm", f"no {scope} is known for this number", where="scope", mend="hit the number")
    return found


def _whole(collateral: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in collateral.items() if isinstance(value, int)}
