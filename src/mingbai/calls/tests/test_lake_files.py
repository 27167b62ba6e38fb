"""Files of an import that is not in the ledger yet are not merged with others: it may have to write them again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from mingbai.calls import lake
from mingbai.kernel.home import Home

DAY = date(2026, 11, 21)
ROW: dict[str, Any] = {
    "at_us": 1, "caller": 2, "caller_tail": 3, "caller_kind": 1, "callee": 4, "callee_tail": 5, "callee_kind": 1,
    "segment": "f", "row": 0, "source": "msc", "call": 6, "seen": lake.SWITCH,
}  # fmt: skip


def table(**more: Any) -> pa.Table:
    return pa.Table.from_pylist([{**ROW, **more}], schema=lake.SCHEMA)


def names(home: Home) -> list[str]:
    return [name.rpartition("/")[2] for name in lake.files(home, [DAY])]


def test_what_was_put_counts_once_it_is_listed_and_takes_the_place_of_what_it_was(home: Home) -> None:
    for name in ("import-a-0.parquet", "import-a-1.parquet"):
        lake.put(home, DAY, name, table())
    assert names(home) == []
    lake.replace(home, DAY, "import-a", ["import-a-0.parquet", "import-a-1.parquet"])
    lake.write(home, DAY, "other.parquet", table())
    lake.put(home, DAY, "import-a-0.parquet", table(row=7))
    lake.replace(home, DAY, "import-a", ["import-a-0.parquet"])
    assert names(home) == ["other.parquet", "import-a-0.parquet"]
    assert not (lake.folder(home, DAY) / "import-a-1.parquet").exists()


def test_an_unfinished_import_is_not_merged(home: Home) -> None:
    for name in ("import-a-0.parquet", "b.parquet", "c.parquet"):
        lake.write(home, DAY, name, table())
    with pytest.raises(KeyboardInterrupt), lake.unfinished(home, "import-a"):
        raise KeyboardInterrupt
    assert lake.merge(home, DAY, at_least=2) == 2
    assert "import-a-0.parquet" in names(home)
    with lake.unfinished(home, "import-a"):
        pass
    assert lake.merge(home, DAY, at_least=2) == 2
    assert len(names(home)) == 1


def test_calls_of_switches_are_told_from_attempts(home: Home) -> None:
    lake.write(home, DAY, "gate.parquet", table(seen=lake.GATE, call=None))
    lake.write(home, DAY, "switch.parquet", table())
    (found,) = lake.calls_of(home, DAY)
    assert found["call"].to_pylist() == [6]
