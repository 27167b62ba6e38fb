"""Reading the facts for one call: two gets in a fresh transaction, and what was remembered since the last commit."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from struct import error as StructError
from typing import TYPE_CHECKING, Final, NamedTuple

import lmdb

from mingbai.gate.facts import environment
from mingbai.gate.facts.records import (
    NOTHING_SAID,
    RESOURCE,
    KeyFacts,
    Mark,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
    resource_of,
    unpack_key,
    unpack_marked,
    unpack_organisation,
    unpack_subscriber,
    unpack_towards,
    unpack_trunk,
)
from mingbai.kernel import clock
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem

if TYPE_CHECKING:
    from mingbai.gate.decide import Call

LOOK_AGAIN_S = 0.2  # how often a reader asks whether another generation is in force
_NUMBER: Final = Struct(">Q")
_pack_number: Final = _NUMBER.pack
_SPAN: Final = Struct(">QQ")
_MOST: Final = 0xFFFF_FFFF_FFFF_FFFF
_LONGEST_KEY: Final = 511
_NOBODY: Final = bytes(4)
_MOST_SIDES: Final = 100_000
_Side = tuple[NumberFacts | None, int, bytes, OrganisationFacts | None, OrganisationFacts | None, Mark | None]
"""A number, its principal (as an integer, and as packed), the principal's and the holder's organisation, its mark."""
_make: Final = tuple.__new__  # as in records
_UNREADABLE: Final = (lmdb.Error, ValueError, OverflowError, StructError)


class Gathered(NamedTuple):
    """All that `decide` needs to know about one call; `age_s`: how old that is; `missing`: there is nothing.

    A Reader gives of the subscriber's consents those towards `principal` alone. `resource` is the id of the registered
    number; `calling` and `called` are the two numbers in normal form as integers. 0 is none. `mark` is of exactly the
    calling number, registered or not.
    """

    number: NumberFacts | None = None
    subscriber: SubscriberFacts = NOTHING_SAID
    principal: int = 0
    principal_org: OrganisationFacts | None = None
    holder_org: OrganisationFacts | None = None
    trunk: TrunkFacts | None = None
    position: int = -1
    synced_at: int = 0
    age_s: float = 0.0
    missing: bool = False
    resource: int = 0
    calling: int = 0
    called: int = 0
    mark: Mark | None = None


MISSING: Final = Gathered(missing=True)


def _integer(raw: bytes | None, default: int) -> int:
    return default if raw is None else int(raw)


class View:
    """The facts as of one transaction; good until the transaction ends."""

    def __init__(self, handle: environment.Handle, txn: lmdb.Transaction[bytes]) -> None:
        self.handle, self._dbs, self.txn = handle, handle.dbs, txn

    def entries(self, name: str) -> int:
        """How many keys one of environment.DATABASES holds."""
        return self.txn.stat(self._dbs[name])["entries"]

    def meta(self, key: str) -> bytes | None:
        return self.txn.get(key.encode(), db=self._dbs["meta"])

    def subscriber(self, key8: bytes) -> SubscriberFacts:
        """By Lookup.key of the number; NOTHING_SAID for one nobody told us about."""
        raw = self.txn.get(key8, db=self._dbs["subscribers"])
        return NOTHING_SAID if raw is None else unpack_subscriber(raw)

    def subscribers(self) -> Iterator[tuple[bytes, bytes]]:
        """Every subscriber's key and packed facts, in order of key."""
        yield from self.txn.cursor(self._dbs["subscribers"])

    def number(self, number: int) -> NumberFacts | None:
        """A registered number by itself, else the narrowest range around it."""
        return self.marked(number)[0]

    def marked(self, number: int) -> tuple[NumberFacts | None, Mark | None]:
        """`number`, and the mark of exactly this number."""
        raw = self.txn.get(_NUMBER.pack(number), db=self._dbs["numbers"])
        if raw is None:
            raw = find_range(self.txn, self._dbs["ranges"], number, _integer(self.meta("span"), 0))
        return (None, None) if raw is None else unpack_marked(raw)

    def organisation(self, organisation: int) -> OrganisationFacts | None:
        known = 0 <= organisation < 1 << 32
        raw = self.txn.get(organisation.to_bytes(4, "big"), db=self._dbs["organisations"]) if known else None
        return None if raw is None else unpack_organisation(raw)

    def trunk(self, name: str) -> TrunkFacts | None:
        key = name.encode("utf-8", "replace")
        raw = self.txn.get(key, db=self._dbs["trunks"]) if 0 < len(key) <= _LONGEST_KEY else None
        return None if raw is None else unpack_trunk(raw)

    def api_key(self, digest: bytes) -> KeyFacts | None:
        raw = self.txn.get(digest, db=self._dbs["keys"])
        return None if raw is None else unpack_key(raw)

    @property
    def position(self) -> int:
        """Index of the last ledger entry that these facts reflect; -1 none."""
        return _integer(self.meta("position"), -1)

    @property
    def synced_at(self) -> int:
        """When the feed last knew that nothing newer was waiting: µs since the epoch, 0 never."""
        return _integer(self.meta("synced_at"), 0)


