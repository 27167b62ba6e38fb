"""The database's side: every entry's opening against its commitment and columns, keys, checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from mingbai.ledger import merkle, note, order, sealing, tables, vault
from mingbai.ledger.fsck.faults import Report

_CHUNK = 5120  # a multiple of a tile's width


@dataclass
class Ledger:
    """What is learnt of the entries on the way."""

    report: Report
    shredded: set[str] = field(default_factory=set)  # subjects whose key is gone
    recorded: set[str] = field(default_factory=set)  # subjects of which an entry says so
    batches: dict[str, tuple[int, str]] = field(default_factory=dict)  # root (base64) → size, place
    broken: set[str] = field(default_factory=set)  # subjects whose key does not open
    _keys: vault.Memory = field(default_factory=vault.Memory)

    def commitments(self, size: int) -> Iterator[bytes | None]:
        """The commitment of each index below `size` as the database has it, checked on the way; None for a gap."""
        for start in range(0, size, _CHUNK):
            end = min(size, start + _CHUNK)
            found = tables.rows(tables.AUDITED + 'WHERE "index" >= %s AND "index" < %s ORDER BY "index"', start, end)
            by_index = {row[1]: row for row in found}
            for index in range(start, end):
                row = by_index.get(index)
                if row is None:
                    self.report.fault(f"database, entry {index}", "no row has this index")
                    yield None
                    continue
                self.entry(row)
                yield bytes(row[6])

    def rest(self, size: int) -> None:
        """Entries that wait for their place, and those whose index is beyond what was ever signed."""
        last = 0
        while found := tables.rows(
            tables.AUDITED + 'WHERE ("index" IS NULL OR "index" >= %s OR "index" < 0) AND id > %s ORDER BY id LIMIT %s',
            size, last, _CHUNK,
        ):  # fmt: skip
            for row in found:
                if row[1] is None:
                    self.report.waiting += 1
                elif not _signed(row[1]):
                    self.report.fault(_place(row), "the index is outside of every signed tree")
                self.entry(row)
            last = found[-1][0]

    def entry(self, row: tuple[Any, ...]) -> None:
        """Check one row by itself: it opens, its opening is what was committed to, its columns are what it says."""
        _, _, _, subject, _, _, commitment, opening, wrapped, shredded_at = row
        where = _place(row)
        if len(bytes(commitment)) != merkle.HASH:
            self.report.fault(where, "the commitment is not of 32 bytes")
        elif wrapped is None:
            self.report.fault(where, f"there is no key for its subject “{subject}”")
        elif shredded_at is not None or not bytes(wrapped):
            self.report.unreadable += 1
            if bytes(opening):
                self.report.fault(where, "its subject was shredded, but the opening is still there")
        elif subject not in self.broken:
            self._opened(row, where, self._key(subject, bytes(wrapped)))

    def _key(self, subject: str, wrapped: bytes) -> vault.Key | None:
        key = self._keys.get(subject)
        if key is None or key.wrapped != wrapped:
            try:
                key = vault.Key(vault.unwrap(sealing.vault_key(), subject, wrapped), wrapped)
            except vault.SealError:
                self.broken.add(subject)  # told once, with the keys
                return None
            self._keys.put(subject, key)
        return key

    def _opened(self, row: tuple[Any, ...], where: str, key: vault.Key | None) -> None:
        _, _, kind, subject, ref, at_us, commitment, opening, *_ = row
        if key is None:
            return
        try:
            salt, content = key.open(bytes(opening), bytes(commitment))
        except vault.SealError:
            self.report.fault(where, "opening or commitment was changed: it does not open")
            return
        if sha256(salt + content).digest() != bytes(commitment):
            self.report.fault(where, "the opening is not what was committed to")
            return
        body = json.loads(content)
        said = {"kind": kind, "subject": subject, "ref": ref, "at": at_us}
        for name, value in said.items():
            if body.get(name) != value:
                self.report.fault(where, f"the column “{name}” is not what was committed to")
        if "batch" in body:
            self.batches[body["batch"]["root"]] = (body["batch"]["size"], where)
        if body.get("kind") == "ledger.shredded":
            self.recorded.add(body["content"]["subject"])

    def keys(self) -> None:
        """Every subject's key opens, or was shredded. Call before the entries, which say who was."""
        for subject, wrapped, shredded_at in _all_keys():
            self.report.keys += 1
            self._one_key(subject, bytes(wrapped), shredded_at)

    def _one_key(self, subject: str, wrapped: bytes, shredded_at: object) -> None:
        where = _key_place(subject)
        if (shredded_at is None) == (not wrapped):
            self.report.fault(where, "half shredded: key and time of its shredding do not go together")
        elif shredded_at is not None:
            self.shredded.add(subject)
        else:
            try:
                vault.unwrap(sealing.vault_key(), subject, wrapped)
            except vault.SealError:
                self.report.fault(where, "the key was changed: it does not open, nor do its subject's entries")

    def erasures(self) -> None:
        """Who was shredded is said so by an entry. Call after the entries."""
        for subject in sorted(self.shredded - self.recorded):
            self.report.fault(_key_place(subject), "shredded, but no entry of the log says so")


