"""The calls of the running window, in DuckDB: an hour a table, so that an hour is let go of whole.

Rows are added as they happen. `choose` puts the calls that matter for some numbers beside each other as table `calls`,
on which the features are computed as over a day; a plan of statements, compiled once, is run for each batch.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.detection.engines.duck import DuckDB, statement
from mingbai.detection.engines.protocol import unbound
from mingbai.kernel.msisdn import Kind

HOUR_US = 3_600_000_000
_TYPES = {"int8": "TINYINT", "int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "bool": "BOOLEAN"}
_NAMED = ("segment", "source")
_ALL = "SELECT * FROM all_calls"


class Plan(NamedTuple):
    """Statements that make the steps, in order, and those that give the results."""

    steps: Sequence[tuple[str, str]]
    results: Mapping[str, str]


def planned(make: Callable[[Callable[[str, ibis.Table], ibis.Table]], Mapping[str, ibis.Table]]) -> Plan:
    """What `make`, given a `keep`, would compute; compiled once, for as often as one likes."""
    steps: list[tuple[str, str]] = []

    def keep(name: str, found: ibis.Table) -> ibis.Table:
        steps.append((name, statement(found)))
        return ibis.table(found.schema(), name=name)

    results = {name: statement(found) for name, found in make(keep).items()}
    return Plan(steps, results)


class Running:
    """The running window. `schema`: columns of a call, with `at_us`, `caller`, `callee`, `holder`, and the two texts
    `segment` and `source`, which are kept once each. What does not fit into memory goes to `spill`."""

    def __init__(self, schema: pa.Schema, spill: Path, *, threads: int = 2, memory_gb: int = 4) -> None:
        self._schema = schema
        self._plain = [field for field in schema if field.name not in _NAMED]
        self._connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_gb}GB"})
        self._run("SET preserve_insertion_order = false")
        shutil.rmtree(spill, ignore_errors=True)  # what a process that died left behind
        spill.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._run("SET temp_directory = ?", str(spill))
        self._run("ATTACH ':memory:' AS kept (COMPRESS)")
        self._run("CREATE TABLE kept.origins (origin INTEGER, segment VARCHAR, source VARCHAR)")
        self._origins: dict[tuple[str, str], int] = {}
        self._hours: set[int] = set()
        self._newest_us = 0
        self._run(f"CREATE TABLE kept.none ({self._columns()})")
        self._relist()
        self.engine = DuckDB(connection=self._connection)
        self.calls = unbound("calls_named", schema)

    def add(self, rows: pa.Table) -> None:
        """Calls that just happened, or were found later; rows of `schema`."""
        if not rows.num_rows:
            return
        origins = [self._origin(*pair) for pair in _pairs(rows)]
        plain = pa.table({field.name: rows[field.name] for field in self._plain}).append_column(
            "origin", pa.array(origins, pa.int32())
        )
        at_us = np.asarray(rows["at_us"], np.int64)
        self._newest_us = max(self._newest_us, int(at_us.max()))
        hours = at_us // HOUR_US
        for hour in np.unique(hours).tolist():
            self._insert(hour, plain.filter(pa.array(hours == hour)))

    def load(self, files: Sequence[str], since_us: int, *, without: Collection[str] = ()) -> None:
        """Calls at or after a time from files of the lake, but those of the segments `without`."""
        if not files:
            return
        self._connection.read_parquet(list(files), union_by_name=True).create_view("found_files", replace=True)
        there = {row[0] for row in self._run("DESCRIBE found_files").fetchall()}
        columns = ", ".join(
            f'"{field.name}"' if field.name in there else f'NULL::{_type(field)} AS "{field.name}"'
            for field in self._schema
        )
        inside = f"at_us >= {int(since_us)} AND NOT list_contains(?::VARCHAR[], coalesce(segment, ''))"
        self._run(f"CREATE OR REPLACE TEMP VIEW found AS SELECT {columns} FROM found_files")  # noqa: S608  # our names
        pairs = self._run(f"SELECT DISTINCT segment, source FROM found WHERE {inside}", list(without)).fetchall()  # noqa: S608
        for segment, source in pairs:
            self._origin(segment or "", source or "")
        hours = self._run(f"SELECT DISTINCT at_us // {HOUR_US} FROM found WHERE {inside}", list(without)).fetchall()  # noqa: S608
        names = ", ".join(f'"{field.name}"' for field in self._plain)
        self._newest_us = max([self._newest_us, *((hour + 1) * HOUR_US for (hour,) in hours)])
        for (hour,) in sorted(hours):
            self._hour(hour)
            self._run(
                f"INSERT INTO kept.hour_{hour} SELECT {names}, origin FROM found JOIN kept.origins o"  # noqa: S608
                f" ON coalesce(found.segment, '') = o.segment AND coalesce(found.source, '') = o.source"
                f" WHERE {inside.replace('segment', 'found.segment')} AND at_us // {HOUR_US} = {hour}",
                list(without),
            )

    def forget(self, before_us: int) -> None:
        """Let go of the hours that ended before a time."""
        gone = {hour for hour in self._hours if (hour + 1) * HOUR_US <= before_us}
        for hour in gone:
            self._hours.discard(hour)
        if gone:
            self._relist()
            for hour in gone:
                self._run(f"DROP TABLE kept.hour_{hour}")

    def choose(self, since_us: int, numbers: NDArray[np.int64] | None, least: int, burst: int) -> int:
        """Put the calls at or after a time that count for these calling numbers (None: for everybody) into `calls`; how
        many of the numbers are looked at.

        That is none with fewer than `least` calls that is not registered, unallocated, or called somebody who refused.
        Taken are the calls that they made and got; what reached, in the last two hours, whoever of the people they
        called got `burst` calls within one; and what the holders of these numbers called of people who refused: who
        bombs is told by all who do, hopping by several numbers. Tables `refusals` and `numbers` stand already.
        """
        inside = f"at_us >= {int(since_us)}"
        if numbers is None:
            self._run(f"CREATE OR REPLACE TEMP TABLE calls AS {_ALL} WHERE {inside}")
            self._run("CREATE OR REPLACE TEMP TABLE wanted AS SELECT DISTINCT caller AS head FROM calls")
        else:
            self._connection.register("touched", pa.table({"head": np.unique(numbers)}))
            self._run(_WANTED.format(inside=inside, least=int(least)))
            recent = max(since_us, self._newest_us - 2 * HOUR_US)
            self._run(_HOT.format(inside=f"at_us >= {recent}"), burst)
            self._run(_HOLDERS.format(inside=inside))
            self._run(_CHOSEN.format(inside=inside, recent=recent))
        texts = ", ".join(f'"{field.name}"' for field in self._schema)
        self._run(
            f"CREATE OR REPLACE TEMP VIEW calls_named AS SELECT {texts} FROM calls JOIN kept.origins USING (origin)"  # noqa: S608
        )
        found = self._run("SELECT count(*) FROM wanted").fetchone()
        return int(found[0]) if found else 0

    def carry_out(self, plan: Plan, wanted: Collection[str]) -> dict[str, pa.Table]:
        """The results that are wanted, over `calls` as it was chosen."""
        for name, sql in plan.steps:
            self._run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        return {name: self._run(sql).to_arrow_table() for name, sql in plan.results.items() if name in wanted}

    def callers(self, since_us: int) -> NDArray[np.int64]:
        """Distinct numbers that called at or after a time."""
        found = self._run(f"SELECT DISTINCT caller FROM all_calls WHERE at_us >= {int(since_us)}")  # noqa: S608  # a number
        return np.asarray(found.to_arrow_table()["caller"], np.int64)

    def count(self) -> int:
        """How many calls it holds."""
        found = self._run("SELECT count(*) FROM all_calls").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        self._connection.close()

    def _run(self, sql: str, *values: object) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, list(values) if values else None)

    def _columns(self) -> str:
        return ", ".join([*(f'"{field.name}" {_type(field)}' for field in self._plain), "origin INTEGER"])

    def _origin(self, segment: str, source: str) -> int:
        known = self._origins.get((segment, source))
        if known is None:
            known = self._origins[segment, source] = len(self._origins)
            self._run("INSERT INTO kept.origins VALUES (?, ?, ?)", known, segment, source)
        return known

    def _insert(self, hour: int, rows: pa.Table) -> None:
        self._hour(hour)
        self._connection.register("added", rows)
        self._run(f"INSERT INTO kept.hour_{hour} SELECT * FROM added")  # noqa: S608  # a whole number
        self._connection.unregister("added")

    def _hour(self, hour: int) -> None:
        if hour not in self._hours:
            self._run(f"CREATE TABLE IF NOT EXISTS kept.hour_{hour} ({self._columns()})")
            self._hours.add(hour)
            self._relist()

    def _relist(self) -> None:
        tables = ["none", *(f"hour_{hour}" for hour in sorted(self._hours))]
        union = " UNION ALL ".join(f"SELECT * FROM kept.{name}" for name in tables)  # noqa: S608  # names of ours
        self._run(f"CREATE OR REPLACE TEMP VIEW all_calls AS {union}")


_WANTED = (
    "CREATE OR REPLACE TEMP TABLE wanted AS SELECT caller AS head FROM all_calls"  # noqa: S608  # constants of ours
    " WHERE {inside} AND caller IN (SELECT head FROM touched) GROUP BY caller"
    f" HAVING count(*) >= {{least}} OR max(caller_kind = {int(Kind.UNALLOCATED)})"
    " OR max(callee IN (SELECT callee FROM refusals))"
    " UNION SELECT head FROM touched SEMI JOIN numbers ON head = caller"
)
_HOT = (
    "CREATE OR REPLACE TEMP TABLE hot_callees AS SELECT callee AS head FROM all_calls WHERE {inside} AND callee IN"
    " (SELECT callee FROM all_calls WHERE {inside} AND caller IN (SELECT head FROM wanted))"
    " GROUP BY callee HAVING count(*) >= ?"
)
_HOLDERS = (
    'CREATE OR REPLACE TEMP TABLE hopping AS SELECT a.origin, a."row" FROM all_calls a WHERE {inside}'
    " AND callee IN (SELECT callee FROM refusals) AND holder IN (SELECT DISTINCT holder FROM all_calls"
    " WHERE {inside} AND holder > 0 AND caller IN (SELECT head FROM wanted))"
)
_CHOSEN = (
    "CREATE OR REPLACE TEMP TABLE calls AS SELECT * FROM all_calls a WHERE {inside} AND ("
    " caller IN (SELECT head FROM wanted) OR callee IN (SELECT head FROM wanted)"
    " OR (at_us >= {recent} AND callee IN (SELECT head FROM hot_callees)))"
    ' UNION ALL BY NAME SELECT a.* FROM all_calls a SEMI JOIN hopping h ON a.origin = h.origin AND a."row" = h."row"'
    " WHERE {inside} AND caller NOT IN (SELECT head FROM wanted) AND callee NOT IN (SELECT head FROM wanted)"
    " AND NOT (at_us >= {recent} AND callee IN (SELECT head FROM hot_callees))"
)


def _type(field: pa.Field[Any]) -> str:
    return _TYPES.get(str(field.type), "VARCHAR")


def _pairs(rows: pa.Table) -> list[tuple[str, str]]:
    columns = (rows[name].cast(pa.string()).to_pylist() for name in _NAMED)
    return [(segment or "", source or "") for segment, source in zip(*columns, strict=True)]
