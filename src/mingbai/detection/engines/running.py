"""The calls of the running window, in DuckDB: an hour a table, so that an hour is let go of whole.

Rows are added as they happen. `choose` puts the calls that matter for some numbers beside each other as table `calls`,
on which the features are computed as over a day; a plan of statements, compiled once, is run for each batch.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.detection.engines.duck import DuckDB
from mingbai.detection.engines.protocol import unbound

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
        steps.append((name, ibis.to_sql(found, dialect="duckdb")))
        return ibis.table(found.schema(), name=name)

    results = {name: ibis.to_sql(found, dialect="duckdb") for name, found in make(keep).items()}
    return Plan(steps, results)


class Running:
    """The running window. `schema`: columns of a call, with `at_us`, `caller`, `callee`, `holder`, and the two texts
    `segment` and `source`, which are kept once each."""

    def __init__(self, schema: pa.Schema, *, threads: int = 2, memory_gb: int = 4) -> None:
        self._schema = schema
        self._plain = [field for field in schema if field.name not in _NAMED]
        self._connection = duckdb.connect(config={"threads": threads, "memory_limit": f"{memory_gb}GB"})
        self._run("SET preserve_insertion_order = false")
        self._run("ATTACH ':memory:' AS kept (COMPRESS)")
        self._run("CREATE TABLE kept.origins (origin INTEGER, segment VARCHAR, source VARCHAR)")
        self._origins: dict[tuple[str, str], int] = {}
        self._hours: set[int] = set()
        self._run(f"CREATE TABLE kept.none ({self._columns()})")
        self._relist()
        self.engine = DuckDB(connection=self._connection)
        self.calls = unbound("calls_named", schema)
        self.given = unbound("calls", schema)

    def add(self, rows: pa.Table) -> None:
        """Calls that just happened, or were found later; rows of `schema`."""
        if not rows.num_rows:
            return
        origins = [self._origin(*pair) for pair in _pairs(rows)]
        plain = pa.table({field.name: rows[field.name] for field in self._plain}).append_column(
            "origin", pa.array(origins, pa.int32())
        )
        hours = np.asarray(rows["at_us"], np.int64) // HOUR_US
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

    def choose(self, since_us: int, numbers: NDArray[np.int64] | None, refusers: str, burst: int) -> None:
        """Put the calls at or after a time that count for these calling numbers (None: for everybody) into `calls`.

        Those are the calls that they made and got; all calls to people who got `burst` or more, for who bombs is told
        by all who do; and what the holders of these numbers called of the people in table `refusers`, for hopping is
        told by several numbers.
        """
        inside = f"at_us >= {int(since_us)}"
        if numbers is None:
            self._run(f"CREATE OR REPLACE TEMP TABLE calls AS {_ALL} WHERE {inside}")
        else:
            self._connection.register("touched_now", pa.table({"head": np.unique(numbers)}))
            self._run("CREATE OR REPLACE TEMP TABLE touched AS SELECT head FROM touched_now")
            self._run(_HOT.format(inside=inside), burst)
            self._run(_HOLDERS.format(inside=inside))
            self._run(_CHOSEN.format(inside=inside, refusers=refusers))
        texts = ", ".join(f'"{field.name}"' for field in self._schema)
        self._run(
            f"CREATE OR REPLACE TEMP VIEW calls_named AS SELECT {texts} FROM calls JOIN kept.origins USING (origin)"  # noqa: S608
        )

    def carry_out(self, plan: Plan, wanted: Collection[str]) -> dict[str, pa.Table]:
        """The results that are wanted, over `calls` as it was chosen."""
        for name, sql in plan.steps:
            self._run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        return {name: self._run(sql).to_arrow_table() for name, sql in plan.results.items() if name in wanted}

    def callers(self, since_us: int, told: Mapping[str, int] | None = None) -> NDArray[np.int64]:
        """Distinct calling numbers; only of rows of these segments, from the row given for each on, if asked."""
        where = f"at_us >= {int(since_us)}"
        if told is None:
            found = self._run(f"SELECT DISTINCT caller FROM all_calls WHERE {where}").to_arrow_table()  # noqa: S608
        else:
            begins = pa.table({"segment": pa.array(list(told), pa.string()), "begin": pa.array(told.values(), pa.int64())})
            self._connection.register("begins", begins)
            found = self._run(
                "SELECT DISTINCT caller FROM all_calls JOIN kept.origins USING (origin)"
                f" JOIN begins USING (segment) WHERE \"row\" >= begin AND {where}"
            ).to_arrow_table()
        return np.asarray(found["caller"], np.int64)

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


_HOT = (
    "CREATE OR REPLACE TEMP TABLE hot_callees AS SELECT callee AS head FROM all_calls WHERE {inside} AND callee IN"
    " (SELECT callee FROM all_calls WHERE {inside} AND caller IN (SELECT head FROM touched))"
    " GROUP BY callee HAVING count(*) >= ?"
)
_HOLDERS = (
    "CREATE OR REPLACE TEMP TABLE touched_holders AS SELECT DISTINCT holder FROM all_calls"
    " WHERE {inside} AND holder > 0 AND caller IN (SELECT head FROM touched)"
)
_CHOSEN = (
    "CREATE OR REPLACE TEMP TABLE calls AS SELECT * FROM all_calls WHERE {inside} AND ("
    " caller IN (SELECT head FROM touched) OR callee IN (SELECT head FROM touched)"
    " OR callee IN (SELECT head FROM hot_callees)"
    " OR (holder IN (SELECT holder FROM touched_holders) AND callee IN (SELECT callee FROM {refusers})))"
)


def _type(field: pa.Field) -> str:
    return _TYPES.get(str(field.type), "VARCHAR")


def _pairs(rows: pa.Table) -> list[tuple[str, str]]:
    columns = (rows[name].cast(pa.string()).fill_null("").to_pylist() for name in _NAMED)
    return list(zip(*columns, strict=True))
