"""Files of call records, imported into a lake of their own, and its rows with their numbers opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingbai.calls import lake
from mingbai.calls.importing import Choice, Report, import_calls, mapping
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.calls.tests.conftest import home, written
from mingbai.kernel import clock
from mingbai.kernel.home import Home

__all__ = ["home", "written"]
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
Rows = list[dict[str, Any]]


@pytest.fixture
def taken(home: Home) -> Callable[..., tuple[Report, Rows]]:
    """Import files at noon of 2026-11-22; the report, and all rows of the lake by segment and row."""

    def take(
        *paths: Path, format: str = "csv", layout: dict[str, Any] | None = None, **more: Any
    ) -> tuple[Report, Rows]:
        choice = {name: more.pop(name) for name in list(more) if name in Choice.__dataclass_fields__}
        made = mapping.made(layout) if layout else None
        with clock.at(NOW):
            report = import_calls(home, list(paths), Choice(format, layout=made, **choice), **more)
        return report, rows_of(home)

    return take


def rows_of(home: Home) -> Rows:
    found = []
    for day in lake.days(home):
        for name in lake.files(home, [day]):
            table = pq.read_table(name, schema=lake.SCHEMA)
            for side in ("caller", "callee"):
                heads, tails = table[side].to_numpy(), table[f"{side}_tail"].to_numpy()
                numbers = Pseudonyms(home).open(heads, tails, quarter_of(day))
                table = table.set_column(table.column_names.index(side), side, pa.array(numbers))
            found += table.to_pylist()
    return sorted(found, key=lambda row: (row["segment"], row["row"]))


def at(text: str) -> int:
    """A local time of Shanghai as µs since the epoch."""
    return int(datetime.fromisoformat(text + "+08:00").timestamp() * 1e6)
