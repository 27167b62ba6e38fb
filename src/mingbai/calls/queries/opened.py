"""Files of the lake as one table, whatever version wrote them: columns that a file has not are empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from mingbai.calls import lake
from mingbai.calls.segments import SOURCE
from mingbai.kernel.home import Home
from mingbai.kernel.scratch import Scratch

_TYPES = {
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
}


@contextmanager
def connect(home: Home, memory: str = "1GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own on two threads. What does not fit into `memory` waits in the home, like all call data."""
    with Scratch(home.lake / "spill" / "read") as spill:
        config: dict[str, Any] = {"threads": 2, "memory_limit": memory, "temp_directory": str(spill.path / "duckdb")}
        with duckdb.connect(config=config) as connection:
            yield connection


def view_attempts(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    """View `attempts`: what the gate judged, with the columns of the schema in its order; no records of switches.

    Raises duckdb.IOException when one of the files has gone.
    """
    found = connection.read_parquet(list(files), union_by_name=True)
    found.project(columns_of(found, lake.SCHEMA.names)).filter(f"source = '{SOURCE}'").create_view("attempts")


def columns_of(found: duckdb.DuckDBPyRelation, names: Sequence[str]) -> str:
    """The columns of those names in their order, for a SELECT: those that the relation has not are empty."""
    here = set(found.columns)
    return ", ".join(_column(lake.SCHEMA.field(name), name in here) for name in names)


def _column(field: pa.Field[Any], here: bool) -> str:
    return f'"{field.name}"' if here else f'CAST(NULL AS {_TYPES.get(field.type, "VARCHAR")}) AS "{field.name}"'
