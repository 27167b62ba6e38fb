"""What the gate's processes did: verdicts by rule and SIP code, how long they took, what went wrong.

One memory-mapped file for all gate processes of a machine, a lane of fixed size for each: a process writes its own lane
without a lock, whoever wants to know reads all of them without one. A lane whose process died is taken by the next of
the same kind of host, its counts with it, so that sums only ever grow. Nobody's number is in it.

A verdict costs two additions: how often an outcome took how long is one cell. Outcomes beyond OUTCOMES are counted
together as code 0.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Final, NamedTuple

from mingbai.kernel.problems import Problem

HOSTS: Final = ("http", "sip")
LANES: Final = 128
OUTCOMES: Final = 255
_US: Final = 1_000
_MS: Final = 1_000_000
BOUNDS_NS: Final = (
    *(us * _US for us in (5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750)),
    *(ms * _MS for ms in (1, 2, 5, 10, 20, 50, 100)),
)
"""Upper ends of the latency cells, ns, each included; one more cell is for what took longer."""

CELLS: Final = len(BOUNDS_NS) + 1
_HEADER: Final = 4096
_HEAD: Final = Struct("<8sII")  # magic, lanes, bytes a lane
_MAGIC: Final = b"MBMETR01"
# Words of a lane, u64: what is told of it, the outcomes' keys, their cells.
_HOST: Final = 0
_NS: Final = 1
_UNJOURNALLED: Final = 2
_RETRANSMITTED: Final = 3
_PID: Final = 4
_UNJUDGED: Final = 5
_KEYS: Final = 32
_CELLS_AT: Final = _KEYS + OUTCOMES + 1
_WORDS: Final = _CELLS_AT + (OUTCOMES + 1) * CELLS
_LANE: Final = -(-_WORDS * 8 // 4096) * 4096
_FLOCK: Final = Struct("hhqqi4x")  # struct flock of Linux on 64 bits
_WRITING: Final = 0  # byte locked while a lane is claimed; lane n is byte n + 1


class Outcome(NamedTuple):
    """How often a rule (0: one of too many) ended in a SIP code; `cells`: of these how many by BOUNDS_NS."""

    host: str
    code: int
    sip: int
    cells: tuple[int, ...]


class Told(NamedTuple):
    """One lane. `pid`: its process, `alive` while that runs. `ns`: time of all its verdicts together."""

    host: str
    pid: int
    alive: bool
    ns: int
    unjournalled: int
    retransmitted: int
    unjudged: int
    outcomes: tuple[Outcome, ...]


class Meters:
    """A process's lane. Opened after a fork, used by one thread at a time.

    A file that cannot be had stops no call: what is counted then is told to nobody, and `trouble` says why.
    """

    def __init__(self, path: Path, host: str, *, lanes: int = LANES) -> None:
        self.trouble = ""
        self._fd = -1
        try:
            base = self._open(path, HOSTS.index(host) + 1, lanes)
            self._map = mmap.mmap(self._fd, base + _LANE)
        except (OSError, Problem) as error:
            self.trouble = str(error)
            self._map, base = mmap.mmap(-1, _LANE), 0
        self._words = memoryview(self._map)[base : base + _LANE].cast("Q")
        self._known: dict[int, int] = {}  # code and SIP code → first cell

    def count(self, code: int, sip: int, ns: int) -> None:
        """One verdict: the rule's code, the SIP code it was answered with, how long it took (ns, not negative)."""
        words = self._words
        at = self._known.get(code << 10 | sip) or self._place(code << 10 | sip)
        words[at + bisect_left(BOUNDS_NS, ns)] += 1
        words[_NS] += ns

    def unjournalled(self) -> None:
        """One attempt was answered that could not be journalled."""
        self._words[_UNJOURNALLED] += 1

    def retransmitted(self) -> None:
        """One message was answered as its first copy was."""
        self._words[_RETRANSMITTED] += 1

    def unjudged(self) -> None:
        """The gate failed on one call, which was answered without a verdict."""
        self._words[_UNJUDGED] += 1

    def close(self) -> None:
        """Give the lane back; its counts stay."""
        self._words.release()
        self._map.close()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _place(self, key: int) -> int:
        """The first cell of an outcome: its own row, a new one, or the one for all others."""
        words, key = self._words, key + 1  # 0 stands for a free row
        for row in range(OUTCOMES):
            if words[_KEYS + row] in (0, key):
                words[_KEYS + row] = key
                break
        else:
            row = OUTCOMES
        at = self._known[key - 1] = _CELLS_AT + row * CELLS
        return at

    def _open(self, path: Path, host: int, lanes: int) -> int:
        """Make the file where it is missing, take a lane; where that begins. Raises OSError, Problem."""
        if not path.exists():
            _make(path, lanes)
        self._fd = os.open(path, os.O_RDWR)
        lanes = _check(os.pread(self._fd, _HEAD.size, 0), path)
        _lock(self._fd, _WRITING, wait=True)
        try:
            for lane in range(lanes):
                base = _HEADER + lane * _LANE
                if _host_at(self._fd, base) in (0, host) and _lock(self._fd, 1 + lane):
                    os.posix_fallocate(self._fd, base, _LANE)  # a full disk shows here, not as SIGBUS
                    for word, value in ((_PID, os.getpid()), (_HOST, host)):
                        os.pwrite(self._fd, value.to_bytes(8, "little"), base + 8 * word)
                    return base
        finally:
            _unlock(self._fd, _WRITING)
        raise Problem("meters.lanes", f"all {lanes} lanes are taken", where=str(path), status=500)


