"""Every verdict is kept, through SIGKILL too; segments close by size and by age; torn records show."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from mingbai.gate import journal
from mingbai.gate.journal import HEADER, RECORD, Record, Writer, closed_segments, open_segments, read_segment, recover
from mingbai.kernel import clock

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def record(at: int) -> Record:
    return Record(at, 2**62, 8613812345678, 2**63, -1, 2**32 - 1, 7, 8, 9, 10, 801, 302, 255, 5, 1, 2, 31, 1)


def rows(folder: Path) -> list[tuple[str, int, int]]:
    segments = sorted([*open_segments(folder), *closed_segments(folder)])
    return [(journal.segment_of(p), row, r.at_us) for p in segments for row, r in read_segment(p)]


def test_the_record_is_128_bytes_and_numpy_can_say_so() -> None:
    import numpy as np

    dtype = np.dtype(list(journal.FIELDS))
    assert dtype.itemsize == RECORD
    assert dtype.names is not None
    assert dtype.names[: len(Record._fields)] == Record._fields


def test_what_is_appended_is_read_at_once_and_after_closing(tmp_path: Path) -> None:
    import numpy as np

    writer = Writer(tmp_path)
    assert [writer.append(record(at)) for at in range(5)] == [0, 1, 2, 3, 4]
    (path,) = open_segments(tmp_path)
    assert list(read_segment(path)) == [(at, record(at)) for at in range(5)]
    segment = writer.segment
    (closed,) = writer.close()
    assert closed.name == f"{segment}.closed"
    assert closed.stat().st_size == HEADER + 5 * RECORD
    assert list(read_segment(closed)) == [(at, record(at)) for at in range(5)]
    table = np.frombuffer(closed.read_bytes(), dtype=list(journal.FIELDS), offset=HEADER)
    assert list(table["at_us"]) == [0, 1, 2, 3, 4]
    assert list(table["consent"]) == [2**63] * 5


def test_files_are_the_services_alone(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "journal")
    assert {path.stat().st_mode & 0o777 for path in open_segments(tmp_path / "journal")} == {0o600}
    assert (tmp_path / "journal").stat().st_mode & 0o077 == 0
    writer.close()


def test_an_empty_segment_leaves_no_file(tmp_path: Path) -> None:
    assert Writer(tmp_path).close() == []
    assert list(tmp_path.iterdir()) == []


def test_a_full_segment_gives_way_to_the_next(tmp_path: Path) -> None:
    writer = Writer(tmp_path, capacity=10)
    for at in range(25):
        writer.append(record(at))
    assert len(open_segments(tmp_path)) == 3
    assert len(writer.tick()) == 2
    assert len(closed_segments(tmp_path)) == 2
    assert [at for _, _, at in rows(tmp_path)] == list(range(25))
    writer.close()


def test_an_old_segment_is_closed_though_no_call_comes(tmp_path: Path) -> None:
    with clock.at(NOON) as advance:
        writer = Writer(tmp_path, seconds=60)
        advance(120)
        assert writer.tick() == []  # nothing in it
        writer.append(record(1))
        assert len(writer.tick()) == 1
        writer.append(record(2))
        advance(59)
        assert writer.tick() == []
        advance(2)
        assert len(writer.tick()) == 1
        writer.close()
    assert [at for _, _, at in rows(tmp_path)] == [1, 2]


def test_a_torn_record_shows(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    for at in range(3):
        writer.append(record(at))
    (closed,) = writer.close()
    raw = bytearray(closed.read_bytes())
    raw[HEADER + RECORD + 3] ^= 1
    closed.write_bytes(raw)
    assert [row for row, _ in read_segment(closed)] == [0, 2]
    closed.write_bytes(raw[:-50])
    assert [row for row, _ in read_segment(closed)] == [0]


@pytest.mark.parametrize("content", [b"", b"x" * 500])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.closed"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="journal segment"):
        list(read_segment(path))


def test_a_living_workers_segment_is_not_taken(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.append(record(1))
    assert recover(tmp_path) == []
    assert len(open_segments(tmp_path)) == 1
    writer.close()


def test_a_full_disk_is_an_error_and_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def full(fd: int, offset: int, size: int) -> None:
        tries.append(fd)
        raise OSError(28, "No space left on device")

    writer = Writer(tmp_path, capacity=2)
    writer.append(record(0))
    writer.append(record(1))
    with monkeypatch.context() as patched:
        patched.setattr("mingbai.gate.journal.os.posix_fallocate", full)
        for _ in range(3):
            with pytest.raises(OSError, match=r"Errno 28"):
                writer.append(record(2))
        assert [path.suffix for path in tmp_path.iterdir()] == [".open"]
        assert len(tries) == 1  # under load, each call would try in vain
        later = clock.monotonic() + journal.NO_ROOM_S
        patched.setattr("mingbai.gate.journal.clock.monotonic", lambda: later)
        with pytest.raises(OSError, match="No space"):
            writer.append(record(2))
        patched.undo()
        patched.setattr("mingbai.gate.journal.clock.monotonic", lambda: later + journal.NO_ROOM_S)
        writer.append(record(3))
    writer.close()
    assert [at for _, _, at in rows(tmp_path)] == [0, 1, 3]


def _append_for_ever(folder: Path, pipe: Any) -> None:
    writer = Writer(folder, capacity=300)
    at = 0
    while True:
        row = writer.append(record(at))
        pipe.send((writer.segment, row, at))
        at += 1
        if at % 700 == 0:
            writer.tick()


def test_a_killed_worker_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    context = mp.get_context("spawn")
    acknowledged: set[tuple[str, int, int]] = set()
    for kill in range(4):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_append_for_ever, args=(tmp_path, theirs))
        process.start()
        theirs.close()
        for _ in range(900 + 137 * kill):
            acknowledged.add(ours.recv())
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        while True:
            try:
                acknowledged.add(ours.recv())
            except EOFError:
                break
    found = rows(tmp_path)
    assert acknowledged <= set(found)
    assert len(found) - len(acknowledged) <= 4  # one a worker may have been killed unsaid
    assert len(set(found)) == len(found)
    assert recover(tmp_path)
    assert open_segments(tmp_path) == []
    assert rows(tmp_path) == found


def test_the_next_segment_is_ready_before_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(tmp_path, capacity=4)
    for _ in range(3):
        writer.append(record(1))
    writer.tick()
    monkeypatch.setattr(os, "posix_fallocate", _none_left)
    written = [(writer.segment, writer.append(record(1))) for _ in range(5)]
    assert [row for _, row in written] == [3, 0, 1, 2, 3]
    with pytest.raises(OSError, match="No space"):
        writer.append(record(1))
    writer.tick()  # no room for a spare either
    monkeypatch.undo()
    closed = writer.close()
    assert [len(list(read_segment(path))) for path in sorted({*closed, *closed_segments(tmp_path)})] == [4, 4]
    assert {path.suffix for path in tmp_path.iterdir()} == {".closed"}


def test_a_spare_segment_leaves_nothing_behind(tmp_path: Path) -> None:
    writer = Writer(tmp_path, capacity=4)
    for _ in range(3):
        writer.append(record(1))
    writer.tick()
    assert len(open_segments(tmp_path)) == 2
    writer.close()
    writer.tick()
    assert [path.suffix for path in tmp_path.iterdir()] == [".closed"]


def _none_left(*_: object) -> None:
    raise OSError(ENOSPC, "No space left on device")
