"""An engine that tells what it is at, for whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import ibis
import pyarrow as pa

from mingbai.detection.engines.protocol import Engine, Source


class Watched:
    """The Engine `engine`, which calls `progress` with the name of each step as it begins."""

    def __init__(self, engine: Engine, progress: Callable[[str], None]) -> None:
        self._engine, self._progress = engine, progress

    def read(self, name: str, source: Source, schema: pa.Schema) -> ibis.Table:
        return self._engine.read(name, source, schema)

    def keep(self, name: str, found: ibis.Table) -> ibis.Table:
        self._progress(name)
        return self._engine.keep(name, found)

    def fetch(self, found: ibis.Table) -> pa.Table:
        self._progress("result")
        return self._engine.fetch(found)

    def drop(self, *names: str) -> None:
        self._engine.drop(*names)

    def close(self) -> None:
        self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()
