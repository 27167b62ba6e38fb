"""Mapped files that stay in memory, so that no call waits for a disk, nor for the kernel to look a page up.

A kernel short of memory, or one that gives idle pages back, takes the pages of a mapped file first; then a verdict
costs a disk read. mlock2 with MLOCK_ONFAULT keeps what was read and reserves nothing (mlock(2)); MADV_POPULATE_READ
reads it beforehand (madvise(2), Linux 5.14). Locking needs CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK (systemd:
LimitMEMLOCK=infinity); without it, and for a file that would take half of the memory that is left, the gate works as
if this were not here.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import threading
from pathlib import Path

_MS_SYNC = 4  # sys/mman.h
_ON_FAULT = 1  # MLOCK_ONFAULT, linux/mman.h
_POPULATE_READ = 22  # MADV_POPULATE_READ


def keep(path: Path, *, ahead: bool = False) -> bool:
    """Keep this process's mappings of the file at `path` in memory once read; False where the system does not let it.

    `ahead`: read it now, beside whatever else happens. Call it after the file was mapped, and again when it was mapped
    anew.
    """
    try:
        libc, size, spans = ctypes.CDLL(None), path.stat().st_blocks * 512, _mappings(path.resolve())
        if not spans or 2 * size > _memory_left():
            return False
        locked = sum(_lock(libc, start, end - start) for start, end in spans) == len(spans)
    except (AttributeError, OSError):  # another libc, or no /proc
        return False
    if locked and ahead:
        length = min(path.stat().st_size, min(end - start for start, end in spans))
        places = [(start, length) for start, _ in spans]
        threading.Thread(target=_populate, args=(libc, places), name="gate-facts", daemon=True).start()
    return locked


def write_back(mapped: mmap.mmap, begin: int, length: int) -> None:
    """As mmap.flush: these bytes, from a page's beginning on, reach the disk. But other threads go on meanwhile.

    CPython keeps its lock while msync(2) waits for the disk, and calls would wait with it; ctypes lets go of it.
    Raises OSError, ValueError where the mapping is closed.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    address = ctypes.addressof(ctypes.c_char.from_buffer(mapped, begin))
    if libc.msync(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(_MS_SYNC)):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _lock(libc: ctypes.CDLL, start: int, length: int) -> bool:
    return bool(libc.mlock2(ctypes.c_void_p(start), ctypes.c_size_t(length), ctypes.c_int(_ON_FAULT)) == 0)


def _populate(libc: ctypes.CDLL, places: list[tuple[int, int]]) -> None:
    """A range that is gone meanwhile, or an older kernel, is an error that nobody needs to hear of."""
    for start, length in places:
        libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(length), ctypes.c_int(_POPULATE_READ))


def _memory_left() -> int:
    """Bytes that may be taken without swapping: MemAvailable of /proc/meminfo (proc(5))."""
    for line in Path("/proc/meminfo").read_text("ascii").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def _mappings(path: Path) -> list[tuple[int, int]]:
    """First and last address of each place where the file is mapped, from /proc/self/maps (proc(5))."""
    wanted, spans = os.fsencode(path), []
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5] == wanted:
            start, _, end = fields[0].partition(b"-")
            spans.append((int(start, 16), int(end, 16)))
    return spans
