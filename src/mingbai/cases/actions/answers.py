"""举报的答复: what became of a report is written down and told; what nobody agrees with is looked at by a person."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from mingbai.cases import events
from mingbai.cases import told as wording
from mingbai.cases.actions.reports import subject_of
from mingbai.cases.models import Report, Reported
from mingbai.cases.models.reports import Stage
from mingbai.cases.queries import clocks
from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.appeals import words as said_words
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import actions as notices
from mingbai.notices.queries import wish_of
from mingbai.people import queries as people

State = Report.State
_ANSWERABLE = (State.STANDING, State.SET_ASIDE, State.ANSWERED)


def answer_reports(*, case: int, outcome: str, account: int | None = None, text: str = "") -> int:
    """Every report in a case gets the case's finding as its answer; how many. Called again, it corrects the answer."""
    found = _outcome(outcome)
    with transaction.atomic():
        rows = list(Report.objects.select_for_update().filter(case=case, state__in=_ANSWERABLE).order_by("id"))
        for row in rows:
            _answer(row, found, account, text)
    return len(rows)


def answer_report(report: int, *, outcome: str, account: int, text: str = "") -> None:
    """Staff answers one report. Raises Problem for an unknown one, for one joined to another, or not judged yet."""
    found = _outcome(outcome)
    with transaction.atomic():
        _answer(_row(report), found, account, text)


def contest(report: int, *, reporter: int, text: str) -> None:
    """The reporter does not agree with the answer: the report waits for a person, with a clock of its own.

    Raises Problem for somebody else's report, for one that is not answered, and a second time.
    """
    said = said_words(text, "text")
    with transaction.atomic():
        row = _row(report)
        if row.reporter_id != reporter:
            raise Problem("reports.unknown", "there is no such report of yours", where="report", status=404)
        if row.state not in (State.SET_ASIDE, State.ANSWERED) or row.contested_at is not None:
            raise Problem("reports.not_contestable", "this report cannot be contested now", status=409)
        now = clock.now()
        due = clocks.due(now, Stage.ANSWER)
        ledger.append(events.CONTESTED, {"follow": row.follow, "text": said}, subject=subject_of(row.reporter_id, None))
        row.contest, row.contested_at = said, now
        row.stage, row.stage_at, row.due_at, row.provisional = Stage.ANSWER, now, due.at, due.provisional
        row.save()


def told(report: int, *, account: int) -> None:
    """Staff says that whoever handed the report in was told. Raises Problem when nobody waits to be told."""
    with transaction.atomic():
        row = _row(report)
        if row.stage != Stage.TELL:
            raise Problem("reports.not_to_tell", "nobody waits to be told of this report", status=409)
        row.stage, row.told_at = Stage.DONE, clock.now()
        row.save()
        _record_told(row, account)


def feed_told(feed: str, *, account: int) -> int:
    """Whoever hands in a feed was told of all that is answered in it; how many."""
    now, done = clock.now(), 0
    for ident in list(Report.objects.filter(feed=feed, stage=Stage.TELL).values_list("id", flat=True)):
        mine = Report.objects.filter(id=ident, stage=Stage.TELL)
        with transaction.atomic():
            if mine.update(stage=Stage.DONE, told_at=now):
                row = Report.objects.get(id=ident)
                _record_told(row, account)
                done += 1
    return done


def _record_told(row: Report, account: int) -> None:
    ledger.append(
        events.TOLD, {"account": account, "follow": row.follow},
        subject=subject_of(row.reporter_id, row.organisation_id),
    )  # fmt: skip


def conclude(row: Report, outcome: rules.Outcome, *, account: int | None = None, text: str = "") -> None:
    """Write the answer down and tell the reporter, in the caller's transaction; the entry is there already."""
    now = clock.now()
    due = clocks.due(now, Stage.TELL)
    row.outcome, row.answer, row.answered_at, row.answered_by = outcome, text, now, account
    row.stage, row.stage_at, row.due_at, row.provisional = Stage.TELL, now, due.at, due.provisional
    if row.reporter_id is not None and people.is_current(row.reporter_id):
        _tell(row, row.reporter_id)
        row.stage, row.told_at = Stage.DONE, now
    elif row.organisation_id is None:
        row.stage = Stage.DONE  # nobody is there to be told
    row.save()


def _answer(row: Report, outcome: rules.Outcome, account: int | None, text: str) -> None:
    if row.state not in _ANSWERABLE:
        raise Problem("reports.not_answerable", "this report cannot be answered yet", status=409)
    words = wording.OUTCOMES[outcome]
    said = {"en": words.en, "text": text, "zh": words.zh}
    row.answer_entry = ledger.append(
        events.REPORT_ANSWERED, {"account": account, "follow": row.follow, "outcome": outcome, **said},
        subject=subject_of(row.reporter_id, row.organisation_id),
    )  # fmt: skip
    row.state = State.ANSWERED
    conclude(row, outcome, account=account, text=text)
    if row.reported_id is not None:
        Reported.objects.filter(id=row.reported_id).update(stale=True)


def _tell(row: Report, reporter: int) -> None:
    lang = wish_of(reporter)[0]
    words = wording.OUTCOMES[rules.Outcome(row.outcome)].in_(lang)
    page = f"{settings.PUBLIC_URL}/report/"
    further = f"登录 {page} 提出" if lang == "zh" else f"say so at {page}"
    values = {"report": rules.shown_follow(row.follow), "outcome": words, "further": further}
    notices.tell("report_answer", subscriber=reporter, values=values, context=f"report:{row.id}")


def _outcome(word: str) -> rules.Outcome:
    try:
        return rules.Outcome(word)
    except ValueError:
        mend = ", ".join(rules.Outcome)
        raise Problem("reports.outcome", f"no outcome “{word[:20]}”", where="outcome", mend=mend) from None


def _row(report: int) -> Report:
    row = Report.objects.select_for_update().filter(id=report).first()
    if row is None:
        raise Problem("reports.unknown", "there is no such report", where="report", status=404)
    return row
