"""核实: what is looked at, by a person; nothing is disposed of before."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from typing import Any, BinaryIO

from django.db import transaction

from mingbai.calls import queries as calls
from mingbai.calls.queries import Target
from mingbai.cases import steps
from mingbai.cases.actions.answers import answer_reports
from mingbai.cases.actions.casework.recording import digest, entered, held, said
from mingbai.cases.models import Case, CheckDone, Look, Question, Report, Sample
from mingbai.cases.queries import clocks
from mingbai.cases.queries.evidence import in_case
from mingbai.cases.rules import casework as rules
from mingbai.cases.rules.appeals import Party
from mingbai.cases.rules.casework import Check, Seen, Source, State
from mingbai.cases.targets import number_of, party_of
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger import queries as documents
from mingbai.notices import actions as notices
from mingbai.notices.queries import profile

REASON = 4  # characters at least


def check(case: int, *, kind: str, seen: str, note: str, account: int) -> int:
    """One check was made: what it showed; its id. Of the same thing looked at again the later counts.

    With the pattern its figures are frozen. Raises Problem for an unknown check, one that cannot be said so, and for a
    case that this account does not verify.
    """
    sort, showed = _check(kind, seen)
    kept = said(note, "note")
    with transaction.atomic():
        row = verified_by(case, account)
        if sort is Check.SAMPLE and showed is not Seen.IMPOSSIBLE and not _sampled(row):
            mend = "add the recording, or say why there is none"
            raise Problem("cases.no_sample", "no sample is with the case", where="sample", mend=mend, status=409)
        if sort is Check.HOLDER and showed is not Seen.IMPOSSIBLE and not row.questions.exists():
            raise Problem(
                "cases.not_asked", "the holder was not asked", where="holder_answer", mend="ask it", status=409
            )
        figures = figures_of(row) if sort is Check.PATTERN else {}
        content = {"account": account, "check": sort, "seen": showed, "note_sha256": digest(kept), **_counts(figures)}
        entry = entered(steps.CHECKED, case, content)
        made = CheckDone.objects.create(
            case=row, kind=sort, seen=showed, note=kept, figures=figures, account=account, at=clock.now(), entry=entry
        )
    return made.id


def add_sample(
    case: int, *, source: str, name: str, file: BinaryIO, account: int, report: int | None = None
) -> int:  # fmt: skip
    """Put a recording with the case; its id. There are three sources, and a live call is none of them (电信条例 65).

    Raises Problem for any other source, a file that is empty or too large, or one that is there already.
    """
    try:
        kind = Source(source)
    except ValueError:
        what, mend = f"no sample may come from “{source}”", ", ".join(Source)
        raise Problem("cases.sample_source", what, where="source", mend=mend) from None
    data = _read(file)
    with transaction.atomic():
        row = verified_by(case, account)
        if row.samples.filter(sha256=sha256(data).hexdigest()).exists():
            raise Problem("cases.sample_twice", "this recording is with the case", where="file", status=409)
        kept = ledger.keep_document(_subject(row, report), data)
        entry = entered(steps.SAMPLED, case, {"account": account, "source": kind, "sha256": kept})
        made = Sample.objects.create(
            case=row, source=kind, report=report, sha256=kept, name=name.strip()[:120], size=len(data),
            account=account, at=clock.now(), entry=entry,
        )  # fmt: skip
    return made.id


def listen(sample: int, *, account: int, reason: str) -> bytes:
    """The recording, after it was put on record who listens and why. Raises Problem without a reason, and when it was
    destroyed with whom it is of."""
    why = reason.strip()[:200]
    if len(why) < REASON:
        raise Problem("cases.no_reason", "a reason is needed to listen", where="reason", mend="say why")
    with transaction.atomic():
        row = Sample.objects.filter(id=sample).first()
        if row is None:
            raise Problem("cases.no_sample", "there is no such sample", where="sample", status=404)
        content = {"account": account, "sample": sample, "reason": why}
        entry = entered(steps.LISTENED, row.case_id, content)
        Look.objects.create(sample=row, account=account, reason=why, at=clock.now(), entry=entry)
    data = documents.document(row.sha256)
    if data is None:
        raise Problem("cases.sample_gone", "the recording was destroyed", where="sample", status=410)
    return data


def ask_holder(case: int, *, text: str, account: int, page: str) -> int:
    """Ask whoever answers for the number, once at a time; the question's id. `page`: where a person can answer.

    Raises Problem where nobody is known to ask, or a question is open.
    """
    kept = said(text, "text")
    with transaction.atomic():
        row = verified_by(case, account)
        whom = party_of(row)
        if not any(whom):
            mend = "note the check as impossible"
            raise Problem("cases.nobody_to_ask", "nobody is known to hold this number", mend=mend, status=409)
        if row.questions.filter(answered_at=None).exists():
            raise Problem("cases.asked", "a question is open", where="question", status=409)
        now = clock.now()
        until = clocks.calendar().due(now, profile().cases.holder_answer_days)
        content = {"account": account, "text_sha256": digest(kept), "due_at": until.at.isoformat(timespec="seconds")}
        entry = entered(steps.ASKED, case, content, subject=whom.subject)
        made = Question.objects.create(
            case=row, organisation_id=whom.organisation or None, subscriber_id=whom.subscriber or None, text=kept,
            account=account, asked_at=now, due_at=until.at, provisional=until.provisional, entry=entry,
        )  # fmt: skip
        if whom.subscriber:
            text = f"【明白】您的号码被多人举报，正在核实。请说明情况：{page} Your number was reported, please answer."
            notices.send(subscriber=whom.subscriber, template="case.question", text=text, context=f"case:{case}")
    return made.id


def answer_question(question: int, *, party: Party, text: str, account: int | None = None) -> None:
    """Whoever was asked answers, late too while nothing is found. Raises Problem for anybody else,
    and the second time."""
    kept = said(text, "answer")
    with transaction.atomic():
        row = Question.objects.select_for_update().filter(id=question).first()
        if row is None or Party(row.organisation_id or 0, row.subscriber_id or 0) != party:
            raise Problem("cases.no_question", "there is no such question", where="question", status=404)
        open_ones = Question.objects.filter(id=question, answered_at=None, case__state=State.VERIFYING)
        if not open_ones.update(answer=kept, answered_by=account, answered_at=clock.now()):
            raise Problem("cases.question_closed", "it is answered, or the case is found", where="question", status=409)
        content = {"question": question, "account": account or 0, "text_sha256": digest(kept)}
        entered(steps.ANSWERED_QUESTION, row.case_id, content, subject=party.subject)


def find(case: int, *, finding: str, text: str, account: int) -> int:
    """核实结论, by who verified; its id. Raises Problem while a check is missing or the holder's time is running."""
    kept = said(text, "text")
    with transaction.atomic():
        row = verified_by(case, account)
        done = [rules.Done(kind, seen) for kind, seen in row.checks.order_by("id").values_list("kind", "seen")]
        awaited = row.questions.filter(answered_at=None, due_at__gt=clock.now()).exists()
        kind = rules.check_finding(finding, done, profile().cases.checks, answer_awaited=awaited)
        if not Case.objects.filter(id=case, state=State.VERIFYING).update(state=State.FOUND):
            raise Problem("cases.state", "somebody found it already", where="case", status=409)
        entry = entered(steps.FOUND, case, {"account": account, "finding": kind, "text_sha256": digest(kept)})
        made = row.findings.create(kind=kind, text=kept, account=account, at=clock.now(), entry=entry)
        if kind not in rules.GUILTY:  # else they hear of it when something was done about it
            answer_reports(case=case, outcome=kind, account=account)
    return made.id


