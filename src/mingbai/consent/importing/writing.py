"""Writing one part of a batch: its rows become subscribers and claimed consents, without a Python object a row.

SQLite cuts the columns, bound as one value each, with substr; PostgreSQL takes them by COPY into a stage table first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from mingbai.consent.importing.job import part as read_part
from mingbai.consent.staging.checks import DIGEST
from mingbai.consent.staging.parts import MOMENT, SALT
from mingbai.kernel.lookup import BLOCK
from mingbai.people import actions as people
from mingbai.people import queries

_ROOMY = {"cache_size": -65_536, "wal_autocheckpoint": 16_384}  # KiB; pages of 4 KiB
_BLANK = " " * MOMENT
_WIDTHS = {
    "lookup": BLOCK,
    "sealed": BLOCK,
    "given_at": MOMENT,
    "expires_at": MOMENT,
    "proof_sha256": DIGEST,
    "salt": SALT,
}
_CLOSED = "('refused', 'withdrawn')"
_INSERT = (
    "INSERT INTO consent_consent (subscriber_id, principal_id, purpose, state, how, reference, proof_sha256, batch_id,"  # noqa: S608  # constants
    ' "row", salt, given_at, expires_at, changed_at)'
    " SELECT p.id, %(principal)s, %(purpose)s, 'claimed', 'imported', s.reference, s.proof_sha256, %(batch)s, s.seq,"
    " s.salt, s.given_at, s.expires_at, %(now)s"
    f" FROM ({{source}}) s {{join}} {queries.CURRENT_SQL} p ON p.lookup = s.lookup WHERE p.began_at <= s.given_at"
    " AND NOT EXISTS (SELECT 1 FROM consent_consent r WHERE r.subscriber_id = p.id AND r.principal_id = %(principal)s"
    f" AND r.purpose = 'any' AND r.state IN {_CLOSED})"
    # What expired, or stood in a batch that never came to be, may be claimed anew; nothing else gives way.
    " ON CONFLICT (subscriber_id, principal_id, purpose) DO UPDATE SET state = excluded.state, how = excluded.how,"
    " reference = excluded.reference, proof_sha256 = excluded.proof_sha256, wording_sha256 = NULL,"
    ' batch_id = excluded.batch_id, "row" = excluded."row", salt = excluded.salt, given_at = excluded.given_at,'
    " expires_at = excluded.expires_at, changed_at = excluded.changed_at"
    " WHERE consent_consent.state = 'expired' OR (consent_consent.state = 'claimed' AND consent_consent.batch_id IN"
    " (SELECT id FROM consent_batch WHERE state = 'rejected'))"
)
_EXPLAIN = (
    "SELECT s.seq, p.began_at > s.given_at, c.state, c.batch_state, a.state"  # noqa: S608  # constants
    f" FROM ({{source}}) s {{join}} {queries.CURRENT_SQL} p ON p.lookup = s.lookup"
    " LEFT JOIN (SELECT x.*, b.state AS batch_state FROM consent_consent x"
    " LEFT JOIN consent_batch b ON b.id = x.batch_id) c ON c.subscriber_id = p.id"
    " AND c.principal_id = %(principal)s AND c.purpose = %(purpose)s"
    f" LEFT JOIN consent_consent a ON a.subscriber_id = p.id AND a.principal_id = %(principal)s AND a.purpose = 'any'"
    f" AND a.state IN {_CLOSED}"
    " WHERE {which}"
)
# Rows that did not become this batch's consents, and rows that would not.
_NOT_IN = 'c.id IS NULL OR c.batch_id IS NULL OR c.batch_id <> %(batch)s OR c."row" <> s.seq'
_WOULD_NOT = f"p.began_at > s.given_at OR c.state IN {_CLOSED} OR a.id IS NOT NULL OR c.batch_state = 'suspended'"


class Late(NamedTuple):
    """A row that the database has an objection to. `fault`: a code of staging.faults; "" when it stands already."""

    seq: int
    fault: str


class SqliteStage:
    """The part's columns as bytes, each row a slice."""

    join = "CROSS JOIN"  # keeps the part's order: its rows go to the end of every index but one

    def __init__(self, table: pa.Table, seq: int) -> None:
        self._seq = seq
        self._columns = {name: _bytes(table[name], width) for name, width in _WIDTHS.items()}
        self._references, self._width = _padded(table["reference"])

    def source(self, first: int, last: int) -> tuple[str, dict[str, Any]]:
        cut: dict[str, Any] = {
            f"b_{name}": column[first * _WIDTHS[name] : last * _WIDTHS[name]] for name, column in self._columns.items()
        }
        width = self._width
        cut["b_reference"] = self._references[first * width : last * width]
        sql = (
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %(n)s)"  # noqa: S608
            " SELECT %(seq)s + i AS seq"
            f", substr(%(b_lookup)s, i * {BLOCK} + 1, {BLOCK}) AS lookup"
            f", substr(%(b_sealed)s, i * {BLOCK} + 1, {BLOCK}) AS sealed"
            f", CAST(substr(%(b_given_at)s, i * {MOMENT} + 1, {MOMENT}) AS TEXT) AS given_at"
            f", nullif(CAST(substr(%(b_expires_at)s, i * {MOMENT} + 1, {MOMENT}) AS TEXT), '{_BLANK}') AS expires_at"
            f", rtrim(CAST(substr(%(b_reference)s, i * {width} + 1, {width}) AS TEXT)) AS reference"
            f", substr(%(b_proof_sha256)s, i * {DIGEST} + 1, {DIGEST}) AS proof_sha256"
            f", substr(%(b_salt)s, i * {SALT} + 1, {SALT}) AS salt FROM n"
        )
        return sql, {**cut, "n": last - first, "seq": self._seq + first}


