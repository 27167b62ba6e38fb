"""Signing notes (C2SP signed-note) with Ed25519; reading and checking them is in `verify`, which stands alone."""

from __future__ import annotations

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingbai.ledger.verify import ED25519, good_name, key_id
from mingbai.ledger.verify import Checkpoint as Checkpoint
from mingbai.ledger.verify import NoteError as NoteError
from mingbai.ledger.verify import Verifier as Verifier
from mingbai.ledger.verify import open_checkpoint as open_checkpoint
from mingbai.ledger.verify import parse_checkpoint as parse_checkpoint


class Signer:
    """Signs notes as `name` with a 32-byte Ed25519 seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not good_name(name):
            raise NoteError("a key's name has no white space and no plus sign")
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._raw = ED25519 + self._key.public_key().public_bytes_raw()
        self.id = key_id(name, self._raw)

    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(self._raw).decode()}"

    def sign(self, body: str) -> str:
        """The whole signed note over `body`, which ends with a newline."""
        signature = b64encode(self.id + self._key.sign(body.encode())).decode()
        return f"{body}\n— {self.name} {signature}\n"
