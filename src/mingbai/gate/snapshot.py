"""A table that is mapped and written all the time, and its copy on the disk: how much a power cut may lose.

Writing a mapped file itself back would make the next write to each of its pages wait for the file system. So a second
file is written, a part at a time and only what changed, and the first is left to the kernel, which takes its time.
After the machine was started anew the first file may be of any age, page by page: then the copy is put in its place.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from errno import EBADF, ENXIO
from mmap import mmap
from pathlib import Path

from mingbai.kernel import clock

ROUNDS = 4
"""In so many steps everything is copied once."""

BOOT = 16
"""Bytes that say since when the machine runs."""

SLICE = 1 << 16
"""Bytes that are copied together."""

_ZEROS = bytes(SLICE)  # what was never counted in: a key once there stays, so that no part becomes so again
_PAUSE_S = 0.001  # between slices: the calls go first
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Snapshot:
    """What one process copies of the table mapped as `table`: its head, and bytes `begin` to `end`.

    Whoever writes sets `touched` at the number of the slice, from `begin` on; at first all are taken to be.
    """

    def __init__(self, path: Path, table: mmap, head: int, begin: int, end: int) -> None:
        self._table, self._fd, self._at = table, os.open(path, os.O_RDWR | os.O_CREAT, 0o600), begin
        self._head, self._begin, self._end = head, begin, end
        self._part = -(-(end - begin) // ROUNDS // SLICE) * SLICE
        self._changed, self._head_was = False, b""
        self.touched = bytearray(b"\1" * -(-(end - begin) // SLICE))
        if os.fstat(self._fd).st_size < len(table):
            os.ftruncate(self._fd, len(table))
        self._lock = threading.Lock()  # a descriptor closed meanwhile may be another file's

    def step(self) -> bool:
        """Copy the next part; whether that completed a round, which is then on the disk. Raises OSError."""
        if self._at == self._begin:
            self._copy(0, self._head, self._head_was)
        until = min(self._at + self._part, self._end)
        while self._at < until:
            which, end = (self._at - self._begin) // SLICE, min(self._at + SLICE, until)
            if self.touched[which]:
                self.touched[which] = 0  # before it is read: what is written from now on is copied the next time
                try:
                    copied = self._copy(self._at, end)
                except OSError:
                    self.touched[which] = 1
                    raise
                if copied:
                    clock.pause(_PAUSE_S)
            self._at = end
        if self._at < self._end:
            return False
        self._at = self._begin
        if self._changed:
            self._changed = False
            with self._lock:
                os.fdatasync(self._fd)
        return True

    def close(self) -> None:
        """Before the table is: what it holds then stays in it."""
        with self._lock:
            os.close(self._fd)
            self._fd = -1

    def _copy(self, begin: int, end: int, known: bytes = _ZEROS) -> bool:
        """Whether there was anything to copy: something else than is `known` to stand in the copy."""
        with self._lock:
            if self._fd < 0:
                raise OSError(EBADF, os.strerror(EBADF))
            now = self._table[begin:end]
            if now == known:
                return False
            os.pwrite(self._fd, now, begin)
            if not begin:
                self._head_was = now
        self._changed = True
        return True


def boot() -> bytes:
    """Another one each time the machine is started; the same for all of its processes and containers."""
    try:
        return bytes.fromhex(_BOOT_ID.read_text("ascii").strip().replace("-", ""))
    except (OSError, ValueError):  # no such file: then nothing is ever put back
        return bytes(BOOT - 1) + b"\1"


def put_back(path: Path, table: int) -> bool:
    """Make the table (a file's descriptor) what the copy at `path` is; False when there is none."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        copy, size = file.fileno(), os.fstat(table).st_size
        os.ftruncate(table, 0)
        os.ftruncate(table, size)
        for begin, end in _extents(copy):
            for at in range(begin, end, SLICE):
                os.pwrite(table, os.pread(copy, min(SLICE, end - at), at), at)
        return True
    return False


def _extents(file: int) -> Iterator[tuple[int, int]]:
    """Where a file with holes holds something: first byte, and the one after the last."""
    end = 0
    while True:
        try:
            begin = os.lseek(file, end, os.SEEK_DATA)
        except OSError as error:
            if error.errno != ENXIO:  # nothing more
                raise
            return
        end = os.lseek(file, begin, os.SEEK_HOLE)
        yield begin, end
