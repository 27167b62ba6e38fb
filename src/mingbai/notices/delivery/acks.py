"""What a centre acknowledged, written down before it is in the database: a killed worker sends none of it again.

Two files take turns. While one is being brought into the database the other takes what arrives; the first is emptied
once its transaction is on disk. Writing is one system call a batch and no fsync: it survives the death of the process,
not that of the machine, after which the last fraction of a second may be sent again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from mingbai.kernel.problems import Problem


class Ack(NamedTuple):
    """A centre's word on one part. `status` 0: it has it under `centre_id`; anything else: why it would not."""

    outgoing: int
    number: int
    total: int
    status: int
    centre_id: str


class Acks:
    """Of one link, and of one process at a time."""

    def __init__(self, folder: Path, link: str) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = os.open(folder / f"{link}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            what, mend = f"another process delivers over “{link}”", "stop it first: two would share its connection"
            raise Problem("messages.running", what, mend=mend, status=500) from None
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._files = [os.open(folder / f"{link}.{turn}.acks", flags, 0o600) for turn in (0, 1)]
        self._turn = 0

    def left(self) -> list[Ack]:
        """What a former process wrote down and perhaps did not bring into the database. A half line was never answered
        for and is skipped."""
        return [ack for file in self._files for ack in _read(file)]

    def write(self, acks: Iterable[Ack]) -> None:
        text = "".join(f"{a.outgoing}\t{a.number}\t{a.total}\t{a.status}\t{_clean(a.centre_id)}\n" for a in acks)
        os.write(self._files[self._turn], text.encode())

    def switch(self) -> int:
        """Have the other file take what arrives; which one can be emptied when its content is on disk."""
        self._turn = 1 - self._turn
        return 1 - self._turn

    def empty(self, turn: int) -> None:
        os.ftruncate(self._files[turn], 0)

    def close(self) -> None:
        for file in (*self._files, self._lock):
            os.close(file)


def _clean(text: str) -> str:
    return text.replace("\t", " ").replace("\n", " ").replace("\r", " ")


def _read(file: int) -> Iterator[Ack]:
    with open(file, encoding="utf-8", errors="replace", closefd=False, newline="\n") as lines:
        lines.seek(0)
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if line.endswith("\n") and len(parts) == 5 and all(part.lstrip("-").isdecimal() for part in parts[:4]):
                yield Ack(int(parts[0]), int(parts[1]), int(parts[2]), int(parts[3]), parts[4])
