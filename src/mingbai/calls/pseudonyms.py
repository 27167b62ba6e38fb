"""Numbers as they stand in the call lake: one AES-256 block under a key that lives for a quarter.

A pseudonym is the whole block, kept as two 64-bit halves: `head` tells callers apart and is what statistics group by,
`tail` is needed only to open it again. Within a quarter the same number has the same pseudonym; across quarters
nothing links two of them. When a quarter's key is destroyed, nobody can open its pseudonyms, or look a number up in
it, any more; counts and rates of that quarter remain.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from datetime import date
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

_TAG = int.from_bytes(b"mb:calls", "big")
_QUARTER = re.compile(r"\d{4}Q[1-4]")


def quarter_of(day: date) -> str:
    """The quarter a local day belongs to, as “2026Q4”."""
    return f"{day.year}Q{(day.month + 2) // 3}"


class Pseudonyms:
    """Pseudonyms of one installation, its quarter keys read from and kept in `home.keys`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._keys: dict[str, Cipher[modes.ECB]] = {}
        self._raw: dict[str, bytes] = {}

    def _path(self, quarter: str) -> Path:
        if not _QUARTER.fullmatch(quarter):
            raise ValueError(f"no quarter: {quarter!r}")
        return self._home.keys / f"calls-{quarter}.key"

    def exists(self, quarter: str) -> bool:
        """Whether the quarter's pseudonyms can (still) be made and opened."""
        return self._path(quarter).exists()

    def quarters(self) -> list[str]:
        """The quarters that have a key, oldest first."""
        names = (path.stem.removeprefix("calls-") for path in self._home.keys.glob("calls-*.key"))
        return sorted(name for name in names if _QUARTER.fullmatch(name))

    def make(self, quarter: str) -> None:
        """Make the quarter's key, durable and readable by the owner alone; an existing one stays."""
        path = self._path(quarter)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{secrets.token_hex(8)}.new")  # of threads and processes
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            # link, not rename: of two that make the same key at once, one wins and both read its key
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        _sync_folder(path.parent)

    def destroy(self, quarter: str) -> None:
        """Destroy the quarter's key for good. What is stored under it can never be opened again."""
        self._keys.pop(quarter, None)
        self._raw.pop(quarter, None)
        path = self._path(quarter)
        if path.exists():
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(b"0" * size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync_folder(path.parent)

    def _cipher(self, quarter: str) -> Cipher[modes.ECB]:
        if quarter not in self._keys:
            path = self._path(quarter)
            if not path.exists():
                raise Problem("calls.key_destroyed", f"the key of {quarter} is gone", where=quarter, status=410)
            key = self._raw[quarter] = bytes.fromhex(path.read_text("ascii"))
            self._keys[quarter] = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # one block each, never a text
        return self._keys[quarter]

    def column(self, numbers: NDArray[np.int64], quarter: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(head, tail) of a column of numbers in normal form; 0 stands for a caller without a number.

        Raises Problem when the quarter's key is gone.
        """
        blocks = np.empty((len(numbers), 2), ">u8")
        blocks[:, 0] = numbers
        blocks[:, 1] = _TAG
        out = self._cipher(quarter).encryptor().update(blocks.tobytes())
        halves = np.frombuffer(out, ">i8").reshape(-1, 2).astype(np.int64)
        return halves[:, 0], halves[:, 1]

    def derive(self, quarter: str, what: bytes) -> bytes:
        """32 secret bytes for `what`, which go when the quarter's key goes."""
        if quarter not in self._keys:
            self._cipher(quarter)
        return hmac.digest(self._raw[quarter], b"mb:derive:" + what, hashlib.sha256)

    def of(self, digits: str, quarter: str) -> tuple[int, int]:
        """(head, tail) of one number."""
        head, tail = self.column(np.array([int(digits or 0)], np.int64), quarter)
        return int(head[0]), int(tail[0])

    def open(self, heads: NDArray[np.int64], tails: NDArray[np.int64], quarter: str) -> NDArray[np.int64]:
        """The numbers again. Raises ValueError when a block was not made under this key."""
        blocks = np.stack([heads, tails], axis=1).astype(">i8").tobytes()
        plain = np.frombuffer(self._cipher(quarter).decryptor().update(blocks), ">u8").reshape(-1, 2)
        if (plain[:, 1] != _TAG).any():
            raise ValueError("a pseudonym does not open under this quarter's key")
        return plain[:, 0].astype(np.int64)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
