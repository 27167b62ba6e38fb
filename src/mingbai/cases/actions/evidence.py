"""举报凭证: a reporter adds what they have; who verifies the case sees it, and that is on record before."""

from __future__ import annotations

from hashlib import sha256
from typing import BinaryIO

from django.db import IntegrityError, transaction

from mingbai.cases import events
from mingbai.cases.models import Case, Evidence, EvidenceLook, Report
from mingbai.cases.rules import evidence as rules
from mingbai.cases.rules.casework import UNDER_WAY
from mingbai.cases.rules.evidence import Kind
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger import queries as documents
from mingbai.ledger.canonical import Json
from mingbai.notices.queries import profile

REASON = 4  # characters at least
_OPEN = (Report.State.NEW, Report.State.STANDING, Report.State.JOINED)


def add_recording(report: int, *, reporter: int, file: BinaryIO, name: str) -> int:
    """Put the reporter's own recording with a report; its id.

    Raises Problem for somebody else's report, one that is answered, a file that is no recording, empty or larger than
    `cases.sample_mb`, the same file again, and beyond so many of one report.
    """
    most = profile().cases.sample_mb << 20
    data = file.read(most + 1)
    if not 0 < len(data) <= most:
        what = f"a recording of at most {most >> 20} MB is needed"
        raise Problem("reports.evidence_size", what, where="file", mend="cut it to what matters", status=413)
    return _kept(report, reporter, Kind.RECORDING, rules.form_of(data), data, name)


def add_sms(report: int, *, reporter: int, text: str) -> int:
    """Put the text of an SMS that came from the reported number with a report; its id. Raises Problem as above."""
    return _kept(report, reporter, Kind.SMS, rules.TEXT, rules.sms(text), "")


def open_evidence(evidence: int, *, account: int, reason: str) -> tuple[str, bytes]:
    """Its media type and content, for who verifies the report's case, and nobody else; who looks and why is on record
    before. Raises Problem for anybody else, without a reason, and when it was destroyed with whom it is of."""
    why = reason.strip()[:200]
    if len(why) < REASON:
        raise Problem("cases.no_reason", "a reason is needed to look", where="reason", mend="say why")
    with transaction.atomic():
        row = Evidence.objects.select_related("report__joined").filter(id=evidence).first()
        if row is None:
            raise Problem("reports.no_evidence", "there is no such thing", where="evidence", status=404)
        case = row.report.case or (row.report.joined.case if row.report.joined else None)
        if not Case.objects.filter(id=case or 0, verifier=account, state__in=UNDER_WAY).exists():
            what = "who verifies the case looks at what reporters added, and nobody else"
            raise Problem("reports.evidence_verifier", what, where="account", status=403)
        if (data := documents.document(row.sha256)) is None:
            raise Problem("cases.sample_gone", "it was destroyed", where="evidence", status=410)
        content: dict[str, Json] = {"account": account, "evidence": evidence, "reason": why}
        entry = ledger.append(events.EVIDENCE_SEEN, content, subject=_subject(row.report))
        EvidenceLook.objects.create(evidence=row, account=account, reason=why, at=clock.now(), entry=entry)
    return row.media, data


def _kept(report: int, reporter: int, kind: Kind, media: str, data: bytes, name: str) -> int:
    digest = sha256(data).hexdigest()
    try:
        with transaction.atomic():
            row = Report.objects.select_for_update().filter(id=report, reporter_id=reporter).first()
            if row is None:
                raise Problem("reports.unknown", "there is no such report of yours", where="report", status=404)
            if row.state not in _OPEN:
                raise Problem("reports.evidence_late", "this report is answered", where="report", status=409)
            if row.evidence.filter(sha256=digest).exists():
                raise Problem("reports.evidence_twice", "this is with the report", where="file", status=409)
            if row.evidence.count() >= rules.MOST:
                what = f"{rules.MOST} things at most come with a report"
                raise Problem("reports.evidence_many", what, where="file", status=409)
            kept = ledger.keep_document(_subject(row), data)
            content: dict[str, Json] = {"follow": row.follow, "kind": kind, "sha256": kept}
            entry = ledger.append(events.EVIDENCE, content, subject=_subject(row))
            return Evidence.objects.create(
                report=row, kind=kind, name=name.strip()[:120], media=media, size=len(data), sha256=kept,
                at=clock.now(), entry=entry,
            ).id  # fmt: skip
    except IntegrityError:
        raise Problem("reports.evidence_twice", "this is with the report", where="file", status=409) from None


def forget(subject: str) -> None:
    """Names of files of an erased reporter go; the contents go with the reporter's key."""
    mine = int(subject.removeprefix("subscriber:"))
    Evidence.objects.filter(report__reporter_id=mine).update(name="")


def _subject(row: Report) -> str:
    """Under whose key it lies: the reporter's."""
    return f"subscriber:{row.reporter_id}"
