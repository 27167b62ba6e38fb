"""What travels between an asker and the gate as JSON: the question, the answer, the problem."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import msgspec

from mingbai.gate.check import Answer
from mingbai.gate.decide import Verdict
from mingbai.gate.hosts.question import Question, decode_question
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import USES, Decision

PURPOSE_INDEX: dict[str, int] = {use.value: index for index, use in enumerate(USES)}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WORDS = {Decision.ALLOW: "allow", Decision.LABEL: "label", Decision.REFUSE: "refuse"}
_DIGITS = re.compile(r"\d{5,}")
_PLACE = re.compile(r"(.*) - at `(.*)`", re.DOTALL)


encode = msgspec.json.Encoder().encode


def question_of(body: bytes) -> Question:
    """Raises Problem that names the field and what it should be; one that is there twice too.

    The decoder takes the last of two equal names in silence. Who reads the first would see another call, so a name
    given twice is refused. Each name and each text stands in two quotes, and no object can stand inside this one: with
    as many quotes as what was decoded needs, none is there twice. Only with more is the body looked through.
    """
    try:
        question = decode_question(body)
        if body.count(b'"') != _quotes(question):
            json.loads(body, object_pairs_hook=_each_once)
        return question
    except msgspec.ValidationError as error:
        found = _PLACE.fullmatch(str(error))
        what, where = found.groups() if found else (str(error), "$")
        what = _DIGITS.sub("…", what)  # it repeats the value, which may be somebody's number
        raise Problem("request.field", what, where=where, mend="see docs/gate.md", status=422) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem("request.json", str(error), where="body", mend="send one JSON object", status=400) from None


def _quotes(question: Question) -> int:
    """How many quotes say it in the fewest words."""
    needed = 12  # caller, callee and mode: name and text
    if question.trunk:
        needed += 4
    if question.purpose is not None:
        needed += 4
    if question.at is not None:
        needed += 4
    if question.verstat:
        needed += 4
    if question.budget_ms:
        needed += 2
    return needed


def _each_once(pairs: list[tuple[str, object]]) -> None:
    """Raises Problem that names the first name given twice. All are names of fields: the decoder refused any other."""
    seen: set[str] = set()
    for name, _value in pairs:
        if name in seen:
            raise Problem("request.twice", "a field given twice", where=f"$.{name}", mend="send it once", status=422)
        seen.add(name)


def micros(at: datetime | None) -> int:
    """µs since the epoch, 0 for None. Raises Problem for a time without an offset, and for the epoch itself."""
    if at is None:
        return 0
    if at.tzinfo is None:
        raise Problem("request.field", "a time without its offset", where="$.at", mend="2026-01-31T09:00:00+08:00")
    since = (at - _EPOCH) // _MICROSECOND
    if not since:  # 0 means now to `Gate.question`: a call of 1970 would be judged as one of today
        raise Problem("gate.time", "no call is made then", where="$.at", mend="a time from 1970 to 9998")
    return since


def instant(at_us: int) -> str | None:
    """RFC 3339 in UTC with milliseconds, None for 0."""
    return _stamp(at_us // 1000) if at_us else None


_stamped: tuple[int, str] = (-1, "")


def _stamp(ms: int) -> str:
    global _stamped
    latest = _stamped
    if latest[0] != ms:
        text = (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        latest = _stamped = ms, text
    return latest[1]


class Replies:
    """Answers as bytes. What a rule always says is encoded once."""

    def __init__(self) -> None:
        self._heads: dict[int, tuple[Verdict, bytes]] = {}

    def encode(self, answer: Answer) -> bytes:
        verdict = answer.verdict
        key = id(verdict.reason)  # one object for each outcome of a profile; kept alive by the head
        known = self._heads.get(key)
        if known is None or known[0].reason is not verdict.reason:
            if len(self._heads) > 1000:
                self._heads.clear()
            known = self._heads[key] = verdict, _head(verdict)
        label, consent = verdict.label, verdict.consent
        tail = b'"receipt_id":%s,"facts_at":%s}' % (
            b'"%s"' % answer.receipt.encode() if answer.receipt else b"null",
            b'"%s"' % stamp.encode() if (stamp := instant(answer.facts_at)) else b"null",
        )
        if label:
            tail = b'"label":%s,' % encode(label) + tail
        if consent:
            tail = b'"consent":%d,' % consent + tail
        return known[1] + tail


def _head(verdict: Verdict) -> bytes:
    """The object up to what differs from call to call, with a comma after it."""
    said = {
        "decision": _WORDS[verdict.decision],
        "code": verdict.code,
        "reason": verdict.reason,
        "rule": verdict.rule,
        "basis": {name: text for name, text in verdict.basis._asdict().items() if text},
        "sip": verdict.sip._asdict(),
    }
    return encode(said)[:-1] + b","


def problem(error: Problem, **more: int) -> bytes:
    """RFC 9457 problem details."""
    body: dict[str, str | int] = {
        "type": f"urn:mingbai:problem:{error.code}",
        "title": error.what or error.code,
        "status": error.status,
        "code": error.code,
    }
    if error.where:
        body["where"] = error.where
    if error.mend:
        body["mend"] = error.mend
    return encode({**body, **more})
