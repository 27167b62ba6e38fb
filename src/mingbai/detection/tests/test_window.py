"""The running window finds just the calls that concern somebody, and looks first where most has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.detection.features import columns
from mingbai.detection.hourly.known import Known
from mingbai.detection.hourly.waiting import Waiting, affordable
from mingbai.detection.hourly.window import Counted, Running
from mingbai.detection.looking import CALLS
from mingbai.detection.references import References
from mingbai.kernel.msisdn import Kind

MINUTE_US = 60_000_000
COUNTED = Counted(least=5, burst=6)
REFUSER, FIRM = 77, 4


def _known(refusers: tuple[int, ...] = (REFUSER,)) -> Known:
    said = {"callee": refusers, "party": [FIRM] * len(refusers), "caller": [0] * len(refusers),
            "at_s": [0] * len(refusers), "use": [-1] * len(refusers)}  # fmt: skip
    empty = (columns.NUMBERS.empty_table(), columns.TRUNKS.empty_table(), columns.CONSENTS.empty_table())
    return Known(References(pa.table(said, schema=columns.REFUSED), *empty))


def _rows(calls: list[tuple[int, int, int, int]], first: int = 0) -> pa.Table:
    """Calls by minute, caller, callee, holder."""
    minute, caller, callee, holder = (np.array(side, np.int64) for side in zip(*calls, strict=True))
    given: dict[str, Any] = {
        "at_us": minute * MINUTE_US, "caller": caller, "caller_tail": caller, "callee": callee, "callee_tail": callee,
        "caller_kind": np.full(len(calls), int(Kind.MOBILE)), "callee_kind": np.full(len(calls), int(Kind.MOBILE)),
        "holder": holder, "row": first + np.arange(len(calls)), "segment": ["s"] * len(calls),
        "source": ["gate"] * len(calls),
    }  # fmt: skip
    arrays = [
        pa.array(given[one.name]).cast(one.type) if one.name in given else pa.nulls(len(calls), one.type)
        for one in CALLS
    ]
    return pa.Table.from_arrays(arrays, schema=CALLS)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    made = Running(CALLS, tmp_path, threads=1, memory_gb=1, whole_rows=90)
    yield made
    made.close()


def _chosen(running: Running, callers: list[int], callees: list[int], since_us: int = 0) -> set[int]:
    numbers, people = Waiting(), Waiting()
    numbers.add(np.array(callers, np.int64), 1)
    people.add(np.array(callees, np.int64), 1)
    if not running.choose(since_us, numbers, people, _known(), COUNTED, 1).calls:
        return set()
    found = running.engine.fetch(running.calls.select("row", "segment"))
    rows = found["row"].to_pylist()
    assert len(rows) == len(set(rows)), "no call twice"
    return set(rows)


def _counts(calls: list[tuple[int, int, int, int]], callers: set[int], callees: set[int], since: int) -> set[int]:
    """The same, call by call."""
    inside = [(row, *call) for row, call in enumerate(calls) if call[0] >= since]
    made = {one: [call for call in inside if call[2] == one] for one in callers}
    wanted = {one for one, its in made.items() if len(its) >= 5 or any(c[3] == REFUSER and c[4] == FIRM for c in its)}
    recent = max(since, max(call[0] for call in calls) - 120)
    late = [call for call in inside if call[1] >= recent]
    called = callees | {call[3] for call in late if call[2] in wanted}
    hot = {one for one in called if sum(call[3] == one for call in late) >= 6}
    holders = {call[4] for call in inside if call[2] in wanted and call[4]}
    return {
        call[0]
        for call in inside
        if call[2] in wanted
        or call[3] in wanted
        or (call[1] >= recent and call[3] in hot)
        or (call[3] == REFUSER and call[4] == FIRM and FIRM in holders)
    }


@pytest.mark.parametrize("seed", range(6))
def test_what_is_chosen_is_what_call_by_call_concerns_them(running: Running, seed: int) -> None:
    draw = np.random.default_rng(seed)
    calls: list[tuple[int, int, int, int]] = []
    for batch in range(40):
        size = int(draw.integers(1, 30))
        caller, callee = draw.integers(1, 60, size), draw.integers(50, 90, size)
        caller = np.where(draw.random(size) < 0.2, draw.integers(100, 130, size), caller)
        minute = batch * 5 + draw.integers(0, 5, size)
        holder = np.where(caller % 7 == 0, FIRM, 0)
        part = list(zip(minute.tolist(), caller.tolist(), callee.tolist(), holder.tolist(), strict=True))
        running.add(_rows(part, len(calls)), _known())
        calls += part
    assert running.count() == len(calls)
    for since in (0, 100):
        callers = set(draw.integers(1, 130, 12).tolist())
        callees = set(draw.integers(50, 90, 3).tolist())
        running._heat(0, 1)  # as if all of them had come batch by batch
        chosen = _chosen(running, sorted(callers), sorted(callees), since * MINUTE_US)
        needed = _counts(calls, callers, callees, since)
        assert needed <= chosen
        late = max(since, max(minute for minute, *_ in calls) - 120)
        more = [calls[row] for row in chosen - needed]
        assert all(call[0] >= late for call in more), "but for people of late, whose calls are counted by the piece"


def test_the_old_goes_from_memory_and_disk(running: Running, tmp_path: Path) -> None:
    for hour in range(30):
        running.add(_rows([(hour * 60 + n % 60, n, n + 1, 0) for n in range(40)], 40 * hour), _known())
    on_disk = len(list(tmp_path.rglob("*.arrow")))
    running.forget(27 * 60 * MINUTE_US, COUNTED.burst)
    assert running.count() < 40 * 8
    assert len(list(tmp_path.rglob("*.arrow"))) < on_disk
    assert {row // 40 for row in _chosen(running, [5] * 5, [], 28 * 60 * MINUTE_US)} <= {28, 29}


def test_nothing_is_left_on_disk(tmp_path: Path) -> None:
    made = Running(CALLS, tmp_path, threads=1, memory_gb=1, whole_rows=10)
    made.add(_rows([(n, n, n + 1, 0) for n in range(40)]), _known())
    assert list(tmp_path.rglob("*.arrow"))
    made.close()
    assert not list(tmp_path.rglob("*.arrow"))


SOME = st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 50), st.integers(1, 40)), min_size=1, max_size=60)


@given(SOME, st.integers(1, 20_000))
def test_a_batch_looks_at_what_it_has_room_for_and_at_one_at_least(some: list[tuple[int, int, int]], room: int) -> None:
    size, news, since = (np.array(side, np.int64) for side in zip(*some, strict=True))
    taken = affordable(size, news, since, room, 41)
    assert taken.any()
    if size.sum() <= room:
        assert taken.all()
    elif size[taken].sum() > room:
        largest = size[taken].max()
        assert size[taken].sum() - largest <= room, "one alone may be larger than there is room"
        assert largest > room // 4


def test_who_changed_most_goes_first_and_whoever_waits_comes_in_its_turn() -> None:
    size, news = np.array([1_000, 10, 900], np.int64), np.array([10, 10, 1], np.int64)
    assert affordable(size, news, np.array([5, 5, 5]), 1_500, 6).tolist() == [True, True, False]
    assert affordable(size, news, np.array([5, 5, 1]), 1_200, 6).tolist() == [False, True, True]
    huge = np.array([50_000, 10], np.int64)
    both = np.array([1, 10], np.int64)
    assert affordable(huge, both, np.array([5, 5]), 1_000, 6).tolist() == [False, True]
    assert affordable(huge, both, np.array([5, 5]), 1_000, 35).tolist() == [True, True], "it has waited long enough"
