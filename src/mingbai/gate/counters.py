"""How often a number, a holder, a principal called: one memory-mapped table for all gate processes of a machine.

Each process has a lane of its own, a hash table that it alone writes: no lock is held to count, no count is lost among
processes, and a stopped process stops nobody. Reading sums the lanes. A lane whose process died is taken by the next
one, its counts with it. A key stands in one bucket of 8; when that is full, the key quiet longest gives way.

Windows slide by approximation: the present minute (hour, UTC day), and of the one before the part that a window of
that length would still cover. Right on average, and at most the last window's count wrong.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct

from mingbai.kernel.problems import Problem

NUMBER, HOLDER, PRINCIPAL, API_KEY = 1, 2, 3, 4
LANES = 64
ROWS = 1 << 18
Windows = tuple[int, int, int]  # a minute, an hour, a day

_HEADER = 4096
_HEAD = Struct("<8sIII")  # magic, rows, lanes, lanes ever in use
_MAGIC = b"MBCNTR01"
_USED_AT = 16
_LANE_HEAD = 4096  # u64: keys of the last day that gave way
_U32, _U64 = Struct("<I"), Struct("<Q")
_BUCKET = 8
_KEYS = Struct("<8Q")
_CELL = 32  # bytes: u32 minute of the last count, then counts: minute, before, hour, before, day, before
_WORDS = Struct("<7I")
_EMPTY = bytes(_CELL - 4)
_MINUTE_US = 60_000_000
_DAY_MINUTES = 1440
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: neighbouring numbers land far apart
_MOST_KNOWN = 1 << 16
_FLOCK = Struct("hhqqi4x")  # struct flock of Linux on 64 bits

Cell = tuple[int, int, int, int, int, int, int]


def key_of(kind: int, ident: int) -> int:
    """A row's key: kind and id (below 2**60) in 64 bits."""
    return kind << 60 | ident


