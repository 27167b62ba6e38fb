"""The read model: what is written is read, by whom, when."""

from __future__ import annotations

import pytest

from mingbai.gate.decide import Call
from mingbai.gate.facts import (
    GIVEN,
    ConsentFact,
    Mark,
    NumberFacts,
    OrganisationFacts,
    Reader,
    TrunkFacts,
    Writer,
    pack_number,
    records,
)
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem


def call(caller: str, callee: str = known.SILENT, trunk: str = "") -> Call:
    return Call(parse(caller), parse(callee), trunk)


def test_what_was_written_is_gathered(home: Home, lookup: Lookup, writer: Writer) -> None:
    reader = Reader(home.facts, lookup)
    found = reader.gather(call("4008109889", known.AGREED, "line-1"))
    assert found.number is not None
    assert (found.resource, found.principal, found.position) == (1, known.BANK, 11)
    assert found.principal_org == OrganisationFacts(name="某某银行")
    assert found.holder_org == OrganisationFacts(name="某呼叫中心")
    assert found.subscriber.consents == (ConsentFact(known.BANK, 1, GIVEN, 0, 41),)
    assert found.trunk == TrunkFacts(3)
    assert not found.missing
    assert reader.gather(call("13800000009")).number is None
    reader.close()


def test_the_trunk_says_for_whom_a_number_calls(home: Home, lookup: Lookup, writer: Writer) -> None:
    reader = Reader(home.facts, lookup)
    assert reader.gather(call("95533001")).principal == known.BANK
    assert reader.gather(call("95533001", trunk="line-1")).principal == known.SHOP
    reader.close()


def test_the_age_of_the_facts_is_told(home: Home, lookup: Lookup, writer: Writer) -> None:
    reader = Reader(home.facts, lookup)
    writer.heartbeat(1_000_000_000)
    assert reader.gather(call("13800000009"), now_us=1_090_000_000).age_s == 90.0
    reader.close()


def test_the_narrowest_range_around_a_number_counts(home: Home, lookup: Lookup) -> None:
    spans = [(1000, 9999), (2000, 2999), (2500, 2600), (2000, 3500), (7000, 7001)]
    writer = Writer(home.facts)
    with writer.batch() as batch:
        for at, (first, last) in enumerate(spans):
            batch.put_number(first, last, NumberFacts(at, 1, 1))
        batch.put_number(2550, 2550, NumberFacts(99, 1, 1))
    reader = Reader(home.facts, lookup)
    with reader.view() as view:
        found = {number: view.number(number) for number in (999, 1000, 2000, 2550, 2551, 3200, 3600, 7001, 10000)}
    assert {number: facts and facts.holder for number, facts in found.items()} == {
        999: None, 1000: 0, 2000: 1, 2550: 99, 2551: 2, 3200: 3, 3600: 0, 7001: 4, 10000: None,
    }  # fmt: skip
    with writer.batch() as batch:
        batch.put_number(2500, 2600, None)
    with reader.view() as view:
        facts = view.number(2551)
    assert facts is not None
    assert facts.holder == 1
    reader.close()
    writer.close()


def test_a_mark_is_of_one_number_registered_or_not(home: Home, writer: Writer, lookup: Lookup) -> None:
    reader = Reader(home.facts, lookup)
    said, bound = Mark(1, "诈骗电话", 99), Mark(suspended=True, limits=(1, 2, 3))
    facts = NumberFacts(known.BANK, known.BANK, 1)
    with writer.batch() as batch:
        batch.put_number(864008100000, 864008109999, facts, resource=5)
        batch.put_number(864008100007, 864008100007, facts, resource=5, mark=said)
        batch.put_number(8613900000001, 8613900000001, None, mark=bound)
    plain, marked = reader.gather(call("4008100006")), reader.gather(call("4008100007"))
    assert (plain.number, plain.resource, plain.mark) == (facts, 5, None)
    assert (marked.number, marked.resource, marked.mark) == (facts, 5, said)
    assert (marked.principal_org, marked.holder_org) == (plain.principal_org, plain.holder_org)
    assert marked.principal_org is not None
    person = reader.gather(call("13900000001"))
    assert (person.number, person.resource, person.principal, person.mark) == (None, 0, 0, bound)
    with reader.view() as view:
        assert (view.number(8613900000001), view.marked(8613900000001)) == (None, (None, bound))
    with writer.batch() as batch:
        batch.put_number(8613900000001, 8613900000001, None)
    assert reader.gather(call("13900000001")).mark is None
    reader.close()


def test_facts_of_the_form_before_are_read_and_taken_on(home: Home, writer: Writer, lookup: Lookup) -> None:
    with writer.batch() as batch:
        batch.put_meta("format", b"1")
    reader = Reader(home.facts, lookup)
    assert not reader.gather(call(known.SILENT)).missing
    reader.close()
    again = Writer(home.facts)
    assert again.meta("format") == str(records.FORMAT).encode()
    again.close()
    with writer.batch() as batch:
        batch.put_meta("format", b"3")
    assert Reader(home.facts, lookup).gather(call(known.SILENT)).missing


def test_a_batch_that_raises_changes_nothing(home: Home, lookup: Lookup, writer: Writer) -> None:
    def fail() -> None:
        with writer.batch() as batch:
            batch.put_organisation(known.BANK, None)
            assert batch.meta("position") == b"11"
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    reader = Reader(home.facts, lookup)
    with reader.view() as view:
        assert view.organisation(known.BANK) is not None
        assert view.organisation(-1) is view.organisation(1 << 40) is None
    reader.close()


def test_a_new_generation_takes_over_without_a_restart(
    home: Home, lookup: Lookup, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mingbai.gate.facts.reader.LOOK_AGAIN_S", -1.0)
    reader = Reader(home.facts, lookup)
    for turn in range(3):
        fresh = Writer.fresh(home.facts)
        fresh.load_numbers([(864008109889, pack_number(100 + turn, NumberFacts(1, 2, 0)))])
        with fresh.batch() as batch:
            batch.position(20 + turn, clock.now_us())
        before = reader.gather(call("4008109889"))
        assert before.position == (11 if turn == 0 else 19 + turn)
        fresh.publish()
        after = reader.gather(call("4008109889"))
        assert after.number is not None
        assert (after.resource, after.position) == (100 + turn, 20 + turn)
        fresh.close()
    assert len(list(home.facts.glob("gen-*"))) == 2
    reader.close()


def test_an_unpublished_generation_leaves_nothing(home: Home, writer: Writer) -> None:
    before = sorted(home.facts.iterdir())
    Writer.fresh(home.facts).close()
    assert sorted(home.facts.iterdir()) == before


def test_keys_to_load_must_rise(home: Home) -> None:
    fresh = Writer.fresh(home.facts)
    with pytest.raises(Problem, match="rise"):
        fresh.load_subscribers([(b"b" * 8, b"x"), (b"a" * 8, b"x")])
    fresh.close()