def verified_by(case: int, account: int) -> Case:
    """The case under verification by this account. Raises Problem for any other."""
    row = held(case, State.VERIFYING)
    if row.verifier != account:
        raise Problem("cases.not_yours", "somebody else verifies this case", where="case", status=409)
    return row


def figures_of(row: Case) -> dict[str, Any]:
    """The call pattern of the number, as it is now."""
    number = number_of(row)
    if not number:
        return {}
    found = asdict(calls.pattern(Target(number=number), profile().cases.preview_days))
    return {**found, "since": found["since"].isoformat(), "until": found["until"].isoformat()}


def _sampled(row: Case) -> bool:
    """Whether there is a recording to judge by: one with the case, or one that a reporter added."""
    return row.samples.exists() or in_case(row.id).exists()


def _read(file: BinaryIO) -> bytes:
    most = profile().cases.sample_mb << 20
    data = file.read(most + 1)
    if not 0 < len(data) <= most:
        what = f"a recording of at most {most >> 20} MB is needed"
        raise Problem("cases.sample_size", what, where="file", mend="cut it to what matters", status=422)
    return data


def _subject(row: Case, report: int | None) -> str:
    """Under whose key a recording lies: whose own it is, else who answers for the number, else who has it."""
    whose = Report.objects.filter(id=report or 0, case=row.id).values_list("reporter_id", flat=True).first()
    if whose:
        return f"subscriber:{whose}"
    party = party_of(row)
    return party.subject if any(party) else f"case:{row.id}"


def _counts(figures: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in figures.items() if isinstance(value, int)}


def _check(kind: str, seen: str) -> tuple[Check, Seen]:
    try:
        return Check(kind), Seen(seen)
    except ValueError:
        raise Problem("cases.unknown_check", f"no check “{kind}”, “{seen}”", where="check") from None
