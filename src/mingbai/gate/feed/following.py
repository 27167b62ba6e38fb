"""The facts kept up: the ledger's order followed from a position that is written with them.

A change that concerns a few records is read and written at once. An import concerns many: its rows are collected a few
thousand at a time, sorted, then written in ascending order of key, each part of it in one short transaction, and small
changes go before every part. Sorted, because an import's keys are spread over the whole file: a part in the order of
its rows would touch every page of it again and again.
"""

from __future__ import annotations

import fcntl
import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from mingbai.consent import queries as consent
from mingbai.gate.facts import Batch, SubscriberFacts, Writer, environment, pack_subscriber
from mingbai.gate.feed import present
from mingbai.gate.scrub import snapshot
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.ledger import queries as ledger
from mingbai.ledger.queries import Change

CHANGES_AT_ONCE = 500
_NUMBERS = ("number:", "labelled:", "restriction:")
NUMBERS_AT_ONCE = 50  # a registered number takes 1 to 3 ms to read, with all that overlaps it
LOOK_AHEAD = 5_000
ROWS_TO_READ = 10_000  # about 60 ms
ROWS_TO_WRITE = 20_000  # about 60 ms
ROWS_TO_SORT = 500_000  # held in memory, about 120 bytes each; sorting them takes 50 ms
NOTES_KEPT = 4_096
_NOTED_AT_MOST = 20_000
_BEAT_S = 1.0
_PENDING = "batches"


class Pending(NamedTuple):
    """An import whose rows are still to be read from `row` on."""

    batch: int
    row: int


class Follower:
    """Keeps the facts of one home up. One step at a time, by whoever holds the lock."""

    def __init__(self, home: Home, writer: Writer | None = None) -> None:
        self._home = home
        self._writer = writer or Writer(home.facts)
        self._fixed = writer is not None
        self._forget()

    def _forget(self) -> None:
        """What a step keeps in memory can be lost at any time: it is read again."""
        self._ahead = -1
        self._drop_job()
        self._beaten = float("-inf")

    def _drop_job(self) -> None:
        self._job: Pending | None = None
        self._row = 0
        self._keys: list[bytes] = []
        self._records: list[bytes | None] = []
        self._order: list[int] | None = None  # of _keys, once all of them are there
        self._written = 0
        self._overtaken: set[bytes] = set()

    def step(self) -> int:
        """Apply what is waiting, or the next part of an import; how many changes and rows. 0: nothing was waiting."""
        with self._locked() as mine:
            return self._step() if mine else 0

    def _step(self) -> int:
        self._follow_rebuild()
        known_at = clock.now_us()
        waiting = ledger.waiting_since()
        position = self._writer.position
        changes = _as_many_as_are_quick(ledger.changes(position, CHANGES_AT_ONCE))
        if changes:
            self._hurry(max(self._ahead, changes[-1].index))
            complete = ledger.size() <= changes[-1].index + 1
            self._apply(changes, min(known_at, waiting or known_at) if complete else changes[-1].at_us)
            return len(changes)
        pending = self._pending()
        if pending:
            return self._part(pending)
        self._beat(min(known_at, waiting or known_at))
        return 0

    def _hurry(self, after: int) -> None:
        """Apply what people say further on in the order, before everything else that is waiting.

        The position stays: it is met again in its turn, and being a state, written again.
        """
        changes = ledger.changes(after, LOOK_AHEAD)
        ids = {int(change.ref.partition(":")[2]) for change in changes if change.ref.startswith("subscriber:")}
        with self._writer.batch() as batch:
            self._subscribers(batch, ids)
        self._ahead = changes[-1].index if changes else after

    def _apply(self, changes: list[Change], known_at: int) -> None:
        """The present state of everything that these entries name, and the new position, in one transaction."""
        names: dict[str, set[int]] = {}
        for change in changes:
            kind, _, name = change.ref.partition(":")
            if kind in _KINDS:  # what other kinds are about is nothing to the gate
                names.setdefault(kind, set()).add(int(name))
        with self._writer.batch() as batch:
            self._subscribers(batch, names.get("subscriber", set()))
            for kind, put in _PUT.items():
                for ident in sorted(names.get(kind, ())):
                    put(batch, ident)
            if "batch" in names:
                self._add_pending(batch, sorted(names["batch"]))
            if "batch" in names or self._pending():  # the facts are as old as the import that they lack
                known_at = int(batch.meta("synced_at") or 0)
            batch.position(changes[-1].index, known_at)

    def _subscribers(self, batch: Batch, ids: set[int]) -> None:
        if not ids:
            return
        keys = []
        for key, facts in present.subscribers(ids):
            batch.put_subscriber(key, facts)
            keys.append(key)
        if self._job:
            self._overtaken.update(keys)
        _note(batch, keys)

    def _pending(self) -> list[Pending]:
        return [Pending(*each) for each in json.loads(self._writer.meta(_PENDING) or b"[]")]

    def _add_pending(self, batch: Batch, batches: list[int]) -> None:
        """Read these imports from their first row; one that was being read begins again, as its state has changed."""
        others = [each for each in self._pending() if each.batch not in batches]
        if self._job and self._job.batch in batches:
            self._drop_job()
        _set_pending(batch, [*others, *(Pending(each, 0) for each in batches)])

    def _part(self, pending: list[Pending]) -> int:
        """Read, or write, one part of the first import that is pending."""
        if self._job != pending[0]:
            self._drop_job()
            self._job, self._row = pending[0], pending[0].row
        if self._order is not None:
            return self._write_part(pending)
        view = consent.batch(self._job.batch)
        rows = view.rows if view else 0
        if self._row < rows and len(self._keys) < ROWS_TO_SORT:
            return self._read_part(rows)
        keys = np.frombuffer(b"".join(self._keys), ">u8").astype(np.uint64)
        self._order = np.argsort(keys, kind="stable").tolist()
        return max(1, self._write_part(pending))

    def _read_part(self, rows: int) -> int:
        """Read some rows of the import; without looking for garbage, of which a million tuples have none."""
        assert self._job is not None
        gc.disable()
        try:
            self._read(self._job.batch)
        finally:
            gc.enable()
        self._row = min(rows, self._row + ROWS_TO_READ)
        return ROWS_TO_READ

    def _read(self, batch: int) -> None:
        found = consent.facts_of_batch(batch, self._row, ROWS_TO_READ)
        self._keys += [key for key, _ in found]
        # packing asks for the shape alone, and naming the parts would cost as much as packing them
        self._records += [None if said is None else pack_subscriber(cast("SubscriberFacts", said)) for _, said in found]

    def _write_part(self, pending: list[Pending]) -> int:
        """The next keys in ascending order, but for those that a small change has overtaken since they were read."""
        assert self._order is not None
        keys, records, overtaken = self._keys, self._records, self._overtaken
        places = self._order[self._written : self._written + ROWS_TO_WRITE]
        part = [(keys[place], records[place]) for place in places]
        last = self._written + len(part) == len(keys)
        with self._writer.batch() as batch:
            batch.put_records([row for row in part if row[0] not in overtaken] if overtaken else part)
            _note(batch, [key for key, _ in part])
            if last:
                self._finish(batch, pending)
        self._written += len(part)
        if last:
            self._drop_job()
        return len(part)

    def _finish(self, batch: Batch, pending: list[Pending]) -> None:
        """With the last part: go on with the import's further rows, or be done with it."""
        assert self._job is not None
        view = consent.batch(self._job.batch)
        more = view is not None and self._row < view.rows
        first = [Pending(self._job.batch, self._row)] if more else []
        _set_pending(batch, first + pending[1:])

    def _beat(self, known_at: int) -> None:
        now = clock.monotonic()
        if now - self._beaten >= _BEAT_S:
            self._writer.heartbeat(known_at)
            self._beaten = now

    def _follow_rebuild(self) -> None:
        """Go on in the generation in force when a rebuild has put another one there."""
        if self._fixed:
            return
        current = environment.current(self._home.facts)
        if current is None or current.resolve() != self._writer.folder or not self._writer.stands:
            self._writer.close()
            self._writer = Writer(self._home.facts)
            self._forget()

    @contextmanager
    def _locked(self) -> Iterator[bool]:
        """Whether this is the one that follows now; another process may be publishing a rebuild, or following."""
        if self._fixed:
            yield True
            return
        with locked(self._home, wait=False) as mine:
            yield mine

    def close(self) -> None:
        self._writer.close()


