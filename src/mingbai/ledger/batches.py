"""Trees over the rows of a batch: one ledger entry commits to all, and each row can be proved alone.

A file holds the leaf hashes and above them only every eighth level, so that it is little larger than its leaves and a
proof reads a few kilobytes. Layout: 8 bytes magic, 8 bytes size (big-endian), then the levels 0, 8, 16 …
of 32-byte hashes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mingbai.ledger import files, merkle

MAGIC = b"mbtree1\n"
_HEAD = 16
_HASH = merkle.HASH
_WIDTH = 256


def row_leaf(salt: bytes, content_json: bytes) -> bytes:
    """The leaf hash of a row: SHA-256(00 ‖ SHA-256(salt ‖ canonical JSON))."""
    return sha256(b"\x00" + sha256(salt + content_json).digest()).digest()


def _levels(size: int) -> list[int]:
    """How many hashes each stored level has, leaves first."""
    counts = [size]
    while counts[-1] > _WIDTH:
        counts.append(-(-counts[-1] // _WIDTH))
    return counts


def _pairs(row: bytes) -> bytes:
    """The level above `row`; an odd last hash moves up as it is."""
    whole = len(row) - len(row) % (2 * _HASH)
    hashed = b"".join([sha256(b"\x01" + row[at : at + 64]).digest() for at in range(0, whole, 64)])
    return hashed + row[whole:]


def _eight_up(row: bytes) -> bytes:
    for _ in range(8):
        row = _pairs(row)
    return row


@dataclass
class Tree:
    """A batch's tree in its file. `root` is 32 bytes, `size` counts rows."""

    path: Path
    size: int
    root: bytes

    @classmethod
    def build(cls, path: Path, leaves: Iterable[bytes] | bytes) -> Tree:
        """Write the tree over leaf hashes (32 bytes each, or all in one bytes) to `path`; then it is on the disk.

        Raises ValueError for no leaves or hashes of another length.
        """
        row = leaves if isinstance(leaves, bytes) else b"".join(leaves)
        if not row or len(row) % _HASH:
            raise ValueError("a batch has at least one row, and leaf hashes of 32 bytes")
        size = len(row) // _HASH
        parts = [row]
        while len(row) > _WIDTH * _HASH:
            row = _eight_up(row)
            parts.append(row)
        files.write(path.parent, {path.name: b"".join([MAGIC, size.to_bytes(8), *parts])})
        return cls(path, size, _eight_up(row))

    @classmethod
    def open(cls, path: Path) -> Tree:
        """The tree in `path`. Raises OSError; ValueError when it is none or its length is not that of its size.

        Only the top is read; `check` reads everything.
        """
        with path.open("rb") as file:
            head = file.read(_HEAD)
            size = int.from_bytes(head[8:])
            if head[:8] != MAGIC or len(head) != _HEAD or not size:
                raise ValueError(f"{path.name} is no batch tree")
            counts = _levels(size)
            if os.fstat(file.fileno()).st_size != _HEAD + _HASH * sum(counts):
                raise ValueError(f"{path.name} has another length than {size} rows need")
            file.seek(_HEAD + _HASH * sum(counts[:-1]))
            return cls(path, size, _eight_up(file.read(_HASH * counts[-1])))

    def proof(self, index: int) -> list[bytes]:
        """The hashes that lead from row `index` to the root, lowest first. Raises IndexError for no such row."""
        if not 0 <= index < self.size:
            raise IndexError(f"no row {index} in a batch of {self.size}")
        path: list[bytes] = []
        at = _HEAD
        with self.path.open("rb") as file:
            for count in _levels(self.size):
                block = index - index % _WIDTH
                file.seek(at + _HASH * block)
                row = file.read(_HASH * min(_WIDTH, count - block))
                hashes = [row[i : i + _HASH] for i in range(0, len(row), _HASH)]
                path += merkle.audit_path(hashes, index - block)
                at, index = at + _HASH * count, index // _WIDTH
        return path

    def check(self) -> str:
        """What in the file does not follow from its leaves; "" when all does."""
        data = self.path.read_bytes()
        at, row = _HEAD, b""
        for level, count in enumerate(_levels(self.size)):
            stored = data[at : at + _HASH * count]
            if level:
                row = _eight_up(row)
                wrong = next(
                    (i for i in range(count) if row[32 * i : 32 * i + 32] != stored[32 * i : 32 * i + 32]), None
                )
                if wrong is not None:
                    last = min(self.size, (wrong + 1) * _WIDTH**level) - 1
                    return f"rows {wrong * _WIDTH**level} to {last} do not make the hash above them"
            at, row = at + _HASH * count, stored
        return ""


def place(log: Path, root: bytes) -> Path:
    """Where the tree of this root is kept below the log."""
    return log / "batches" / root.hex()[:2] / f"{root.hex()}.tree"


def keep(tree: Tree, log: Path) -> None:
    """Move the tree's file to its place below the log, on the disk when this returns; `tree.path` follows."""
    there = place(log, tree.root)
    if tree.path != there:
        for changed in [*files.make_folder(there.parent), there.parent]:
            files.sync_folder(changed)
        shutil.move(tree.path, there)
        files.sync_folder(there.parent)
        tree.path = there
