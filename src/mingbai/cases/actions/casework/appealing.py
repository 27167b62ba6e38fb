"""申诉: whoever is restricted says that it is wrong; somebody who had no part in the case decides, and a success undoes
everything at once: measures, labels, what partners were told, what it weighs on reporters and on the holder."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from mingbai.calls import queries as calls
from mingbai.cases import steps, wording
from mingbai.cases.actions.answers import answer_reports
from mingbai.cases.actions.casework import measures
from mingbai.cases.actions.casework.recording import digest, entered, said
from mingbai.cases.models import Appeal, Case, HolderNotice, Measure, PartnerTold
from mingbai.cases.queries import clocks
from mingbai.cases.queries.appeals import concerns
from mingbai.cases.queries.restricted import case_behind
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import CLEARED, Finding, State
from mingbai.cases.targets import number_of, people_of
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.notices.queries import profile
from mingbai.numbers import actions as numbers
from mingbai.numbers import queries as lists

UPHELD, REJECTED = "upheld", "rejected"
_BY_MEASURE = frozenset({304, 305, 306, 703})  # gate.decide.rules.Code, stable for ever: refused by a measure
_WRONG = "申诉成立 appeal upheld"


def appeal_case(case: int, *, party: Party, text: str, account: int | None = None, verdict: str = "") -> int:
    """Whoever is restricted in a case appeals; the appeal's id. `verdict`: the refused call by which they came.

    Holder and principal of such a call both may: a measure on the one is one on the other's calls. One at a time.
    Raises Problem for whom no measure of the case hit, and while one is open.
    """
    kept = said(text, "text")
    try:
        with transaction.atomic():
            row = Case.objects.filter(id=case).first()
            if row is None or not (restricted(case, party) or _hit(case, party, verdict)):
                raise Problem("cases.not_restricted", "no measure of this case is yours", where="case", status=404)
            if row.state == State.OVERTURNED:
                raise Problem("cases.overturned", "it was overturned already", where="case", status=409)
            now = clock.now()
            due = clocks.calendar().due(now, profile().cases.appeal_days)
            content = {"account": account or 0, "text_sha256": digest(kept), "verdict": verdict}
            entry = entered(steps.CASE_APPEALED, case, content, subject=party.subject)
            return Appeal.objects.create(
                case=row, verdict=verdict, organisation_id=party.organisation or None,
                subscriber_id=party.subscriber or None, account=account, text=kept, made_at=now, due_at=due.at,
                entry=entry,
            ).id  # fmt: skip
    except IntegrityError:
        what = "an appeal of yours is open, or this call was appealed already"
        raise Problem("cases.appealed", what, where="case", status=409) from None


def decide_appeal(
    appeal: int, *, account: int, outcome: str, text: str, page: str = "", finding: str = Finding.NOT_PROVEN
) -> None:
    """Decide an appeal against a case, by somebody who had no part in it. `outcome`: upheld or rejected; `finding`:
    what is found instead, when it is upheld. A person gets an SMS that names `page`, where the answer stands.

    Raises Problem for who had a part, for what is decided already, and for a corrected finding that still accuses.
    """
    kept = said(text, "answer")
    with transaction.atomic():
        row = Appeal.objects.select_for_update().filter(id=appeal, case__isnull=False).first()
        if row is None or row.case is None:
            raise Problem("cases.no_appeal", "there is no such appeal", where="appeal", status=404)
        if outcome not in (UPHELD, REJECTED):
            raise Problem("cases.outcome", f"no outcome “{outcome}”", where="outcome", mend=f"{UPHELD}, {REJECTED}")
        case = Case.objects.select_for_update().get(id=row.case.id)
        rules.check_stranger(account, people_of(case))
        party = Party(row.organisation_id or 0, row.subscriber_id or 0)
        now = clock.now()
        open_ones = Appeal.objects.filter(id=appeal, state=Appeal.State.OPEN)
        if not open_ones.update(
            state=Appeal.State.ANSWERED, outcome=outcome, answer=kept, answered_at=now, answered_by=account
        ):
            raise Problem("cases.answered", "this appeal is answered already", where="appeal", status=409)
        kind = steps.UPHELD if outcome == UPHELD else steps.REJECTED
        content = {"account": account, "appeal": appeal, "finding": finding, "text_sha256": digest(kept)}
        entry = entered(kind, case.id, content, subject=party.subject)
        Appeal.objects.filter(id=appeal).update(answer_entry=entry)
        if outcome == UPHELD:
            _undo(case, _cleared(finding), account=account, text=kept, entry=entry)
        _told(row, outcome, page)


def restricted(case: int, party: Party) -> bool:
    """Whether a measure of a case hit this party, as its notice says."""
    rows = HolderNotice.objects.filter(measure__case_id=case)
    mine = {"organisation_id": party.organisation} if party.organisation else {"subscriber_id": party.subscriber}
    return any(party) and rows.filter(**mine).exists()


def behind(attempt: calls.Attempt, party: Party) -> int | None:
    """The case whose measure refused a call of this party; None when another rule did."""
    if attempt.code not in _BY_MEASURE:
        return None
    return case_behind(caller=attempt.caller, holder=attempt.holder, principal=attempt.principal, party=party)


def _hit(case: int, party: Party, verdict: str) -> bool:
    """Whether a measure of the case refused this call, which is one of the party's."""
    attempt = calls.attempt(verdict) if verdict else None
    return attempt is not None and concerns(party, attempt) and behind(attempt, party) == case


