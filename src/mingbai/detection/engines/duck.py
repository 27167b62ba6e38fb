"""DuckDB, embedded: the engine of one machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from mingbai.detection.engines.protocol import Source, unbound
from mingbai.kernel.scratch import Scratch


class DuckDB:
    """An Engine in this process. What does not fit into memory goes to `spill`, when there is one.

    With a `connection` given, it works on that one and leaves it open.
    """

    def __init__(
        self,
        *,
        connection: duckdb.DuckDBPyConnection | None = None,
        spill: Path | None = None,
        memory_gb: int = 0,
        threads: int = 0,
    ) -> None:
        self._own = connection is None
        self._connection = duckdb.connect() if connection is None else connection
        if self._own:
            # rows come in no order anyhow, and without keeping theirs less is held in memory
            self._connection.execute("SET preserve_insertion_order = false")
        self._spill: Scratch | None = None
        if spill or self._own:
            # otherwise DuckDB spills into the working directory: calls outside of the home
            self._spill = Scratch(spill or Path(tempfile.gettempdir()) / f"mingbai-{os.getuid()}")
            self._connection.execute("SET temp_directory = ?", [str(self._spill.path / "duckdb")])
        if memory_gb:
            self._connection.execute("SET memory_limit = ?", [f"{memory_gb}GB"])
        if threads:
            self._connection.execute("SET threads = ?", [threads])

    def read(self, name: str, source: Source, schema: pa.Schema) -> ibis.Table:
        if isinstance(source, pa.Table):
            self._connection.register(name, source.select(schema.names).cast(schema))
        elif source:
            paths, columns = _listed(source), _columns(source, schema)
            self._connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {_quoted(name)} AS"  # noqa: S608  # names of ours, paths quoted
                f" SELECT {columns} FROM read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
            )
        else:
            self._connection.register(name, schema.empty_table())
        return unbound(name, schema)

    def keep(self, name: str, found: ibis.Table) -> ibis.Table:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} AS {statement(found)}")
        return ibis.table(found.schema(), name=name)

    def fetch(self, found: ibis.Table) -> pa.Table:
        return self._connection.execute(statement(found)).to_arrow_table()

    def drop(self, *names: str) -> None:
        for name in names:
            self._connection.execute(f"DROP TABLE IF EXISTS {_quoted(name)}")

    def close(self) -> None:
        if self._own:
            self._connection.close()
        if self._spill:
            self._spill.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def statement(found: ibis.Table) -> str:
    """As SQL whose columns have the types that Ibis says: DuckDB's sums of BIGINT are HUGEINT otherwise."""
    columns = ", ".join(
        f"{_quoted(name)}::BIGINT AS {_quoted(name)}" if type_.is_int64() else _quoted(name)
        for name, type_ in found.schema().items()
    )
    return f"SELECT {columns} FROM ({ibis.to_sql(found, dialect='duckdb')})"  # noqa: S608  # our own expressions


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(paths: Sequence[str]) -> str:
    return ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)


def _columns(paths: Sequence[str], schema: pa.Schema) -> str:
    """The schema's columns as expressions: NULL for one that no file has, for older files have fewer."""
    there = {name for path in paths for name in pq.read_schema(str(path)).names}
    return ", ".join(
        f"{_quoted(field.name) if field.name in there else 'NULL'}::{_TYPES[field.type]} AS {_quoted(field.name)}"
        for field in schema
    )


_TYPES = {
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
}
