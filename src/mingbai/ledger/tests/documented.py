"""The worked example of docs/evidence.md, made from fixed secrets; run as a script it prints the blocks."""

from __future__ import annotations

import sys
from base64 import b64encode
from hashlib import sha256

from mingbai.ledger import batches, canonical, merkle, note, tiles

SEED = bytes(range(32))
ORIGIN = "example.org/log/v1"
AT = 1_795_300_000_000_000


def b64(data: bytes) -> str:
    return b64encode(data).decode()


def committed(
    kind: str, content: canonical.Json, subject: str, batch: dict[str, canonical.Json] | None = None
) -> bytes:
    body: dict[str, canonical.Json] = {"at": AT, "kind": kind, "ref": subject, "subject": subject, "v": 1}
    return canonical.dumps({**body, "content": content, **({"batch": batch} if batch else {})})


def salt(n: int) -> bytes:
    return bytes([n]) * 32


ROWS = [canonical.dumps({"called": f"p{n}", "decision": "refuse", "rule": "callee.refused"}) for n in range(5)]
ROW_LEAVES = [batches.row_leaf(bytes([n]) * 16, row) for n, row in enumerate(ROWS)]
ENTRIES = [
    committed("consent.refused", {"how": "短信", "principal": 7, "purpose": "marketing"}, "subscriber:17"),
    committed("gate.segment", {"segment": 3}, "", {"root": b64(merkle.fold(ROW_LEAVES)), "size": len(ROWS)}),
    committed("consent.given", {"how": "web", "principal": 8, "purpose": "service"}, "subscriber:17"),
]
COMMITMENTS = [sha256(salt(0xA0 + n) + entry).digest() for n, entry in enumerate(ENTRIES)]
SIGNER = note.Signer(ORIGIN, SEED)
_EDGE, FILES = tiles.grow(tiles.EDGE_OF_NOTHING, COMMITMENTS)
CHECKPOINT = SIGNER.sign(note.Checkpoint(ORIGIN, 3, _EDGE.root).body())


def receipt(index: int, row: int | None = None) -> str:
    extra: dict[str, canonical.Json] = {"content": ENTRIES[index].decode(), "salt": b64(salt(0xA0 + index)), "v": 1}
    if row is not None:
        hashes = [b64(item) for item in merkle.audit_path(ROW_LEAVES, row)]
        opening = {"content": ROWS[row].decode(), "salt": b64(bytes([row]) * 16)}
        extra["row"] = {**opening, "hashes": hashes, "index": row, "size": len(ROWS)}
    path = merkle.inclusion(index, 3, tiles.nodes(3, FILES.__getitem__))
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64(canonical.dumps(extra))}", f"index {index}", *map(b64, path)]
    return "\n".join(lines) + "\n\n" + CHECKPOINT


def example() -> dict[str, str]:
    """What the docs show, by the name of its block."""
    return {
        "vkey": SIGNER.vkey() + "\n",
        "content": ENTRIES[0].decode() + "\n",
        "commitment": COMMITMENTS[0].hex() + "\n",
        "leaf": merkle.leaf_hash(COMMITMENTS[0]).hex() + "\n",
        "receipt": receipt(0),
        "row-receipt": receipt(1, 3),
    }


if __name__ == "__main__":
    for name, text in example().items():
        sys.stdout.write(f"```{name}\n{text}```\n\n")
