"""How often a number, a holder, a principal called: one memory-mapped table for all gate processes of a machine.

The table finds a row by key in a bucket of 16. Each process has a lane of its own, with a cell for every row, which it
alone writes: no lock is held to count, no count is lost among processes, and a stopped process stops nobody. Reading
sums the lanes. A lane whose process died is taken by the next one, its counts with it. Only a key's first
appearance takes a lock on the file. When a bucket is full, the key that has been quiet longest gives way.

Windows slide by approximation: the present minute (hour, UTC day), and of the one before the part that a window of
that length would still cover. Right on average, and at most the last window's count wrong.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

NUMBER, HOLDER, PRINCIPAL, API_KEY = 1, 2, 3, 4
LANES = 64
ROWS = 1 << 18
Windows = tuple[int, int, int]  # a minute, an hour, a day

_HEADER = 4096
_HEAD = Struct("<8sIII")  # magic, rows, lanes, lanes ever in use
_MAGIC = b"MBCNTR01"
_LANES_USED_AT = 16
_EVICTED_AT = 24
_U32, _U64 = Struct("<I"), Struct("<Q")
_ROW = Struct("<QII")  # key, generation, unused
_BUCKET = 16
_KEYS = Struct("<" + "QII" * _BUCKET)
_CELL = Struct("<8I")  # generation, minute, counts: minute, before, hour, before, day, before
_NOTHING = (0, 0, 0, 0, 0, 0, 0, 0)
_MINUTE_US = 60_000_000
_DAY_MINUTES = 1440
_SPREAD = 0x9E3779B97F4A7C15  # 2^64 / golden ratio: neighbouring numbers land far apart
_MOST_ROWS_REMEMBERED = 1 << 20
_LOCK_TRIES, _LOCK_PAUSE_S = 200, 0.00005
_FLOCK = Struct("hhqqi4x")  # struct flock of Linux on 64 bits

Cell = tuple[int, int, int, int, int, int, int, int]


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
            magic, self._count, self._lanes, _ = _HEAD.unpack(os.pread(self._fd, _HEAD.size, 0))
            if magic != _MAGIC:
                raise Problem("counters.foreign", "not a table of this version", where=str(path), status=500)
            self.lane = self._take_lane(path)
            self._cells_at = _HEADER + 16 * self._count
            self._lane_size = 32 * self._count
            self._mine = self._cells_at + self.lane * self._lane_size
            os.posix_fallocate(self._fd, self._mine, self._lane_size)  # a full disk shows here, not as SIGBUS
            self._map = mmap.mmap(self._fd, self._cells_at + self._lanes * self._lane_size)
        except BaseException:
            os.close(self._fd)
            raise
        self._shift = 64 - (self._count // _BUCKET).bit_length() + 1
        self._rows: dict[int, int] = {}
        self.uncounted = 0  # first appearances that found the table's lock held by a stopped process

    def add(self, kind: int, ident: int, at_us: int) -> Windows:
        """Count one; returns how many there were in the last minute, hour and day, this one included."""
        return self.count((key_of(kind, ident),), at_us)[0]

    def count(self, keys: Sequence[int], at_us: int, *, by: int = 1) -> list[Windows]:
        """Count `by` for each key. `at_us` µs since the epoch."""
        minute = at_us // _MINUTE_US
        table, used = self._map, _U32.unpack_from(self._map, _LANES_USED_AT)[0]
        counts = []
        for key in keys:
            row = self._rows.get(key, -1)
            stored, generation, _ = _ROW.unpack_from(table, _HEADER + 16 * row) if row >= 0 else (0, 0, 0)
            if stored != key:
                row = self._insert(key, minute)
                if row < 0:
                    counts.append((by, by, by))
                    continue
                generation = _ROW.unpack_from(table, _HEADER + 16 * row)[1]
            at = self._mine + 32 * row
            cell = _CELL.unpack_from(table, at)
            if cell[0] != generation or cell[1] != minute:
                cell = _rolled(cell, generation, minute)
            _, _, m, m0, h, h0, d, d0 = cell
            table[at : at + 32] = _CELL.pack(generation, minute, m + by, m0, h + by, h0, d + by, d0)
            if used > 1 or m0 or h0 or d0:
                counts.append(self._sum(row, generation, at_us, used))
            else:
                counts.append((m + by, h + by, d + by))
        return counts

    def peek(self, keys: Sequence[int], at_us: int) -> list[Windows]:
        """The counts as they stand, nothing counted."""
        used = _U32.unpack_from(self._map, _LANES_USED_AT)[0]
        counts = []
        for key in keys:
            row = self._find(key)
            if row < 0:
                counts.append((0, 0, 0))
            else:
                generation = _ROW.unpack_from(self._map, _HEADER + 16 * row)[1]
                counts.append(self._sum(row, generation, at_us, used))
        return counts

    @property
    def evicted(self) -> int:
        """Keys of the last day that had to give way since the table was made; above 0 the table is too small."""
        return int(_U64.unpack_from(self._map, _EVICTED_AT)[0])

    def close(self) -> None:
        """Give the lane back; its counts stay."""
        self._map.close()
        os.close(self._fd)

    def _sum(self, row: int, generation: int, at_us: int, used: int) -> Windows:
        minute, rest = divmod(at_us, _MINUTE_US)
        m = m0 = h = h0 = d = d0 = 0
        at = self._cells_at + 32 * row
        for _ in range(used):
            cell = _CELL.unpack_from(self._map, at)
            at += self._lane_size
            if cell[0] != generation or not cell[1]:
                continue
            if cell[1] != minute:
                cell = _rolled(cell, generation, minute)
            m += cell[2]
            m0 += cell[3]
            h += cell[4]
            h0 += cell[5]
            d += cell[6]
            d0 += cell[7]
        if m0:
            m += m0 * (_MINUTE_US - rest) // _MINUTE_US
        if h0:
            h += h0 * (60 - minute % 60) // 60
        if d0:
            d += d0 * (_DAY_MINUTES - minute % _DAY_MINUTES) // _DAY_MINUTES
        return m, h, d

    def _bucket(self, key: int) -> int:
        """First row of the 16 in which `key` may stand."""
        return ((key * _SPREAD & 0xFFFF_FFFF_FFFF_FFFF) >> self._shift) * _BUCKET

    def _find(self, key: int) -> int:
        """The row of a key, -1 when it has none."""
        first = self._bucket(key)
        keys: tuple[int, ...] = _KEYS.unpack_from(self._map, _HEADER + 16 * first)[::3]
        return first + keys.index(key) if key in keys else -1

    def _insert(self, key: int, minute: int) -> int:
        """The row of a key, made when it has none; -1 when the lock could not be had in 10 ms."""
        row = self._find(key)
        if row < 0:
            if not self._lock():
                self.uncounted += 1
                return -1
            try:
                row = self._find(key)
                if row < 0:
                    row = self._make_room(key, minute)
            finally:
                self._set_lock(fcntl.F_UNLCK, 0)
        if len(self._rows) >= _MOST_ROWS_REMEMBERED:
            self._rows.clear()
        self._rows[key] = row
        return row

    def _make_room(self, key: int, minute: int) -> int:
        first = self._bucket(key)
        flat = _KEYS.unpack_from(self._map, _HEADER + 16 * first)
        if 0 in flat[::3]:
            row = first + flat[::3].index(0)
        else:
            row = min(range(first, first + _BUCKET), key=self._quiet_since)
            if minute - self._quiet_since(row) < _DAY_MINUTES:
                _U64.pack_into(self._map, _EVICTED_AT, self.evicted + 1)
        generation = (flat[3 * (row - first) + 1] + 1) & 0xFFFF_FFFF
        at = _HEADER + 16 * row
        self._map[at : at + 16] = _ROW.pack(key, generation, 0)
        return row

    def _quiet_since(self, row: int) -> int:
        """The minute of a row's last count."""
        generation = _ROW.unpack_from(self._map, _HEADER + 16 * row)[1]
        used = _U32.unpack_from(self._map, _LANES_USED_AT)[0]
        cells = (
            _CELL.unpack_from(self._map, self._cells_at + lane * self._lane_size + 32 * row) for lane in range(used)
        )
        return max((cell[1] for cell in cells if cell[0] == generation), default=0)

    def _take_lane(self, path: Path) -> int:
        for lane in range(self._lanes):
            if self._set_lock(fcntl.F_WRLCK, 1 + lane):
                if not self._lock():
                    raise Problem("counters.locked", "its lock is held", where=str(path), status=500)
                used = _U32.unpack(os.pread(self._fd, 4, _LANES_USED_AT))[0]
                os.pwrite(self._fd, _U32.pack(max(used, lane + 1)), _LANES_USED_AT)
                self._set_lock(fcntl.F_UNLCK, 0)
                return lane
        raise Problem("counters.lanes", f"all {self._lanes} lanes are taken", where=str(path), status=500)

    def _lock(self) -> bool:
        for _ in range(_LOCK_TRIES):
            if self._set_lock(fcntl.F_WRLCK, 0):
                return True
            clock.pause(_LOCK_PAUSE_S)
        return False

    def _set_lock(self, kind: int, byte: int) -> bool:
        """An open file description's lock on a byte far behind the data; the kernel drops it with the process."""
        where = (1 << 60) + byte
        try:
            fcntl.fcntl(self._fd, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, where, 1, 0))
        except (BlockingIOError, PermissionError):
            return False
        return True


def _rolled(cell: Cell, generation: int, minute: int) -> Cell:
    """A cell as it stands in `minute`: windows that have passed move to “before”, or out."""
    last = cell[1]
    if cell[0] != generation or minute < last - 5:  # another key's, or the clock was set back
        return _NOTHING
    if minute <= last:
        return cell
    _, _, m, m0, h, h0, d, d0 = cell
    m, m0 = 0, m if minute - last == 1 else 0
    hours = minute // 60 - last // 60
    if hours:
        h, h0 = 0, h if hours == 1 else 0
    days = minute // _DAY_MINUTES - last // _DAY_MINUTES
    if days:
        d, d0 = 0, d if days == 1 else 0
    return generation, minute, m, m0, h, h0, d, d0


def _make(path: Path, rows: int, lanes: int) -> None:
    """A new table, in place all at once; whoever comes second uses the first one's."""
    rows = max(_BUCKET * 2, 1 << (rows - 1).bit_length())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.posix_fallocate(fd, 0, _HEADER + 16 * rows)
        os.ftruncate(fd, _HEADER + 16 * rows + lanes * 32 * rows)
        os.pwrite(fd, _HEAD.pack(_MAGIC, rows, lanes, 0), 0)
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        os.close(fd)
        beside.unlink()
