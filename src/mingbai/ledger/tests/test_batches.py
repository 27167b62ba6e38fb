"""Batch trees: quick to build, small to prove from, exact."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from mingbai.ledger import batches, merkle


def leaves(count: int) -> list[bytes]:
    return [sha256(b"%d" % n).digest() for n in range(count)]


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 511, 513, 65_536, 65_537, 70_001])
def test_every_row_leads_to_the_root_of_rfc_6962(size: int, tmp_path: Path) -> None:
    rows = leaves(size)
    built = batches.Tree.build(tmp_path / "tree", rows)
    tree = batches.Tree.open(tmp_path / "tree")
    assert built == tree
    assert tree.root == merkle.fold(rows)
    assert tree.check() == ""
    for index in {0, 1, 255, 256, size // 2, size - 2, size - 1}:
        if 0 <= index < size:
            merkle.verify_inclusion(rows[index], index, size, tree.proof(index), tree.root)
    for index in (-1, size):
        with pytest.raises(IndexError):
            tree.proof(index)


def test_one_buffer_is_the_same_as_many_hashes(tmp_path: Path) -> None:
    rows = leaves(1000)
    assert (
        batches.Tree.build(tmp_path / "a", b"".join(rows)).root == batches.Tree.build(tmp_path / "b", iter(rows)).root
    )


def test_a_row_leaf_is_the_leaf_of_its_commitment() -> None:
    salt, content = b"s" * 16, b'{"a":1}'
    assert batches.row_leaf(salt, content) == merkle.leaf_hash(sha256(salt + content).digest())


def test_what_is_no_tree_is_refused(tmp_path: Path) -> None:
    for wrong in ([], [b"short"], b"x" * 33):
        with pytest.raises(ValueError, match="batch"):
            batches.Tree.build(tmp_path / "tree", wrong)
    path = tmp_path / "tree"
    batches.Tree.build(path, leaves(300))
    data = path.read_bytes()
    for changed in (data[:-1], data + b"x", b"MB" + data[2:], data[:8] + bytes(8) + data[16:], data[:9]):
        path.write_bytes(changed)
        with pytest.raises(ValueError, match="tree"):
            batches.Tree.open(path)


def test_a_changed_hash_is_located(tmp_path: Path) -> None:
    path = tmp_path / "tree"
    batches.Tree.build(path, leaves(70_000))
    data = bytearray(path.read_bytes())
    data[16 + 32 * 600] ^= 1
    path.write_bytes(data)
    assert "rows 512 to 767" in batches.Tree.open(path).check()
