"""材料与合同: files that firms hand in and contracts as sealed, encrypted in the home's files under random names.

Each file has a key of its own, derived from the house's key `vault` and its name, so that a file put under another name
does not open. What is destroyed is overwritten where the file system writes in place.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

LARGEST = 20 * 1024 * 1024  # bytes
STRAY_S = 3600  # a file that young may belong to a transaction that is just being made
_NONCE = 12
_STARTS = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # PDF, PNG, JPEG: what a paper is scanned to


class Kept(NamedTuple):
    """A file as it lies: its name, the SHA-256 (hex) and size of what was handed in."""

    name: str
    sha256: str
    size: int


def keep(content: bytes) -> Kept:
    """Encrypt and write a file away; on the disk when this returns."""
    name = secrets.token_hex(16)
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(_key(name)).encrypt(nonce, content, name.encode())
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    return Kept(name, hashlib.sha256(content).hexdigest(), len(content))


def take(file: BinaryIO) -> bytes:
    """What was handed in. Raises Problem for an empty or too large file, and for what is no PDF, PNG or JPEG."""
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Problem("admission.file_large", "a file has at most 20 MiB", where="file", status=413)
    if not content.startswith(_STARTS):
        raise Problem("admission.file_kind", "a paper is a PDF, PNG or JPEG", where="file", mend="scan it to a PDF")
    return content


def read(name: str) -> bytes:
    """The file as it was handed in. Raises Problem when it was destroyed or changed."""
    try:
        sealed = (_folder() / name).read_bytes()
    except FileNotFoundError:
        raise Problem("admission.file_gone", "this file was destroyed", where="file", status=410) from None
    try:
        return AESGCM(_key(name)).decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise Problem("admission.file_changed", "this file was changed on the disk", where="file", status=500) from None


def destroy(name: str) -> None:
    """Overwrite, then remove; nothing happens when it is gone."""
    path = _folder() / name
    try:
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass


def sweep(needed: Collection[str]) -> int:
    """Destroy files that nothing names, left by a process that died; how many."""
    try:
        found = [path for path in _folder().iterdir() if clock.now_s() - path.stat().st_mtime > STRAY_S]
    except FileNotFoundError:
        return 0
    stray = [path.name for path in found if path.name not in needed]
    for name in stray:
        destroy(name)
    return len(stray)


def _folder() -> Path:
    files: Path = settings.HOME.files
    return files / "admission"


def _key(name: str) -> bytes:
    house: bytes = settings.HOME.key("vault")
    return hmac.digest(house, b"mb:admission:file:" + name.encode(), "sha256")