def find_range(txn: lmdb.Transaction[bytes], ranges: lmdb._Database, number: int, span: int) -> bytes | None:
    """The packed facts of the narrowest range that holds `number`; `span` is the widest range's last − first.

    Keys are (last, complement of first), so that ranges are met by their end, narrower ones before wider ones.
    """
    if span <= 0:
        return None
    cursor = txn.cursor(ranges)
    found = cursor.set_range(_SPAN.pack(number, 0))
    while found:
        last, inverse = _SPAN.unpack(cursor.key())
        if last - span > number:
            return None
        if _MOST - inverse <= number:
            return cursor.value()
        found = cursor.next()
    return None


class _Opened:
    """A generation in use: its handle, and what was remembered of it since its last commit."""

    def __init__(self, handle: environment.Handle, lookup: Lookup) -> None:
        self.handle, self._begin, self._key = handle, handle.env.begin, lookup.key_of
        dbs = handle.dbs
        self._subscribers, self._numbers, self._ranges = dbs["subscribers"], dbs["numbers"], dbs["ranges"]
        self._organisations_db, self._trunks_db = dbs["organisations"], dbs["trunks"]
        self._transaction = -1
        self.position, self.synced_at, self._span = -1, 0, 0
        self._known_as = b""  # which state of the callers' side was remembered
        self._organisations: dict[int, OrganisationFacts | None] = {}
        self._trunks: dict[str, TrunkFacts] = {}
        self._sides: dict[bytes, _Side] = {}

    def gather(self, call: Call, now_us: int) -> Gathered:
        (caller, _), (callee, _), name, _, _, _, _ = call
        calling, called = int(caller or 0), int(callee or 0)
        txn = self._begin(self._subscribers)
        try:
            if txn.id() != self._transaction:
                self._renew(txn)
            said = txn.get(self._key(called)) if called else None
            trunk = self._trunk(txn, name) if name else None
            raw = self._number(txn, calling) if calling else None
            if raw is None:
                number, principal, needle, firm, holder, mark, resource = None, 0, _NOBODY, None, None, None, 0
            else:
                number, principal, needle, firm, holder, mark = self._sides.get(raw[RESOURCE:]) or self._side(txn, raw)
                resource = resource_of(raw)
                if trunk is not None and number is not None and number.assignments:
                    principal = dict(number.assignments).get(trunk.trunk, principal)
                    needle, firm = principal.to_bytes(4, "little"), self._organisation(txn, principal)
            subscriber = NOTHING_SAID if said is None else unpack_towards(said, needle)
            synced_at = self.synced_at
            age = (now_us - synced_at) / 1e6
            return _make(
                Gathered,
                (
                    number, subscriber, principal, firm, holder, trunk, self.position, synced_at, age, False,
                    resource, calling, called, mark,
                ),
            )  # fmt: skip
        finally:
            txn.abort()

    def _renew(self, txn: lmdb.Transaction[bytes]) -> None:
        """A commit was made since the last call: what was remembered is forgotten if it is about callers.

        Most commits are a heartbeat, or about subscribers, of whom nothing is remembered.
        """
        view = View(self.handle, txn)
        self.position, self.synced_at = view.position, view.synced_at
        known_as = view.meta("callers") or b""
        if known_as != self._known_as or not known_as:
            self._span = _integer(view.meta("span"), 0)
            self._organisations.clear()
            self._trunks.clear()
            self._sides.clear()
            self._known_as = known_as
        self._transaction = txn.id()

    def _number(self, txn: lmdb.Transaction[bytes], number: int) -> bytes | None:
        raw: bytes | None = txn.get(_pack_number(number), None, self._numbers)
        if raw is None and self._span:
            return find_range(txn, self._ranges, number, self._span)
        return raw

    def _side(self, txn: lmdb.Transaction[bytes], raw: bytes) -> _Side:
        """What the numbers of one firm have in common, remembered: they differ in their resource alone."""
        if len(self._sides) >= _MOST_SIDES:
            self._sides.clear()
        number, mark = unpack_marked(raw)
        side: _Side = None, 0, _NOBODY, None, None, mark
        if number is not None:
            holder, principal = number[:2]
            firm, other = self._organisation(txn, principal), self._organisation(txn, holder)
            side = number, principal, principal.to_bytes(4, "little"), firm, other, mark
        self._sides[raw[RESOURCE:]] = side
        return side

    def _organisation(self, txn: lmdb.Transaction[bytes], organisation: int) -> OrganisationFacts | None:
        found = self._organisations.get(organisation)
        if found is None and organisation not in self._organisations:
            raw = txn.get(organisation.to_bytes(4, "big"), None, self._organisations_db)
            found = self._organisations[organisation] = None if raw is None else unpack_organisation(raw)
        return found

    def _trunk(self, txn: lmdb.Transaction[bytes], name: str) -> TrunkFacts | None:
        found = self._trunks.get(name)
        if found is None:
            key = name.encode("utf-8", "replace")
            raw = txn.get(key, db=self._trunks_db) if len(key) <= _LONGEST_KEY else None
            if raw is None:  # not remembered: whoever asks chooses the name, and memory is bounded
                return None
            found = self._trunks[name] = unpack_trunk(raw)
        return found


