"""How a subscriber's number is found without being written down: a keyed hash of it.

AES-256 of one block (the number as an integer, then a tag) is a pseudorandom function of the number under the key;
it is fast for one call and for a column of millions alike. Without the key the hash tells nothing; with it, numbers
can be tried one by one, so the key stays in MINGBAI_HOME/keys.
"""

from __future__ import annotations

import os
from struct import Struct
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TAG: Final = b"mb:lookp"
BLOCK: Final = 16
_pack_block: Final = Struct(">Q8s").pack


class Lookup:
    """Keyed hashes of numbers. One instance a thread, made from the 32-byte key `lookup`."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # one block each, never a text
        self._one = self._cipher.encryptor()
        self._encrypt = self._one.update

    def of(self, digits: str) -> bytes:
        """The 16-byte hash of a number in normal form (digits with country code, at most 18)."""
        return self._one.update(int(digits).to_bytes(8, "big") + TAG)

    def key(self, digits: str) -> bytes:
        """The 8-byte key of a number in the gate's facts: the first half of its hash."""
        return self.key_of(int(digits))

    def key_of(self, number: int) -> bytes:
        """`key` of a number in normal form as an integer."""
        return self._encrypt(_pack_block(number, TAG))[:8]

    def column(self, blocks: bytes | memoryview) -> bytes:
        """Hashes of many prepared 16-byte blocks (big-endian number, TAG) at once."""
        return self._cipher.encryptor().update(blocks)


class Sealer:
    """Numbers as stored in `people`: one AES-256 block of the number and 8 random bytes.

    A number has at most 18 digits, so an opened block that holds a greater one was tampered with or sealed under
    another key; nineteen in twenty such blocks show in this way. It is a check against mistakes, not a signature.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # one block each, half of it random

    def seal(self, digits: str) -> bytes:
        return self.column(int(digits).to_bytes(8, "big") + os.urandom(8))

    def column(self, blocks: bytes | memoryview) -> bytes:
        """Sealed forms of many prepared 16-byte blocks (big-endian number, 8 random bytes) at once."""
        return self._cipher.encryptor().update(blocks)

    def open(self, sealed: bytes) -> str:
        """The digits again. Raises ValueError when the block does not open under this key."""
        number = int.from_bytes(self._cipher.decryptor().update(sealed)[:8], "big")
        if number >= 10**18:
            raise ValueError("a sealed number does not open under this key")
        return str(number)
