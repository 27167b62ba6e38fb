"""A real standalone Spark, master and two workers, gives the features and findings that DuckDB gives, row for row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.ports import free_port

from mingbai.detection import rules
from mingbai.detection.engines import Engine, opened
from mingbai.detection.engines.tests import cluster
from mingbai.detection.features import INPUTS, TABLES, Counting, Given, Window, features
from mingbai.detection.features.tests import made
from mingbai.kernel import profile
from mingbai.kernel.problems import Problem

WINDOW = Window.of_days(date(2026, 10, 24), made.DAYS, made.ZONE)
LOW = Counting(burst_calls=8, busy=6, insistent=3, least=4)


def _ports() -> Iterator[int]:
    while True:
        yield free_port()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Calls as the lake has them: several files, an older one without the columns that came later."""
    place = tmp_path_factory.mktemp("lake")
    table = made.calls_table(made.at_random(3_000, 1))
    parts = [table.slice(0, 1_000).drop_columns(["cause", "near"]), table.slice(1_000)]
    for name, part in enumerate(parts):
        pq.write_table(part, place / f"{name}.parquet", compression="zstd")
    return [str(place / f"{name}.parquet") for name in range(len(parts))]


def _computed(engine: Engine, files: list[str]) -> Mapping[str, pa.Table]:
    inputs = zip(INPUTS.items(), (files, *made.references()), strict=True)
    given = Given(*(engine.read(name, source, schema) for (name, schema), source in inputs))
    found = features(given, LOW, WINDOW, engine.keep)
    return {kind: engine.fetch(table).cast(TABLES[kind]).sort_by("subject") for kind, table in found.items()}


# PySpark leaves the sockets on which results came to the garbage collector
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_cluster_finds_what_one_machine_finds(tmp_path: Path, files: list[str]) -> None:
    with cluster.standalone(tmp_path, _ports()) as master, opened("spark", master=master) as engine:
        theirs = _computed(engine, files)
    with opened("duckdb", threads=2) as engine:
        ours = _computed(engine, files)
    for kind, table in ours.items():
        assert table.num_rows, f"nothing to compare by {kind}"
        different = [name for name in table.column_names if not table[name].equals(theirs[kind][name])]
        assert not different, (kind, different)
    settings = profile.parse(profile.packaged("cn-2018-whitelist"), "cn-2018-whitelist.toml").detection
    assert rules.judge_all(theirs, settings).equals(rules.judge_all(ours, settings))
    assert cluster.left(tmp_path) == []


def test_only_spark_has_a_master() -> None:
    with pytest.raises(Problem, match="--engine spark"):
        opened("duckdb", master="spark://127.0.0.1:7077")


def test_an_engine_that_is_none_is_refused() -> None:
    with pytest.raises(Problem, match="duckdb or spark"):
        opened("flink")


def test_nothing_that_was_spilled_stays(tmp_path: Path) -> None:
    with opened("duckdb", spill=tmp_path / "spill", threads=1) as engine:
        engine.keep("one", engine.read("calls", made.calls_table(made.at_random(10, 2)), INPUTS["calls"]))
        made_here = [path for path in (tmp_path / "spill").iterdir() if path.is_dir()]
        assert [path.stat().st_mode & 0o777 for path in made_here] == [0o700]
    assert not any(path.is_dir() for path in (tmp_path / "spill").iterdir())
