"""Subject keys: an entry's salt and content are sealed under its subject's key, which is wrapped by the key `vault`.

Destroying the wrapped key destroys every opening of the subject at once. Keys in memory are used only as long as the
database still holds the very bytes they were unwrapped from, so neither a rollback nor a shredding elsewhere lets a
stale key seal anything.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
SALT = 32
_REMEMBERED = 20_000  # subjects whose keys stay unwrapped in memory


class SealError(ValueError):
    """A sealed opening or wrapped key does not open: it was changed, or belongs to another subject."""


def wrap(vault: bytes, subject: str, key: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(vault).encrypt(nonce, key, b"mb:subject:" + subject.encode())


def unwrap(vault: bytes, subject: str, wrapped: bytes) -> bytes:
    """Raises SealError when the wrapped key is not this subject's, or was changed."""
    try:
        return AESGCM(vault).decrypt(wrapped[:NONCE], wrapped[NONCE:], b"mb:subject:" + subject.encode())
    except (InvalidTag, ValueError) as error:
        raise SealError("a subject's key does not open") from error


class Key:
    """A subject's key, unwrapped, with the wrapped bytes it came from."""

    __slots__ = ("_cipher", "wrapped")

    def __init__(self, key: bytes, wrapped: bytes) -> None:
        self._cipher = AESGCM(key)
        self.wrapped = wrapped

    def seal(self, salt: bytes, content: bytes, commitment: bytes, nonce: bytes) -> bytes:
        """The opening of a commitment: nonce ‖ AES-256-GCM(salt ‖ content), bound to the commitment."""
        return nonce + self._cipher.encrypt(nonce, salt + content, commitment)

    def open(self, opening: bytes, commitment: bytes) -> tuple[bytes, bytes]:
        """(salt, content). Raises SealError."""
        try:
            plain = self._cipher.decrypt(opening[:NONCE], opening[NONCE:], commitment)
        except (InvalidTag, ValueError) as error:
            raise SealError("an opening does not open") from error
        return plain[:SALT], plain[SALT:]


class Memory:
    """The most lately used keys, by subject."""

    def __init__(self, limit: int = _REMEMBERED) -> None:
        self._keys: OrderedDict[str, Key] = OrderedDict()
        self._lock = threading.Lock()
        self._limit = limit

    def get(self, subject: str) -> Key | None:
        with self._lock:
            found = self._keys.get(subject)
            if found:
                self._keys.move_to_end(subject)
            return found

    def put(self, subject: str, key: Key) -> None:
        with self._lock:
            self._keys[subject] = key
            while len(self._keys) > self._limit:
                self._keys.popitem(last=False)

    def forget(self, subject: str) -> None:
        with self._lock:
            self._keys.pop(subject, None)
