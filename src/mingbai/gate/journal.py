"""Every verdict on an attempt, appended to memory-mapped segment files: one open segment a worker.

A record is 128 bytes; its sequence and CRC are written last, so that a torn one shows. The mapping belongs to the
kernel: SIGKILL of the worker loses nothing that was appended. A power cut may lose what was not yet synced, at most
about a second (`tick` syncs). Blocks are reserved when a segment begins, so that a full disk raises OSError there and
never SIGBUS at a record.

Names: `<segment id>.open` while its worker lives (flock held), then `<segment id>.closed`; a receipt's id is
`<segment id>-<row>`. Files are readable by the service alone: caller and callee stand in them as plain integers.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import threading
from binascii import crc32
from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from mingbai.gate import resident
from mingbai.kernel import clock
from mingbai.kernel.ids import uuid7

HEADER: Final = 128
RECORD: Final = 128
NO_PURPOSE: Final = 255
MODES: Final = ("attempt", "ask")
NO_ROOM_S: Final = 0.5
"""After a segment could not be made (a full disk), none is tried for so long: trying costs more than a verdict."""
_MAGIC: Final = b"MBJRNL01"
_HEAD: Final = Struct("<8sIIq16sI")

FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("at_us", "<i8"),  # of the call, µs since the epoch
    ("caller", "<i8"),  # normal form as an integer; 0 withheld or malformed
    ("callee", "<i8"),
    ("consent", "<u8"),  # id of the consent or refusal cited; 0 none
    ("position", "<i8"),  # of the facts in the ledger's order; -1 none
    ("trunk", "<u4"),  # ids in the database; 0 none
    ("resource", "<u4"),
    ("holder", "<u4"),
    ("principal", "<u4"),
    ("age_ms", "<u4"),  # of the facts
    ("code", "<u2"),  # gate.decide.Code
    ("sip", "<u2"),
    ("purpose", "u1"),  # as declared: index of terms.USES, NO_PURPOSE when not
    ("use", "u1"),  # what it was judged as: index of terms.USES
    ("mode", "u1"),  # index of MODES
    ("decision", "u1"),  # terms.Decision
    ("caller_kind", "u1"),  # kernel.msisdn.Kind
    ("callee_kind", "u1"),
    ("reserved", "V50"),
    ("sequence", "<u4"),  # row + 1; 0 where nothing was written
    ("crc", "<u4"),  # CRC-32 of all before `sequence`, begun with it
)
"""The record as `numpy.dtype(list(FIELDS))` takes it; rows begin at HEADER."""

_CODES: Final = {"<i8": "q", "<u8": "Q", "<u4": "I", "<u2": "H", "u1": "B", "V50": "50x"}
_BODY: Final = Struct("<" + "".join(_CODES[form] for _, form in FIELDS[:-2]))
_ROW: Final = Struct(f"<{_BODY.size}sII")
_AT_ONCE: Final = 1 << 18
_POPULATE_WRITE: Final = 23  # MADV_POPULATE_WRITE, linux/mman.h


class Record(NamedTuple):
    """One verdict as it was recorded; units and indexes as in FIELDS."""

    at_us: int
    caller: int
    callee: int
    consent: int
    position: int
    trunk: int
    resource: int
    holder: int
    principal: int
    age_ms: int
    code: int
    sip: int
    purpose: int
    use: int
    mode: int
    decision: int
    caller_kind: int
    callee_kind: int


class _Segment:
    """One file being written."""

    def __init__(self, folder: Path, capacity: int) -> None:
        self.id = uuid7().hex
        self.path = folder / f"{self.id}.open"
        self.created_us = clock.now_us()
        self.size = HEADER + capacity * RECORD
        self.synced = 0  # bytes that have reached the disk
        beside = folder / f"{self.id}.new"
        self.fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX)
            os.posix_fallocate(self.fd, 0, self.size)
            self.map = mmap.mmap(self.fd, self.size)
            with contextlib.suppress(OSError):  # Linux before 5.14: each page is then fetched at its first record
                for at in range(0, self.size, _AT_ONCE):  # in parts: Python's lock is held meanwhile
                    self.map.madvise(_POPULATE_WRITE, at, min(_AT_ONCE, self.size - at))
            _HEAD.pack_into(self.map, 0, _MAGIC, RECORD, capacity, self.created_us, bytes.fromhex(self.id), os.getpid())
            beside.rename(self.path)
        except BaseException:
            os.close(self.fd)
            beside.unlink(missing_ok=True)
            raise

    def sync(self, end: int) -> None:
        """What was written up to `end` reaches the disk.

        While pages fill, the one that is being written is left for the next time: a page on its way to the disk makes
        the next record wait for the file system.
        """
        whole = end // mmap.PAGESIZE * mmap.PAGESIZE
        until = whole if whole > self.synced else end
        if until > self.synced:
            begin = self.synced // mmap.PAGESIZE * mmap.PAGESIZE
            resident.write_back(self.map, begin, until - begin)
            if whole > begin:  # nobody looks at it here again, and it need not count as this worker's memory
                self.map.madvise(mmap.MADV_DONTNEED, begin, whole - begin)
            self.synced = until

    def finish(self, end: int) -> Path:
        """Cut the unused tail, make it durable, say so by its name. Returns the closed file."""
        self.map.close()
        os.ftruncate(self.fd, end)
        os.fsync(self.fd)
        return _close(self.path, self.fd)


class Writer:
    """A worker's journal. One thread appends at a time; with a ticking thread beside it, both hold `lock`."""

    def __init__(self, folder: Path, *, capacity: int = 65_536, seconds: float = 60.0) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.lock = threading.Lock()
        self._folder, self._capacity, self._age_us = folder, capacity, int(seconds * 1_000_000)
        self._full: list[tuple[_Segment, int]] = []
        self._spare: _Segment | None = None  # made by `tick`: making one takes as long as a thousand verdicts
        self._no_room_until = 0.0
        self._closed = False
        self.segment, self._row = "", 0
        self._begin()

    def append(self, record: Record | tuple[int, ...]) -> int:
        """Write a Record's fields as a plain tuple; returns its row in `segment`.

        Raises OSError when a new segment is needed and cannot be made, struct.error when a field does not fit.
        """
        row = self._row
        if row >= self._capacity:
            self._rotate()
            row = 0
        self._row = sequence = row + 1
        body = _pack(*record)
        _pack_row(self._map, HEADER + RECORD * row, body, sequence, crc32(body, sequence))
        return row

    @property
    def room(self) -> int:
        """How many records the open segment still takes."""
        return self._capacity - self._row

    def tick(self) -> list[Path]:
        """About once a second, from any thread: close what is full or old, sync the rest. Returns the closed files."""
        with self.lock:
            if self._row and clock.now_us() - self._segment.created_us >= self._age_us:
                self._rotate()
            full, self._full = self._full, []
            segment, end = self._segment, self._end()
            wanted = self._spare is None and 2 * self._row > self._capacity
        if wanted:
            self._prepare()
        closed = [old.finish(end_of) for old, end_of in full]
        with contextlib.suppress(OSError, ValueError):  # closed meanwhile, which syncs too
            segment.sync(end)
        return closed

    def close(self) -> list[Path]:
        """Close every segment; an empty one is removed. Returns the closed files."""
        with self.lock:
            full, self._full = self._full, []
            closed = [old.finish(end) for old, end in full]
            last = self._segment.finish(self._end())
            self._row, self._closed = self._capacity, True
            if self._spare is not None:
                self._spare.finish(HEADER).unlink()
                self._spare = None
            if last.stat().st_size == HEADER:
                last.unlink()
                return closed
            return [*closed, last]

    def _prepare(self) -> None:
        """Have the next segment ready; a full disk shows when it is needed."""
        with contextlib.suppress(OSError):
            spare = _Segment(self._folder, self._capacity)
            with self.lock:
                if self._closed:
                    spare.finish(HEADER).unlink()
                else:
                    self._spare = spare

    def _begin(self) -> None:
        segment, self._spare = self._spare or _Segment(self._folder, self._capacity), None
        segment.created_us = clock.now_us()
        self._segment = segment
        self.segment = self._segment.id  # what the next record is written to
        self._map, self._row = self._segment.map, 0

    def _end(self) -> int:
        """Where the open segment's records end, bytes."""
        return HEADER + RECORD * self._row

    def _rotate(self) -> None:
        """Go on in a new segment; the old one is finished by `tick`, since syncing it would keep a call waiting."""
        if clock.monotonic() < self._no_room_until:
            raise OSError(ENOSPC, "no new segment could be made a moment ago")
        old, end = self._segment, self._end()
        try:
            self._begin()
        except OSError:
            self._no_room_until = clock.monotonic() + NO_ROOM_S
            raise
        self._full.append((old, end))


