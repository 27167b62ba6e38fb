"""The gate over HTTP: what is answered to a request. `hosts.connection` carries it, in as many processes as wanted.

POST /gate/v1/decide (one JSON object, or NDJSON), POST /gate/v1/batch (NDJSON), GET /gate/v1/health, GET
/gate/v1/metrics. See docs/gate.md.
No request is logged: a log of who called whom is the journal's business alone.
"""

from __future__ import annotations

import re
from typing import Any

from mingbai.gate.check import Answer, Gate
from mingbai.gate.hosts import metrics, wire
from mingbai.gate.hosts.connection import Reply, Request
from mingbai.gate.hosts.keys import Bearer, Keys
from mingbai.gate.hosts.question import Question
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem

MOST_BYTES = 16 * 1024
MOST_BATCH_BYTES = 4 * 1024 * 1024
MOST_LINES = 10_000
_METRICS = metrics.PATH.encode()
_PATHS = {b"/gate/v1/decide": "POST", b"/gate/v1/batch": "POST", b"/gate/v1/health": "GET", _METRICS: "GET"}
_NDJSON = "application/x-ndjson"
_LINES = _NDJSON.encode()
_JSON = (("content-type", "application/json"),)
_NO_FACTS = Problem("facts.missing", status=503)
_CORRELATOR = re.compile(rb"[!-~]{1,128}")


