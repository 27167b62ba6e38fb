"""Writing the facts: one writer, batches that are one transaction each, whole new generations for a rebuild."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import Struct

import lmdb

from mingbai.gate.facts import environment, records
from mingbai.gate.facts.records import FORMAT
from mingbai.kernel.problems import Problem

_NUMBER = Struct(">Q")
_RANGE = Struct(">QQ")
_MOST = 0xFFFF_FFFF_FFFF_FFFF
_CHUNK = 200_000  # keys a transaction while a generation is loaded
_CALLERS = frozenset({"numbers", "ranges", "organisations", "trunks"})  # what readers remember beyond a call


class Batch:
    """Changes that become visible together; kept in memory, so that they can be repeated when the file must grow."""

    def __init__(self, handle: environment.Handle) -> None:
        self._handle = handle
        self._changes: dict[tuple[str, bytes], bytes | None] = {}
        self._records: list[tuple[bytes, bytes]] = []
        self._span = 0

    def put_subscriber(self, key8: bytes, facts: records.SubscriberFacts | None) -> None:
        """By Lookup.key of the number; None, or nothing said, takes the subscriber out."""
        said = facts is not None and facts != records.NOTHING_SAID
        self._change("subscribers", key8, records.pack_subscriber(facts) if facts is not None and said else None)

    def put_records(self, rows: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Many subscribers, already packed (`pack_subscriber`), best in rising order of key; None takes one out."""
        for key, raw in rows:
            if raw is not None:
                self._records.append((key, raw))
            else:
                self._change("subscribers", key, None)

    def put_number(
        self,
        first: int,
        last: int,
        facts: records.NumberFacts | None,
        *,
        resource: int = 0,
        mark: records.Mark | None = None,
    ) -> None:
        """A number (`first` = `last`) or a range, in normal form as integers; None takes it out.

        `mark`, of a single number alone, stands without facts too: of one that nobody registered.
        """
        if facts is None:
            raw = None if mark is None else records.pack_marked(mark)
        else:
            raw = records.pack_number(resource, facts, mark)
        if first == last:
            self._change("numbers", _NUMBER.pack(first), raw)
        else:
            self._change("ranges", _RANGE.pack(last, _MOST - first), raw)
            self._span = max(self._span, last - first if facts is not None else 0)

    def put_organisation(self, organisation: int, facts: records.OrganisationFacts | None) -> None:
        key = organisation.to_bytes(4, "big")
        self._change("organisations", key, None if facts is None else records.pack_organisation(facts))

    def put_trunk(self, name: str, facts: records.TrunkFacts | None) -> None:
        self._change("trunks", name.encode(), None if facts is None else records.pack_trunk(facts))

    def put_api_key(self, digest: bytes, facts: records.KeyFacts | None) -> None:
        """By the SHA-256 of the key's text; None for a revoked one."""
        self._change("keys", digest, None if facts is None else records.pack_key(facts))

    def position(self, index: int, at_us: int) -> None:
        """These facts reflect the ledger up to `index`, as known at `at_us` (µs since the epoch)."""
        self.put_meta("position", str(index).encode())
        self.put_meta("synced_at", str(at_us).encode())

    def put_meta(self, key: str, value: bytes | None) -> None:
        """A word of the writer's own, beside `position`, `synced_at`, `span` and `format`."""
        self._change("meta", key.encode(), value)

    def meta(self, key: str) -> bytes | None:
        """What stands there, this batch's own changes included."""
        change = "meta", key.encode()
        if change in self._changes:
            return self._changes[change]
        with self._handle.env.begin() as txn:
            return txn.get(key.encode(), db=self._handle.dbs["meta"])

    def _change(self, name: str, key: bytes, value: bytes | None) -> None:
        self._changes[name, key] = value

    def write(self) -> None:
        """All of it in one transaction, on disk when this returns; the file grows when it is full."""
        while self._changes or self._records:
            try:
                self._apply()
                if not self._handle.durable:
                    self._handle.env.sync(True)
                return
            except lmdb.MapFullError:
                self._handle.grow()
            except lmdb.MapResizedError:
                self._handle.remap()

    def _apply(self) -> None:
        dbs = self._handle.dbs
        with self._handle.env.begin(write=True) as txn:
            if self._records:
                txn.cursor(dbs["subscribers"]).putmulti(self._records)
            if any(name in _CALLERS for name, _ in self._changes):
                txn.put(b"callers", str(int(txn.get(b"callers", b"0", db=dbs["meta"])) + 1).encode(), db=dbs["meta"])
            for (name, key), value in sorted(self._changes.items(), key=_by_key):
                if value is None:
                    txn.delete(key, db=dbs[name])
                else:
                    txn.put(key, value, db=dbs[name])
            if self._span > int(txn.get(b"span", b"0", db=dbs["meta"])):
                txn.put(b"span", str(self._span).encode(), db=dbs["meta"])


