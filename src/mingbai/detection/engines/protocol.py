"""What every engine does: take tables in, keep steps that are used more than once, give results out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import ibis
import pyarrow as pa

from mingbai.kernel.problems import Problem

Source = pa.Table | Sequence[str]
"""A table in memory, or the paths of Parquet files, which may be none."""


class Engine(Protocol):
    """Expressions are Ibis over the tables that `read` and `keep` gave; each engine has its own of a name."""

    def read(self, name: str, source: Source, schema: pa.Schema) -> ibis.Table:
        """Make a source known as `name`; of files, the columns of `schema`, NULL where a file lacks one."""

    def keep(self, name: str, found: ibis.Table) -> ibis.Table:
        """Compute a step now or at its first use, once, and hold it as `name` until the engine is closed."""

    def fetch(self, found: ibis.Table) -> pa.Table:
        """Compute and give out; the order of rows means nothing."""

    def drop(self, *names: str) -> None:
        """Let go of steps that were kept."""

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: object) -> None: ...


_TYPES = {
    pa.int8(): "int8",
    pa.int16(): "int16",
    pa.int32(): "int32",
    pa.int64(): "int64",
    pa.bool_(): "boolean",
    pa.string(): "string",
}


def unbound(name: str, schema: pa.Schema) -> ibis.Table:
    """The table known as `name`, as expressions refer to it. Ibis' own way from Arrow needs more to be installed."""
    return ibis.table({field.name: _TYPES[field.type] for field in schema}, name=name)


def opened(name: str, *, master: str = "", spill: Path | None = None, memory_gb: int = 0, threads: int = 0) -> Engine:
    """The engine “duckdb” or “spark”.

    `master`: of Spark alone, its address, default all cores of this machine. `spill`: a folder for what does not fit
    into memory; `memory_gb`, `threads`: what the engine may take of this machine, 0 = what it thinks right.
    Raises Problem for another name, a master with DuckDB, and Spark that is not installed.
    """
    if name == "duckdb":
        if master:
            raise Problem("detection.engine", "only Spark has a master", where="master", mend="add --engine spark")
        from mingbai.detection.engines.duck import DuckDB

        return DuckDB(spill=spill, memory_gb=memory_gb, threads=threads)
    if name == "spark":
        from mingbai.detection.engines.spark import Spark

        return Spark(master, spill=spill, memory_gb=memory_gb, threads=threads)
    raise Problem("detection.engine", f"no engine {name!r}", where="engine", mend="it is duckdb or spark")
