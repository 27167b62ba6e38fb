"""Statements written out, for rooms that answer thousands a second: past the object mapper, which costs more than an
insert itself, and on SQLite past Django's cursors, which cost as much again.

`%s` stands for a value on both databases. A statement that writes is run inside `transaction.atomic()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from mingbai.ledger.sqlite.base import qmark


def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows that a statement returns; none for one that returns nothing.

    Raises TransactionManagementError inside a transaction that has failed already.
    """
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if wrapper.vendor == "sqlite":
        if wrapper.connection is None:
            wrapper.ensure_connection()
        if wrapper.needs_rollback:
            wrapper.validate_no_broken_transaction()
        found: list[tuple[Any, ...]] = wrapper.straight(qmark(statement), tuple(values))
        return found
    with wrapper.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def one(statement: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row, None when there is none."""
    found = rows(statement, values)
    return found[0] if found else None


def each(statement: str, many: Iterable[Sequence[Any]]) -> None:
    """A statement that writes, once for each of `many`."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.executemany(statement, list(many))


def moment(at: datetime) -> Any:
    """A time as the database takes it in a statement of our own."""
    if _sqlite():
        return str((at if at.tzinfo is UTC else at.astimezone(UTC)).replace(tzinfo=None))
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(at)


@cache
def _sqlite() -> bool:
    return connections[DEFAULT_DB_ALIAS].vendor == "sqlite"


def day(one: date) -> Any:
    """A day as the database takes it in a statement of our own."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datefield_value(one)
