"""The log's writes: append an entry, append a batch, destroy a subject's openings."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256

from django.conf import settings
from django.db import connection, transaction

from mingbai.kernel import clock
from mingbai.ledger import batches, canonical, documents, sealing, tables, vault
from mingbai.ledger.canonical import Json

VERSION = 1  # of the committed JSON
_shredders: list[tuple[str, Callable[[str], None]]] = []


def append(kind: str, content: Mapping[str, Json], *, subject: str = "", ref: str = "") -> int:
    """Add an entry inside the caller's transaction; its id.

    `content` is sealed under the key of `subject` ("subscriber:17", "organisation:3", "" for the house); `ref` says
    whose facts changed. What is committed to is SHA-256(salt ‖ canonical JSON of kind, time, subject, ref and content).
    Raises RuntimeError outside atomic(), Problem "ledger.shredded" for a subject whose key was destroyed.
    """
    return _append(kind, content, subject, ref)


def append_batch(
    kind: str, content: Mapping[str, Json], *, tree: batches.Tree, subject: str = "", ref: str = ""
) -> int:
    """Like append; commits to the tree's root and size too, and keeps its file with the log, whence rows are proved."""
    batches.keep(tree, settings.HOME.log)
    batch: Json = {"root": b64encode(tree.root).decode(), "size": tree.size}
    return _append(kind, content, subject, ref, batch)


def keep_document(subject: str, data: bytes) -> str:
    """Keep a file that is evidence about `subject`, sealed under its key; its SHA-256 in hex, for an entry to name.

    Raises RuntimeError outside atomic(): file and entry come to be together. Raises ValueError above 4 MiB.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a document is kept inside the transaction whose entry names it")
    return documents.keep(subject, data)


def drop_document(digest: str) -> bool:
    """Forget a file whose time of keeping is over; whether there was one. The entry that names it stays."""
    return documents.drop(digest)


def _envelope(at: int, kind: str, content: Json, subject: str, ref: str, batch: Json) -> bytes:
    """What is committed to: canonical JSON of {at, batch?, content, kind, ref, subject, v}, names in their order."""
    start = b'{"at":%d,"batch":%b,"content":' % (at, canonical.dumps(batch)) if batch else b'{"at":%d,"content":' % at
    words = (canonical.text(kind), canonical.text(ref), canonical.text(subject), VERSION)
    return start + canonical.dumps(content) + b',"kind":%b,"ref":%b,"subject":%b,"v":%d}' % words


def _append(kind: str, content: Json, subject: str, ref: str, batch: Json = None) -> int:
    if not connection.in_atomic_block:
        raise RuntimeError("a ledger entry is appended inside the transaction that makes it true")
    at = clock.now_us()
    committed = _envelope(at, kind, content, subject, ref, batch)
    if (key := sealing.remembered(subject)) is not None:
        entry = _insert(key, kind, subject, ref, at, committed)
        if entry is not None:
            return entry
        sealing.forget(subject)
    entry = _insert(sealing.subject_key(subject, make=True), kind, subject, ref, at, committed)
    if entry is None:
        raise RuntimeError("the subject's key changed within one transaction")
    return entry


def _insert(key: vault.Key, kind: str, subject: str, ref: str, at: int, committed: bytes) -> int | None:
    """The new entry's id; None when `key` is no longer the subject's."""
    random = os.urandom(vault.SALT + vault.NONCE)
    salt, nonce = random[: vault.SALT], random[vault.SALT :]
    commitment = sha256(salt + committed).digest()
    opening = key.seal(salt, committed, commitment, nonce)
    return tables.append(kind, subject, ref, at, commitment, opening, subject, key.wrapped)


def _leave_nothing() -> None:
    """Have SQLite overwrite what this transaction deletes, in the file and in its write-ahead log.

    PostgreSQL does so when it vacuums and recycles its own log; backups are for their keeper to let lapse.
    """
    if connection.vendor == "sqlite":
        tables.rows("PRAGMA secure_delete=ON")
        transaction.on_commit(lambda: tables.rows("PRAGMA wal_checkpoint(TRUNCATE)") and None)


def register_shredder(prefix: str, shredder: Callable[[str], None]) -> None:
    """Have `shredder(subject)` called when a subject beginning with `prefix` is shredded, in that transaction."""
    _shredders.append((prefix, shredder))


def shred(subject: str, *, reason: str) -> int:
    """Destroy the subject's key, openings, documents, and whatever the rooms registered; the id of the entry about it.

    Leaves, tree and old receipts stay valid; nobody can open the entries any more, this house included. A second call
    finds nothing to destroy and is recorded again. Whether the law still wants the records kept (个保法 47) is the
    caller's to know. Raises ValueError for the house itself.
    """
    if not subject:
        raise ValueError("the house's own entries are not shredded")
    with transaction.atomic():
        _leave_nothing()
        tables.run(tables.NEW_KEY, subject, b"")
        tables.run(tables.SHRED_KEY, b"", clock.now(), subject)
        count = tables.run(tables.SHRED_OPENINGS, b"", subject, b"")
        documents.shred(subject)
        sealing.forget(subject)
        for prefix, shredder in _shredders:
            if subject.startswith(prefix):
                shredder(subject)
        return append("ledger.shredded", {"entries": count, "reason": reason, "subject": subject}, ref=subject)
