"""The statements of the log, written out: the object mapper costs more than the insert itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from mingbai.ledger import statements

KEY = "SELECT wrapped, shredded_at FROM ledger_subjectkey WHERE subject = %s"

NEW_KEY = "INSERT INTO ledger_subjectkey (subject, wrapped, shredded_at) VALUES (%s, %s, NULL) ON CONFLICT DO NOTHING"

# The key is looked at in the same statement: an entry is never sealed under a key that is no longer the subject's.
APPEND = """
INSERT INTO ledger_entry (kind, subject, ref, at_us, commitment, opening)
SELECT %s, %s, %s, %s, %s, %s FROM ledger_subjectkey WHERE subject = %s AND wrapped = %s RETURNING id
"""
_APPEND_SQLITE = APPEND.replace("%s", "?")
_APPEND_POSTGRESQL = APPEND.replace(
    "SELECT %s, %s, %s, %s, %s, %s", "SELECT %s, %s, %s, %s::bigint, %s::bytea, %s::bytea"
)

SHRED_KEY = "UPDATE ledger_subjectkey SET wrapped = %s, shredded_at = COALESCE(shredded_at, %s) WHERE subject = %s"

SHRED_OPENINGS = "UPDATE ledger_entry SET opening = %s WHERE subject = %s AND opening <> %s"

WAITING = 'SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE "index" IS NULL)'

ORDER = """
UPDATE ledger_entry SET "index" = waiting.place FROM (
  SELECT id, %s + row_number() OVER (ORDER BY id) AS place FROM ledger_entry WHERE "index" IS NULL ORDER BY id LIMIT %s
) AS waiting WHERE ledger_entry.id = waiting.id RETURNING ledger_entry."index", ledger_entry.commitment
"""

HEAD = "SELECT size, root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"

SIGNED = "INSERT INTO ledger_checkpoint (size, root, note) VALUES (%s, %s, %s)"

COMMITMENTS = 'SELECT commitment FROM ledger_entry WHERE "index" >= %s AND "index" < %s ORDER BY "index"'

CHANGES = 'SELECT "index", kind, ref, at_us FROM ledger_entry WHERE "index" > %s ORDER BY "index" LIMIT %s'

ENTRY = 'SELECT id, "index", kind, subject, ref, at_us, commitment, opening FROM ledger_entry'

AUDITED = """
SELECT e.id, e."index", e.kind, e.subject, e.ref, e.at_us, e.commitment, e.opening, k.wrapped, k.shredded_at
FROM ledger_entry AS e LEFT JOIN ledger_subjectkey AS k ON k.subject = e.subject
"""

KEYS = "SELECT subject, wrapped, shredded_at FROM ledger_subjectkey WHERE subject > %s ORDER BY subject LIMIT %s"

FIRST_KEYS = "SELECT subject, wrapped, shredded_at FROM ledger_subjectkey ORDER BY subject LIMIT %s"

CHECKPOINTS = "SELECT size, root, note FROM ledger_checkpoint WHERE size > %s ORDER BY size LIMIT %s"


def append(*values: Any) -> int | None:
    """Carry out APPEND inside a transaction; the new id, None when the key was not the subject's."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.vendor == "sqlite":
        found = wrapper.straight(_APPEND_SQLITE, values)  # type: ignore[attr-defined]
    else:
        found = rows(_APPEND_POSTGRESQL, *values)
    return found[0][0] if found else None


def one(statement: str, *arguments: Any) -> tuple[Any, ...] | None:
    """The first row, or None."""
    found = rows(statement, *arguments)
    return found[0] if found else None


def rows(statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
    return statements.rows(statement, arguments)


def each(statement: str, *arguments: Any) -> Iterator[tuple[Any, ...]]:
    """Row by row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        while found := cursor.fetchone():
            yield found


def run(statement: str, *arguments: Any) -> int:
    """Carry out; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)
