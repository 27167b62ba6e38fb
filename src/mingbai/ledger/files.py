"""The log's files on disk: read below its folder, written so that they are whole or not there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their path below `root`; when this returns, they are on the disk."""
    folders = {_write_one(root / path, data) for path, data in files.items()}
    for folder in folders:
        sync_folder(folder)


def _write_one(path: Path, data: bytes) -> Path:
    made = make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    for folder in made:
        sync_folder(folder)
    return path.parent


def make_folder(folder: Path) -> list[Path]:
    """Make `folder`; the folders whose listing changed by it."""
    changed = []
    at = folder
    while not at.exists():
        at = at.parent
        changed.append(at)
    folder.mkdir(parents=True, exist_ok=True)
    return changed


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock file `path` alone; the kernel frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
