"""Folders for what a process keeps on disk while it runs, and nobody afterwards."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_ALONE, _HELD = ".scratch.lock", ".held"


class Scratch:
    """A folder `path` of one's own below `parent`, removed by `close`.

    Whoever makes one first removes what processes that died left behind there: a folder counts as somebody's as long as
    its lock is held, which the kernel lets go of with the process, however that ends. Everything below `parent` is
    such a folder, or left behind. Raises OSError when none can be made.
    """

    def __init__(self, parent: Path) -> None:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone(parent):
            for left in parent.iterdir():
                _remove_if_left(left)
            self.path = Path(tempfile.mkdtemp(prefix="own-", dir=parent))
            self._held = (self.path / _HELD).open("a")
            fcntl.flock(self._held, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def _remove_if_left(entry: Path) -> None:
    if entry.name == _ALONE:
        return
    if not entry.is_dir():
        entry.unlink(missing_ok=True)
        return
    try:
        with (entry / _HELD).open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(entry, ignore_errors=True)
    except (BlockingIOError, FileNotFoundError):  # somebody's, or its owner removed it just now
        return


@contextmanager
def _alone(parent: Path) -> Iterator[None]:
    with (parent / _ALONE).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
