"""Staff decides whether a report counts: what triage set aside can be taken back, with a reason on record."""

from __future__ import annotations

from django.db import transaction

from mingbai.cases.actions import triage
from mingbai.cases.models import Report
from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.appeals import words
from mingbai.kernel.problems import Problem

State = Report.State


def reinstate(report: int, *, account: int, reason: str) -> None:
    """A report that was set aside counts after all. Raises Problem for any other, and without a reason."""
    why = words(reason, "reason")
    with transaction.atomic():
        row = _row(report)
        if row.state != State.SET_ASIDE or row.reported_id is None:
            raise Problem("reports.not_aside", "this report is not set aside", where="report", status=409)
        row.by_hand, row.answered_by, row.answer, row.answered_at = True, account, why, None
        triage.stands(row, rules.Note.REINSTATED, account=account, why=why)


def set_aside(report: int, *, account: int, outcome: str, reason: str) -> None:
    """A report that counts is set aside. Raises Problem for any other, for a ground that is none, without a reason."""
    why = words(reason, "reason")
    if outcome not in rules.ASIDE:
        raise Problem("reports.outcome", "nothing is set aside for this", where="outcome", mend=", ".join(rules.ASIDE))
    with transaction.atomic():
        row = _row(report)
        if row.state != State.STANDING:
            raise Problem("reports.not_standing", "this report does not count now", where="report", status=409)
        row.by_hand = True
        triage.set_aside(row, rules.Outcome(outcome), account=account, why=why)


def _row(report: int) -> Report:
    row = Report.objects.select_for_update().filter(id=report).first()
    if row is None:
        raise Problem("reports.unknown", "there is no such report", where="report", status=404)
    return row
