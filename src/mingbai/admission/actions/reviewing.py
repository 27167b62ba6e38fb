"""审核: a second person answers the checklist, then sends back, refuses, or approves and has the contract shown."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.db import transaction

from mingbai.admission import events, wording
from mingbai.admission.actions import applying, who
from mingbai.admission.actions import entry as entry_limits
from mingbai.admission.actions.recording import append, held, move
from mingbai.admission.models import Application, Contract, Likeness, Review
from mingbai.admission.rules import declared as rules
from mingbai.admission.rules.words import State, Verdict
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people

VERB = "review.application"
Answers = Mapping[str, tuple[bool, str]]


def send_back(application: int, *, account: int, answers: Answers, reason: str) -> None:
    """Findings: back to the applicant with what is wanting, by the checklist and in words."""
    who.staff(account, VERB)
    why = rules.words(reason, "reason")
    items = rules.checklist(answers)
    with transaction.atomic():
        row = _second(application, account)
        move(row, (State.SUBMITTED,), State.FINDINGS, reason=why)
        entry = append(events.FINDINGS, row, reason=why, items=items, account=account)
        _keep(row, account, State.FINDINGS, items, why, entry)


def refuse(application: int, *, account: int, answers: Answers, reason: str) -> None:
    """Refuse for good, with reasons. A new application may follow."""
    who.staff(account, VERB)
    why = rules.words(reason, "reason")
    items = rules.checklist(answers)
    with transaction.atomic():
        row, now = _second(application, account), clock.now()
        move(row, (State.SUBMITTED,), State.REFUSED, reason=why, decided_at=now, ended_at=now)
        entry = append(events.REFUSED, row, reason=why, items=items, account=account)
        _keep(row, account, State.REFUSED, items, why, entry)


def approve(application: int, *, account: int, answers: Answers) -> int:
    """Approve: every item is a yes; the contract is shown to the applicant from then on. The contract's id.

    Raises Problem for a no on the checklist, for whoever entered any of it, while a likeness to a holder that was put
    out waits for its decision, when a paper has expired since, and when the profile forbids the use by now.
    """
    who.staff(account, VERB)
    items = rules.checklist(answers)
    noes = [name for name, said in items.items() if not said["ok"]]
    if noes:
        raise Problem("admission.not_all", "an item is a no", where=noes[0], mend="send it back", status=409)
    with transaction.atomic():
        # Who was put out since it was submitted is asked about too; kept also when the approval fails for it.
        row = _second(application, account)
        if row.state == State.SUBMITTED:
            entry_limits.recognise(row)
    with transaction.atomic():
        row = _second(application, account)
        applying.refuse_unlawful(row)
        _refuse_undecided(row)
        refuse_inactive(row)
        move(row, (State.SUBMITTED,), State.APPROVED, decided_at=clock.now(), reason="")
        contract = _contract(row)
        entry = append(events.APPROVED, row, items=items, account=account, text_sha256=contract.text_sha256)
        _keep(row, account, State.APPROVED, items, "", entry)
    return contract.id


def _second(application: int, account: int) -> Application:
    """The application, held. Raises Problem for whoever entered any of it."""
    row = held(application)
    if account in row.editors:
        what = "whoever entered an application does not review it"
        raise Problem("admission.second_person", what, where="account", status=409)
    return row


def _refuse_undecided(row: Application) -> None:
    rows = Likeness.objects.filter(application=row).exclude(state=Verdict.LET_THROUGH.value)
    if rows.exists():
        what = "a likeness to a holder that was put out is not decided"
        raise Problem("admission.likeness", what, where="likeness", mend="two people decide on it", status=409)


def refuse_inactive(row: Application) -> None:
    """Raises Problem while a firm of the chain is not active."""
    for organisation in (row.applicant_id, row.principal_id, row.carrier_id, row.reseller_id):
        firm = people.organisation(organisation) if organisation is not None else None
        if organisation is not None and (firm is None or firm.state != "active"):
            raise Problem("admission.firm", "a firm of the chain is not active", where="chain", status=409)


def _contract(row: Application) -> Contract:
    text = wording.contract(row)
    return Contract.objects.create(
        application=row, holder_id=row.applicant_id, text=text, text_sha256=sha256(text.encode()).hexdigest(),
        per_minute=row.per_minute, per_hour=row.per_hour, per_day=row.per_day, from_minute=row.from_minute,
        to_minute=row.to_minute, shown_at=clock.now(),
    )  # fmt: skip


def _keep(row: Application, account: int, outcome: State, items: dict[str, Any], why: str, entry: int) -> None:
    Review.objects.create(
        application=row, account=account, outcome=outcome.value, items=items, reason=why, at=clock.now(), entry=entry
    )
