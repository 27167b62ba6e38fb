"""Proofs: ours, and those that another project found others accept wrongly."""

from __future__ import annotations

import json
import os
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from mingbai.ledger import merkle

SHARED = Path(os.environ.get("MINGBAI_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))


def vectors(name: str) -> list[dict[str, Any]]:
    path = SHARED / "merkle_vectors" / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the RFC 6962 vectors of transparency-dev/merkle")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def refused(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except merkle.ProofError:
        return True
    return False


def unpack(hashes: list[str] | None) -> list[bytes]:
    return [b64decode(item) for item in hashes or []]


def test_inclusion_vectors_are_accepted_or_refused_as_they_say() -> None:
    found = vectors("inclusion.jsonl")
    assert len(found) == 98
    for case in found:
        arguments = (b64decode(case["leafHash"]), case["leafIdx"], case["treeSize"], unpack(case["proof"]))
        answer = refused(merkle.verify_inclusion, *arguments, b64decode(case["root"]))
        assert answer == case["wantErr"], case["case"]


def test_consistency_vectors_are_accepted_or_refused_as_they_say() -> None:
    found = vectors("consistency.jsonl")
    assert len(found) == 98
    for case in found:
        arguments = (case["size1"], case["size2"], unpack(case["proof"]))
        answer = refused(merkle.verify_consistency, *arguments, b64decode(case["root1"]), b64decode(case["root2"]))
        assert answer == case["wantErr"], case["case"]


class Grown:
    """A tree straight from RFC 6962 2.1, as slow and plain as its text."""

    def __init__(self, size: int) -> None:
        self.leaves = [merkle.leaf_hash(b"%d" % i) for i in range(size)]

    def hash(self, start: int, end: int) -> bytes:
        if end - start == 0:
            return merkle.EMPTY
        if end - start == 1:
            return self.leaves[start]
        k = 1
        while k * 2 < end - start:
            k *= 2
        return merkle.node_hash(self.hash(start, start + k), self.hash(start + k, end))

    def node(self, level: int, i: int) -> bytes:
        return self.hash(i << level, (i + 1) << level)


def test_every_inclusion_proof_up_to_33_leaves_verifies_and_no_other_index_does() -> None:
    tree = Grown(33)
    for size in range(1, 34):
        root = tree.hash(0, size)
        assert merkle.root(size, tree.node) == merkle.fold(tree.leaves[:size]) == root
        for index in range(size):
            proof = merkle.inclusion(index, size, tree.node)
            assert proof == merkle.audit_path(tree.leaves[:size], index)
            merkle.verify_inclusion(tree.leaves[index], index, size, proof, root)
            for other in {index ^ 1, 0, size - 1, size} - {index}:
                assert refused(merkle.verify_inclusion, tree.leaves[index], other, size, proof, root)
            assert refused(merkle.verify_inclusion, tree.leaves[index], index, size, [*proof, root], root)
            if proof:
                assert refused(merkle.verify_inclusion, tree.leaves[index], index, size, proof[:-1], root)


def test_every_consistency_proof_up_to_33_leaves_verifies_and_no_changed_one_does() -> None:
    tree = Grown(33)
    for new in range(34):
        for old in range(new + 1):
            proof = merkle.consistency(old, new, tree.node)
            roots = tree.hash(0, old), tree.hash(0, new)
            merkle.verify_consistency(old, new, proof, *roots)
            assert refused(merkle.verify_consistency, old, new, [*proof, roots[0]], *roots)
            for i in range(len(proof)):
                changed = [*proof[:i], merkle.leaf_hash(proof[i]), *proof[i + 1 :]]
                assert refused(merkle.verify_consistency, old, new, changed, *roots)


def test_hashes_of_another_length_and_sizes_that_cannot_be_are_refused() -> None:
    leaf = merkle.leaf_hash(b"")
    assert refused(merkle.verify_inclusion, leaf[:31], 0, 1, [], leaf[:31])
    assert refused(merkle.verify_inclusion, leaf, -1, 1, [], leaf)
    assert refused(merkle.verify_inclusion, leaf, 0, 0, [], leaf)
    assert refused(merkle.verify_consistency, 2, 1, [], leaf, leaf)
    assert refused(merkle.verify_consistency, 0, 1, [], leaf, leaf)
    with pytest.raises(merkle.ProofError):
        merkle.inclusion(1, 1, lambda level, i: leaf)
    with pytest.raises(merkle.ProofError):
        merkle.consistency(2, 1, lambda level, i: leaf)
