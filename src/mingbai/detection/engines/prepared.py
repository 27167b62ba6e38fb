"""The same features over other calls again and again, in DuckDB: their statements are compiled once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import ibis
import pyarrow as pa

from mingbai.detection.engines.duck import DuckDB, statement


class Plan(NamedTuple):
    """Statements that make the steps, in order, and those that give the results."""

    steps: Sequence[tuple[str, str]]
    results: Mapping[str, str]


def planned(
    make: Callable[[Callable[[str, ibis.Table], ibis.Table]], Mapping[str, ibis.Table]], wanted: Collection[str]
) -> Plan:
    """What `make`, given a `keep`, would compute for the results that are wanted; steps that none of them needs go."""
    steps: list[tuple[str, str]] = []

    def keep(name: str, found: ibis.Table) -> ibis.Table:
        steps.append((name, statement(found)))
        return ibis.table(found.schema(), name=name)

    results = {name: statement(found) for name, found in make(keep).items() if name in wanted}
    needed: list[tuple[str, str]] = []
    texts = list(results.values())
    for name, sql in reversed(steps):
        if any(f'"{name}"' in text for text in texts):
            needed.insert(0, (name, sql))
            texts.append(sql)
    return Plan(needed, results)


class Prepared:
    """A DuckDB for plans, and `engine` for whatever else is asked of the same tables. `spill`: where what does not fit
    into memory goes; it is the caller's."""

    def __init__(self, spill: Path, *, threads: int, memory_gb: int) -> None:
        self._connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_gb}GB"})
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET temp_directory = ?", [str(spill)])
        self.engine = DuckDB(connection=self._connection)

    def put(self, name: str, rows: pa.Table) -> None:
        """A table that is read often, taken in whole."""
        self._connection.register("put", rows)
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM put')  # noqa: S608  # ours
        self._connection.unregister("put")

    def carry_out(self, plan: Plan) -> dict[str, pa.Table]:
        """The plan's results, over the tables as they are now."""
        for name, sql in plan.steps:
            self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        return {name: self._connection.execute(sql).to_arrow_table() for name, sql in plan.results.items()}

    def close(self) -> None:
        self._connection.close()
