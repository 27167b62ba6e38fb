"""Files that are evidence, sealed under their subject's key: whoever shreds the subject has shredded them.

The database keeps them, so that file, entry and what they are about come to be in one transaction, and go in one.
"""

from __future__ import annotations

import os
from hashlib import sha256

from mingbai.ledger import sealing, tables, vault

LARGEST = 4 * 1024 * 1024
# As with entries, the key is looked at in the same statement: nothing is sealed under a key that was destroyed.
_KEEP = """
INSERT INTO ledger_document (digest, subject, sealed)
SELECT %s, %s, %s FROM ledger_subjectkey WHERE subject = %s AND wrapped = %s ON CONFLICT DO NOTHING
"""
_FIND = "SELECT subject, sealed FROM ledger_document WHERE digest = %s"
_DROP = "DELETE FROM ledger_document WHERE digest = %s"
_SHRED = "DELETE FROM ledger_document WHERE subject = %s"


def keep(subject: str, data: bytes) -> str:
    """Keep a file about `subject`; its SHA-256 in hex. The same file again is kept once.

    Raises ValueError for one that is too large or without a subject, Problem "ledger.shredded" when the key is gone.
    """
    if not subject or not 0 < len(data) <= LARGEST:
        raise ValueError("a document has a subject and at most 4 MiB")
    digest = sha256(data).hexdigest()
    key = sealing.subject_key(subject, make=True)
    sealed = key.seal(b"", data, _bound(digest), os.urandom(vault.NONCE))
    tables.run(_KEEP, digest, subject, sealed, subject, key.wrapped)
    return digest


def read(digest: str) -> bytes | None:
    """The file with this SHA-256; None when there is none. Raises SealError when it was changed where it lies."""
    row = tables.one(_FIND, digest)
    return opened(digest, str(row[0]), bytes(row[1])) if row else None


def opened(digest: str, subject: str, sealed: bytes) -> bytes:
    """The file as it was kept. Raises SealError when it was changed, Problem when its subject was shredded."""
    data = b"".join(sealing.subject_key(subject).open(sealed, _bound(digest)))
    if sha256(data).hexdigest() != digest:
        raise vault.SealError("a document is not the one of its name")
    return data


def drop(digest: str) -> bool:
    """Forget a file; whether there was one."""
    return tables.run(_DROP, digest) > 0


def shred(subject: str) -> int:
    """Forget every file about a subject; how many there were."""
    return tables.run(_SHRED, subject)


def _bound(digest: str) -> bytes:
    return b"mb:document:" + digest.encode()
