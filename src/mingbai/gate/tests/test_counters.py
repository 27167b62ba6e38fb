"""No count is lost among processes; windows slide; a full table forgets the quietest and never fails."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.gate.check import Gate
from mingbai.gate.counters import HOLDER, NUMBER, PRINCIPAL, Counters, Windows, key_of
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
T0 = 20_000 * DAY


def _add(counters: Counters, key: int, at_us: int) -> Windows:
    counters.count(key, at_us)
    return counters.windows(key, at_us)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "counters.table"


def test_each_count_includes_itself(path: Path) -> None:
    counters = Counters(path)
    assert [_add(counters, key_of(NUMBER, 86955330), T0) for _ in range(3)] == [(1, 1, 1), (2, 2, 2), (3, 3, 3)]
    assert counters.windows(key_of(NUMBER, 86955330), T0) == (3, 3, 3)
    assert counters.windows(key_of(HOLDER, 86955330), T0) == (0, 0, 0)
    counters.count(1, T0, by=5)
    counters.count(2, T0, by=5)
    counters.count(2, T0, by=-2)
    assert [counters.windows(key, T0) for key in (1, 2)] == [(5, 5, 5), (3, 3, 3)]
    counters.close()


@pytest.mark.parametrize("beside", [False, True])
def test_an_attempt_counts_for_all_three_and_tells_of_the_number(path: Path, beside: bool) -> None:
    counters = Counters(path)
    other = Counters(path) if beside else None
    keys = key_of(NUMBER, 1), key_of(HOLDER, 2), key_of(PRINCIPAL, 3)
    moments = [T0, T0 + 1, T0 + MINUTE, T0 + HOUR, T0 + DAY, T0 + DAY + 1]
    told = [counters.attempt(*keys, at) for at in moments]
    assert told == [(1, 1, 1), (2, 2, 2), (3, 3, 3), (1, 4, 4), (1, 1, 5), (2, 2, 6)]
    assert [counters.windows(key, moments[-1]) for key in keys] == [(2, 2, 6)] * 3
    for one in (counters, other):
        if one:
            one.close()


def test_windows_slide(path: Path) -> None:
    counters = Counters(path)
    key = key_of(NUMBER, 1)
    counters.count(key, T0, by=60)
    assert counters.windows(key, T0 + MINUTE - 1) == (60, 60, 60)
    assert counters.windows(key, T0 + MINUTE) == (60, 60, 60)
    assert counters.windows(key, T0 + MINUTE + MINUTE // 2) == (30, 60, 60)
    assert counters.windows(key, T0 + 2 * MINUTE) == (0, 60, 60)
    assert counters.windows(key, T0 + HOUR + HOUR // 2) == (0, 30, 60)
    assert counters.windows(key, T0 + 2 * HOUR) == (0, 0, 60)
    assert counters.windows(key, T0 + DAY + DAY // 4) == (0, 0, 45)
    assert counters.windows(key, T0 + 2 * DAY) == (0, 0, 0)
    assert _add(counters, key_of(NUMBER, 1), T0 + DAY + DAY // 4) == (1, 1, 46)
    counters.close()


def test_a_clock_set_back_begins_anew(path: Path) -> None:
    counters = Counters(path)
    _add(counters, key_of(NUMBER, 1), T0 + DAY)
    assert _add(counters, key_of(NUMBER, 1), T0) == (1, 1, 1)
    counters.close()


def test_lanes_are_summed_and_a_dead_lane_is_taken_with_its_counts(path: Path) -> None:
    first, second = Counters(path), Counters(path)
    assert (first.lane, second.lane) == (0, 1)
    _add(first, key_of(NUMBER, 1), T0)
    assert _add(second, key_of(NUMBER, 1), T0) == (2, 2, 2)
    first.close()
    third = Counters(path)
    assert third.lane == 0
    assert _add(third, key_of(NUMBER, 1), T0) == (3, 3, 3)
    second.close()
    third.close()


def test_all_lanes_taken_is_told(path: Path) -> None:
    held = [Counters(path, lanes=2) for _ in range(2)]
    with pytest.raises(Problem, match="lanes"):
        Counters(path)
    for counters in held:
        counters.close()


def test_another_file_is_left_alone(path: Path) -> None:
    path.write_bytes(b"something else" * 100)
    with pytest.raises(Problem, match="not a table"):
        Counters(path)
    assert path.read_bytes().startswith(b"something else")


def test_a_full_table_forgets_the_quietest(path: Path) -> None:
    counters = Counters(path, rows=32)
    for number in range(500):
        assert _add(counters, key_of(NUMBER, number), T0 + number * MINUTE) == (1, 1, 1)
    assert counters.evicted > 300
    assert _add(counters, key_of(NUMBER, 499), T0 + 499 * MINUTE) == (2, 2, 2)
    quiet = counters.evicted
    for number in range(1000, 1032):
        _add(counters, key_of(NUMBER, number), T0 + 10 * DAY)
    assert counters.evicted - quiet <= 24  # a key quiet for a day is nobody's loss
    counters.close()


def test_a_row_that_changed_hands_keeps_no_ones_counts(path: Path) -> None:
    first, second = Counters(path, rows=32), Counters(path)
    for number in range(400):
        assert _add(first, key_of(NUMBER, number), T0) == (1, 1, 1)
        assert _add(second, key_of(NUMBER, number), T0) == (2, 2, 2)
        assert _add(first, key_of(NUMBER, number), T0) == (3, 3, 3)
    first.close()
    second.close()


def _count(path: Path, times: int, start: Any) -> None:
    counters = Counters(path)
    start.wait(20)
    for turn in range(times):
        counters.count(key_of(NUMBER, turn % 50), T0)
        counters.count(key_of(HOLDER, turn % 3), T0)
    counters.close()


def test_no_count_is_lost_among_processes(path: Path) -> None:
    context = mp.get_context("spawn")
    start = context.Event()
    processes = [context.Process(target=_count, args=(path, 6000, start)) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    counters = Counters(path)
    assert [counters.windows(key_of(NUMBER, at), T0)[2] for at in range(50)] == [4 * 6000 // 50] * 50
    assert [counters.windows(key_of(HOLDER, at), T0)[2] for at in range(3)] == [4 * 2000] * 3
    counters.close()


def _count_and_tell(path: Path, pipe: Any) -> None:
    counters = Counters(path)
    while True:
        pipe.send(_add(counters, key_of(NUMBER, 1), T0)[2])


def test_a_killed_process_loses_no_count(path: Path) -> None:
    context = mp.get_context("spawn")
    told = 0
    for _ in range(3):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_count_and_tell, args=(path, theirs))
        process.start()
        theirs.close()
        for _ in range(500):
            told = max(told, ours.recv())
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        while ours.poll():
            try:
                told = max(told, ours.recv())
            except EOFError:
                break
    counters = Counters(path)
    assert counters.lane == 0
    assert counters.windows(key_of(NUMBER, 1), T0)[2] in (told, told + 1)  # one may have been killed unsaid
    counters.close()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=60))
def test_never_below_the_calls_of_the_present_window_nor_above_two(
    tmp_path_factory: pytest.TempPathFactory, moments: list[int]
) -> None:
    counters = Counters(tmp_path_factory.mktemp("c") / "t", rows=32, lanes=1)
    seen: list[int] = []
    for moment in sorted(moments):
        at = T0 + moment * 1_000_000
        seen.append(at)
        for count, span in zip(_add(counters, key_of(NUMBER, 5), at), (MINUTE, HOUR, DAY), strict=True):
            present = sum(1 for t in seen if t // span == at // span)
            both = sum(1 for t in seen if t // span >= at // span - 1)
            assert present <= count <= both
    counters.close()


def _copied(counters: Counters) -> None:
    """A whole round."""
    while not counters.sync():
        pass


def _another_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.gate.counters.boot", lambda: bytes(range(16)))


def test_after_a_power_cut_the_counts_come_from_the_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = Counters(path, rows=4096, lanes=4), Counters(path)
    for each in both:
        each.attempt(7, 8, 9, T0)
        _copied(each)
        each.attempt(7, 8, 9, T0)  # never copied
        each.close()
    written = bytearray(path.read_bytes())
    written[4096:] = os.urandom(256) * ((len(written) - 4096) // 256)  # pages as a power cut may leave them
    path.write_bytes(written)
    _another_boot(monkeypatch)
    again = Counters(path)
    assert [again.windows(key, T0) for key in (7, 8, 9)] == [(2, 2, 2)] * 3
    third = Counters(path)  # put back once
    third.attempt(7, 8, 9, T0)
    assert again.windows(7, T0) == (3, 3, 3)
    again.close()
    third.close()


def test_within_one_boot_the_table_itself_is_right(path: Path) -> None:
    counters = Counters(path)
    counters.attempt(7, 8, 9, T0)
    _copied(counters)
    counters.attempt(7, 8, 9, T0)
    counters.close()
    counters = Counters(path)
    assert counters.windows(7, T0) == (2, 2, 2)
    counters.close()


def test_a_copy_is_never_put_into_another_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counters = Counters(path)
    counters.attempt(7, 8, 9, T0)
    _copied(counters)
    counters.close()
    path.unlink()
    Counters(path).close()
    _another_boot(monkeypatch)
    counters = Counters(path)
    assert counters.windows(7, T0) == (0, 0, 0)
    counters.close()


def test_a_round_is_on_the_disk_within_five_seconds_and_an_idle_table_writes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    counters = Counters(path)
    counters.attempt(7, 8, 9, T0)
    assert [counters.sync() for _ in range(9)].count(True) >= 2
    assert len(synced) == 1
    written = path.with_name(f"{path.name}.copy").stat().st_mtime_ns
    _copied(counters)
    assert path.with_name(f"{path.name}.copy").stat().st_mtime_ns == written
    counters.attempt(7, 8, 9, T0)
    _copied(counters)
    assert len(synced) == 2
    counters.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        counters.sync()


def test_what_could_not_be_copied_is_copied_the_next_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counters, write = Counters(path), os.pwrite
    _copied(counters)
    counters.attempt(7, 8, 9, T0)

    def full(_file: int, _data: bytes, _at: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    failed = 0
    for _ in range(9):
        try:
            counters.sync()
        except OSError:
            failed += 1
    assert failed >= 1
    monkeypatch.setattr(os, "pwrite", write)
    _copied(counters)
    _copied(counters)
    counters.close()
    written = bytearray(path.read_bytes())
    written[4096:] = bytes(len(written) - 4096)
    path.write_bytes(written)
    _another_boot(monkeypatch)
    again = Counters(path)
    assert [again.windows(key, T0) for key in (7, 8, 9)] == [(1, 1, 1)] * 3
    again.close()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 5000), min_size=1, max_size=200))
def test_every_key_that_counted_since_the_last_round_is_in_the_next(keys: list[int]) -> None:
    """Whatever slices its name and its cell stand in."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "counters.table"
        counters = Counters(path, rows=1 << 14, lanes=1)
        half = len(keys) // 2
        for part in (keys[:half], keys[half:]):
            for key in part:
                counters.count(key_of(NUMBER, key), T0)
            _copied(counters)
        counters.close()
        copy, table = path.with_name(f"{path.name}.copy").read_bytes(), path.read_bytes()
        assert copy[4096:] == table[4096:]


def test_a_ticking_gate_copies_its_counts(home: Home) -> None:
    gate = Gate(home)
    copy = home.counters.with_name(f"{home.counters.name}.copy")
    for _ in range(5):
        gate.tick()
    assert copy.stat().st_size > 0
    gate.close()
