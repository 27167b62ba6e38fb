"""Merkle trees of RFC 6962: roots, inclusion and consistency proofs. Pure; sizes and indexes count leaves.

The hashes and the check of inclusion are those of `verify`, the file that stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from mingbai.ledger.verify import HASH as HASH
from mingbai.ledger.verify import ProofError as ProofError
from mingbai.ledger.verify import check_hashes
from mingbai.ledger.verify import leaf_hash as leaf_hash
from mingbai.ledger.verify import node_hash as node_hash
from mingbai.ledger.verify import verify_inclusion as verify_inclusion

EMPTY = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""node(level, i): the hash of the perfect subtree over the leaves [i·2^level, (i+1)·2^level)."""


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of equal height, the last of which may be of a smaller subtree; EMPTY for none."""
    if not hashes:
        return EMPTY
    row = list(hashes)
    while len(row) > 1:
        above = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row = above
    return row[0]


def audit_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from hashes[index] to fold(hashes), lowest first."""
    row, path = list(hashes), []
    while len(row) > 1:
        if index ^ 1 < len(row):
            path.append(row[index ^ 1])
        above = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        if len(row) % 2:
            above.append(row[-1])
        row, index = above, index >> 1
    return path


def range_hash(start: int, end: int, node: Node) -> bytes:
    """The RFC 6962 hash over the leaves [start, end), where start is a multiple of a power of two ≥ end − start."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    if not peaks:
        return EMPTY
    result = peaks.pop()
    while peaks:
        result = node_hash(peaks.pop(), result)
    return result


class Growing:
    """A tree that leaves are added to, remembering only what its root needs."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # highest first

    def add(self, leaf: bytes) -> None:
        size, self.size = self.size, self.size + 1
        while size & 1:
            leaf = node_hash(self._peaks.pop(), leaf)
            size >>= 1
        self._peaks.append(leaf)

    def root(self) -> bytes:
        if not self._peaks:
            return EMPTY
        result = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            result = node_hash(peak, result)
        return result


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return range_hash(0, size, node)


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Proof that leaf `index` is in the tree of `size` leaves. Raises ProofError unless 0 ≤ index < size."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Proof that the tree of `old` leaves is a prefix of that of `new`. Raises ProofError unless 0 ≤ old ≤ new."""
    if not 0 <= old <= new:
        raise ProofError(f"no tree of {new} grew from one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, node))
            end = middle
        else:
            path.append(range_hash(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(range_hash(start, end, node))
    return path[::-1]


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `old` leaves with `old_root` is a prefix of that of `new` with `new_root`.

    Raises ProofError otherwise (RFC 9162 2.1.4.2). From the empty tree everything grows: its root must be EMPTY.
    """
    if not 0 <= old <= new:
        raise ProofError(f"no tree of {new} grew from one of {old}")
    if old in (0, new) and proof:
        raise ProofError("the proof is too long")
    if old == 0 and old_root != EMPTY:
        raise ProofError("this is not the root of the empty tree")
    if old == new:
        if old_root != new_root:
            raise ProofError("the roots differ")
        return
    check_hashes(old_root, new_root, *proof)
    if old == 0:
        return
    _climb(old, new, list(proof), old_root, new_root)


def _climb(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> None:
    if not proof:
        raise ProofError("the proof is too short")
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    low, high = old - 1, new - 1
    while low & 1:
        low, high = low >> 1, high >> 1
    first = second = proof[0]
    for sibling in proof[1:]:
        if not high:
            raise ProofError("the proof is too long")
        if low & 1 or low == high:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while low and not low & 1:
                low, high = low >> 1, high >> 1
        else:
            second = node_hash(second, sibling)
        low, high = low >> 1, high >> 1
    if high:
        raise ProofError("the proof is too short")
    if first != old_root or second != new_root:
        raise ProofError("the proof leads to another root")


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << (width - 1).bit_length() - 1
