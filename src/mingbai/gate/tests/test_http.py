"""What the gate answers over HTTP, asked as its server asks; test_server.py goes through the server itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mingbai.gate.check import Gate
from mingbai.gate.facts import SUSPENDED, OrganisationFacts, Writer
from mingbai.gate.hosts.connection import Request
from mingbai.gate.hosts.http import MOST_BATCH_BYTES, MOST_BYTES, Application
from mingbai.gate.journal import open_segments, read_segment
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
CALL = {"caller": "4008109889", "callee": known.AGREED, "trunk": "line-1", "mode": "attempt"}


class Client:
    """Asks an application as the server does."""

    def __init__(self, gate: Gate) -> None:
        self.app = Application(gate)

    def __call__(
        self, body: Any, *, path: str = "/gate/v1/decide", method: str = "POST", key: str = known.KEY, **more: str
    ) -> tuple[int, dict[str, str], Any]:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-").lower().encode(): value.encode() for name, value in more.items()}
        sent |= {b"authorization": f"Bearer {key}".encode()} if key else {}
        reply = self.app.respond(Request(method.encode(), path.encode(), sent, raw))
        headers, content = dict(reply.headers), reply.body
        lines = [json.loads(line) for line in content.splitlines()]
        return reply.status, headers, lines if "ndjson" in headers["content-type"] else lines[0]


@pytest.fixture
def client(writer: Writer, make_gate: Callable[[], Gate]) -> Client:
    return Client(make_gate())


def test_an_attempt_is_answered_as_published(client: Client, home: Home) -> None:
    with clock.at(NOON):
        status, headers, answer = client(CALL, X_CORRELATOR="abc-1")
    assert (status, headers["content-type"], headers["x-correlator"]) == (200, "application/json", "abc-1")
    (path,) = open_segments(home.journal)
    assert answer.pop("receipt_id") == f"{path.name.split('.')[0]}-0"
    assert datetime.fromisoformat(answer.pop("facts_at")).tzinfo is not None
    assert set(answer.pop("reason")) == {"zh", "en"}
    assert answer.pop("basis")["setting"] == "gate.consent_required_uses"
    assert answer == {
        "decision": "label",
        "code": 801,
        "rule": "labelled",
        "label": "某某银行 营销电话",
        "sip": {"code": 302, "reason": "Moved Temporarily"},
        "consent": 41,
    }


def test_an_ask_is_answered_without_a_receipt(client: Client, home: Home) -> None:
    status, _, answer = client({**CALL, "mode": "ask", "callee": known.REFUSING, "at": "2026-03-01T12:00:00+08:00"})
    assert (status, answer["decision"], answer["code"], answer["receipt_id"]) == (200, "refuse", 502, None)
    assert answer["sip"] == {"code": 607, "reason": "Unwanted"}
    (path,) = open_segments(home.journal)
    assert list(read_segment(path)) == []


@pytest.mark.parametrize(
    ("body", "status", "code", "where"),
    [
        (b"{", 400, "request.json", "body"),
        (b"\xff", 400, "request.json", "body"),
        ([], 422, "request.field", "$"),
        ({}, 422, "request.field", "$"),
        ({**CALL, "caller": 5}, 422, "request.field", "$.caller"),
        ({**CALL, "mode": "perhaps"}, 422, "request.field", "$.mode"),
        ({**CALL, "purpose": "fun"}, 422, "request.field", "$.purpose"),
        ({**CALL, "at": "2026-03-01T12:00:00"}, 422, "request.field", "$.at"),
        ({**CALL, "at": "yesterday"}, 422, "request.field", "$.at"),
        ({**CALL, "at": "2020-03-01T12:00:00Z"}, 422, "gate.not_now", "$.at"),
        ({**CALL, "at": "0001-01-01T00:00:00+14:00"}, 422, "gate.time", "$.at"),
        ({**CALL, "at": "1970-01-01T00:00:00Z"}, 422, "gate.time", "$.at"),
        ({**CALL, "mode": "ask", "at": "1970-01-01T08:00:00+08:00"}, 422, "gate.time", "$.at"),
        ({**CALL, "mode": "ask", "at": "9999-12-31T23:59:59-12:00"}, 422, "gate.time", "$.at"),
        ({**CALL, "colour": "red"}, 422, "request.field", "$"),
        ({**CALL, "callee": "hello"}, 422, "callee.unreadable", "$.callee"),
    ],
)
def test_bad_questions_are_told_what_where_and_how(
    client: Client, body: Any, status: int, code: str, where: str
) -> None:
    found, headers, problem = client(body)
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert (problem["status"], problem["code"], problem["where"]) == (status, code, where)
    assert problem["type"] == f"urn:mingbai:problem:{code}"
    assert problem["title"]


@pytest.mark.parametrize("name", [*CALL, "at", "purpose", "verstat", "budget_ms"])
@pytest.mark.parametrize("spelling", ["plain", "escaped"])
def test_a_field_given_twice_is_refused(client: Client, home: Home, name: str, spelling: str) -> None:
    """Also when one of the two is the same, empty, or spelt with escapes: someone else reads the other one."""
    call = {**CALL, "at": None, "purpose": "marketing", "verstat": "TN-Validation-Passed", "budget_ms": 5}
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in name)
    again = f'{{"{name if spelling == "plain" else escaped}":{json.dumps(call[name])},'
    found, _, problem = client((again + json.dumps(call)[1:]).encode())
    assert (found, problem["code"], problem["where"]) == (422, "request.twice", f"$.{name}")
    assert list(read_segment(*open_segments(home.journal))) == []


def test_a_field_said_to_be_empty_is_not_given_twice(client: Client) -> None:
    quoted = {**CALL, "verstat": 'a "quoted" word', "purpose": None, "at": None, "budget_ms": 0}
    assert client(quoted)[0] == 200


def test_a_problem_repeats_no_number(client: Client) -> None:
    for body in ({**CALL, "callee": "13812345678x"}, {**CALL, "mode": "13812345678"}, {**CALL, "caller": 13812345678}):
        assert "13812345678" not in json.dumps(client(body)[2])


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 404),
        ("/gate/v1/decide", "GET", 405),
        ("/gate/v1/health", "POST", 405),
        ("/gate/v2/decide", "POST", 404),
    ],
)
def test_unknown_paths_and_methods(client: Client, path: str, method: str, status: int) -> None:
    found, headers, problem = client(CALL, path=path, method=method)
    assert (found, problem["status"]) == (status, status)
    assert ("allow" in headers) == (status == 405)


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("", 401, "key.none"), ("mb_wrong", 401, "key.unknown"), (known.READ_KEY, 403, "key.scope")],
)
def test_who_asks_must_show_a_key_that_may(client: Client, key: str, status: int, code: str) -> None:
    found, headers, problem = client(CALL, key=key)
    assert (found, problem["code"]) == (status, code)
    assert ("www-authenticate" in headers) == (status == 401)


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (CALL, 200),
        ({**CALL, "trunk": "line-2", "caller": "95533001"}, 200),
        ({**CALL, "trunk": "line-2"}, 403),
        ({**CALL, "trunk": ""}, 403),
    ],
)
def test_a_key_is_for_its_own_trunks_and_numbers(client: Client, call: Any, status: int) -> None:
    assert client(call, key=known.NARROW_KEY)[0] == status


def test_a_revoked_key_stops_when_the_facts_say_so(client: Client, writer: Writer) -> None:
    from hashlib import sha256

    assert client(CALL)[0] == 200
    with writer.batch() as batch:
        batch.put_api_key(sha256(known.KEY.encode()).digest(), None)
        batch.position(12, clock.now_us())
    client(CALL, key=known.NARROW_KEY)  # any call sees that the facts have moved on
    assert client(CALL)[0] == 401


def test_a_suspended_organisations_key_opens_nothing(client: Client, writer: Writer) -> None:
    with writer.batch() as batch:
        batch.put_organisation(known.CENTRE, OrganisationFacts(SUSPENDED))
        batch.position(12, clock.now_us())
    status, _, problem = client(CALL)
    assert (status, problem["code"]) == (403, "key.suspended")


def test_a_batch_is_answered_line_by_line(client: Client) -> None:
    lines = [json.dumps(CALL).encode(), b"", b"{", json.dumps({**CALL, "callee": known.REFUSING}).encode()]
    for path, more in (("/gate/v1/batch", {}), ("/gate/v1/decide", {"CONTENT_TYPE": "application/x-ndjson"})):
        status, _, answers = client(b"\n".join(lines), path=path, **more)
        assert status == 200
        assert [answer["code"] for answer in answers] == [answers[0]["code"], "request.json", 502]
        assert answers[1]["line"] == 3


def test_a_line_of_an_impossible_time_spoils_no_other(client: Client) -> None:
    lines = [json.dumps({**CALL, "at": at}).encode() for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z")]
    status, _, answers = client(b"\n".join([*lines, json.dumps(CALL).encode()]), path="/gate/v1/batch")
    assert status == 200
    assert [answer["code"] for answer in answers][:2] == ["gate.time", "gate.time"]
    assert "decision" in answers[2]


def test_a_batch_has_its_limits(client: Client) -> None:
    assert client(b"{}\n" * 10_002, path="/gate/v1/batch")[0] == 413
    assert client.app.most_bytes(b"/gate/v1/batch", {}) == MOST_BATCH_BYTES
    assert client.app.most_bytes(b"/gate/v1/decide", {b"content-type": b"application/x-ndjson"}) == MOST_BATCH_BYTES
    assert client.app.most_bytes(b"/gate/v1/decide", {}) == MOST_BYTES


def test_a_line_whose_time_is_over_is_not_attempted(
    client: Client, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, *(n * 1.0 for n in range(1, 100))])
    monkeypatch.setattr("mingbai.gate.hosts.http.clock.monotonic", lambda: next(moments))
    _, _, answers = client(json.dumps({**CALL, "budget_ms": 10}).encode(), path="/gate/v1/batch")
    assert answers[0]["code"] == "gate.late"
    (path,) = open_segments(home.journal)
    assert list(read_segment(path)) == []


def test_asks_are_limited(client: Client) -> None:
    ask = {**CALL, "mode": "ask"}
    with clock.at(NOON):
        limit = client.app._gate.profile.gate.ask_per_minute
        lines = b"\n".join([json.dumps(ask).encode()] * (limit + 3))
        _, _, answers = client(lines, path="/gate/v1/batch")
        assert [a["code"] for a in answers].count("asks.too_many") == 3
        status, headers, problem = client(ask)
        assert (status, problem["code"]) == (429, "asks.too_many")
        assert 0 < int(headers["retry-after"]) <= 60
        assert client(CALL)[0] == 200  # attempts are not


@pytest.mark.parametrize("correlator", ["a" * 129, "a b", "a\r\nset-cookie: x", "é"])
def test_a_correlator_that_is_none_is_not_echoed(client: Client, correlator: str) -> None:
    assert "x-correlator" not in client(CALL, X_CORRELATOR=correlator)[1]


def test_health_tells_how_old_the_facts_are(client: Client, writer: Writer) -> None:
    status, _, health = client(b"", path="/gate/v1/health", method="GET", key="")
    assert (status, health["status"], health["facts"]["position"]) == (200, "ok", 11)
    writer.heartbeat(clock.now_us() - 3600 * 1_000_000)
    _, _, health = client(b"", path="/gate/v1/health", method="GET", key="")
    assert health["status"] == "stale"
    assert health["facts"]["age_s"] >= 3600


def test_without_facts_no_key_holds_but_help_is_reached(home: Home, make_gate: Callable[[], Gate]) -> None:
    client = Client(make_gate())
    status, _, problem = client(CALL)
    assert (status, problem["code"]) == (503, "facts.missing")
    assert client(b"", path="/gate/v1/health", method="GET", key="")[0] == 503
    status, _, answer = client({**CALL, "callee": "120"})
    assert (status, answer["decision"], answer["code"]) == (200, "allow", 100)
    lines = b"\n".join(json.dumps(call).encode() for call in (CALL, {**CALL, "callee": "120"}))
    status, _, answers = client(lines, path="/gate/v1/batch")
    assert (status, [answer["code"] for answer in answers]) == (200, ["facts.missing", 100])


def test_facts_that_vanish_leave_the_gate_with_the_last_ones(client: Client, home: Home) -> None:
    assert client(CALL)[0] == 200
    shutil.rmtree(home.facts)
    assert client(CALL)[0] == 200
