"""Signed notes (C2SP signed-note) and checkpoints (tlog-checkpoint), signed with Ed25519."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mingbai.ledger import merkle

ED25519 = b"\x01"


class NoteError(ValueError):
    """A note or key that cannot be read, or a signature that does not hold; the message says why."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log's checkpoint says: at `size` entries its root was `root`."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


class Verifier:
    """Checks one key's signatures; from a vkey, `name+hex(key ID)+base64(01 ‖ public key)`."""

    def __init__(self, vkey: str) -> None:
        """Raises NoteError when `vkey` is none."""
        name, _, rest = vkey.strip().partition("+")
        ident, _, key = rest.partition("+")
        raw = unbase64(key)
        if not name or any(c.isspace() for c in name) or len(raw) != 33 or raw[:1] != ED25519:
            raise NoteError("this is no Ed25519 verifier key")
        self.name, self.id = name, key_id(name, raw)
        if self.id.hex() != ident:
            raise NoteError("the verifier key's ID is not that of its name and key")
        self._key = Ed25519PublicKey.from_public_bytes(raw[1:])

    def holds(self, body: str, signature: bytes) -> bool:
        try:
            self._key.verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """Signs notes as `name` with a 32-byte Ed25519 seed."""

    def __init__(self, name: str, seed: bytes) -> None:
        if not name or "+" in name.partition("+")[0] or any(c.isspace() for c in name):
            raise NoteError("a key's name has no white space")
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


def key_id(name: str, typed_key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ 0A ‖ type ‖ public key)."""
    return sha256(name.encode() + b"\n" + typed_key).digest()[:4]


def unbase64(text: str) -> bytes:
    """Strict standard base64. Raises NoteError for anything else, also for another spelling of the same bytes."""
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise NoteError("this is no base64") from error
    if b64encode(raw).decode() != text:
        raise NoteError("this is no base64 as it is written")
    return raw


def open_note(text: str, verifier: Verifier) -> str:
    """The body of a signed note on which a signature by `verifier` holds. Raises NoteError."""
    body, blank, signatures = text.rpartition("\n\n")
    if not blank or not signatures.endswith("\n") or not signatures:
        raise NoteError("this is no signed note")
    body += "\n"
    for line in signatures[:-1].split("\n"):
        mark, name, encoded = (*line.split(" "), "", "")[:3] if line.count(" ") == 2 else ("", "", "")
        if mark != "—" or not name:
            raise NoteError("a signature line cannot be read")
        raw = unbase64(encoded)
        if name == verifier.name and raw[:4] == verifier.id:
            if not verifier.holds(body, raw[4:]):
                raise NoteError("the signature does not hold")
            return body
    raise NoteError(f"no signature by {verifier.name}")


def parse_checkpoint(body: str) -> Checkpoint:
    """A checkpoint from a note's body; further lines are extensions and left alone. Raises NoteError."""
    origin, size, root, *_ = (*body.split("\n"), "", "")
    raw = unbase64(root)
    if not origin or not size.isascii() or not size.isdecimal() or str(int(size)) != size or len(raw) != merkle.HASH:
        raise NoteError("this is no checkpoint")
    return Checkpoint(origin, int(size), raw)


def open_checkpoint(text: str, verifier: Verifier) -> Checkpoint:
    """A checkpoint signed by `verifier`, whose name is the log's origin. Raises NoteError."""
    checkpoint = parse_checkpoint(open_note(text, verifier))
    if checkpoint.origin != verifier.name:
        raise NoteError(f"the checkpoint is of another log, {checkpoint.origin}")
    return checkpoint
