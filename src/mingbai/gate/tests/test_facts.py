"""The read model: what is written is read, by whom, when; what a kill, a cut file or growth does to it."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.decide import Call
from mingbai.gate.facts import (
    GIVEN,
    MISSING,
    Bounds,
    ConsentFact,
    KeyFacts,
    Mark,
    NumberFacts,
    OrganisationFacts,
    Reader,
    SubscriberFacts,
    TrunkFacts,
    Writer,
    environment,
    pack_marked,
    pack_number,
    pack_subscriber,
    records,
    unpack_subscriber,
)
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem

u32, u8 = st.integers(0, 2**32 - 1), st.integers(0, 255)
limits = st.tuples(u32, u32, u32)
some = st.lists(u32, max_size=4).map(tuple)
words = st.text(max_size=20)
consents = st.builds(ConsentFact, st.integers(0, 3) | u32, u8, u8, st.integers(0, 65535), st.integers(0, 2**64 - 1))
subscribers = st.builds(
    SubscriberFacts,
    st.lists(consents, max_size=40).map(tuple),
    st.lists(st.integers(0, 10**18), max_size=4).map(tuple),
    st.lists(st.text("0123456789", min_size=1, max_size=18), max_size=4).map(tuple),
    some,
    u32,
)
pairs = st.lists(st.tuples(u32, u32), max_size=3).map(tuple)
marks = st.builds(Mark, u8, words, u32, st.booleans(), st.booleans(), limits)
bounds = st.builds(Bounds, st.booleans(), limits)
numbers = st.builds(NumberFacts, u32, u32, u8, u8, u8, st.booleans(), limits, some, pairs, words)


@given(subscribers)
def test_a_subscriber_survives_packing(facts: SubscriberFacts) -> None:
    assert unpack_subscriber(pack_subscriber(facts)) == facts


@given(u32, numbers)
def test_a_number_survives_packing(resource: int, facts: NumberFacts) -> None:
    raw = pack_number(resource, facts)
    assert (records.resource_of(raw), records.unpack_number(raw)) == (resource, facts)
    assert records.unpack_marked(raw) == (facts, None)


@given(u32, numbers, marks)
def test_a_marked_number_survives_packing_and_a_mark_stands_alone(
    resource: int, facts: NumberFacts, mark: Mark
) -> None:
    raw = pack_number(resource, facts, mark)
    assert (records.resource_of(raw), records.unpack_marked(raw)) == (resource, (facts, mark))
    assert records.unpack_marked(pack_marked(mark)) == (None, mark)


@given(
    st.builds(OrganisationFacts, st.integers(0, 2), u8, limits, words, bounds, bounds),
    st.builds(TrunkFacts, u32, st.booleans(), st.booleans()),
    st.builds(KeyFacts, u32, u32, st.lists(words, max_size=3).map(tuple), st.lists(words, max_size=3).map(tuple)),
)
def test_the_rest_survives_packing(firm: OrganisationFacts, trunk: TrunkFacts, key: KeyFacts) -> None:
    assert records.unpack_organisation(records.pack_organisation(firm)) == firm
    assert records.unpack_trunk(records.pack_trunk(trunk)) == trunk
    assert records.unpack_key(records.pack_key(key)) == key


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


def _cut(folder: Path) -> None:
    path = folder / "data.mdb"
    os.truncate(path, path.stat().st_size - 4096)


def _scribble(folder: Path) -> None:
    (folder / "data.mdb").write_bytes(b"\0" * 16384)


def _empty(folder: Path) -> None:
    (folder / "data.mdb").write_bytes(b"")


def _remove(folder: Path) -> None:
    (folder / "data.mdb").unlink()


@pytest.mark.parametrize("harm", [_cut, _scribble, _empty, _remove])
def test_a_damaged_file_is_refused_before_it_is_mapped(
    home: Home, lookup: Lookup, harm: Callable[[Path], None]
) -> None:
    writer = Writer(home.facts)
    folder = writer.folder
    writer.close()
    harm(folder)
    reader = Reader(home.facts, lookup)
    assert reader.gather(call("4008109889")) is MISSING
    assert reader.trouble
    with pytest.raises(Problem):
        Writer(home.facts)


def test_no_facts_are_missing_until_there_are_some(home: Home, lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.gate.facts.reader.LOOK_AGAIN_S", -1.0)
    reader = Reader(home.facts, lookup)
    assert reader.gather(call("4008109889")).missing
    with pytest.raises(Problem, match="none"):
        reader.info()
    writer = Writer(home.facts)
    assert not reader.gather(call("4008109889")).missing
    reader.close()
    writer.close()


def test_a_pointer_to_elsewhere_is_refused(home: Home, lookup: Lookup, writer: Writer) -> None:
    (home.facts / "current").write_text("../../etc\n")
    with pytest.raises(Problem, match="no generation"):
        environment.current(home.facts)
    assert Reader(home.facts, lookup).gather(call("4008109889")).missing


def _grow(root: Path, ready: Any, go: Any) -> None:
    writer = Writer(root, map_size=1 << 20)
    ready.set()
    go.wait(20)
    for turn in range(30):
        with writer.batch() as batch:
            for at in range(1000):
                batch.put_organisation(turn * 1000 + at, OrganisationFacts(name="名" * 30))
    writer.close()


def test_the_file_grows_on_both_sides(home: Home, lookup: Lookup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.gate.facts.environment.MAP_SIZE", 1 << 20)
    monkeypatch.setattr(environment.acquire, "__kwdefaults__", {"map_size": 1 << 20, "durable": True})
    context = mp.get_context("spawn")
    ready, go = context.Event(), context.Event()
    process = context.Process(target=_grow, args=(home.facts, ready, go))
    process.start()
    assert ready.wait(20)
    reader = Reader(home.facts, lookup)
    assert not reader.gather(call("4008109889")).missing
    go.set()
    process.join(30)
    assert process.exitcode == 0
    assert not reader.gather(call("4008109889")).missing
    assert reader.info()["organisations"] == 30_000
    reader.close()


def _write_for_ever(root: Path, ready: Any) -> None:
    writer = Writer(root)
    at = 0
    while True:
        at += 1
        with writer.batch() as batch:
            for organisation in range(200):
                batch.put_organisation(organisation, OrganisationFacts(name=str(at)))
            batch.position(at, clock.now_us())
        if at == 3:
            ready.set()


def test_a_killed_writer_leaves_whole_batches(home: Home, lookup: Lookup, writer: Writer) -> None:
    writer.close()
    reader = Reader(home.facts, lookup)
    context = mp.get_context("spawn")
    for _ in range(3):
        ready = context.Event()
        process = context.Process(target=_write_for_ever, args=(home.facts, ready))
        process.start()
        assert ready.wait(20)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        with reader.view() as view:
            names = {facts.name for at in range(200) if (facts := view.organisation(at))}
            assert names == {str(view.position)}
    again = Writer(home.facts)
    again.heartbeat(clock.now_us())
    again.close()
    reader.close()
    environment.acquire(home.facts / "gen-000001")  # for the fixture, which closes too


def _read_for_ever(root: Path, ready: Any) -> None:
    reader = Reader(root, Lookup(b"k" * 32))
    with reader.view() as view:
        view.position  # noqa: B018
        ready.set()
        signal.pause()


def test_a_killed_reader_gives_its_place_back(home: Home, writer: Writer) -> None:
    context = mp.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_read_for_ever, args=(home.facts, ready))
    process.start()
    assert ready.wait(20)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    handle = environment.acquire(writer.folder)
    assert str(process.pid) in handle.env.readers()
    writer.heartbeat(clock.now_us())
    assert str(process.pid) not in handle.env.readers()
    environment.release(handle)


def test_a_stolen_file_names_nobody(home: Home, writer: Writer) -> None:
    raw = (writer.folder / "data.mdb").read_bytes()
    for number in (known.AGREED, known.REFUSING):
        assert number.encode() not in raw
        assert int("86" + number).to_bytes(8, "big") not in raw
        assert int("86" + number).to_bytes(8, "little") not in raw
    assert (writer.folder / "data.mdb").stat().st_mode & 0o077 == 0


def test_the_facts_take_few_bytes_a_consent(home: Home) -> None:
    fresh = Writer.fresh(home.facts)
    one = pack_subscriber(SubscriberFacts((ConsentFact(7, 1, GIVEN, 20_000, 2**40),)))
    fresh.load_subscribers((at.to_bytes(8, "big"), one) for at in range(100_000))
    fresh.publish()
    assert (fresh.folder / "data.mdb").stat().st_size / 100_000 <= 60
    fresh.close()


@given(subscribers, st.integers(0, 5))
def test_consents_towards_one_principal_are_those_of_all(facts: SubscriberFacts, which: int) -> None:
    principal = facts.consents[which % len(facts.consents)].principal if facts.consents else which
    some = records.unpack_towards(pack_subscriber(facts), principal.to_bytes(4, "little"))
    assert some.consents == tuple(said for said in facts.consents if said.principal == principal)
    assert some[1:] == facts[1:]


def test_a_folder_made_again_under_the_same_name_is_taken_up(
    home: Home, lookup: Lookup, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy for damaged facts is to remove them and rebuild: the first generation then has the name it had."""
    monkeypatch.setattr("mingbai.gate.facts.reader.LOOK_AGAIN_S", 0.0)
    reader = Reader(home.facts, lookup)
    assert reader.gather(call("4008109889")).position == 11
    gone = home.facts.rename(home.root / "gone")
    assert reader.gather(call("4008109889")).position == 11  # the last ones are better than none
    made = Writer(home.facts)
    with made.batch() as batch:
        batch.position(99, clock.now_us())
    assert made.folder.name == (gone / "current").read_text().strip()
    assert reader.gather(call("4008109889")).position == 99
    assert (writer.stands, made.stands) == (False, True)
    reader.close()
    made.close()