_PUT = {
    "number": present.put_number,
    "labelled": present.put_labelled,
    "restriction": present.put_restriction,
    "organisation": present.put_organisation,
    "trunk": present.put_trunk,
    "apikey": present.put_api_key,
}
_KINDS = {"subscriber", "batch", *_PUT}  # in the order of _PUT a number's own record is written last


@contextmanager
def locked(home: Home, *, wait: bool) -> Iterator[bool]:
    """The right to change which facts are in force, and to follow the ledger in them."""
    home.facts.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home.facts / ".follower.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _as_many_as_are_quick(changes: list[Change]) -> list[Change]:
    """The first changes, up to as many numbers as are read in about a tenth of a second."""
    numbers = 0
    for place, change in enumerate(changes):
        numbers += change.ref.startswith(_NUMBERS)
        if numbers > NUMBERS_AT_ONCE:
            return changes[:place]
    return changes


def _note(batch: Batch, keys: list[bytes]) -> None:
    """Tell scrubs whom this write touches; a large write without a note makes them take new columns."""
    count = int(batch.meta(snapshot.COUNT) or 0) + 1
    batch.put_meta(snapshot.COUNT, str(count).encode())
    if len(keys) < _NOTED_AT_MOST:
        batch.put_meta(snapshot.touched_key(count), b"".join(keys))
    batch.put_meta(snapshot.touched_key(count - NOTES_KEPT), None)


def _set_pending(batch: Batch, pending: list[Pending]) -> None:
    batch.put_meta(_PENDING, json.dumps(pending).encode())


_followers: dict[Path, Follower] = {}


def follower(home: Home) -> Follower:
    """This process's follower of a home."""
    if home.root not in _followers:
        _followers[home.root] = Follower(home)
    return _followers[home.root]


def forget(home: Home) -> None:
    """Let the follower of a home go, if there is one; for tests that remove the home."""
    found = _followers.pop(home.root, None)
    if found is not None:
        found.close()