def _all_keys() -> Iterator[tuple[Any, ...]]:
    found = tables.rows(tables.FIRST_KEYS, _CHUNK)
    while found:
        yield from found
        found = tables.rows(tables.KEYS, found[-1][0], _CHUNK)


def _key_place(subject: str) -> str:
    return f"database, ledger_subjectkey “{subject}”"


def _place(row: tuple[Any, ...]) -> str:
    index = "waiting" if row[1] is None else f"entry {row[1]}"
    return f"database, ledger_entry id {row[0]}, {index}"


def _signed(index: int) -> bool:
    """Whether a checkpoint signed meanwhile covers `index`."""
    return 0 <= index < signed_size()


class Checkpoints:
    """Every checkpoint ever signed, met in order of size while the tree grows."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rows = self._read()
        self._next = next(self._rows, None)

    def _read(self) -> Iterator[tuple[Any, ...]]:
        last = -(2**62)
        while found := tables.rows(tables.CHECKPOINTS, last, _CHUNK):
            yield from found
            last = found[-1][0]

    def meet(self, tree: merkle.Growing) -> None:
        """Compare the checkpoints of the tree's present size (or of none that can be) with its root."""
        while self._next is not None and self._next[0] <= tree.size:
            self._compare(self._next, tree)
            self._next = next(self._rows, None)

    def rest(self) -> None:
        """Those beyond the tree: signed since this began, or not signed at all. Call last."""
        while self._next is not None:
            self._opened(self._next)
            self._next = next(self._rows, None)

    def _compare(self, row: tuple[Any, ...], tree: merkle.Growing) -> None:
        signed = self._opened(row)
        if signed and (signed.size != tree.size or signed.root != tree.root()):
            self._report.fault(_checkpoint_place(row), "the entries do not make the root that was signed")

    def _opened(self, row: tuple[Any, ...]) -> note.Checkpoint | None:
        self._report.checkpoints += 1
        try:
            return signed_as(row)
        except note.NoteError as error:
            self._report.fault(_checkpoint_place(row), str(error))
            return None


def signed_as(row: tuple[Any, ...]) -> note.Checkpoint:
    """What a checkpoint's row was signed as. Raises NoteError when that is not what its columns say."""
    signed = note.open_checkpoint(row[2], order.verifier())
    if signed.size != row[0] or signed.root != bytes(row[1]):
        raise note.NoteError("size or root is not what was signed")
    return signed


def signed_size() -> int:
    """The size of the largest tree that was truly signed."""
    for row in tables.each("SELECT size, root, note FROM ledger_checkpoint ORDER BY size DESC"):
        try:
            return signed_as(row).size
        except note.NoteError:
            continue
    return 0


def _checkpoint_place(row: tuple[Any, ...]) -> str:
    return f"database, ledger_checkpoint of {row[0]} entries"
