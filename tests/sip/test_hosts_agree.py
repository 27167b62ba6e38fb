"""The same call through the SIP proxy, the HTTP gate and the command line: one verdict, one code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from click.testing import CliRunner
from tests.sip.conftest import (
    AGREED,
    BANK_NUMBER,
    BOUND_NUMBER,
    CENTRE,
    CLAIMING,
    REFUSING,
    SERVICE_NUMBER,
    SHUT_NUMBER,
    SILENT,
    House,
    fill,
    furnish,
    proxy_of,
)
from tests.sip.harness import Caller, journalled, status

from mingbai.cli.gate import gate as command
from mingbai.gate.check import Gate
from mingbai.gate.facts import KeyFacts
from mingbai.gate.hosts.connection import Request
from mingbai.gate.hosts.http import Application

pytestmark = pytest.mark.sip

KEY = "mb_" + "a" * 43
CALLS = [
    (caller, callee, trunk, purpose)
    for caller, callee, trunk, purpose in [
        *((BANK_NUMBER, callee, "", "") for callee in (AGREED, REFUSING, SILENT, CLAIMING, "95588", "110", "12345")),
        *((SERVICE_NUMBER, callee, "", "") for callee in (AGREED, REFUSING, SILENT)),
        (SERVICE_NUMBER, SILENT, "", "marketing"),
        (SERVICE_NUMBER, SILENT, "", "survey"),
        (SERVICE_NUMBER, SILENT, "", "no such word"),
        (SHUT_NUMBER, AGREED, "", ""),
        (BOUND_NUMBER, SILENT, "line-1", ""),
        (BOUND_NUMBER, SILENT, "rescue", ""),
        (BOUND_NUMBER, SILENT, "", ""),
        ("110", SILENT, "rescue", ""),
        ("110", SILENT, "line-1", ""),
        ("110", SILENT, "", ""),
        ("10086", SILENT, "", ""),
        ("anonymous", SILENT, "", ""),
        ("nobody", SILENT, "", ""),
        ("13800000001", REFUSING, "", ""),
        ("13800000001", REFUSING, "", "marketing"),
        ("02160876100", AGREED, "", ""),
        ("19999999999999", AGREED, "", ""),
        ("+442071838750", AGREED, "", ""),
        ("+12125550100", AGREED, "", ""),
        ("0033142685300", AGREED, "", ""),
        ("+4420", AGREED, "", ""),
        ("+9990000000", AGREED, "", ""),
        ("+800000000000", AGREED, "", ""),
    ]
]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, dict[str, Caller]]]:
    """A house whose proxy knows two trunks by the port that calls come from."""
    home = furnish(tmp_path_factory.mktemp("town"))
    facts = fill(home)
    with facts.batch() as batch:
        batch.put_api_key(sha256(KEY.encode()).digest(), KeyFacts(CENTRE, 1))
    switches: dict[str, Caller] = {}
    toml = ""
    for name in ("line-1", "rescue", ""):
        switches[name] = Caller(9, timeout=3.0)
        if name:
            source = f"127.0.0.1:{switches[name].port}"
            toml += f'[[trunk]]\nname = "{name}"\nsources = ["{source}"]\nidentity = "pai-else-from"\n'
    proxy = proxy_of(home, toml)
    try:
        proxy.start()
        for switch in switches.values():
            switch.socket.connect(("127.0.0.1", proxy.port))
        yield House(home, facts, proxy), switches
    finally:
        proxy.stop()
        facts.close()
        for switch in switches.values():
            switch.socket.close()


@pytest.fixture(scope="module")
def application(town: tuple[House, dict[str, Caller]]) -> Iterator[Application]:
    gate = Gate(town[0].home)
    yield Application(gate)
    gate.close()


def _over_http(application: Application, question: dict[str, str]) -> dict[str, Any]:
    body = json.dumps({**question, "mode": "attempt"}).encode()
    key = {b"authorization": f"Bearer {KEY}".encode()}
    answer: dict[str, Any] = json.loads(application.respond(Request(b"POST", b"/gate/v1/decide", key, body)).body)
    return answer


def _on_the_command_line(house: House, caller: str, callee: str, trunk: str, purpose: str) -> dict[str, Any]:
    arguments = ["decide", "--json", "--trunk", trunk, "--", caller, callee]
    if purpose:
        arguments[1:1] = ["--purpose", purpose]
    done = CliRunner().invoke(command, arguments, env={"MINGBAI_HOME": str(house.home.root)}, catch_exceptions=False)
    answer: dict[str, Any] = json.loads(done.output)
    return answer


@pytest.mark.parametrize(("caller", "callee", "trunk", "purpose"), CALLS)
def test_one_verdict_whoever_asks(
    town: tuple[House, dict[str, Caller]], application: Application, caller: str, callee: str, trunk: str, purpose: str
) -> None:
    house, switches = town
    declared = purpose if purpose in ("marketing", "survey") else ""
    before = len(journalled(house.home))
    sip = switches[trunk].call(caller, callee, f"X-Call-Purpose: {purpose}\r\n" if purpose else "")
    question = {"caller": caller, "callee": callee, "trunk": trunk, **({"purpose": declared} if declared else {})}
    http = _over_http(application, question)
    assert status(sip) == http["sip"]["code"]
    if http["decision"] == "refuse":
        assert sip.split("\r\n")[0] == f"SIP/2.0 {http['sip']['code']} {http['sip']['reason']}"
    told = sorted(journalled(house.home), key=lambda record: record.at_us)[before:]
    if http["code"] == 100:  # natively, so that nothing can keep it up
        assert len(told) == 1
    else:
        of_sip, of_http = told
        assert of_sip._replace(at_us=0, age_ms=0) == of_http._replace(at_us=0, age_ms=0)
    if trunk or http["code"] not in (203, 401):  # an ask without a trunk is not held to one, an attempt is
        asked = _on_the_command_line(house, caller, callee, trunk, declared)
        for answer in (asked, http):
            del answer["receipt_id"], answer["facts_at"]
        assert asked == http
