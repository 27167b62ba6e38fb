"""申诉: ask for a verdict to be looked at, answer that, look at a verdict as staff."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from mingbai.calls import queries as calls
from mingbai.cases import events, queries, rules
from mingbai.cases.actions.casework.appealing import appeal_case, behind
from mingbai.cases.models import Appeal
from mingbai.cases.rules import Party
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.notices import actions as notices


def appeal(*, verdict: str, party: Party, text: str, account: int | None = None) -> int:
    """A party to a refused call says that the refusal is wrong; the appeal's id. `account`: who writes for a firm.

    Where a measure refused the call it is an appeal against that measure's case (`appeal_case`).
    Raises Problem when there is no such call of theirs, when it was not refused, when they appealed already, and for
    a text that is too short or too long.
    """
    said = rules.words(text, "text")
    attempt = calls.attempt(verdict)
    if attempt is None or not queries.concerns(party, attempt):
        raise Problem("cases.no_verdict", "there is no such call of yours", where="verdict", status=404)
    if not rules.may_appeal(attempt.decision):
        raise Problem("cases.not_refused", "the call was not refused", where="verdict", status=409)
    if (case := behind(attempt, party)) is not None:
        return appeal_case(case, party=party, text=said, account=account, verdict=verdict)
    try:
        with transaction.atomic():
            content: dict[str, Any] = {"text": said, "verdict": verdict}
            if account is not None:
                content["account"] = account
            entry = ledger.append(events.APPEALED, content, subject=party.subject)
            return Appeal.objects.create(
                verdict=verdict,
                organisation_id=party.organisation or None,
                subscriber_id=party.subscriber or None,
                account=account,
                text=said,
                made_at=clock.now(),
                entry=entry,
            ).id
    except IntegrityError:
        if queries.of_party(verdict, party) is None:
            raise
        raise Problem("cases.appealed", "this call was appealed already", where="verdict", status=409) from None


def answer(appeal: int, *, account: int, text: str, page: str) -> None:
    """Staff answers an appeal; a subscriber gets an SMS that says so and names `page`, where the answer stands.

    Raises Problem for an unknown appeal, for one that is answered, and for a text that is too short or too long.
    """
    said = rules.words(text, "answer")
    with transaction.atomic():
        row = Appeal.objects.select_for_update().filter(id=appeal).first()
        if row is None:
            raise Problem("cases.no_appeal", "there is no such appeal", where="appeal", status=404)
        if row.state != Appeal.State.OPEN:
            raise Problem("cases.answered", "this appeal is answered already", where="appeal", status=409)
        if row.case_id is not None:
            what, mend = "this appeal is about a case", "decide it: upheld or rejected"
            raise Problem("cases.to_decide", what, where="appeal", mend=mend, status=409)
        content: dict[str, Any] = {"account": account, "appeal": appeal, "text": said, "verdict": row.verdict}
        party = Party(row.organisation_id or 0, row.subscriber_id or 0)
        entry = ledger.append(events.ANSWERED, content, subject=party.subject)
        Appeal.objects.filter(id=appeal, state=Appeal.State.OPEN).update(
            state=Appeal.State.ANSWERED, answer=said, answered_at=clock.now(), answered_by=account, answer_entry=entry
        )
        if row.subscriber_id:
            told = f"【明白】您对一通被拦来电的申诉已有答复，请看：{page} Your appeal is answered, see the page."
            notices.send(
                subscriber=row.subscriber_id, template="appeal.answered", text=told, context=f"appeal:{appeal}"
            )


def look(*, verdict: str, party: Party, account: int, reason: str) -> None:
    """Put on record that staff looks at a verdict, and why, before it is shown. `party`: whose call it is, if known.

    Raises Problem without a reason.
    """
    if not reason.strip():
        raise Problem("cases.no_reason", "a reason is needed to see a verdict", where="reason", mend="say why")
    content: dict[str, Any] = {"account": account, "reason": reason.strip()[:200], "verdict": verdict}
    with transaction.atomic():
        ledger.append(events.LOOKED, content, subject=party.subject if any(party) else "")


def forget(subject: str) -> None:
    """What an erased subscriber wrote and was answered goes; what is open has nobody to answer any more."""
    rows = Appeal.objects.filter(subscriber_id=int(subject.removeprefix("subscriber:")))
    rows.filter(state=Appeal.State.OPEN).delete()
    rows.update(text="", answer="")