def _undo(case: Case, finding: Finding, *, account: int, text: str, entry: int) -> None:
    """Everything at once, in the caller's transaction."""
    if case.state == State.OVERTURNED:
        return
    now = clock.now()
    case.findings.filter(overturned_at=None).update(overturned_at=now)
    case.findings.create(kind=finding, text=text, account=account, at=now, entry=entry)
    Case.objects.filter(id=case.id).update(state=State.OVERTURNED, closed_at=now)
    partners = _partners(case, now)
    corrected = numbers.drop_labels(case=case.id, reason=_WRONG, corrected=True)
    if digits := number_of(case):
        corrected += numbers.correct_labels(of_digits(digits), reason=_WRONG, account=account)
    measures.lift_all(case.id, account=account, reason=_WRONG)
    reports = answer_reports(case=case.id, outcome=finding, account=account)
    entered(steps.COMPENSATED, case.id, {"reports": reports, "labels": corrected, "partners": partners})


def _partners(case: Case, now: datetime) -> int:
    """Tell every partner that took the list while a label stood on it that this case or people's reports had set; how
    many. The list itself says so to whoever asks what changed: the number is on it no more."""
    measures_of = Measure.objects.filter(case=case, kind=rules.Measure.LABEL, begins_at__isnull=False)
    since = [*measures_of.values_list("begins_at", flat=True), *_suspected(case)]
    if not since:
        return 0
    began = min(moment for moment in since if moment is not None)
    told = 0
    for organisation in lists.took_labels(since=began):
        entry = entered(steps.PARTNER_TOLD, case.id, {"at": now.isoformat()}, subject=f"organisation:{organisation}")
        PartnerTold.objects.create(case=case, organisation_id=organisation, at=now, entry=entry)
        told += 1
    return told


def _suspected(case: Case) -> list[datetime]:
    """Since when people's reports labelled the number, as far as that lasted until the case."""
    number = of_digits(number_of(case))
    cleared = lists.cleared_at(number) if number.digits else None
    return [
        one.began_at
        for one in lists.labels_of(number)
        if one.source == "reports"
        and (one.ended_at is None or one.ended_at >= case.opened_at)
        and (cleared is None or one.began_at >= cleared)
    ]


def _cleared(finding: str) -> Finding:
    if finding not in CLEARED:
        mend = ", ".join(CLEARED)
        raise Problem("cases.not_cleared", "what is found instead accuses still", where="finding", mend=mend)
    return Finding(finding)


def _told(row: Appeal, outcome: str, page: str) -> None:
    if not row.subscriber_id:
        return
    zh, en = wording.OUTCOMES[outcome]
    text = f"【明白】您的申诉{zh}。详见：{page} {en}."
    notices.send(subscriber=row.subscriber_id, template="appeal.answered", text=text, context=f"appeal:{row.id}")
