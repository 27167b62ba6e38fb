"""`mingbai gate`: asked on the command line, nothing counted or journalled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mingbai.cli.gate import gate
from mingbai.gate.facts import REFUSED, ConsentFact, NumberFacts, OrganisationFacts, SubscriberFacts, Writer
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    monkeypatch.setenv("MINGBAI_HOME", str(tmp_path))
    writer = Writer(home.facts)
    with writer.batch() as batch:
        key = Lookup(home.key("lookup")).key("8613900000002")
        batch.put_subscriber(key, SubscriberFacts((ConsentFact(7, 1, REFUSED, 0, 42),)))
        batch.put_number(864008109889, 864008109889, NumberFacts(8, 7, 0))
        batch.put_organisation(7, OrganisationFacts(name="某某银行"))
        batch.position(3, clock.now_us())
    writer.close()
    return home


def test_a_verdict_is_told_with_its_reason_and_basis(home: Home) -> None:
    told = CliRunner().invoke(gate, ["decide", "400-810-9889", "13900000002"], catch_exceptions=False)
    assert told.exit_code == 0
    assert "refuse · 502 callee.refused" in told.output
    assert "消费者权益保护法" in told.output
    assert not home.journal.exists()


def test_the_answer_as_json_is_that_of_the_http_gate(home: Home) -> None:
    arguments = ["decide", "4008109889", "13900000003", "--at", "2026-03-01T12:00", "--json"]
    told = CliRunner().invoke(gate, arguments, catch_exceptions=False)
    answer = json.loads(told.output)
    assert (answer["decision"], answer["code"], answer["receipt_id"]) == ("refuse", 602, None)


def test_a_time_at_which_no_call_is_made_is_not_now(home: Home) -> None:
    told = CliRunner().invoke(gate, ["decide", "4008109889", "13900000003", "--at", "1970-01-01T08:00"])
    assert isinstance(told.exception, Problem)
    assert told.exception.code == "gate.time"


def test_the_facts_are_told(home: Home) -> None:
    told = CliRunner().invoke(gate, ["facts", "info"], catch_exceptions=False)
    said = json.loads(told.output)
    assert (said["generation"], said["position"], said["subscribers"]) == ("gen-000001", 3, 1)
