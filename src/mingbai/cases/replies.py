"""短信举报: “JB 02160876100 推销”, a bare “JB” for the last call; each is answered with the number to follow it by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from mingbai.calls import queries as calls
from mingbai.cases import told
from mingbai.cases.actions.reports import Said, Source, report
from mingbai.cases.rules import reports as rules
from mingbai.cases.rules.reports import Typed
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits, parse
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision
from mingbai.notices import actions as notices
from mingbai.notices import inbox
from mingbai.notices.queries import profile

DAYS = 2  # how long ago the last call may be that a bare word means
_LOOKED_AT = 20


def register() -> None:
    """Register this room's words."""
    inbox.register("reports.sms", _read, _take, look_up=_last_call)


def _read(text: str) -> Typed | None:
    return rules.read_sms(text, profile().reports.sms_words)


def _last_call(subscriber: int) -> calls.Attempt | None:
    """The last call that rang, else the last that did not."""
    since = clock.now() - timedelta(days=DAYS)
    try:
        found = calls.attempts_to(subscriber, _LOOKED_AT, since_us=int(since.timestamp() * 1e6))
    except Problem:  # the number was erased
        return None
    named = [one for one in found if one.caller]
    return next((one for one in named if one.decision != Decision.REFUSE), named[0] if named else None)


def _take(reply: inbox.Reply) -> None:
    typed: Typed = reply.match
    try:
        filed = report(_said(reply.subscriber, typed, reply.known))
    except Problem as problem:
        text = told.not_taken(problem, profile().reports.sms_words)
        return _say(reply.subscriber, "report.not_taken", text, "")
    number = parse(typed.number) if typed.number else of_digits(reply.known.caller)
    text = told.received(filed.follow, number.masked, f"{settings.PUBLIC_URL}/report/")
    return _say(reply.subscriber, "report.received", text, f"report:{filed.id}")


def _said(subscriber: int, typed: Typed, last: calls.Attempt | None) -> Said:
    said = Said(
        source=Source.SMS, number=parse(typed.number), kind=typed.kind, reporter=subscriber, verified=True,
        text=typed.text[: rules.LONGEST_TEXT],
    )  # fmt: skip
    if typed.number:
        if not said.number.valid:
            raise Problem("reports.no_number", "this is no telephone number", where="number")
        return said
    if last is None:
        raise Problem("reports.no_call", "there was no call lately", where="call", status=404)
    at = datetime.fromtimestamp(last.at_us / 1e6, UTC)
    return Said(
        source=Source.SMS, number=of_digits(last.caller), kind=typed.kind, reporter=subscriber, verified=True,
        text=typed.text[: rules.LONGEST_TEXT], attempt=last.receipt_id, called_at=at,
    )  # fmt: skip


def _say(subscriber: int, template: str, text: str, context: str) -> None:
    notices.send(subscriber=subscriber, template=template, text=text, context=context)
