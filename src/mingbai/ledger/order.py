"""The single integrator: puts committed entries in order, signs the tree's head, publishes tiles and checkpoint.

The database is the truth and commits first: index of every entry and the signed checkpoint in one transaction. The
files follow, entries and tiles before the checkpoint that needs them, each on the disk before the next. A run that was
killed in between is made up for by the next one: files are only ever written again with the same bytes.
"""

from __future__ import annotations

import os
import shutil
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.ledger import files, note, tables, tiles

DEFAULT_ORIGIN = "mingbai.localhost/log/v1"  # the last part is the version of the leaf; a key's name has no plus sign
_ADVISORY = 0x6D62_6C6F_67  # "mblog"


def folder() -> Path:
    """Where the log lies."""
    path: Path = settings.HOME.log
    return path


def origin() -> str:
    """The log's name: from MINGBAI_LOG_ORIGIN, else the profile in force, else DEFAULT_ORIGIN. Raises Problem."""
    if named := os.environ.get("MINGBAI_LOG_ORIGIN"):
        return named
    home: Home = settings.HOME
    return profile.load(home).ledger.origin if home.profile.exists() else DEFAULT_ORIGIN


@lru_cache(maxsize=4)
def _signer(name: str, seed: bytes) -> note.Signer:
    return note.Signer(name, seed)


def signer() -> note.Signer:
    """Signs as this log."""
    return _signer(origin(), settings.HOME.key("ledger"))


@lru_cache(maxsize=4)
def _verifier(vkey: str) -> note.Verifier:
    return note.Verifier(vkey)


def verifier() -> note.Verifier:
    """Checks this log's own signature."""
    return _verifier(signer().vkey())


def read(path: str) -> bytes:
    """A file of the log; a partial tile also from the full one that took its place. Raises OSError."""
    try:
        return (folder() / path).read_bytes()
    except FileNotFoundError:
        whole, partial, width = path.partition(".p/")
        if not partial or not 0 < int(width) < tiles.WIDTH:
            raise
        return tiles.narrow(whole, (folder() / whole).read_bytes(), int(width))


def published() -> note.Checkpoint:
    """What the served checkpoint says; the empty tree before the first. Raises Problem when it is not ours."""
    return served()[0]


def served() -> tuple[note.Checkpoint, str]:
    """published(), and its text as signed; "" before the first."""
    try:
        text = read("checkpoint").decode()
        return note.open_checkpoint(text, verifier()), text
    except FileNotFoundError:
        return note.Checkpoint(origin(), 0, tiles.EDGE_OF_NOTHING.root), ""
    except ValueError as error:
        raise damaged(f"checkpoint: {error}") from error


def damaged(what: str) -> Problem:
    return Problem(
        "ledger.damaged", what, where=str(folder()), mend="stop writing and run `mingbai ledger fsck`", status=500
    )


def integrate(limit: int = 10_000) -> int:
    """Give up to `limit` committed entries their place, publish the tree; how many got one.

    Entries are placed in the order of their ids among those committed now. Runs alone, whoever calls. Raises
    RuntimeError inside a transaction, Problem "ledger.damaged" rather than sign anything that does not continue what
    was signed before.
    """
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("integrate publishes what is committed: call it outside atomic()")
    with files.lock(folder() / ".lock"):
        edge = _catch_up()
        if not tables.one(tables.WAITING)[0]:  # type: ignore[index]
            return 0
        grown = _place(edge, limit)
        if grown:
            _publish(*grown)
            return grown[0].size - edge.size
        return 0


def head() -> tuple[int, bytes]:
    """Size and root of the last checkpoint signed."""
    row = tables.one(tables.HEAD)
    return (row[0], bytes(row[1])) if row else (0, tiles.EDGE_OF_NOTHING.root)


def _catch_up() -> tiles.Edge:
    """Bring the files up to the last checkpoint signed; the right edge there."""
    size, root = head()
    there = published()
    if there.size > size:
        raise damaged(f"the served checkpoint has {there.size} entries, the database has signed {size}")
    edge = _edge(there)
    if there.size < size:
        missing = [bytes(row[0]) for row in tables.rows(tables.COMMITMENTS, there.size, size)]
        edge, new = tiles.grow(edge, missing)
        if edge.root == root:
            _publish(edge, new)
    if edge.root != root:
        raise damaged(f"the tree of {size} entries has another root than was signed")
    return edge


def _edge(there: note.Checkpoint) -> tiles.Edge:
    try:
        edge = tiles.edge(there.size, read)
    except (OSError, ValueError) as error:
        raise damaged(f"right edge at {there.size}: {error}") from error
    if edge.root != there.root or not edge.sound():
        raise damaged(f"the tiles at the right edge do not make the root that was signed at {there.size}")
    return edge


def _place(edge: tiles.Edge, limit: int) -> tuple[tiles.Edge, dict[str, bytes]] | None:
    """Index the waiting entries and sign the head, in one transaction; the new edge and files, None if none waited."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            tables.run("SELECT pg_advisory_xact_lock(%s)", _ADVISORY)
            if head()[0] != edge.size:
                return None  # another machine was quicker
        placed = sorted(tables.rows(tables.ORDER, edge.size - 1, limit))
        if not placed:
            return None
        grown, new = tiles.grow(edge, [bytes(row[1]) for row in placed])
        checkpoint = note.Checkpoint(origin(), grown.size, grown.root)
        tables.run(tables.SIGNED, grown.size, grown.root, signer().sign(checkpoint.body()))
    return grown, new


def _publish(edge: tiles.Edge, new: dict[str, bytes]) -> None:
    """Write what grew, then the checkpoint as it was signed."""
    signed = tables.one("SELECT note FROM ledger_checkpoint WHERE size = %s", edge.size)
    if signed is None:
        raise damaged(f"no checkpoint of {edge.size} entries was signed")
    files.write(folder(), new)
    files.write(folder(), {"checkpoint": signed[0].encode()})
    for path in new:
        if ".p/" not in path:
            shutil.rmtree(folder() / f"{path}.p", ignore_errors=True)  # the full tile stands for its parts
