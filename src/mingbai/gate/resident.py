"""Mapped files that stay in memory once they were read, so that no call waits for a disk.

A kernel short of memory, or one that gives idle pages back, takes the pages of a mapped file first; then a verdict
costs a disk read. mlock2 with MLOCK_ONFAULT keeps what was read and reserves nothing (mlock(2)). It needs
CAP_IPC_LOCK or an unlimited RLIMIT_MEMLOCK (systemd: LimitMEMLOCK=infinity); without it the gate works as before.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_ON_FAULT = 1  # MLOCK_ONFAULT, linux/mman.h


def keep(path: Path) -> bool:
    """Keep this process's mappings of the file at `path` in memory once read; False where the system does not let it.

    Call it after the file was mapped, and again when it was mapped anew.
    """
    try:
        mlock2 = ctypes.CDLL(None).mlock2
        found = [_lock(mlock2, *span) for span in _mappings(path.resolve())]
    except (AttributeError, OSError):  # another libc, or no /proc
        return False
    return bool(found) and all(found)


def _lock(mlock2: ctypes._NamedFuncPointer, start: int, end: int) -> bool:
    return bool(mlock2(ctypes.c_void_p(start), ctypes.c_size_t(end - start), ctypes.c_int(_ON_FAULT)) == 0)


def _mappings(path: Path) -> list[tuple[int, int]]:
    """First and last address of each place where the file is mapped, from /proc/self/maps (proc(5))."""
    wanted, spans = os.fsencode(path), []
    for line in Path("/proc/self/maps").read_bytes().splitlines():
        fields = line.split(maxsplit=5)
        if len(fields) == 6 and fields[5] == wanted:
            start, _, end = fields[0].partition(b"-")
            spans.append((int(start, 16), int(end, 16)))
    return spans