def _by_key(change: tuple[tuple[str, bytes], bytes | None]) -> tuple[str, bytes]:
    return change[0]


class Writer:
    """The one writer of the facts (the feed holds its lock in the database's world; LMDB keeps a second one out here).

    `Writer(root)` continues the generation in force, and makes a first empty one when there is none;
    `Writer.fresh(root)` begins a new generation, seen by nobody until `publish()`.
    """

    def __init__(self, root: Path, *, map_size: int = environment.MAP_SIZE) -> None:
        folder = environment.current(root)
        if folder is None:
            first = Writer.fresh(root, map_size=map_size)
            first.publish()
            first.close()
            folder = first.folder
        environment.check_file(folder)
        self._begin(root, environment.acquire(folder, map_size=map_size), is_fresh=False)
        environment.check_format(self._handle)
        if self.meta("format") != str(FORMAT).encode():  # what is written from here on may be in the newer form
            with self.batch() as batch:
                batch.put_meta("format", str(FORMAT).encode())
        self._handle.env.reader_check()

    @classmethod
    def fresh(cls, root: Path, *, map_size: int = environment.MAP_SIZE) -> Writer:
        """A new generation beside the one in force. Fast to fill: it is made durable once, by `publish`."""
        writer = cls.__new__(cls)
        handle = environment.acquire(environment.next_folder(root), map_size=map_size, durable=False)
        writer._begin(root, handle, is_fresh=True)
        with writer.batch() as batch:
            batch.put_meta("format", str(FORMAT).encode())
        return writer

    def _begin(self, root: Path, handle: environment.Handle, *, is_fresh: bool) -> None:
        self._root, self._handle, self._is_fresh = root, handle, is_fresh

    @property
    def folder(self) -> Path:
        return self._handle.folder

    @property
    def stands(self) -> bool:
        """False when the folder was removed, or made again, since it was opened."""
        return self._handle.stands

    @contextlib.contextmanager
    def batch(self) -> Iterator[Batch]:
        """Changes that are written together when the block ends, and not at all when it raises."""
        batch = Batch(self._handle)
        yield batch
        batch.write()

    def meta(self, key: str) -> bytes | None:
        return Batch(self._handle).meta(key)

    @property
    def position(self) -> int:
        """Index of the last ledger entry reflected; -1 none."""
        return int(self.meta("position") or -1)

    def heartbeat(self, at_us: int) -> None:
        """Nothing newer is waiting at `at_us`. Also gives back the places of readers that were killed."""
        with self.batch() as batch:
            batch.put_meta("synced_at", str(at_us).encode())
        self._handle.env.reader_check()

    def load_subscribers(self, rows: Iterable[tuple[bytes, bytes]]) -> int:
        """Many subscribers into a fresh generation: (key, packed record) in rising order of key. Returns how many.

        The pages are filled to the brim, which random inserts leave half empty. Raises Problem when out of order.
        """
        return self._load("subscribers", rows)

    def load_numbers(self, rows: Iterable[tuple[int, bytes]]) -> int:
        """Many single numbers into a fresh generation: (number, packed record), rising. Returns how many."""
        return self._load("numbers", ((_NUMBER.pack(number), raw) for number, raw in rows))

    def _load(self, name: str, rows: Iterable[tuple[bytes, bytes]]) -> int:
        loaded, chunk = 0, []
        for row in rows:
            chunk.append(row)
            if len(chunk) == _CHUNK:
                loaded += self._append(name, chunk)
                chunk = []
        return loaded + self._append(name, chunk)

    def _append(self, name: str, chunk: list[tuple[bytes, bytes]]) -> int:
        while True:
            try:
                with self._handle.env.begin(write=True) as txn:
                    _, added = txn.cursor(self._handle.dbs[name]).putmulti(chunk, append=True)
                if added != len(chunk):
                    raise Problem("facts.order", "keys to load do not rise", status=500)
                return added
            except lmdb.MapFullError:
                self._handle.grow()
            except lmdb.KeyExistsError:
                raise Problem("facts.order", "keys to load do not rise", status=500) from None

    def publish(self) -> None:
        """Make the fresh generation durable and put it in force; all but it and the one before are removed."""
        self._handle.env.sync(True)
        before = environment.current(self._root)
        environment.point(self._root, self.folder)
        self._is_fresh = False
        keep = {self.folder.name, before.name if before else ""}
        for old in self._root.glob("gen-*"):
            if old.name not in keep:
                shutil.rmtree(old, ignore_errors=True)  # who still maps it keeps its pages

    def close(self) -> None:
        """Let the file go. A fresh generation that was not published is removed."""
        environment.release(self._handle)
        if self._is_fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
