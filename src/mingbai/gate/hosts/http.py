"""The gate over HTTP: a plain WSGI callable, served by Granian in as many processes as wanted.

POST /gate/v1/decide (one JSON object, or NDJSON), POST /gate/v1/batch (NDJSON), GET /gate/v1/health, GET
/gate/v1/metrics. See docs/gate.md.
No request is logged: a log of who called whom is the journal's business alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from mingbai.gate.check import Answer, Gate
from mingbai.gate.hosts import metrics, wire
from mingbai.gate.hosts.keys import Bearer, Keys
from mingbai.gate.hosts.wire import Question
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]

MOST_BYTES = 16 * 1024
MOST_BATCH_BYTES = 4 * 1024 * 1024
MOST_LINES = 10_000
_PATHS = {"/gate/v1/decide": "POST", "/gate/v1/batch": "POST", "/gate/v1/health": "GET", metrics.PATH: "GET"}
_NDJSON = "application/x-ndjson"
_REASONS = {
    200: "200 OK",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    413: "413 Content Too Large",
    415: "415 Unsupported Media Type",
    422: "422 Unprocessable Content",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}
_JSON = ("content-type", "application/json")
_NO_FACTS = Problem("facts.missing", status=503)
_CORRELATOR = re.compile(r"[!-~]{1,128}")


class Application:
    """One worker's host."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._keys = Keys(gate.reader)
        self._replies = wire.Replies()
        self._meters = Meters(gate.home.meters, "http")

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            status, headers, body = self._route(environ)
        except Problem as error:
            status, headers, body = self._refuse(error)
        headers = [*headers, ("content-length", str(len(body)))]
        correlator = environ.get("HTTP_X_CORRELATOR")
        if correlator and _CORRELATOR.fullmatch(correlator):
            headers.append(("x-correlator", correlator))
        start(status, headers)
        return (body,)

    def _route(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/gate/v1/decide" and method == "POST":
            if environ.get("CONTENT_TYPE", "").startswith(_NDJSON):
                return self._batch(environ)
            return "200 OK", [_JSON], self._decide(environ)
        if path == "/gate/v1/batch" and method == "POST":
            return self._batch(environ)
        if path == "/gate/v1/health" and method in ("GET", "HEAD"):
            return self._health()
        if path == metrics.PATH and method in ("GET", "HEAD"):
            return metrics.page(self._gate, environ.get("HTTP_ACCEPT", ""))
        if path in _PATHS:
            raise Problem("request.method", f"{path} takes {_PATHS[path]}", status=405, allow=_PATHS[path])
        raise Problem("request.path", "there is nothing here", mend="POST /gate/v1/decide", status=404)

    def _decide(self, environ: Environ) -> bytes:
        try:
            bearer = self._keys.bearer(environ.get("HTTP_AUTHORIZATION", ""))
        except Problem as error:
            if error.code != "facts.missing":
                raise
            return self._emergency(_body(environ, MOST_BYTES), error)
        answer = self._answer(wire.question_of(_body(environ, MOST_BYTES)), bearer)
        return self._replies.encode(answer)

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

    def _batch(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        began = clock.monotonic()
        bearer, without = self._bearer_or_nothing(environ)
        lines = _body(environ, MOST_BATCH_BYTES).split(b"\n")
        if len(lines) > MOST_LINES + 1:
            raise Problem("request.large", f"more than {MOST_LINES} lines", mend="send several batches", status=413)
        answers = [self._line(at, line, bearer or without, began) for at, line in enumerate(lines, 1) if line.strip()]
        return "200 OK", [("content-type", _NDJSON)], b"".join(answers)

    def _bearer_or_nothing(self, environ: Environ) -> tuple[Bearer | None, Problem]:
        """The key, or the problem that there are no facts to check it by: calls for help are answered all the same."""
        try:
            return self._keys.bearer(environ.get("HTTP_AUTHORIZATION", "")), _NO_FACTS
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

    def _refuse(self, error: Problem) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [("content-type", "application/problem+json")]
        if error.status == 401:
            headers.append(("www-authenticate", 'Bearer realm="mingbai gate"'))
        if "retry_after" in error.more:
            headers.append(("retry-after", str(error.more["retry_after"])))
        if "allow" in error.more:
            headers.append(("allow", error.more["allow"]))
        return _REASONS.get(error.status, str(error.status)), headers, wire.problem(error)

    def _health(self) -> tuple[str, list[tuple[str, str]], bytes]:
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
            return _REASONS[503], [_JSON], wire.encode({"status": "missing", "trouble": error.what, **body})
        synced = int(info["synced_at"])
        age = max(clock.now_us() - synced, 0) / 1e6
        status = "stale" if age > gate.profile.gate.facts_max_age_s else "ok"
        facts = {
            "generation": info["generation"],
            "position": info["position"],
            "facts_at": wire.instant(synced),
            "age_s": round(age, 3),
        }
        return _REASONS[200], [_JSON], wire.encode({"status": status, "facts": facts, **body})


def _body(environ: Environ, most: int) -> bytes:
    """The request's body. Raises Problem when it is longer than `most`."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > most:
        raise Problem("request.large", f"more than {most} bytes", where="body", status=413)
    body: bytes = environ["wsgi.input"].read(most + 1)
    if len(body) > most:
        raise Problem("request.large", f"more than {most} bytes", where="body", status=413)
    return body


def __getattr__(name: str) -> Application:
    """`application`, made when a worker asks for it: after its fork, with the home that MINGBAI_HOME names."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    gate = Gate(Home.from_environment())
    gate.run_ticks()
    made = globals()["application"] = Application(gate)
    return made
