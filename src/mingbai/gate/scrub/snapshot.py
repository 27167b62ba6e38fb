"""The columns on disk, and how a refusal made a moment ago is honoured although they are older.

The feed notes in the facts which subscribers each of its writes touched (`touched:<count>`, 8-byte keys one after the
other, in the same transaction). A scrub takes the columns as they are and looks every subscriber touched since then up
in the facts themselves. When many are touched, or the facts were rebuilt, the columns are made anew first.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mingbai.gate.facts import Reader, View
from mingbai.gate.scrub import columns
from mingbai.gate.scrub.columns import U64, Columns
from mingbai.kernel.home import Home

FORMAT = 2
REFRESH_ABOVE = 200_000  # subscribers touched; one costs about 4 µs in a scrub, all columns 0.7 µs a subscriber
COUNT = "touches"  # meta of the facts: how many writes were noted
_PREFIX = "touched:"


def touched_key(count: int) -> str:
    """The meta key under which the feed's write number `count` names the subscribers it touched."""
    return f"{_PREFIX}{count:016x}"


@dataclass(frozen=True)
class Snapshot:
    """Columns, and the keys (ascending) of subscribers that have changed since they were taken."""

    columns: Columns
    touched: U64


def folder(home: Home) -> Path:
    return home.root / "scrub"


def open_current(home: Home, reader: Reader, progress: Callable[[str], None] = lambda _: None) -> Snapshot:
    """Columns fit for use now, made anew when that is better. Raises Problem when there are no facts."""
    with _locked(home):
        with reader.view() as view:
            found = _usable(home, view, str(reader.info()["generation"]))
        if found is None:
            progress("columns")
            make(home, reader)
            with reader.view() as view:
                found = _usable(home, view, str(reader.info()["generation"]))
    if found is None:
        raise RuntimeError("the facts were rebuilt while the columns were made")
    return found


def taken_at(home: Home, generation: str) -> int:
    """How many of the feed's writes the columns on disk contain; -1 when there are none of that generation."""
    try:
        what = json.loads((folder(home) / "current" / "taken.json").read_bytes())
    except FileNotFoundError:
        return -1
    return int(what["count"]) if what["format"] == FORMAT and what["generation"] == generation else -1


def make(home: Home, reader: Reader) -> None:
    """Walk all facts and put new columns in force; about 0.7 µs a subscriber."""
    fresh = folder(home) / f"making-{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    with reader.view() as view:
        generation = str(reader.info()["generation"])
        count = int(view.meta(COUNT) or 0)
        columns.save(columns.from_records(view.subscribers()), fresh)
    (fresh / "taken.json").write_text(json.dumps({"format": FORMAT, "generation": generation, "count": count}))
    _swap(fresh, folder(home) / "current")


def _swap(fresh: Path, current: Path) -> None:
    """`current` is a link to a folder, replaced in one step; who has mapped the old columns keeps them."""
    place = fresh.with_name(f"columns-{os.getpid()}-{os.urandom(4).hex()}")
    fresh.rename(place)
    link = current.with_name(f"current.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(place.name)
    link.replace(current)
    for old in current.parent.glob("columns-*"):
        if old != place:
            shutil.rmtree(old, ignore_errors=True)


def _usable(home: Home, view: View, generation: str) -> Snapshot | None:
    taken = taken_at(home, generation)
    if taken < 0:
        return None
    touched = _touched_since(view, taken)
    if touched is None or len(touched) > REFRESH_ABOVE:
        return None
    return Snapshot(columns.load(folder(home) / "current"), touched)


def _touched_since(view: View, taken: int) -> U64 | None:
    """Keys touched by the feed's writes after number `taken`, ascending; None when a note of them is gone."""
    parts = []
    for count in range(taken + 1, int(view.meta(COUNT) or 0) + 1):
        raw = view.meta(touched_key(count))
        if raw is None:
            return None
        parts.append(np.frombuffer(raw, ">u8"))
    return np.unique(np.concatenate(parts)).astype(np.uint64) if parts else np.empty(0, np.uint64)


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    folder(home).mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder(home) / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
