"""The folder of one import under the home's files, the process that fills it, and the lock that says it is in hand."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings

from mingbai.kernel.problems import Problem


def folder(batch: int) -> Path:
    """Where the import of a batch has its files."""
    home: Path = settings.HOME.files
    return home / "imports" / str(batch)


@contextmanager
def held(batch: int) -> Iterator[bool]:
    """Hold the import of a batch: False when a living process has it already. A dead one holds nothing."""
    place = folder(batch)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


class Staging:
    """The second process. Iterating gives what it tells, one object after another; leaving ends it."""

    def __init__(self, batch: int, job: dict[str, Any]) -> None:
        self._folder = folder(batch)
        (self._folder / "job.json").write_text(json.dumps(job), "utf-8")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Staging:
        command = [sys.executable, "-m", "mingbai.consent.staging", str(self._folder)]
        errors = (self._folder / "errors").open("w", encoding="utf-8")
        with errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, close_fds=True)  # noqa: S603
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Raises Problem when the file cannot be taken at all, RuntimeError when the process died."""
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "problem" in told:
                fault = told["problem"]
                raise Problem(fault["code"], fault["what"], where=fault["where"], mend=fault["mend"])
            yield told
            if "done" in told:
                return
        raise RuntimeError(f"the staging process ended early, status {self._process.wait()}")


def staged(batch: int) -> dict[str, Any] | None:
    """What the finished staging of a batch left; None when it did not finish."""
    try:
        found: dict[str, Any] = json.loads((folder(batch) / "staged.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found


def part(batch: int, name: str) -> pa.Table:
    """One part, memory-mapped."""
    with pa.memory_map(str(folder(batch) / name)) as file:
        return pa.ipc.open_file(file).read_all()


def clear(batch: int, *, reports: bool = False) -> None:
    """Remove what the import worked with; the report of bad rows only when asked to."""
    kept = {"lock"} if reports else {"lock", "bad.arrow", "late.jsonl"}
    for path in folder(batch).iterdir():
        if path.name not in kept:
            path.unlink()