class Reader:
    """A process's window on the facts. Made after a fork, never before one; shared by the threads of a process.

    `gather` never raises: what cannot be read is missing, and says so.
    """

    def __init__(self, root: Path, lookup: Lookup, *, resident: bool = False) -> None:
        """`resident`: keep the facts in memory, where the system lets us; for who serves calls."""
        self._root, self._lookup, self._resident = root, lookup, resident
        self._opened: _Opened | None = None
        self._looked = 0.0
        self.trouble = ""  # why there are no facts, or no newer ones; for the health page
        self._look()

    def gather(self, call: Call, now_us: int = 0) -> Gathered:
        """What the facts say about a call, by one consistent view of them; `now_us` is the present, for their age."""
        if clock.monotonic() - self._looked > LOOK_AGAIN_S:
            self._look()
        opened = self._opened
        if opened is None:
            return MISSING
        try:
            return opened.gather(call, now_us or clock.now_us())
        except lmdb.MapResizedError:
            return self._after_growth(opened, call, now_us or clock.now_us())
        except _UNREADABLE as error:
            self._drop(opened, error)
            return MISSING

    def key_of(self, digits: str) -> bytes:
        """The key under which a number's subscriber stands."""
        return self._lookup.key(digits)

    def api_key(self, digest: bytes) -> KeyFacts | None:
        """An API key by the SHA-256 of its text. Raises Problem `facts.missing` when nothing can be said."""
        with self.view() as view:
            return view.api_key(digest)

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """A consistent view for several reads. Raises Problem `facts.missing` when there are no facts."""
        self._look()
        opened = self._opened
        if opened is None:
            raise Problem(
                "facts.missing", self.trouble or "there are none", mend="run `mingbai gate rebuild`", status=503
            )
        handle = opened.handle
        try:
            txn = handle.env.begin()
        except lmdb.MapResizedError:
            handle.remap()
            txn = handle.env.begin()
        with txn:
            yield View(handle, txn)

    def info(self) -> dict[str, int | str]:
        """Position, age and sizes of the facts in force, for people and health pages. Raises Problem when missing."""
        with self.view() as view:
            return {
                "generation": view.handle.folder.name,
                "position": view.position,
                "synced_at": view.synced_at,
                **{name: view.entries(name) for name in environment.DATABASES if name != "meta"},
            }

    @property
    def position(self) -> int:
        """Position at the last gather; cheap. -1 without facts."""
        return -1 if self._opened is None else self._opened.position

    def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            environment.release(opened.handle)

    def _after_growth(self, opened: _Opened, call: Call, now_us: int) -> Gathered:
        try:
            opened.handle.remap()
            return opened.gather(call, now_us)
        except _UNREADABLE as error:
            self._drop(opened, error)
            return MISSING

    def _drop(self, opened: _Opened, error: Exception) -> None:
        self.trouble, self._looked = type(error).__name__, clock.monotonic()
        if self._opened is opened:
            self.close()

    def _look(self) -> None:
        """Open the generation in force, unless it is open already; keep the old one when the new cannot be read."""
        self._looked = clock.monotonic()
        try:
            folder = environment.current(self._root)
            if folder is None:
                raise Problem("facts.missing", "there are none", where=str(self._root), status=503)
            before = self._opened
            if before is not None and before.handle.folder == folder.resolve() and before.handle.stands:
                return
            handle = environment.open_checked(folder)
            if self._resident:
                handle.keep()
        except (Problem, lmdb.Error, OSError) as error:
            self.trouble = str(error)
            return
        self._opened, self.trouble = _Opened(handle, self._lookup), ""
        if before is not None:
            environment.release(before.handle)
