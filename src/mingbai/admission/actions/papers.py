"""材料: papers handed in, looked at by staff on record, destroyed when their time is over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import BinaryIO

from django.db import transaction

from mingbai.admission import events, files
from mingbai.admission.actions import who
from mingbai.admission.actions.recording import append, held, iso, policy, today
from mingbai.admission.models import Application, Contract, Document, Doubt
from mingbai.admission.rules.words import EDITABLE, Paper, State
from mingbai.admission.rules.words import Doubt as Kind
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people

LONGEST_NAME = 120
SETTLED = "settled"


def add_paper(
    application: int, *, account: int, paper: str, file: BinaryIO, file_name: str, expires_on: date | None
) -> int:
    """Hand in one of the five, in the place of the one before; its id. `expires_on`: its last day; None: without end.

    While an application is being entered, and after its numbers were allocated, when a paper runs out. Raises Problem
    for one that has expired, and for a file that is no paper.
    """
    with transaction.atomic():
        _taking(application, account)
    if paper not in set(Paper):
        raise Problem("admission.paper", "there is no such paper", where="paper", mend=", ".join(Paper))
    if expires_on is not None and expires_on < today():
        raise Problem("admission.paper_expired", "this paper has expired", where="expires_on", mend="hand in a new one")
    # Written before the transaction that names it; what dies between the two is swept away.
    kept = files.keep(files.take(file))
    with transaction.atomic():
        row, now = _taking(application, account), clock.now()
        Document.objects.filter(application=row, paper=paper, replaced_at=None).update(replaced_at=now)
        made = Document.objects.create(
            application=row, paper=paper, file=kept.name, sha256=kept.sha256, file_name=file_name[-LONGEST_NAME:],
            size=kept.size, expires_on=expires_on, account=account, added_at=now,
        )  # fmt: skip
        Application.objects.filter(id=row.id).update(editors=sorted({*row.editors, account}))
        about_it = Doubt.objects.filter(application=row, about=paper, decided_at=None)
        about_it.filter(kind__in=[Kind.PAPER_EXPIRING.value, Kind.PAPER_EXPIRED.value]).update(
            decided_at=now, account=account, decision=SETTLED
        )
        append(
            events.PAPER, row, paper=paper, sha256=kept.sha256, size=kept.size, expires_on=iso(expires_on) or "–",
            account=account,
        )  # fmt: skip
    return made.id


def _taking(application: int, account: int) -> Application:
    """The application, held. Raises Problem unless papers of it are taken now, from this account."""
    row = held(application)
    who.for_firm(account, "apply.number", row.applicant_id)
    if State(row.state) not in (*EDITABLE, State.ALLOCATED):
        raise Problem("admission.state", f"the application is {row.state}", where="application", status=409)
    return row


def open_paper(document: int, *, account: int) -> tuple[str, bytes]:
    """A paper's file name and content: for its firm, and for an operator's staff, whose look is put on record."""
    row = Document.objects.select_related("application").filter(id=document).first() if 0 < document < 1 << 63 else None
    if row is None:
        raise Problem("admission.unknown", "no such paper", where="document", status=404)
    application = row.application
    found = people.account_by_id(account)
    if found is None or found.organisation != application.applicant_id:
        who.staff(account, "review.application")
        with transaction.atomic():
            append(events.PAPERS_OPENED, application, paper=row.paper, document=row.id, account=account)
    else:
        who.of_firm(account, "see.organisation", application.applicant_id)
    return row.file_name, files.read(row.file)


def destroy_due(limit: int = 100) -> int:
    """Destroy papers of applications that ended longer ago than the law wants them kept; how many. For the work loop.

    A file that a later application rests on too stays with that one.
    """
    before = clock.now() - timedelta(days=policy().admission.papers_kept_days)
    over = Document.objects.filter(application__ended_at__lt=before, destroyed_at=None)
    gone = 0
    for application in sorted(set(over.values_list("application_id", flat=True)[:limit])):
        with transaction.atomic():
            row = held(application)
            rows = list(Document.objects.filter(application=row, destroyed_at=None))
            Document.objects.filter(id__in=[one.id for one in rows]).update(destroyed_at=clock.now(), file_name="")
            append(events.PAPERS_DESTROYED, row, count=len(rows))
        for one in rows:
            if not Document.objects.filter(file=one.file, destroyed_at=None).exists():
                files.destroy(one.file)
        gone += len(rows)
    return gone


def sweep() -> int:
    """Destroy files that nothing names; how many. For the work loop."""
    needed = set(Document.objects.filter(destroyed_at=None).values_list("file", flat=True))
    needed |= set(Contract.objects.exclude(file="").values_list("file", flat=True))
    return files.sweep(needed)
