"""The second person's part: answer questions, send back, publish; and withdrawing what is published."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.tariffs import events, queries, rules, search
from mingbai.tariffs.actions.drafting import append, locked, refuse_errors, refuse_state
from mingbai.tariffs.models import Answer, Plan, Version

State = Version.State
SHORTEST, LONGEST = 2, 300


def _words(text: str, where: str) -> str:
    bare = " ".join(text.split())
    if not SHORTEST <= len(bare) <= LONGEST:
        raise Problem("tariffs.words", f"{SHORTEST} to {LONGEST} characters are needed", where=where)
    return bare


def _second_person(row: Version, account: int) -> None:
    if account in row.editors:
        raise Problem(
            "tariffs.second_person", "whoever wrote a version does not review it", where="account", status=409
        )


def answer(version: int, *, key: str, account: int, text: str) -> None:
    """The reviewer answers a question (`key`: rules.key of the finding), once, on record."""
    said = _words(text, "answer")
    try:
        with transaction.atomic():
            plan, row = locked(version)
            refuse_state(row, State.IN_REVIEW)
            _second_person(row, account)
            asked = {rules.key(one): one for one in rules.questions(queries.findings(version))}
            if key not in asked:
                raise Problem("tariffs.no_question", "there is no such question", where="question", status=404)
            entry = append(
                events.ANSWERED, plan, row.number, account=account, answer=said, field=asked[key].field,
                rule=asked[key].rule, text=asked[key].text, sha256=row.sha256,
            )  # fmt: skip
            Answer.objects.create(
                version=row, key=key, rule=asked[key].rule, account=account, text=said, at=clock.now(), entry=entry
            )
    except IntegrityError:
        raise Problem("tariffs.answered", "this question is answered", where="question", status=409) from None


def send_back(version: int, *, account: int, reason: str) -> None:
    """The version is a draft again, with the reason on record. Answers to words that stay hold on."""
    why = _words(reason, "reason")
    with transaction.atomic():
        plan, row = locked(version)
        refuse_state(row, State.IN_REVIEW)
        Version.objects.filter(id=version, state=State.IN_REVIEW).update(state=State.DRAFT)
        append(events.RETURNED, plan, row.number, account=account, reason=why)


def publish(version: int, *, account: int) -> int:
    """Publish a version that is in review; the ledger entry's id. It replaces the one that the zone shows now.

    Raises Problem when `account` wrote any of it, while an error stands (`findings` lists them), and while a question
    is not answered.
    """
    with transaction.atomic():
        plan, row = locked(version)
        refuse_state(row, State.IN_REVIEW)
        _second_person(row, account)
        asked = refuse_errors(version)
        answered = {one.key: one for one in Answer.objects.filter(version=row)}
        if unanswered := rules.open_questions(asked, answered):
            what = "questions are not answered: " + "; ".join(f"{one.field} {one.rule}" for one in unanswered)
            raise Problem("tariffs.questions", what[:500], where=unanswered[0].field, findings=unanswered)
        now = clock.now()
        said = [{"rule": one.rule, "answer": one.text} for one in sorted(answered.values(), key=lambda one: one.key)]
        former = Version.objects.filter(plan=plan, state=State.PUBLISHED).first()
        if former is not None:
            Version.objects.filter(id=former.id, state=State.PUBLISHED).update(state=State.REPLACED, ended_at=now)
            append(events.REPLACED, plan, former.number, account=account, by=row.number)
        entry = append(events.PUBLISHED, plan, row.number, account=account, sha256=row.sha256, answers=said)
        Version.objects.filter(id=version, state=State.IN_REVIEW).update(
            state=State.PUBLISHED, published_at=now, published_by=account, entry=entry
        )
        Plan.objects.filter(id=plan.id).update(shown_id=version)
        search.index(version, queries.content_of(version))
    return entry


def withdraw(plan: int, *, account: int, reason: str) -> None:
    """Take the published version of a plan off sale, now; the zone shows it as withdrawn from then on."""
    why = _words(reason, "reason")[:200]
    with transaction.atomic():
        row = Plan.objects.select_for_update().filter(id=plan).first()
        if row is None:
            raise Problem("tariffs.unknown", "no such tariff", where="plan", status=404)
        shown = Version.objects.filter(plan=row, state=State.PUBLISHED).first()
        if shown is None:
            raise Problem("tariffs.not_published", "the plan is not published", where="plan", status=409)
        Version.objects.filter(id=shown.id, state=State.PUBLISHED).update(
            state=State.WITHDRAWN, ended_at=clock.now(), end_reason=why
        )
        append(events.WITHDRAWN, row, shown.number, account=account, reason=why, sha256=shown.sha256)