class PostgresStage:
    """The part in a temporary table."""

    join = "JOIN"

    def __init__(self, table: pa.Table, seq: int) -> None:
        self._seq = seq
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS consent_stage (seq integer, lookup bytea, sealed bytea,"
                " given_at timestamptz, expires_at timestamptz, reference text, proof_sha256 bytea, salt bytea)"
            )
            cursor.execute("TRUNCATE consent_stage")
            with cursor.copy("COPY consent_stage FROM STDIN") as copy:
                copy.write(_copy_text(table, seq))
            cursor.execute("ANALYZE consent_stage")

    def source(self, first: int, last: int) -> tuple[str, dict[str, Any]]:
        sql = "SELECT * FROM consent_stage WHERE seq >= %(first)s AND seq < %(last)s ORDER BY seq"
        return sql, {"first": self._seq + first, "last": self._seq + last}


@contextmanager
def roomy() -> Iterator[None]:
    """Room for SQLite while an import runs: with 2 MB of cache each part reads its index pages again, and a log that is
    folded in after every part writes the same pages over and over."""
    if connection.vendor != "sqlite":
        yield
        return
    before = {name: _pragma(name) for name in _ROOMY}
    for name, value in _ROOMY.items():
        _pragma(name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            _pragma(name, value)


def _pragma(name: str, value: int | None = None) -> int:
    """Read a setting of this connection, after setting it when there is a value."""
    with connection.cursor() as cursor:
        if value is not None:
            cursor.execute(f"PRAGMA {name} = {value}")
        return int(cursor.execute(f"PRAGMA {name}").fetchone()[0])


def stage(batch: int, name: str, seq: int) -> tuple[SqliteStage | PostgresStage, int]:
    """A part made ready, and how many rows it has. `seq`: the number of its first row in the batch."""
    table = read_part(batch, name)
    kind = SqliteStage if connection.vendor == "sqlite" else PostgresStage
    return kind(table, seq), table.num_rows


def insert(part: SqliteStage | PostgresStage, first: int, last: int, values: Mapping[str, Any]) -> int:
    """Write rows of a part inside the caller's transaction; how many became consents of the batch."""
    source, bound = part.source(first, last)
    people.ensure_selected(source, bound)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(source=source, join=part.join), {**bound, **values})
        return int(cursor.rowcount)