_pack: Final = _BODY.pack
_pack_row: Final = _ROW.pack_into


def receipt_id(segment: str, row: int) -> str:
    return f"{segment}-{row}"


def segment_of(path: Path) -> str:
    """The segment's id from its file's name."""
    return path.name.split(".", 1)[0]


def open_segments(folder: Path) -> list[Path]:
    """Segments that workers are writing, or left behind; oldest first."""
    return sorted(folder.glob("*.open"))


def closed_segments(folder: Path) -> list[Path]:
    """Segments that will not change any more; oldest first."""
    return sorted(folder.glob("*.closed"))


def read_segment(path: Path) -> Iterator[tuple[int, Record]]:
    """(row, Record) of every whole record, in order; works on open and closed segments. Torn records are left out.

    Raises ValueError when the file is no segment, FileNotFoundError when it has been taken away.
    """
    data = path.read_bytes()
    capacity = check_head(data, path)
    is_open = path.suffix == ".open"
    for row in range(min(capacity, (len(data) - HEADER) // RECORD)):
        body, sequence, crc = _ROW.unpack_from(data, HEADER + row * RECORD)
        if sequence == 0 and is_open:
            return  # not yet written; after a crash of the machine, later pages may be there: recover() closes the file
        if sequence == row + 1 and crc32(body, sequence) == crc:
            yield row, Record._make(_BODY.unpack(body))


def check_head(data: bytes, path: Path) -> int:
    if len(data) < HEADER:
        raise ValueError(f"{path.name} is too short for a journal segment")
    magic, record, capacity, *_ = _HEAD.unpack_from(data)
    if magic != _MAGIC or record != RECORD:
        raise ValueError(f"{path.name} is no journal segment of this version")
    return int(capacity)


def writer_of(data: bytes) -> int:
    """Process id of the worker that a segment's bytes, at least its HEADER, come from."""
    return int(_HEAD.unpack_from(data)[5])


def recover(folder: Path) -> list[Path]:
    """Close the segments of workers that died, and remove half-made ones. Returns the closed files."""
    closed = []
    for path in [*folder.glob("*.open"), *folder.glob("*.new")]:
        try:
            fd = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.suffix == ".new":
                _remove_half_made(path, fd)
            elif path.exists():
                os.fsync(fd)
                closed.append(path.rename(path.with_suffix(".closed")))
        except BlockingIOError:
            pass
        finally:
            os.close(fd)
    return sorted(closed)


def _remove_half_made(path: Path, fd: int) -> None:
    """A `.new` file is locked from its first moment but one; leave it alone while it is younger than a minute."""
    if clock.now_s() - os.fstat(fd).st_mtime > 60:
        path.unlink(missing_ok=True)


def _close(path: Path, fd: int) -> Path:
    closed = path.rename(path.with_suffix(".closed"))
    os.close(fd)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return closed
