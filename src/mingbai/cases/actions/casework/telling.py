"""限制告知 (反电信网络诈骗法 32): whoever is restricted is told reason, remedy, materials and how to appeal."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from mingbai.cases import steps, wording
from mingbai.cases.actions.answers import answer_reports
from mingbai.cases.actions.casework.recording import entered
from mingbai.cases.models import Case, Finding, HolderNotice, Measure, Report
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.cases.targets import party_of_measure
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices

_SHOWN = ("calls", "people", "after_refusal", "without_consent", "most_an_hour")


def notify(row: Measure) -> None:
    """Write the notice of a measure, frozen as told; a person gets it by SMS too. Nobody, where nobody is known.

    A report to the police is told to nobody: it restricts nothing, and telling would warn.
    """
    whom = party_of_measure(row)
    if row.kind == rules.Measure.POLICE or row.kind == rules.Measure.BLOCK or not any(whom):
        return
    parts = wording.notice(row.kind, row.scope, row.finding.kind, row.ends_at, person=bool(whom.subscriber))
    content = {"kind": row.kind, "measure": row.id}
    entry = entered(steps.NOTIFIED, row.case_id, content, subject=whom.subject)
    HolderNotice.objects.create(
        measure=row, organisation_id=whom.organisation or None, subscriber_id=whom.subscriber or None, parts=parts,
        evidence=evidence(row), made_at=clock.now(), entry=entry,
    )  # fmt: skip
    if whom.subscriber:
        notices.tell("restriction", subscriber=whom.subscriber, values=parts["zh"], context=f"case:{row.case_id}")


def tell_reporters(case: Case, finding: Finding, *, account: int) -> None:
    """Those who reported learn what became of it, once: when something was done about it, or at the end of the case."""
    if Report.objects.filter(case=case.id, outcome="").exists():
        answer_reports(case=case.id, outcome=finding.kind, account=account)


def evidence(row: Measure) -> dict[str, Any]:
    """What of a case the restricted may see: figures and what was checked; no reporter, no recording, no number."""
    people = Report.objects.filter(case=row.case_id).exclude(state=Report.State.SET_ASIDE)
    found: dict[str, Any] = {"reports": people.count()}
    for kind, seen, figures in row.case.checks.order_by("id").values_list("kind", "seen", "figures"):
        found.setdefault("checks", {})[kind] = seen
        found |= {name: figures[name] for name in _SHOWN if name in figures}
    return found


def read_notice(notice: int, *, party: Party) -> None:
    """Note that the restricted saw a notice, the first time. Raises Problem for anybody else's."""
    rows = HolderNotice.objects.filter(id=notice)
    if party.organisation:
        rows = rows.filter(organisation_id=party.organisation)
    else:
        rows = rows.filter(subscriber_id=party.subscriber)
    with transaction.atomic():
        row = rows.select_related("measure").first()
        if row is None:
            raise Problem("cases.no_notice", "there is no such notice", where="notice", status=404)
        if rows.filter(read_at=None).update(read_at=clock.now()):
            entered(steps.READ, row.measure.case_id, {"notice": notice}, subject=party.subject)
