"""Verdicts on calls that a firm's numbers made, or that were made for it: why, on what basis, and how to appeal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from mingbai.calls import queries as calls
from mingbai.cases import queries as cases
from mingbai.cases.rules import Party
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.web import limits
from mingbai.web.api import shapes
from mingbai.web.api.keys import key_of
from mingbai.web.redress.record import Record, address, record

GUESSES = 5  # numbers written for one receipt, an hour
_PROBLEMS: dict[int, Any] = dict.fromkeys((401, 403, 404, 409, 422, 429), shapes.ProblemOut)
router = Router(tags=["verdicts"])


class BasisOut(Schema):
    """What the rule stands on. `standing`: law, notice, draft, practice or ours."""

    source: str
    standing: str
    setting: str


class AppealOut(Schema):
    """Your organisation's appeal. `index`, `answer_index`: entries in the evidence log, null until numbered."""

    state: Literal["open", "answered"]
    text: str
    made_at: datetime
    index: int | None
    answer: str
    answered_at: datetime | None
    answer_index: int | None


class VerdictOut(Schema):
    """One verdict, as the gate recorded it. The called number is masked; ids are those of the API."""

    id: str
    at: datetime
    decision: Literal["allow", "label", "refuse"]
    code: int
    rule: str
    reason: dict[str, str]
    basis: BasisOut | None
    caller: str
    callee: str
    holder: int | None
    principal: int | None
    use: str
    purpose: str | None = Field(description="What the caller declared, null when nothing")
    sip: int | None
    consent: int | None
    facts_age_ms: int | None
    index: int | None = Field(description="The evidence log's entry that seals it, null while it is not sealed")
    page: str = Field(description="Where people read the same and can appeal")
    appeal: AppealOut | None


class ReceiptIn(shapes.In):
    callee: shapes.Number = Field(description="The called number: the receipt names it, so only who knows it gets it")


@router.get("/verdicts/{verdict}", response={200: VerdictOut, **_PROBLEMS})
def verdict(request: HttpRequest, verdict: str) -> VerdictOut:
    """Why a call of your organisation's was refused, labelled or put through."""
    party, found = _own(request, verdict)
    said = cases.of_party(verdict, party)
    names = ("state", "text", "made_at", "index", "answer", "answered_at", "answer_index")
    appeal = AppealOut(**{name: getattr(said, name) for name in names}) if said else None
    attempt = found.attempt
    basis = BasisOut(source=found.basis, standing=found.standing, setting=found.setting) if found.basis else None
    told: dict[str, Any] = {
        "id": verdict,
        "at": datetime.fromtimestamp(attempt.at_us / 1e6, UTC),
        "decision": found.decision,
        "code": attempt.code,
        "rule": attempt.rule,
        "reason": dict(attempt.reason),
        "basis": basis,
        "caller": found.caller if attempt.caller else "",
        "callee": found.callee,
        "holder": attempt.holder or None,
        "principal": attempt.principal or None,
        "use": attempt.use,
        "purpose": attempt.purpose or None,
        "sip": attempt.sip,
        "consent": attempt.consent or None,
        "facts_age_ms": attempt.age_ms if found.age_s is not None else None,
        "index": attempt.index,
        "page": address(verdict),
        "appeal": appeal,
    }
    return VerdictOut(**told)


@router.post("/verdicts/{verdict}/receipt", response={200: str, **_PROBLEMS})
def receipt(request: HttpRequest, verdict: str, body: ReceiptIn) -> HttpResponse:
    """The verdict's receipt, as a .tlog-proof file. 409 while the call is not sealed in the log."""
    party, found = _own(request, verdict)
    limits.spend(f"redress:receipt:{verdict}:{party.subject}", GUESSES)
    if require(body.callee).digits != found.attempt.callee:
        raise Problem("redress.other_number", where="callee", status=422)
    text = calls.attempt_receipt(verdict)
    if text is None:
        raise Problem("web.receipt_waiting", status=409)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _own(request: HttpRequest, verdict: str) -> tuple[Party, Record]:
    party = Party(organisation=key_of(request, Scope.CONSENT_READ).organisation)
    found = calls.attempt(verdict)
    if found is None or not cases.concerns(party, found):
        raise Problem("cases.no_verdict", where="verdict", status=404)
    return party, record(found)
