"""What was counted is read by anyone at any time, outlives its process, and never stops a call."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.gate import meters
from mingbai.gate.meters import BOUNDS_NS, CELLS, OUTCOMES, Meters, Outcome, read
from mingbai.kernel.problems import Problem


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "meters.table"


def _total(path: Path) -> int:
    return sum(sum(outcome.cells) for lane in read(path) for outcome in lane.outcomes)


def test_a_verdict_is_read_while_its_process_runs(path: Path) -> None:
    http = Meters(path, "http")
    sip = Meters(path, "sip")
    sip.count(502, 607, 5_000)
    sip.count(502, 607, 5_001)
    sip.count(801, 302, 1_000_000_000)
    sip.retransmitted()
    http.count(900, 302, 0)
    http.unjournalled()
    http.unjudged()
    first, second = read(path)
    assert (first.host, first.alive) == ("http", True)
    assert (second.host, second.alive) == ("sip", True)
    assert (first.unjournalled, first.retransmitted, first.unjudged) == (1, 0, 1)
    assert (second.unjournalled, second.retransmitted, second.unjudged) == (0, 1, 0)
    assert (second.pid, second.ns) == (os.getpid(), 1_000_010_001)
    nothing = [0] * (CELLS - 2)
    assert second.outcomes == (
        Outcome("sip", 502, 607, (1, 1, *nothing)),
        Outcome("sip", 801, 302, (0, *nothing, 1)),
    )
    http.close()
    sip.close()
    assert [(lane.alive, len(lane.outcomes)) for lane in read(path)] == [(False, 1), (False, 2)]


def test_bounds_suit_a_verdict_of_5_us_and_one_of_100_ms() -> None:
    assert list(BOUNDS_NS) == sorted(set(BOUNDS_NS))
    assert (BOUNDS_NS[0], BOUNDS_NS[-1]) == (5_000, 100_000_000)
    assert max(b / a for a, b in pairwise(BOUNDS_NS)) <= 2.5


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 999), st.integers(0, 699), st.integers(0, 10**12)), max_size=60))
def test_sums_are_those_of_what_was_counted(tmp_path_factory: Any, told: list[tuple[int, int, int]]) -> None:
    path = tmp_path_factory.mktemp("meters") / "meters.table"
    lane = Meters(path, "sip")
    for code, sip, ns in told:
        lane.count(code, sip, ns)
    lane.close()
    wanted: dict[tuple[int, int], list[int]] = {}
    for code, sip, ns in told:
        wanted.setdefault((code, sip), [0] * CELLS)[bisect_left(BOUNDS_NS, ns)] += 1
    (found,) = read(path)
    assert {(one.code, one.sip): list(one.cells) for one in found.outcomes} == wanted
    assert found.ns == sum(ns for *_, ns in told)


def test_outcomes_beyond_the_room_are_counted_together(path: Path) -> None:
    lane = Meters(path, "sip")
    for code in range(1, OUTCOMES + 4):
        lane.count(code, 607, 1)
    lane.count(OUTCOMES, 607, 1)
    (told,) = read(path)
    assert len(told.outcomes) == OUTCOMES + 1
    assert told.outcomes[-1] == Outcome("sip", 0, 0, (3, *[0] * (CELLS - 1)))
    assert sum(told.outcomes[OUTCOMES - 1].cells) == 2
    lane.close()


def test_a_lane_is_taken_up_by_the_same_kind_of_host_alone(path: Path) -> None:
    for host in ("sip", "http", "sip", "sip"):
        lane = Meters(path, host)
        lane.count(900, 302, 1)
        lane.close()
    assert [(lane.host, sum(lane.outcomes[0].cells)) for lane in read(path)] == [("sip", 3), ("http", 1)]


def _count(path: Path, times: int, die: bool) -> None:
    lane = Meters(path, "sip")
    for _ in range(times):
        lane.count(900, 302, 1)
    if die:
        os.kill(os.getpid(), signal.SIGKILL)
    lane.close()


def test_processes_lose_no_count_not_even_killed_ones(path: Path) -> None:
    context = mp.get_context("spawn")
    for turn in range(2):
        crowd = [context.Process(target=_count, args=(path, 5000, turn == 0)) for _ in range(3)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join(60)
            assert one.exitcode == (-signal.SIGKILL if turn == 0 else 0)
    assert _total(path) == 30_000
    assert len(read(path)) <= 6
    assert not any(lane.alive for lane in read(path))


@pytest.mark.parametrize("wrong", [b"", b"MBMETR01", b"\0" * 8192, b"MBCNTR01" + b"\0" * 8192])
def test_another_file_stops_no_call(path: Path, wrong: bytes) -> None:
    path.write_bytes(wrong)
    lane = Meters(path, "sip")
    lane.count(900, 302, 1)
    assert "no meters of this version" in lane.trouble
    lane.close()
    assert path.read_bytes() == wrong
    with pytest.raises(Problem, match="no meters of this version"):
        read(path)


def test_a_disk_without_room_and_a_file_without_lanes_stop_no_call(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only = Meters(path, "sip", lanes=1)
    second = Meters(path, "sip")
    second.count(900, 302, 1)
    assert "all 1 lanes are taken" in second.trouble
    second.close()
    only.close()
    assert _total(path) == 0

    def full(*_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(meters.os, "posix_fallocate", full)
    third = Meters(path, "sip")
    third.count(900, 302, 1)
    assert "No space left" in third.trouble
    third.close()


def test_nobody_else_on_the_machine_reads_it(path: Path) -> None:
    Meters(path, "sip").close()
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_blocks * 512 < 200_000, "a lane takes room when it is used"
    assert read(path.with_name("nowhere")) == []
