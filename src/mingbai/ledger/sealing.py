"""From content to a sealed, committed entry, and back."""

from __future__ import annotations

import os

from django.conf import settings

from mingbai.kernel.problems import Problem
from mingbai.ledger import tables, vault

_memory = vault.Memory()


def vault_key() -> bytes:
    key: bytes = settings.HOME.key("vault")
    return key


def remembered(subject: str) -> vault.Key | None:
    """The subject's key if this process has unwrapped it; it may be out of date."""
    return _memory.get(subject)


def forget(subject: str) -> None:
    _memory.forget(subject)


def subject_key(subject: str, *, make: bool = False) -> vault.Key:
    """The subject's key as the database holds it now; with `make`, a new one if there never was any.

    Raises Problem "ledger.shredded" when it was destroyed, "ledger.no_key" when there is none.
    """
    row = tables.one(tables.KEY, subject)
    if row is None and make:
        fresh = os.urandom(32)
        wrapped = vault.wrap(vault_key(), subject, fresh)
        if tables.rows(f"{tables.NEW_KEY} RETURNING 1", subject, wrapped):
            key = vault.Key(fresh, wrapped)
            _memory.put(subject, key)
            return key
        row = tables.one(tables.KEY, subject)
    if row is None:
        raise Problem("ledger.no_key", "there is no key for this subject", status=404)
    if row[1] is not None or not bytes(row[0]):
        raise Problem("ledger.shredded", "this subject's openings were destroyed; only old receipts remain", status=410)
    wrapped = bytes(row[0])
    key = vault.Key(vault.unwrap(vault_key(), subject, wrapped), wrapped)
    _memory.put(subject, key)
    return key


def open_entry(subject: str, opening: bytes, commitment: bytes) -> tuple[bytes, bytes]:
    """(salt, content). Raises Problem when the subject was shredded, SealError when the opening was changed."""
    return subject_key(subject).open(opening, commitment)
