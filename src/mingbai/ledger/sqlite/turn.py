"""Turns at writing to one SQLite file, first come, first served, among threads and processes.

SQLite lets a busy writer sleep and try again; under load some never get through. Here the threads of a process queue
in memory, and their foremost takes a ticket in a file beside the database: it locks the byte of its ticket, then waits
until no lower byte is locked. The locks belong to an open file (Linux OFD locks), so the kernel frees those of a
process that dies, whether it was writing or waiting. Correctness never hangs on this: SQLite's own lock stands behind.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
from collections import deque
from pathlib import Path

_GATE = 0  # this byte is locked while a ticket is drawn
_FIRST = 16  # the byte of ticket 0
_turns: dict[str, Turn] = {}
_turns_guard = threading.Lock()


class TurnTimeout(Exception):
    """Another thread of this process kept its turn too long; it may be waiting for this one."""


class Turn:
    """The queue of this process for one database; `path` is the ticket file, None for a database in memory."""

    def __init__(self, path: Path | None) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False
        self._path = path
        self._handle: int | None = None
        self._ticket = 0

    def take(self, timeout: float) -> None:
        """Wait for the turn. Raises TurnTimeout after `timeout` seconds behind threads of this process.

        Another process is waited for as long as it lives.
        """
        self._take_here(timeout)
        try:
            if self._path:
                self._draw(self._path)
        except BaseException:
            if self._handle is not None:
                _lock(self._handle, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _GATE, 0)  # 0: to the end
            self._give_here()
            raise

    def give(self) -> None:
        """Let the next one have it."""
        if self._handle is not None:
            _lock(self._handle, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _FIRST, self._ticket + 1)
        self._give_here()

    def _take_here(self, timeout: float) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=timeout):
            return
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                raise TurnTimeout
        # It was handed over in the very moment of giving up.

    def _give_here(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _draw(self, path: Path) -> None:
        if self._handle is None:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        handle = self._handle
        _lock(handle, fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, _GATE, 1)
        try:
            ticket = int.from_bytes(os.pread(handle, 8, 0))
            # The byte first, the count after it: who dies in between has not drawn.
            _lock(handle, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, _FIRST + ticket, 1)
            os.pwrite(handle, (ticket + 1).to_bytes(8), 0)
        finally:
            _lock(handle, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _GATE, 1)
        self._ticket = ticket
        if ticket:
            _lock(handle, fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, _FIRST, ticket)

    def abandon(self) -> None:
        """In a forked child: the parent's locks are not ours to keep."""
        handle, self._handle = self._handle, None
        self._guard = threading.Lock()
        if handle is not None:
            os.close(handle)


def of(database: str, *, in_memory: bool) -> Turn:
    """The turn of a database by its path."""
    with _turns_guard:
        if database not in _turns:
            _turns[database] = Turn(None if in_memory else Path(f"{database}.turn"))
        return _turns[database]


def _lock(handle: int, command: int, kind: int, start: int, length: int) -> None:
    fcntl.fcntl(handle, command, struct.pack("hhqqi4x", kind, os.SEEK_SET, start, length, 0))


def _forked() -> None:
    global _turns_guard
    _turns_guard = threading.Lock()
    for turn in _turns.values():
        turn.abandon()
    _turns.clear()


os.register_at_fork(after_in_child=_forked)
