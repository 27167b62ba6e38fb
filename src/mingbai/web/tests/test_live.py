"""The console's live page: what the gate did in the last minute, by rule, by SIP code, by who asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from mingbai.gate import journal
from mingbai.gate.meters import Meters
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.web.console import live

pytestmark = pytest.mark.django_db
REFUSE, ALLOW, LABEL = 2, 0, 1


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    live._seen.clear()


def _record(writer: journal.Writer, code: int, sip: int, decision: int) -> None:
    numbers = {"at_us": clock.now_us(), "caller": 8695200011, "callee": 8613800000001}
    told = {**dict.fromkeys(journal.Record._fields, 0), **numbers, "code": code, "sip": sip, "decision": decision}
    writer.append(journal.Record(**told))


@pytest.fixture
def minute(settings: Any) -> Home:
    """Three refusals and a labelled call by this process, a SIP worker; one more that nobody knows the host of."""
    home: Home = settings.HOME
    meters = Meters(home.meters, "sip")
    writer = journal.Writer(home.journal)
    for code, sip, decision in ((502, 607, REFUSE), (502, 607, REFUSE), (502, 603, REFUSE), (801, 302, LABEL)):
        _record(writer, code, sip, decision)
        meters.count(code, sip, 40_000)
    data = bytearray(next(iter(journal.open_segments(home.journal))).read_bytes())
    assert journal.writer_of(data)
    data[40:44] = (4_000_000).to_bytes(4, "little")  # a process that is not there
    home.journal.joinpath("0" * 32 + ".closed").write_bytes(bytes(data[: journal.HEADER + journal.RECORD]))
    meters.close()
    return home


def test_rules_are_told_with_their_sip_codes_and_who_asked(minute: Home) -> None:
    found = live.now(minute)
    assert found.attempts == 5
    rows = {(rule.code, rule.sip): (rule.decision, rule.count, rule.hosts) for rule in found.rules}
    assert rows == {
        (502, 607): ("refuse", 3, ("sip",)),
        (502, 603): ("refuse", 1, ("sip",)),
        (801, 302): ("label", 1, ("sip",)),
    }
    assert found.asked == [("http", 0), ("sip", 4)]
    assert found.slowest_us == 50


def test_slow_verdicts_of_the_last_minute_are_seen_among_many_of_before(minute: Home) -> None:
    live.now(minute)
    meters = Meters(minute.meters, "sip")
    for _ in range(10):
        meters.count(900, 302, 900_000)
    assert live.now(minute).slowest_us == 1000
    meters.close()


def test_an_idle_gate_and_one_without_meters_have_a_page_too(settings: Any) -> None:
    found = live.now(settings.HOME)
    assert (found.attempts, found.asked, found.rules, found.slowest_us) == (0, [("http", 0), ("sip", 0)], [], 0)
    settings.HOME.meters.write_bytes(b"another's")
    assert live.now(settings.HOME).attempts == 0


def test_the_page_shows_codes_and_hosts(minute: Home, desk: Callable[[str], Client]) -> None:
    page = desk("operator-admin").get("/console/live/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for wanted in ("callee.refused", "607", "603", "302", "SIP", "50 µs"):
        assert wanted in text, wanted