class Application:
    """One worker's host."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._keys = Keys(gate.reader)
        self._replies = wire.Replies()
        self._meters = Meters(gate.home.meters, "http")

    def respond(self, request: Request) -> Reply:
        try:
            reply = self._route(request)
        except Problem as error:
            reply = _refused(error)
        correlator = request.headers.get(b"x-correlator")
        if correlator and _CORRELATOR.fullmatch(correlator):
            return reply._replace(headers=(*reply.headers, ("x-correlator", correlator.decode("ascii"))))
        return reply

    def most_bytes(self, path: bytes, headers: dict[bytes, bytes]) -> int:
        batch = path == b"/gate/v1/batch" or headers.get(b"content-type", b"").startswith(_LINES)
        return MOST_BATCH_BYTES if batch else MOST_BYTES

    def fault(self, status: int, code: str, what: str, where: str = "") -> Reply:
        return _refused(Problem(code, what, where=where, status=status))

    def close(self) -> None:
        self._gate.close()

    def _route(self, request: Request) -> Reply:
        method, path, headers, _ = request
        if path == b"/gate/v1/decide" and method == b"POST":
            if headers.get(b"content-type", b"").startswith(_LINES):
                return self._batch(request)
            return Reply(200, _JSON, self._decide(request))
        if path == b"/gate/v1/batch" and method == b"POST":
            return self._batch(request)
        if path == b"/gate/v1/health" and method in (b"GET", b"HEAD"):
            return self._health()
        if path == _METRICS and method in (b"GET", b"HEAD"):
            return Reply(*metrics.page(self._gate, headers.get(b"accept", b"").decode("latin-1")))
        if allowed := _PATHS.get(path):
            where = path.decode("ascii")
            raise Problem("request.method", f"{where} takes {allowed}", status=405, allow=allowed)
        raise Problem("request.path", "there is nothing here", mend="POST /gate/v1/decide", status=404)

    def _decide(self, request: Request) -> bytes:
        try:
            bearer = self._keys.bearer(request.headers.get(b"authorization", b""))
        except Problem as error:
            if error.code != "facts.missing":
                raise
            return self._emergency(request.body, error)
        return self._replies.encode(self._answer(wire.question_of(request.body), bearer))

    def _answer(self, question: Question, bearer: Bearer) -> Answer:
        gate, began = self._gate, clock.monotonic_ns()
        callee = parse(question.callee)
        if not callee.digits:
            raise Problem(
                "callee.unreadable", "the called number is no number", where="$.callee", mend="E.164 or national"
            )
        caller = parse(question.caller)
        purpose = None if question.purpose is None else wire.PURPOSE_INDEX[question.purpose]
        at = 0 if question.at is None else wire.micros(question.at)
        call = gate.question(caller, callee, question.trunk, at, purpose, question.verstat)
        bearer.check(call)
        if question.mode == "attempt":
            return self._metered(gate.attempt(call), began)
        if wait := gate.count_asks(bearer.digest):
            raise Problem("asks.too_many", "this key has asked too often", mend="wait", status=429, retry_after=wait)
        return gate.ask(call)

    def _metered(self, answer: Answer, began: int) -> Answer:
        verdict = answer.verdict
        self._meters.count(verdict.code, verdict.sip.code, clock.monotonic_ns() - began)
        if not answer.receipt:
            self._meters.unjournalled()
        return answer

    def _emergency(self, body: bytes, error: Problem) -> bytes:
        """Without facts no key can be checked; a call for help is answered all the same: it tells nothing of anyone."""
        question = wire.question_of(body)
        call = self._gate.question(parse(question.caller), parse(question.callee), question.trunk)
        if call.callee.kind not in self._gate.policy.always_pass:
            raise error
        return self._replies.encode(self._gate.ask(call))

    def _batch(self, request: Request) -> Reply:
        began = clock.monotonic()
        bearer, without = self._bearer_or_nothing(request)
        lines = request.body.split(b"\n")
        if len(lines) > MOST_LINES + 1:
            raise Problem("request.large", f"more than {MOST_LINES} lines", mend="send several batches", status=413)
        answers = [self._line(at, line, bearer or without, began) for at, line in enumerate(lines, 1) if line.strip()]
        return Reply(200, (("content-type", _NDJSON),), b"".join(answers))

    def _bearer_or_nothing(self, request: Request) -> tuple[Bearer | None, Problem]:
        """The key, or the problem that there are no facts to check it by: calls for help are answered all the same."""
        try:
            return self._keys.bearer(request.headers.get(b"authorization", b"")), _NO_FACTS
        except Problem as error:
            if error.code != "facts.missing":
                raise
            return None, error

    def _line(self, at: int, line: bytes, bearer: Bearer | Problem, began: float) -> bytes:
        try:
            if isinstance(bearer, Problem):
                return self._emergency(line, bearer) + b"\n"
            question = wire.question_of(line)
            if question.budget_ms and (clock.monotonic() - began) * 1000 > question.budget_ms:
                raise Problem("gate.late", "its time was over before its turn", where="$.budget_ms", status=503)
            return self._replies.encode(self._answer(question, bearer)) + b"\n"
        except Problem as error:
            return wire.problem(error, line=at) + b"\n"

    def _health(self) -> Reply:
        """How this worker is: 503 when it cannot serve, since no key can be checked without facts."""
        gate = self._gate
        body: dict[str, Any] = {
            "profile": gate.profile.name,
            "profile_trouble": gate.profile_trouble,
            "unjournalled": gate.unjournalled,
            "counters_evicted": gate.counters.evicted,
        }
        try:
            info = gate.reader.info()
        except Problem as error:
            return Reply(503, _JSON, wire.encode({"status": "missing", "trouble": error.what, **body}))
        synced = int(info["synced_at"])
        age = max(clock.now_us() - synced, 0) / 1e6
        status = "stale" if age > gate.profile.gate.facts_max_age_s else "ok"
        facts = {
            "generation": info["generation"],
            "position": info["position"],
            "facts_at": wire.instant(synced),
            "age_s": round(age, 3),
        }
        return Reply(200, _JSON, wire.encode({"status": status, "facts": facts, **body}))


def _refused(error: Problem) -> Reply:
    headers = [("content-type", "application/problem+json")]
    if error.status == 401:
        headers.append(("www-authenticate", 'Bearer realm="mingbai gate"'))
    if "retry_after" in error.more:
        headers.append(("retry-after", str(error.more["retry_after"])))
    if "allow" in error.more:
        headers.append(("allow", error.more["allow"]))
    return Reply(error.status, tuple(headers), wire.problem(error))


def application_of(gate: Gate) -> Application:
    """A gate, ticking by itself, as what the server serves."""
    gate.run_ticks()
    return Application(gate)


def application() -> Application:
    """A worker's, made after its fork, with the home that MINGBAI_HOME names."""
    return application_of(Gate(Home.from_environment()))
