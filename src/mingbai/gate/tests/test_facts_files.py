"""The read model's files: what a kill, a cut file, growth or a folder made again does to it."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingbai.gate.decide import Call
from mingbai.gate.facts import (
    GIVEN,
    MISSING,
    ConsentFact,
    OrganisationFacts,
    Reader,
    SubscriberFacts,
    Writer,
    environment,
    pack_subscriber,
)
from mingbai.gate.tests import known
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem


def call(caller: str, callee: str = known.SILENT, trunk: str = "") -> Call:
    return Call(parse(caller), parse(callee), trunk)


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
