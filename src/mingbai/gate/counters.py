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
from math import gcd
from pathlib import Path
from struct import Struct
from typing import Final

from mingbai.gate import resident
from mingbai.gate.snapshot import BOOT, SLICE, Snapshot, boot, put_back
from mingbai.kernel.problems import Problem

NUMBER: Final = 1
HOLDER: Final = 2
PRINCIPAL: Final = 3
API_KEY: Final = 4
LANES: Final = 64
ROWS: Final = 1 << 18
Windows = tuple[int, int, int]  # a minute, an hour, a day

_HEADER: Final = 4096
_HEAD: Final = Struct("<8sIII")  # magic, rows, lanes, lanes ever in use
_MAGIC: Final = b"MBCNTR02"
_USED_AT: Final = 16
_USED: Final = _USED_AT // 4  # the same, in words
_BOOT_AT: Final = 32  # since when the machine runs, as far as this table knows
_FRESH: Final = bytes(BOOT)
_LANE_HEAD: Final = 4096  # u64: keys of the last day that gave way
_U32: Final = Struct("<I")
_U64: Final = Struct("<Q")
_BUCKET: Final = 8
_KEYS: Final = Struct("<8Q")
_KEYS_SIZE: Final = 8 * _BUCKET
# u32 minute of the last count, then counts: of that minute, the one before; of the hour's earlier minutes, the hour
# before; of the day's earlier hours, the day before. So a count touches one word.
_CELL: Final = 32
_BUCKET_SIZE: Final = _KEYS_SIZE + _BUCKET * _CELL  # keys and cells side by side: one page to fetch, not two
_WORDS: Final = Struct("<7I")
_unpack: Final = _WORDS.unpack_from
_EMPTY: Final = bytes(_CELL - 4)
_MINUTE_US: Final = 60_000_000
_DAY_MINUTES: Final = 1440
_MOST_KNOWN: Final = 1 << 16
_SLICE_BITS: Final = (SLICE // 4).bit_length() - 1  # of a slice's number of words
_AT_ONCE: Final = 1 << 20
_pack_key: Final = Struct("<Q").pack
_FLOCK: Final = Struct("hhqqi4x")  # struct flock of Linux on 64 bits

Cell = tuple[int, int, int, int, int, int, int]
_KEPT: Final = HOLDER << 60  # keys from here on are few and come often


def key_of(kind: int, ident: int) -> int:
    """A row's key: kind and id (below 2**60) in 64 bits."""
    return kind << 60 | ident


class Counters:
    """A process's lane in the table at `path`, which is made when it is not there.

    Opened after a fork, used by one thread at a time.
    Raises Problem when all lanes are taken, or the file is another's.
    """

    def __init__(self, path: Path, *, rows: int = ROWS, lanes: int = LANES) -> None:
        copy = path.with_name(f"{path.name}.copy")
        if not path.exists():
            _make(path, rows, lanes)
        self._fd = os.open(path, os.O_RDWR)
        try:
            magic, rows, self._lanes, _ = _HEAD.unpack(os.pread(self._fd, _HEAD.size, 0))
            if magic != _MAGIC:
                raise Problem("counters.foreign", "not a table of this version", where=str(path), status=500)
            self._buckets = _buckets(rows)
            self._lane_size = _lane_size(rows)
            self._after_a_power_cut(copy)
            self.lane, is_new = self._take_lane(path)
            self._base = _HEADER + self.lane * self._lane_size
            os.posix_fallocate(self._fd, self._base, self._lane_size)  # a full disk shows here, not as SIGBUS
            if is_new:
                self._write_zeros()
            self._map = mmap.mmap(self._fd, _HEADER + self._lanes * self._lane_size)
        except BaseException:
            os.close(self._fd)
            raise
        resident.keep(path)
        self._copy = Snapshot(copy, self._map, _HEADER, self._base, self._base + self._lane_size)
        self._touched, self._begin = self._copy.touched, self._base // 4
        self._words = memoryview(self._map).cast("I")
        self._first = self._base + _LANE_HEAD  # where our buckets begin
        self._find = self._map.find
        self._known: dict[int, int] = {}  # key → first word of its cell in our lane; of numbers there are too many

    def attempt(self, number: int, holder: int, principal: int, at_us: int) -> Windows:
        """Count one for each of the three keys; returns what `windows` says of the first, this one included."""
        minute = at_us // _MINUTE_US & 0xFFFF_FFFF
        words, known, touched, begin = self._words, self._known, self._touched, self._begin
        for key in (holder, principal):
            at = known.get(key) or self._cell(key, minute)
            if words[at] != minute:
                self._roll(at, minute)
            words[at + 1] += 1
            touched[(at - begin) >> _SLICE_BITS] = 1
        at = self._cell(number, minute)
        if words[at] != minute:
            self._roll(at, minute)
        words[at + 1] += 1
        touched[(at - begin) >> _SLICE_BITS] = 1
        if words[_USED] != 1:  # others count too
            return self.windows(number, at_us)
        _, m, m0, h, h0, d, d0 = _unpack(self._map, 4 * at)
        h += m
        d += h
        if m0 or h0 or d0:
            return _slid(m, m0, h, h0, d, d0, at_us)
        return m, h, d

    def count(self, key: int, at_us: int, by: int = 1) -> None:
        """Count `by` for a key. `at_us` µs since the epoch."""
        minute = at_us // _MINUTE_US & 0xFFFF_FFFF
        words = self._words
        at = self._known.get(key) or self._cell(key, minute)
        if words[at] != minute:
            self._roll(at, minute)
        words[at + 1] += by
        self._touched[(at - self._begin) >> _SLICE_BITS] = 1

    def windows(self, key: int, at_us: int) -> Windows:
        """How many there were in the last minute, hour and day, by all processes."""
        minute = at_us // _MINUTE_US & 0xFFFF_FFFF
        m = m0 = h = h0 = d = d0 = 0
        find, name = self._find, _pack_key(key)
        bucket = _HEADER + _LANE_HEAD + key % self._buckets * _BUCKET_SIZE
        for _ in range(self._words[_USED]):
            place = find(name, bucket, bucket + _KEYS_SIZE)
            while place & 7 and place > 0:  # across two names
                place = find(name, place + 1, bucket + _KEYS_SIZE)
            if place > 0:
                cell: Cell = _unpack(self._map, bucket + _KEYS_SIZE + (place - bucket) * (_CELL // 8))
                _, m1, m2, h1, h2, d1, d2 = cell if cell[0] == minute else _rolled(cell, minute)
                m, m0, h, h0, d, d0 = m + m1, m0 + m2, h + h1, h0 + h2, d + d1, d0 + d2
            bucket += self._lane_size
        h += m
        d += h
        if m0 or h0 or d0:
            return _slid(m, m0, h, h0, d, d0, at_us)
        return m, h, d

    @property
    def evicted(self) -> int:
        """Keys of the last day that had to give way, in all lanes; above 0 the table is too small."""
        used = _U32.unpack_from(self._map, _USED_AT)[0]
        return sum(_U64.unpack_from(self._map, _HEADER + lane * self._lane_size)[0] for lane in range(used))

    def sync(self) -> bool:
        """Copy the next part of our lane to the disk; whether that completed a round.

        From any thread, about once a second: then a power cut loses at most the last 5 seconds of counts. Raises
        OSError.
        """
        return self._copy.step()

    def close(self) -> None:
        """Give the lane back; its counts stay."""
        self._copy.close()
        self._words.release()
        self._map.close()
        os.close(self._fd)
        self._fd = -1

    def _cell(self, key: int, minute: int) -> int:
        """The first word of the key's cell in our lane, made when there is none."""
        bucket = self._first + key % self._buckets * _BUCKET_SIZE
        place = self._find(_pack_key(key), bucket, bucket + _KEYS_SIZE)
        if place < 0 or place & 7:  # not there, or found across two names
            place = self._place(key, bucket, minute)
        at = (bucket + _KEYS_SIZE + (place - bucket) * (_CELL // 8)) // 4
        if key >= _KEPT:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = at
        return at

    def _place(self, key: int, bucket: int, minute: int) -> int:
        """Where a new key's name stands in its bucket: in a free row, or in that of the key quiet longest."""
        keys: tuple[int, ...] = _KEYS.unpack_from(self._map, bucket)
        cells = bucket + _KEYS_SIZE
        row = keys.index(key) if key in keys else keys.index(0) if 0 in keys else self._make_room(keys, cells, minute)
        if keys[row] != key:
            at = cells + _CELL * row
            self._map[at : at + _CELL] = _U32.pack(minute) + _EMPTY
            _U64.pack_into(self._map, bucket + 8 * row, key)
            self._touched[(bucket + 8 * row - self._base) // SLICE] = 1
        return bucket + 8 * row

    def _make_room(self, keys: tuple[int, ...], cells: int, minute: int) -> int:
        """Which of a full bucket's keys gives way: the one quiet longest."""
        last = [self._words[(cells + row * _CELL) // 4] for row in range(_BUCKET)]
        row = last.index(min(last))
        self._known.pop(keys[row], None)
        if minute - last[row] < _DAY_MINUTES:
            _U64.pack_into(self._map, self._base, _U64.unpack_from(self._map, self._base)[0] + 1)
            self._touched[0] = 1
        return row

    def _roll(self, at: int, minute: int) -> None:
        cell = _rolled(_WORDS.unpack_from(self._map, 4 * at), minute)
        self._map[4 * at : 4 * at + _WORDS.size] = _WORDS.pack(*cell)

    def _write_zeros(self) -> None:
        """Blocks that were only reserved make the first count on each page wait for the file system's journal."""
        for at in range(self._base, self._base + self._lane_size, _AT_ONCE):
            os.pwrite(self._fd, bytes(min(_AT_ONCE, self._base + self._lane_size - at)), at)

    def _after_a_power_cut(self, copy: Path) -> None:
        """The first process since the machine was started takes the counts from the copy."""
        since = boot()
        self._lock(fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, 0)
        known = os.pread(self._fd, BOOT, _BOOT_AT)
        if known == _FRESH:
            copy.unlink(missing_ok=True)  # of a table that is gone
        elif known != since:
            put_back(copy, self._fd)
        if known != since:
            os.pwrite(self._fd, since, _BOOT_AT)
        self._lock(fcntl.F_OFD_SETLK, fcntl.F_UNLCK, 0)

    def _take_lane(self, path: Path) -> tuple[int, bool]:
        """A lane that no other process has, and whether nobody ever had it."""
        for lane in range(self._lanes):
            if self._lock(fcntl.F_OFD_SETLK, fcntl.F_WRLCK, 1 + lane):
                self._lock(fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, 0)
                used = _U32.unpack(os.pread(self._fd, 4, _USED_AT))[0]
                os.pwrite(self._fd, _U32.pack(max(used, lane + 1)), _USED_AT)
                self._lock(fcntl.F_OFD_SETLK, fcntl.F_UNLCK, 0)
                return lane, lane >= used
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
    h += m
    m, m0 = 0, m if minute - last == 1 else 0
    hours = minute // 60 - last // 60
    if hours:
        d += h
        h, h0 = 0, h if hours == 1 else 0
    days = minute // _DAY_MINUTES - last // _DAY_MINUTES
    if days:
        d, d0 = 0, d if days == 1 else 0
    return minute, m, m0, h, h0, d, d0


def _slid(m: int, m0: int, h: int, h0: int, d: int, d0: int, at_us: int) -> Windows:
    """Present windows and the part of those before them that windows of the same length would still cover."""
    minute, rest = divmod(at_us, _MINUTE_US)
    m += m0 * (_MINUTE_US - rest) // _MINUTE_US
    h += h0 * (60 - minute % 60) // 60
    d += d0 * (_DAY_MINUTES - minute % _DAY_MINUTES) // _DAY_MINUTES
    return m, h, d


def _lane_size(rows: int) -> int:
    """Bytes of a lane, whole pages."""
    return _LANE_HEAD + -(-_buckets(rows) * _BUCKET_SIZE // 4096) * 4096


def _buckets(rows: int) -> int:
    """How many buckets: without small factors, so that numbers in regular steps meet all of them."""
    buckets = rows // _BUCKET | 1
    while gcd(buckets, 3 * 5 * 7 * 11 * 13) > 1:
        buckets += 2
    return buckets


def _make(path: Path, rows: int, lanes: int) -> None:
    """A new table, in place all at once; whoever comes second uses the first one's. A lane takes room when used."""
    rows = max(2 * _BUCKET, rows)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.ftruncate(fd, _HEADER + lanes * _lane_size(rows))
        os.pwrite(fd, _HEAD.pack(_MAGIC, rows, lanes, 0), 0)
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        os.close(fd)
        beside.unlink()
