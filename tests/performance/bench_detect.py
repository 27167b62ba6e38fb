"""All features and rules over a day of 20 million calls: DuckDB, local Spark, and the same features as SQL by hand.

Each run is a process of its own with two cores, timed from the opening of the engine to the last finding (of the
hand-written SQL: to its last table), in turn on the same files. What the SQL finds is compared with ours, row for row,
at a smaller size first. Growth: seconds for 40 million over seconds for 5 million, against 8.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from tests.performance.harness import Row, main, row
from tests.performance.made_calls import BEGIN_S, Made, made

from mingbai.detection import rules
from mingbai.detection.engines import opened
from mingbai.detection.features import INPUTS, TABLES, Counting, Given, Window, features
from mingbai.kernel import profile
from mingbai.kernel.profile import Detection

SCALE = float(os.environ.get("MINGBAI_BENCH_SCALE", "1"))
CALLS = int(20_000_000 * SCALE)
CORES, MEMORY_GB, SPARK_GB = 2, 6, 10
_END_S = BEGIN_S + 86_400
_BUILD = Path(__file__).resolve().parents[2] / "build"
_FILES = {"calls": "files"}
_HAND = Path(__file__).with_name("detect_by_hand.sql")


def run() -> list[Row]:
    for calls in (CALLS // 100, CALLS // 4, CALLS, CALLS * 2):
        print(f"  making {calls:,} calls", flush=True)
        _made(calls)
    _same(CALLS // 100)
    ours, memory = _timed("duckdb", CALLS)
    hand, _ = _timed("hand", CALLS)
    small, _ = _timed("duckdb", CALLS // 4)
    large, _ = _timed("duckdb", CALLS * 2)
    spark, _ = _timed("spark", CALLS)
    speed, size = CALLS / ours, f"{CALLS:,} calls, {CORES} cores"
    growth = large / small
    return [
        row(f"detect {size}, DuckDB", speed, "calls/s", target="≥ 1,000,000", met=speed >= 1e6),
        row(f"detect {size}, DuckDB, memory at most", memory / 1e9, "GB", target="≤ 8", met=memory <= 8e9),
        row(
            f"detect {size}, beside local Spark", speed, "calls/s",
            baseline=CALLS / spark, target="≥ 4 × Spark", met=spark >= 4 * ours,
        ),
        row(
            f"detect {size}, beside SQL by hand", speed, "calls/s",
            baseline=CALLS / hand, target="≥ 0.6 × by hand", met=hand >= 0.6 * ours,
        ),
        row(f"detect, growth from {CALLS // 4:,} to {CALLS * 2:,} calls", growth, "times the time",
            target="≤ 8", met=growth <= 8),
    ]  # fmt: skip


def _timed(what: str, calls: int) -> tuple[float, int]:
    """Seconds that a run of its own took, and the most memory that its process held, bytes."""
    command = [sys.executable, "-m", "tests.performance.bench_detect", what, str(calls)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{what} ended with {process.returncode}")
    seconds = float(json.loads(said.splitlines()[-1])["seconds"])
    print(f"  {what}, {calls:,} calls: {seconds:.1f} s", flush=True)
    return seconds, usage.ru_maxrss * 1024


def _made(calls: int) -> Made:
    return made(_BUILD / f"bench-detect-calls-{calls}", calls)


def _settings() -> Detection:
    return profile.parse(profile.packaged("cn-2018-whitelist"), "cn").detection


def _with_engine(name: str, given: Made) -> dict[str, pa.Table]:
    counting = Counting.of(_settings())
    window = Window.between(BEGIN_S, _END_S, "Asia/Shanghai")
    memory = SPARK_GB if name == "spark" else MEMORY_GB
    with opened(name, threads=CORES, memory_gb=memory, spill=_BUILD / "bench-detect-spill") as engine:
        tables = Given(*(engine.read(key, getattr(given, _FILES.get(key, key)), INPUTS[key]) for key in INPUTS))
        found = features(tables, counting, window, engine.keep)
        return {kind: engine.fetch(table) for kind, table in found.items()}


def _by_hand(given: Made) -> dict[str, pa.Table]:
    """What the hand-written SQL finds. It counts as the packaged profile does, whose figures stand in it."""
    text = _HAND.read_text("utf-8").replace(":begin", f"{BEGIN_S}::BIGINT").replace(":end", f"{_END_S}::BIGINT")
    spill = _BUILD / "bench-detect-spill"
    settings: dict[str, Any] = {
        "threads": CORES, "memory_limit": f"{MEMORY_GB}GB", "preserve_insertion_order": False,
        "temp_directory": str(spill),
    }  # fmt: skip
    with duckdb.connect(config=settings) as connection:
        connection.execute(f"CREATE TEMP VIEW calls AS SELECT * FROM read_parquet({given.files})")
        for name in ("refusals", "numbers", "trunks", "consents"):
            connection.register(name, getattr(given, name))
        connection.execute(text.replace(":offset", "28800"))
        quoted = {kind: ", ".join(f'"{name}"' for name in schema.names) for kind, schema in TABLES.items()}
        return {kind: connection.execute(f"SELECT {quoted[kind]} FROM {kind}").to_arrow_table() for kind in TABLES}


def _same(calls: int) -> None:
    """Raises AssertionError when ours and the hand-written SQL differ in one figure."""
    assert Counting.of(_settings()) == Counting(), "detect_by_hand.sql counts by the figures of the packaged profile"
    ours, hand = _with_engine("duckdb", _made(calls)), _by_hand(_made(calls))
    for kind, schema in TABLES.items():
        one, other = (found[kind].cast(schema).sort_by("subject") for found in (ours, hand))
        assert one.equals(other), f"by {kind} the hand-written SQL finds something else"


def _one(what: str, calls: int) -> None:
    """One run, in this process; prints its seconds."""
    given = _made(calls)
    # loading libraries is no part of the work
    ibis.to_sql(ibis.table({"caller": "int64"}, name="calls"), dialect="pyspark" if what == "spark" else "duckdb")
    if what == "spark":
        import pyspark  # noqa: F401
    began = perf_counter()
    if what == "hand":
        _by_hand(given)
    else:
        rules.judge_all(_with_engine(what, given), _settings())
    print(json.dumps({"seconds": perf_counter() - began}))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _one(sys.argv[1], int(sys.argv[2]))
    else:
        main(run)
