"""The gate told to Prometheus: read back by its own parser, equal to what was asked, with nobody's number in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from mingbai.gate import journal
from mingbai.gate.check import Gate
from mingbai.gate.facts import Writer
from mingbai.gate.hosts.connection import Request
from mingbai.gate.hosts.http import Application
from mingbai.gate.meters import Meters
from mingbai.gate.tests import known
from mingbai.gate.tests.test_http import CALL, Client
from mingbai.kernel import clock
from mingbai.kernel.home import Home

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def _get(app: Application, method: str = "GET", accept: str = "") -> tuple[int, str, str]:
    reply = app.respond(Request(method.encode(), b"/gate/v1/metrics", {b"accept": accept.encode()}, b""))
    return reply.status, dict(reply.headers)["content-type"], reply.body.decode()


def _samples(text: str) -> dict[tuple[str, ...], float]:
    """(name, values of its labels in their names' order…) → value."""
    return {
        (sample.name.removeprefix("mingbai_gate_"), *(text for _, text in sorted(sample.labels.items()))): sample.value
        for family in plain(text)
        for sample in family.samples
    }


@pytest.fixture
def client(writer: Writer, make_gate: Callable[[], Gate]) -> Client:
    return Client(make_gate())


def test_what_was_asked_is_told_by_rule_and_code(client: Client, home: Home) -> None:
    with clock.at(NOON) as advance:
        for callee in (known.AGREED, known.REFUSING, known.REFUSING, "110"):
            client({**CALL, "callee": callee})
        client({**CALL, "mode": "ask"})
        sip = Meters(home.meters, "sip")
        sip.count(502, 607, 30_000)
        sip.count(502, 603, 30_001)
        sip.retransmitted()
        advance(7)
        found = _samples(_get(client.app)[2])
    assert found["verdicts_total", "801", "http", "labelled", "302"] == 1
    assert found["verdicts_total", "502", "http", "callee.refused", "607"] == 2
    assert found["verdicts_total", "100", "http", "emergency.called", "302"] == 1
    assert found["verdicts_total", "502", "sip", "callee.refused", "603"] == 1
    assert sum(value for (name, *_), value in found.items() if name == "verdicts_total") == 6, "an ask is no attempt"
    assert found["verdict_seconds_count", "http"] == found["verdict_seconds_bucket", "http", "+Inf"] == 4
    assert found["verdict_seconds_bucket", "sip", "3e-05"] == 1
    assert found["verdict_seconds_bucket", "sip", "5e-05"] == 2
    assert found["verdict_seconds_sum", "sip"] == pytest.approx(60e-6, abs=1e-8)
    assert found["retransmissions_total", "sip"] == 1
    assert (found["workers", "http"], found["workers", "sip"]) == (1, 1)
    assert found["unjournalled_total", "http"] == 0
    assert found["facts_position",] == 11
    assert found["facts_max_age_seconds",] == 300
    assert found["counters_evicted_total",] == 0
    assert found["profile_info", "cn-2018-whitelist"] == 1
    sip.close()


def test_prometheus_gets_the_format_it_asks_for(client: Client) -> None:
    client(CALL)
    status, kind, text = _get(client.app, accept="application/openmetrics-text;version=1.0.0")
    assert status == 200
    assert kind.startswith("application/openmetrics-text")
    assert text.endswith("# EOF\n")
    assert {family.name for family in openmetrics(text)} >= {"mingbai_gate_verdicts", "mingbai_gate_verdict_seconds"}
    assert _get(client.app)[1].startswith("text/plain")
    assert _get(client.app, "POST")[0] == 405


def test_nobodys_number_is_told(client: Client) -> None:
    client(CALL)
    text = _get(client.app)[2]
    for number in (known.AGREED, known.REFUSING, str(known.BANK_NUMBER), CALL["caller"], known.KEY, CALL["trunk"]):
        assert number not in text


def test_a_lake_that_lags_is_told(client: Client, home: Home) -> None:
    with clock.at(NOON) as advance:
        late = journal.Writer(home.journal, capacity=1)
        advance(90)
        late.append((0,) * 18)
        late.close()
        found = _samples(_get(client.app)[2])
    assert found["journal_closed_segments",] == 1
    assert found["journal_lag_seconds",] == pytest.approx(90, abs=0.01)


def test_facts_that_are_missing_are_told(make_gate: Callable[[], Gate]) -> None:
    found = _samples(_get(Client(make_gate()).app)[2])
    assert found["facts_present",] == 0
    assert ("facts_age_seconds",) not in found


def test_meters_that_cannot_be_read_take_nothing_else_away(writer: Writer, home: Home, make_gate: Any) -> None:
    home.meters.write_bytes(b"another's")
    client = Client(make_gate())
    assert client(CALL)[0] == 200
    found = _samples(_get(client.app)[2])
    assert found["facts_present",] == 1
    assert not [name for name, *_ in found if name == "verdicts_total"]


def test_an_attempt_without_a_record_is_counted(
    writer: Writer, make_gate: Callable[[], Gate], full_disk: Callable[[Gate], None]
) -> None:
    gate = make_gate()
    client = Client(gate)
    full_disk(gate)
    assert client(CALL)[2]["receipt_id"] is None
    assert _samples(_get(client.app)[2])["unjournalled_total", "http"] == 1