class Counters:
    """A process's lane in the table at `path`, which is made when it is not there.

    Opened after a fork, used by one thread at a time.
    Raises Problem when all lanes are taken, or the file is another's.
    """

    def __init__(self, path: Path, *, rows: int = ROWS, lanes: int = LANES) -> None:
        if not path.exists():
            _make(path, rows, lanes)
        self._fd = os.open(path, os.O_RDWR)
        try:
            magic, rows, self._lanes, _ = _HEAD.unpack(os.pread(self._fd, _HEAD.size, 0))
            if magic != _MAGIC:
                raise Problem("counters.foreign", "not a table of this version", where=str(path), status=500)
            self._lane_size = _LANE_HEAD + rows * (8 + _CELL)
            self.lane = self._take_lane(path)
            self._base = _HEADER + self.lane * self._lane_size
            os.posix_fallocate(self._fd, self._base, self._lane_size)  # a full disk shows here, not as SIGBUS
            self._map = mmap.mmap(self._fd, _HEADER + self._lanes * self._lane_size)
        except BaseException:
            os.close(self._fd)
            raise
        self._words = memoryview(self._map).cast("I")
        self._shift = 65 - (rows // _BUCKET).bit_length()
        self._cells = _LANE_HEAD + 8 * rows  # where a lane's cells begin
        self._known: dict[int, int] = {}  # key → first word of its cell in our lane

    def add(self, kind: int, ident: int, at_us: int) -> Windows:
        """Count one; returns how many there were in the last minute, hour and day, this one included."""
        key = key_of(kind, ident)
        self.count((key,), at_us)
        return self.windows(key, at_us)

    def count(self, keys: Iterable[int], at_us: int, *, by: int = 1) -> None:
        """Count `by` for each key. `at_us` µs since the epoch."""
        minute = at_us // _MINUTE_US & 0xFFFF_FFFF
        known, words = self._known, self._words
        for key in keys:
            at = known.get(key) or self._place(key, minute)
            if words[at] != minute:
                self._roll(at, minute)
            words[at + 1] += by
            words[at + 3] += by
            words[at + 5] += by

    def windows(self, key: int, at_us: int) -> Windows:
        """How many there were in the last minute, hour and day, by all processes."""
        minute, rest = divmod(at_us, _MINUTE_US)
        minute &= 0xFFFF_FFFF
        at = self._known.get(key)
        if at and self._words[_USED_AT // 4] == 1:  # nobody else counts
            cells: Iterable[Cell] = (_WORDS.unpack_from(self._map, 4 * at),)
        else:
            cells = self._cells_of(key)
        m = m0 = h = h0 = d = d0 = 0
        for cell in cells:
            _, m1, m2, h1, h2, d1, d2 = cell if cell[0] == minute else _rolled(cell, minute)
            m, m0, h, h0, d, d0 = m + m1, m0 + m2, h + h1, h0 + h2, d + d1, d0 + d2
        if m0:
            m += m0 * (_MINUTE_US - rest) // _MINUTE_US
        if h0:
            h += h0 * (60 - minute % 60) // 60
        if d0:
            d += d0 * (_DAY_MINUTES - minute % _DAY_MINUTES) // _DAY_MINUTES
        return m, h, d

    @property
    def evicted(self) -> int:
        """Keys of the last day that had to give way, in all lanes; above 0 the table is too small."""
        used = _U32.unpack_from(self._map, _USED_AT)[0]
        return sum(_U64.unpack_from(self._map, _HEADER + lane * self._lane_size)[0] for lane in range(used))

    def close(self) -> None:
        """Give the lane back; its counts stay."""
        self._words.release()
        self._map.close()
        os.close(self._fd)

    def _cells_of(self, key: int) -> Iterator[Cell]:
        """The key's cell in each lane that has one."""
        used = _U32.unpack_from(self._map, _USED_AT)[0]
        bucket = (key * _SPREAD & 0xFFFF_FFFF_FFFF_FFFF) >> self._shift
        for lane in range(used):
            base = _HEADER + lane * self._lane_size
            if lane == self.lane and key in self._known:
                yield _WORDS.unpack_from(self._map, self._known[key] * 4)
                continue
            keys = _KEYS.unpack_from(self._map, base + _LANE_HEAD + 64 * bucket)
            if key in keys:
                yield _WORDS.unpack_from(self._map, base + self._cells + _CELL * (_BUCKET * bucket + keys.index(key)))

    def _place(self, key: int, minute: int) -> int:
        """The first word of the key's cell in our lane, made when there is none."""
        bucket = (key * _SPREAD & 0xFFFF_FFFF_FFFF_FFFF) >> self._shift
        keys_at = self._base + _LANE_HEAD + 64 * bucket
        keys: tuple[int, ...] = _KEYS.unpack_from(self._map, keys_at)
        first = (self._base + self._cells + _CELL * _BUCKET * bucket) // 4
        if key in keys:
            at = first + keys.index(key) * (_CELL // 4)
        else:
            row = keys.index(0) if 0 in keys else self._make_room(keys, first, minute)
            at = first + row * (_CELL // 4)
            self._map[4 * at : 4 * at + _CELL] = _U32.pack(minute) + _EMPTY
            _U64.pack_into(self._map, keys_at + 8 * row, key)
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[key] = at
        return at

    def _make_room(self, keys: tuple[int, ...], first: int, minute: int) -> int:
        """Which of a full bucket's keys gives way: the one quiet longest."""
        last = [self._words[first + row * (_CELL // 4)] for row in range(_BUCKET)]
        row = last.index(min(last))
        self._known.pop(keys[row], None)
        if minute - last[row] < _DAY_MINUTES:
            _U64.pack_into(self._map, self._base, _U64.unpack_from(self._map, self._base)[0] + 1)
        return row

    def _roll(self, at: int, minute: int) -> None:
        cell = _rolled(_WORDS.unpack_from(self._map, 4 * at), minute)
        self._map[4 * at : 4 * at + _WORDS.size] = _WORDS.pack(*cell)

    def _take_lane(self, path: Path) -> int:
        for lane in range(self._lanes):
            if self._lock(fcntl.F_OFD_SETLK, fcntl.F_WRLCK, 1 + lane):
                self._lock(fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, 0)
                used = _U32.unpack(os.pread(self._fd, 4, _USED_AT))[0]
                os.pwrite(self._fd, _U32.pack(max(used, lane + 1)), _USED_AT)
                self._lock(fcntl.F_OFD_SETLK, fcntl.F_UNLCK, 0)
                return lane
        raise Problem("counters.lanes", f"all {self._lanes} lanes are taken", where=str(path), status=500)

    def _lock(self, how: int, kind: int, byte: int) -> bool:
        """An open file description's lock on a byte far behind the data; the kernel drops it with the process."""
        try:
            fcntl.fcntl(self._fd, how, _FLOCK.pack(kind, os.SEEK_SET, (1 << 60) + byte, 1, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True


def _rolled(cell: Cell, minute: int) -> Cell:
    """A cell as it stands in `minute`: windows that have passed move to “before”, or out."""
    last, m, m0, h, h0, d, d0 = cell
    if minute < last - 5:  # the clock was set back
        return minute, 0, 0, 0, 0, 0, 0
    if minute <= last:
        return cell
    m, m0 = 0, m if minute - last == 1 else 0
    hours = minute // 60 - last // 60
    if hours:
        h, h0 = 0, h if hours == 1 else 0
    days = minute // _DAY_MINUTES - last // _DAY_MINUTES
    if days:
        d, d0 = 0, d if days == 1 else 0
    return minute, m, m0, h, h0, d, d0


def _make(path: Path, rows: int, lanes: int) -> None:
    """A new table, in place all at once; whoever comes second uses the first one's. A lane takes room when used."""
    rows = max(2 * _BUCKET, 1 << (rows - 1).bit_length())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.ftruncate(fd, _HEADER + lanes * (_LANE_HEAD + rows * (8 + _CELL)))
        os.pwrite(fd, _HEAD.pack(_MAGIC, rows, lanes, 0), 0)
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        os.close(fd)
        beside.unlink()