def read(path: Path) -> list[Told]:
    """Every lane that was ever used; none where there is no file. Counts may be torn between one another, never wrong.

    Raises Problem for a file of another version.
    """
    try:
        fd = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return []
    try:
        lanes = _check(os.pread(fd, _HEAD.size, 0), path)
        bases = [(lane, _HEADER + lane * _LANE) for lane in range(lanes)]
        return [_told(fd, lane, base) for lane, base in bases if 0 < _host_at(fd, base) <= len(HOSTS)]
    finally:
        os.close(fd)


def _told(fd: int, lane: int, base: int) -> Told:
    words = memoryview(os.pread(fd, _WORDS * 8, base)).cast("Q")
    host = HOSTS[words[_HOST] - 1]
    alive, outcomes = _is_locked(fd, 1 + lane), tuple(_outcomes(words, host))
    troubles = words[_UNJOURNALLED], words[_RETRANSMITTED], words[_UNJUDGED]
    return Told(host, words[_PID], alive, words[_NS], *troubles, outcomes)


def _outcomes(words: memoryview, host: str) -> Iterator[Outcome]:
    for row in range(OUTCOMES + 1):
        key = words[_KEYS + row]
        cells = tuple(words[_CELLS_AT + row * CELLS : _CELLS_AT + (row + 1) * CELLS])
        if row < OUTCOMES and key:
            yield Outcome(host, (key - 1) >> 10, (key - 1) & 1023, cells)
        elif row == OUTCOMES and any(cells):
            yield Outcome(host, 0, 0, cells)


def _host_at(fd: int, base: int) -> int:
    return int.from_bytes(os.pread(fd, 8, base + 8 * _HOST), "little")


def _check(head: bytes, path: Path) -> int:
    """How many lanes. Raises Problem when the file is another's."""
    if len(head) == _HEAD.size:
        magic, lanes, size = _HEAD.unpack(head)
        if magic == _MAGIC and size == _LANE:
            return int(lanes)
    raise Problem("meters.foreign", "no meters of this version", where=str(path), mend="remove it", status=500)


def _lock(fd: int, byte: int, *, wait: bool = False) -> bool:
    """An open file description's lock on a byte far behind the data; the kernel drops it with the process."""
    how = fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK
    try:
        fcntl.fcntl(fd, how, _flock(fcntl.F_WRLCK, byte))
    except (BlockingIOError, PermissionError):
        return False
    return True


def _unlock(fd: int, byte: int) -> None:
    fcntl.fcntl(fd, fcntl.F_OFD_SETLK, _flock(fcntl.F_UNLCK, byte))


def _is_locked(fd: int, byte: int) -> bool:
    found = fcntl.fcntl(fd, fcntl.F_OFD_GETLK, _flock(fcntl.F_WRLCK, byte))
    return bool(_FLOCK.unpack(found)[0] != fcntl.F_UNLCK)


def _flock(kind: int, byte: int) -> bytes:
    return _FLOCK.pack(kind, os.SEEK_SET, (1 << 60) + byte, 1, 0)


def _make(path: Path, lanes: int) -> None:
    """A new file, in place all at once; whoever comes second uses the first one's. A lane takes room when used."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.ftruncate(fd, _HEADER + lanes * _LANE)
        os.pwrite(fd, _HEAD.pack(_MAGIC, lanes, _LANE), 0)
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        os.close(fd)
        beside.unlink()
