"""Django's SQLite with durable commits and fair turns at writing."""

from __future__ import annotations

import _thread
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from mingbai.ledger.sqlite import turn

_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "CREATE", "DROP", "ALTER", "VACUUM", "REINDEX"})


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite in WAL mode with `synchronous=FULL`: an answered commit is on the disk. Writers take turns."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._held: _Held | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    def take_turn(self) -> bool:
        """Wait for the turn at writing, unless it is held already; whether it was taken now."""
        if self._held:
            return False
        database = str(self.settings_dict["NAME"])
        mine = turn.of(database, in_memory=bool(self.is_in_memory_db()))
        try:
            mine.take(float(self.settings_dict["OPTIONS"].get("timeout", 20)))
        except turn.TurnTimeout as error:
            raise OperationalError("database is locked by another thread of this process") from error
        self._held = _Held(mine)
        return True

    def give_turn(self) -> None:
        """Let the next writer have its turn, unless a transaction of this connection is still open."""
        if self._held and not (self.connection is not None and self.connection.in_transaction):
            self._held.give()
            self._held = None

    def straight(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows of a statement with `?` inside a transaction, past Django's cursors, which cost as much again."""
        with self.wrap_database_errors:
            found: list[tuple[Any, ...]] = self.connection.execute(statement, values).fetchall()
            return found

    def _start_transaction_under_autocommit(self) -> None:
        self.take_turn()
        try:
            with self.wrap_database_errors:
                self.connection.execute(f"BEGIN {self.transaction_mode or ''}")  # type: ignore[attr-defined]
        except BaseException:
            self.give_turn()
            raise

    def _commit(self) -> None:
        try:
            if self.connection is not None:
                with self.wrap_database_errors:
                    self.connection.commit()
        finally:
            self.give_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self.give_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._held:
                self._held.give()
                self._held = None


class _Held:
    """A turn that was taken; given back at the latest when the connection is forgotten, as by a thread that ended."""

    def __init__(self, mine: turn.Turn) -> None:
        self._turn: turn.Turn | None = mine

    def give(self) -> None:
        mine, self._turn = self._turn, None
        if mine:
            mine.give()

    def __del__(self) -> None:
        # Collected anywhere, also inside the queue's own lock: another thread gives it back.
        if self._turn:
            _thread.start_new_thread(self._turn.give, ())


@lru_cache(maxsize=2048)
def qmark(query: str) -> str:
    """Django's %s as SQLite's ?; a house says the same few hundred statements again and again."""
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class Cursor(base.SQLiteCursorWrapper):
    """A cursor whose single writing statements, outside any transaction, take their turn too."""

    wrapper: DatabaseWrapper
    _rows: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        self._rows = None
        if self.connection.in_transaction or not _writes(query):
            return super().execute(query, params)
        return self._alone(super().execute, query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        self._rows = None
        if self.connection.in_transaction or not _writes(query):
            return super().executemany(query, param_list)
        return self._alone(super().executemany, query, param_list)

    def _alone(self, act: Any, query: str, params: Any) -> Any:
        taken = self.wrapper.take_turn()
        try:
            result = act(query, params)
            if self.description is not None and not self.connection.in_transaction:
                # A statement that returns rows commits when the last is read: read them before the turn ends.
                self._rows = iter(super().fetchall())
            return result
        finally:
            if taken:
                self.wrapper.give_turn()

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is None and len(query) < 4096:
            return qmark(query)
        return str(super().convert_query(query, param_names=param_names))

    def fetchone(self) -> Any:
        return super().fetchone() if self._rows is None else next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        wanted = self.arraysize if size is None else size
        if self._rows is None:
            return super().fetchmany(wanted)
        return [row for _, row in zip(range(wanted), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self._rows is None else list(self._rows)

    def __next__(self) -> Any:
        return super().__next__() if self._rows is None else next(self._rows)


def _writes(query: str) -> bool:
    return query.lstrip()[:8].split(None, 1)[0].upper() in _WRITES if query.strip() else False
