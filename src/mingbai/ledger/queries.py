"""What others may read of the log."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mingbai.kernel.problems import Problem
from mingbai.ledger import batches, canonical, documents, merkle, order, sealing, tables, tiles
from mingbai.ledger.canonical import Json


class Change(NamedTuple):
    """An entry as the feed sees it: its place, its kind, whose facts changed, when (µs since the epoch)."""

    index: int  # type: ignore[assignment]
    kind: str
    ref: str
    at_us: int


@dataclass(frozen=True)
class EntryView:
    """An entry opened; `content` is None when its subject was shredded."""

    id: int
    index: int | None
    kind: str
    at: datetime
    content: dict[str, Any] | None
    batch: dict[str, Any] | None = None  # root (base64) and size, when the entry is one


def changes(after: int, limit: int) -> list[Change]:
    """Ordered entries with an index above `after` (−1 for all), at most `limit`, in order."""
    return [Change(*row) for row in tables.rows(tables.CHANGES, after, limit)]


def waiting_since() -> int | None:
    """When the oldest entry was made that is committed and not yet in order, µs since the epoch; None when all are."""
    row = tables.one('SELECT at_us FROM ledger_entry WHERE "index" IS NULL ORDER BY id LIMIT 1')
    return int(row[0]) if row else None


def size() -> int:
    """How many entries are in order."""
    row = tables.one(tables.HEAD)
    return int(row[0]) if row else 0


def status(entry_id: int) -> int | None:
    """The entry's index; None while it waits for the integrator, or when there is no such entry."""
    row = tables.one('SELECT "index" FROM ledger_entry WHERE id = %s', entry_id)
    return row[0] if row else None


def vkey() -> str:
    """The key that checks this log's signatures."""
    return order.signer().vkey()


def public_file(path: str) -> bytes | None:
    """A file of the log by its path (checkpoint, tile/…); None when there is none."""
    try:
        return order.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def opened(entry_id: int) -> EntryView | None:
    """The entry with its content; None when there is none."""
    row = tables.one(tables.ENTRY + " WHERE id = %s", entry_id)
    return _view(row) if row else None


def of_subject(subject: str) -> list[EntryView]:
    """Every entry about `subject`, oldest first."""
    return [_view(row) for row in tables.rows(tables.ENTRY + " WHERE subject = %s ORDER BY id", subject)]


def _view(row: tuple[Any, ...]) -> EntryView:
    ident, index, kind, subject, _, at_us, commitment, opening = row
    at = datetime.fromtimestamp(at_us / 1e6, UTC)
    if not bytes(opening):
        return EntryView(ident, index, kind, at, None)
    _, content = sealing.open_entry(subject, bytes(opening), bytes(commitment))
    body = json.loads(content)
    return EntryView(ident, index, kind, at, body["content"], body.get("batch"))


def document(digest: str) -> bytes | None:
    """A file that is evidence, by its SHA-256 in hex; None when it is gone. Raises SealError when it was changed."""
    return documents.read(digest)


def receipt(entry_id: int) -> str | None:
    """The entry's receipt (.tlog-proof) against the checkpoint served now; None until it is in order.

    Raises Problem "ledger.shredded" when its opening was destroyed.
    """
    return _receipt(entry_id, {})


def row_receipt(entry_id: int, row: int, *, salt: bytes, content: Mapping[str, Json]) -> str | None:
    """The receipt of row `row` of a batch entry; None until that is in order.

    Raises Problem when the entry is no batch, there is no such row, or `salt` and `content` are not what was committed.
    """
    entry = opened(entry_id)
    batch = entry.batch if entry else None
    if not batch:
        raise Problem("ledger.no_batch", "this entry is no batch", status=404)
    tree = batches.Tree.open(batches.place(order.folder(), b64decode(batch["root"])))
    text = canonical.dumps(content)
    if not 0 <= row < tree.size:
        raise Problem("ledger.no_row", f"the batch has {tree.size} rows", where=f"row {row}", status=404)
    path = tree.proof(row)
    try:
        merkle.verify_inclusion(batches.row_leaf(salt, text), row, tree.size, path, b64decode(batch["root"]))
    except merkle.ProofError as error:
        raise Problem("ledger.row_differs", "this is not what the batch committed to", where=f"row {row}") from error
    opening = {"content": text.decode(), "salt": b64encode(salt).decode()}
    hashes = [b64encode(item).decode() for item in path]
    return _receipt(entry_id, {"row": {**opening, "hashes": hashes, "index": row, "size": tree.size}})


def _receipt(entry_id: int, more: Mapping[str, Any]) -> str | None:
    row = tables.one(tables.ENTRY + " WHERE id = %s", entry_id)
    if not row:
        raise Problem("ledger.no_entry", "there is no such entry", status=404)
    _, index, _, subject, _, _, commitment, opening = row
    checkpoint, signed = order.served()
    if index is None or index >= checkpoint.size:
        return None
    salt, content = sealing.open_entry(subject, bytes(opening), bytes(commitment))
    extra = canonical.dumps({"content": content.decode(), "salt": b64encode(salt).decode(), "v": 1, **more})
    path = merkle.inclusion(index, checkpoint.size, tiles.nodes(checkpoint.size, order.read))
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64encode(extra).decode()}", f"index {index}"]
    lines += [b64encode(item).decode() for item in path]
    return "\n".join(lines) + "\n\n" + signed
