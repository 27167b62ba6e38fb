"""The one path of a call: what is counted and journalled, what not; changes taken up without a restart."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mingbai.gate.check import Gate
from mingbai.gate.facts import Bounds, Mark, NumberFacts, OrganisationFacts, Writer
from mingbai.gate.journal import NO_PURPOSE, Record, open_segments, read_segment
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
MakeGate = Callable[[], Gate]
pytestmark = pytest.mark.usefixtures("writer")


def journalled(home: Home) -> list[tuple[str, Record]]:
    return [
        (f"{path.name.split('.')[0]}-{row}", record)
        for path in open_segments(home.journal)
        for row, record in read_segment(path)
    ]


def test_an_attempt_is_journalled_with_all_that_it_was_judged_by(home: Home, make_gate: MakeGate) -> None:
    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.AGREED), "line-1")
    answer = gate.attempt(call)
    assert answer.facts_at > 0
    ((receipt, record),) = journalled(home)
    assert receipt == answer.receipt
    assert record == Record(
        at_us=call.at, caller=known.BANK_NUMBER, callee=int("86" + known.AGREED), consent=answer.verdict.consent,
        position=11, trunk=3, resource=1, holder=known.CENTRE, principal=known.BANK, age_ms=record.age_ms,
        code=answer.verdict.code, sip=answer.verdict.sip.code, purpose=NO_PURPOSE, use=known.MARKETING, mode=0,
        decision=answer.verdict.decision, caller_kind=Kind.TOLL_400, callee_kind=Kind.MOBILE,
    )  # fmt: skip


def test_an_ask_leaves_no_trace_and_tells_what_an_attempt_would_get(home: Home, make_gate: MakeGate) -> None:
    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.REFUSING), "line-1")
    asked = gate.ask(call)
    assert asked.receipt == ""
    assert journalled(home) == []
    assert gate.attempt(call).verdict == asked.verdict
    assert asked.verdict.code == 502


def test_an_attempt_that_names_no_trunk_is_none_of_the_numbers_own(make_gate: MakeGate) -> None:
    with clock.at(NOON):
        gate = make_gate()
        call = gate.question(parse("4008109889"), parse(known.AGREED))
        assert gate.ask(call).verdict.rule != "trunk.foreign"
        assert gate.attempt(call).verdict.rule == "trunk.foreign"


def test_the_hours_are_those_of_the_called_persons_day(make_gate: MakeGate) -> None:
    gate = make_gate()

    def code(hour: int) -> int:
        at = int(datetime(2026, 3, 1, hour, 59, 59, tzinfo=UTC).timestamp()) * 1_000_000
        return gate.ask(gate.question(parse("4008109889"), parse(known.AGREED), "line-1", at)).verdict.code

    assert [code(hour) for hour in (0, 1, 12, 13)] == [603, 801, 801, 603]  # 08:59, 09:59, 20:59, 21:59 in China


def test_limits_hold_and_an_ask_foresees_them(writer: Writer, make_gate: MakeGate) -> None:
    with clock.at(NOON) as advance:
        with writer.batch() as batch:
            facts = NumberFacts(known.CENTRE, known.BANK, known.MARKETING, limits=(2, 0, 0))
            batch.put_number(known.BANK_NUMBER, known.BANK_NUMBER, facts)
            batch.position(12, clock.now_us())
        first, second = make_gate(), make_gate()
        call = first.question(parse("4008109889"), parse(known.AGREED))
        assert first.attempt(call).verdict.code == 801
        assert second.attempt(call).verdict.code == 801  # another process counts the same number
        assert first.ask(call).verdict.code == 701
        assert first.ask(call).verdict.code == 701  # asking again has not counted
        assert second.attempt(call).verdict.code == 701
        advance(120)
        call = first.question(parse("4008109889"), parse(known.AGREED))
        assert first.attempt(call).verdict.code == 801


CALLER = "13900000001"


def test_a_measure_limits_a_number_that_nobody_registered(writer: Writer, make_gate: MakeGate) -> None:
    with clock.at(NOON) as advance:
        with writer.batch() as batch:
            batch.put_number(int("86" + CALLER), int("86" + CALLER), None, mark=Mark(limits=(2, 0, 0)))
            batch.position(12, clock.now_us())
        first, second = make_gate(), make_gate()
        call = first.question(parse(CALLER), parse(known.AGREED))
        assert [one.attempt(call).verdict.code for one in (first, second)] == [900, 900]
        assert [first.ask(call).verdict.code for _ in range(2)] == [703, 703]
        assert second.attempt(call).verdict.code == 703
        advance(120)
        assert first.attempt(first.question(parse(CALLER), parse(known.AGREED))).verdict.code == 900


def test_a_measure_limits_a_holder_that_signed_nothing(writer: Writer, make_gate: MakeGate) -> None:
    with clock.at(NOON):
        with writer.batch() as batch:
            bound = OrganisationFacts(name="某呼叫中心", as_holder=Bounds(limits=(0, 1, 0)))
            batch.put_organisation(known.CENTRE, bound)
            batch.position(12, clock.now_us())
        gate = make_gate()
        call = gate.question(parse("4008109889"), parse(known.AGREED), "line-1")
        assert [gate.attempt(call).verdict.code for _ in range(2)] == [801, 703]
        with writer.batch() as batch:
            batch.put_organisation(known.CENTRE, bound._replace(as_holder=Bounds(suspended=True)))
        assert gate.attempt(call).verdict.code == 306


@pytest.mark.parametrize("seconds", [-400, 400])
def test_an_attempt_cannot_choose_its_hour(home: Home, make_gate: MakeGate, seconds: int) -> None:
    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.AGREED), "", clock.now_us() + seconds * 1_000_000)
    with pytest.raises(Problem, match="now"):
        gate.attempt(call)
    assert journalled(home) == []
    gate.ask(call)


def test_a_changed_profile_is_taken_up_and_a_broken_one_is_not(home: Home, make_gate: MakeGate) -> None:
    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.REFUSING))
    text = home.profile.read_text("utf-8")
    home.profile.write_text(text.replace("607 Unwanted", "603 Decline Now"), "utf-8")
    assert gate.ask(call).verdict.sip.code == 607
    gate.tick()
    assert gate.ask(call).verdict.sip == (603, "Decline Now")
    home.profile.write_text("nonsense", "utf-8")
    gate.tick()
    assert "profile.toml" in gate.profile_trouble
    assert gate.ask(call).verdict.sip.code == 603


def test_a_refusal_counts_from_the_next_call_on(home: Home, writer: Writer, make_gate: MakeGate) -> None:
    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.AGREED), "line-1", int(NOON.timestamp()) * 1_000_000)
    assert gate.ask(call).verdict.code == 801
    with writer.batch() as batch:
        batch.put_subscriber(gate.reader.key_of("86" + known.AGREED), None)
    assert gate.ask(call).verdict.code == 602


def test_a_full_disk_lets_the_call_through_without_a_receipt(
    make_gate: MakeGate, full_disk: Callable[[Gate], None]
) -> None:
    gate = make_gate()

    full_disk(gate)
    answer = gate.attempt(gate.question(parse("13800000001"), parse(known.SILENT)))
    assert (answer.verdict.decision, answer.receipt, gate.unjournalled) == (Decision.ALLOW, "", 1)


@pytest.mark.parametrize(
    ("setting", "caller", "callee", "code"),
    [
        ("", "13800000001", known.AGREED, 900),
        ("", "4008109889", known.AGREED, 953),  # a marketing call leaves evidence or is not made
        ("", "4008109889", known.REFUSING, 502),  # a refusal stands as it is
        ("", "4008109889", "110", 100),
        ("gate.unjournalled_marketing", "4008109889", known.AGREED, 801),
        ("gate.unjournalled_ordinary", "13800000001", known.AGREED, 953),
        ("gate.unjournalled_ordinary", "13800000001", "120", 100),
    ],
)
def test_what_no_journal_can_take_is_answered_as_the_profile_says(
    home: Home,
    writer: Writer,
    make_gate: MakeGate,
    full_disk: Callable[[Gate], None],
    setting: str,
    caller: str,
    callee: str,
    code: int,
) -> None:
    text = home.profile.read_text("utf-8")
    if setting:
        start = text.index(setting)
        other = {"pass": "refuse", "refuse": "pass"}[text[start:].split('value = "', 1)[1].split('"', 1)[0]]
        text = text[:start] + re.sub(r'value = ".*"', f'value = "{other}"', text[start:], count=1)
    home.profile.write_text(text.replace('"09:00-21:00"', '"00:00-24:00"'), "utf-8")
    gate = make_gate()

    full_disk(gate)
    answer = gate.attempt(gate.question(parse(caller), parse(callee), "line-1"))
    assert (answer.verdict.code, answer.receipt) == (code, "")


def test_asks_are_limited_over_all_processes(make_gate: MakeGate) -> None:
    with clock.at(NOON) as advance:
        first, second = make_gate(), make_gate()
        limit = first.profile.gate.ask_per_minute
        assert first.count_asks(b"k" * 32, limit - 1) == 0
        assert second.count_asks(b"k" * 32) == 0
        assert 0 < second.count_asks(b"k" * 32) <= 60
        assert 0 < first.count_asks(b"k" * 32) <= 60
        assert first.count_asks(b"another key" * 3) == 0
        advance(120)
        assert first.count_asks(b"k" * 32) == 0


def test_threads_share_a_gate(home: Home, make_gate: MakeGate) -> None:
    from threading import Thread

    gate = make_gate()
    call = gate.question(parse("4008109889"), parse(known.AGREED))
    threads = [Thread(target=lambda: [gate.attempt(call) for _ in range(300)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        gate.tick()
    for thread in threads:
        thread.join()
    assert len({receipt for receipt, _ in journalled(home)}) == 1200