def left_out(part: SqliteStage | PostgresStage, first: int, last: int, values: Mapping[str, Any]) -> list[Late]:
    """After `insert`: the rows that did not become consents of the batch, and why."""
    return _explain(part, first, last, values, _NOT_IN)


def objections(part: SqliteStage | PostgresStage, first: int, last: int, values: Mapping[str, Any]) -> list[Late]:
    """Before any insert: the rows that would be refused."""
    return _explain(part, first, last, values, _WOULD_NOT)


def _explain(
    part: SqliteStage | PostgresStage, first: int, last: int, values: Mapping[str, Any], which: str
) -> list[Late]:
    source, bound = part.source(first, last)
    with connection.cursor() as cursor:
        cursor.execute(_EXPLAIN.format(source=source, join=part.join, which=which), {**bound, **values})
        return [Late(row[0], _reason(*row[1:])) for row in sorted(cursor.fetchall())]


def _reason(recycled: bool, state: str | None, batch_state: str | None, everything: str | None) -> str:
    if recycled:
        return "recycled"
    if everything or state in ("refused", "withdrawn"):
        return "refused"
    if state == "claimed" and batch_state == "suspended":
        return "suspended"
    return ""


def lines(batch: int, name: str) -> Any:
    """The lines of a part's rows in the firm's file."""
    return read_part(batch, name)["line"].to_numpy()


def _bytes(column: Any, width: int) -> memoryview:
    chunk = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(chunk, pa.ChunkedArray):
        chunk = chunk.chunk(0)
    _, data = chunk.buffers()
    return memoryview(data)[chunk.offset * width : (chunk.offset + len(chunk)) * width]


def _padded(column: Any) -> tuple[bytes, int]:
    """Texts as fields of one width in bytes, filled with blanks."""
    sizes = pc.binary_length(column).to_numpy()
    width = int(sizes.max())
    field = np.full((len(sizes), width), ord(" "), dtype=np.uint8)
    joined = b"".join(column.cast(pa.binary()).to_pylist())
    field[np.arange(width) < sizes[:, None]] = np.frombuffer(joined, dtype=np.uint8)
    return field.tobytes(), width


def _copy_text(table: pa.Table, seq: int) -> bytes:
    """The part in PostgreSQL's text format."""
    none = pa.scalar("\\N")
    expires = pc.utf8_trim(_text(table["expires_at"], MOMENT), " ")
    fields: list[Any] = [
        pa.array(np.arange(seq, seq + table.num_rows)).cast(pa.string()),
        *(pc.binary_join_element_wise("\\\\x", _hex(table[name], _WIDTHS[name]), "") for name in ("lookup", "sealed")),
        pc.binary_join_element_wise(_text(table["given_at"], MOMENT), "+00", ""),
        pc.if_else(pc.equal(expires, pa.scalar("")), none, pc.binary_join_element_wise(expires, "+00", "")),
        pc.replace_substring(table["reference"].combine_chunks(), "\\", "\\\\"),
        *(
            pc.binary_join_element_wise("\\\\x", _hex(table[name], _WIDTHS[name]), "")
            for name in ("proof_sha256", "salt")
        ),
        "\t",
    ]
    joined = pc.binary_join_element_wise(*fields)
    return "\n".join(joined.to_pylist()).encode() + b"\n"


def _text(column: Any, width: int) -> Any:
    return _ascii(bytes(_bytes(column, width)), width)


def _hex(column: Any, width: int) -> Any:
    return _ascii(_bytes(column, width).hex().encode(), 2 * width)


def _ascii(data: bytes, width: int) -> Any:
    count = len(data) // width
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32).tobytes()
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
