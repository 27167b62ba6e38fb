"""Call records from CSV to the lake, beside a bare DuckDB COPY of the same file to Parquet.

Both are processes of their own. Ours is timed inside the process from the call to the ledger entry, start of Python and
Django apart; the baseline likewise. The baseline reads the same columns, keeps numbers in the clear, does not check,
does not look for repeats, sorts as the lake does. MINGBAI_BENCH_ROWS makes it smaller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
from tests.performance import harness

ROWS = int(os.environ.get("MINGBAI_BENCH_ROWS", "3000000"))
TIMES = int(os.environ.get("MINGBAI_BENCH_TIMES", str(harness.TIMES)))
_DAYS = 3


def run() -> list[harness.Row]:
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        place = Path(folder)
        generic, asterisk = place / "calls.csv", place / "Master.csv"
        write(generic, ROWS, _generic)
        write(asterisk, ROWS // 3, _asterisk)
        found: dict[str, list[float]] = {"generic": [], "bare": [], "asterisk": []}
        most = 0.0
        for time in range(TIMES):
            rate, memory = _measured("ours", place / f"home-{time}", generic, "csv")
            found["generic"].append(rate)
            most = max(most, memory)
            found["bare"].append(_measured("bare", place / f"bare-{time}", generic, "csv")[0])
            found["asterisk"].append(_measured("ours", place / f"star-{time}", asterisk, "asterisk")[0])
    ours, bare, star = (median(found[name]) for name in ("generic", "bare", "asterisk"))
    return [
        harness.row(
            f"call records, {ROWS:,} rows, CSV to lake, beside DuckDB COPY to sorted Parquet",
            ours, "rows/s", baseline=bare, target="≥ 300,000 rows/s", met=ours >= 300_000,
        ),
        harness.row(
            f"call records, {ROWS // 3:,} rows, Asterisk's CSV of 18 columns to lake",
            star, "rows/s", target="≥ 150,000 rows/s", met=star >= 150_000,
        ),
        harness.row("call records, memory of the import at most", most, "GB", target="≤ 1.5", met=most <= 1.5),
    ]  # fmt: skip


def write(path: Path, rows: int, line: Any) -> None:
    """Calls of made numbers over three days in order of time, three fifths answered."""
    random = np.random.default_rng(1)
    begin = datetime.now(UTC) - timedelta(days=_DAYS + 1)
    stamps = [(begin + timedelta(seconds=s)).strftime("%Y-%m-%d %H:%M:%S") for s in range(_DAYS * 86_400 + 600)]
    at = np.sort(random.integers(0, _DAYS * 86_400, rows))
    callers = random.integers(13_800_000_000, 13_820_000_000, rows)
    callees = random.integers(13_900_000_000, 13_990_000_000, rows)
    ring = random.integers(1, 30, rows)
    talk = np.where(random.random(rows) < 0.6, random.exponential(60, rows).astype(int) + 1, 0)
    with path.open("w", encoding="ascii") as file:
        if line is _generic:
            file.write("call_id,caller,callee,start,ring,talk,answered,cause\n")
        for n, (s, a, b, r, t) in enumerate(
            zip(*(one.tolist() for one in (at, callers, callees, ring, talk)), strict=True)
        ):
            file.write(line(n, stamps, s, a, b, r, t))


def _generic(n: int, stamps: list[str], s: int, a: int, b: int, r: int, t: int) -> str:
    return f"a1b2-{n:012d},{a},{b},{stamps[s]},{r},{t},{int(t > 0)},{16 if t else 19}\n"


def _asterisk(n: int, stamps: list[str], s: int, a: int, b: int, r: int, t: int) -> str:
    answer = f'"{stamps[s + r]}"' if t else ""
    end, said = stamps[min(s + r + t, len(stamps) - 1)], "ANSWERED" if t else "NO ANSWER"
    return (
        f'"","{a}","{b}","from-trunk","""{a}"" <{a}>","PJSIP/trunk-{n:08x}","PJSIP/out-{n:08x}","Dial",'
        f'"PJSIP/{b}@out,60,tT","{stamps[s]}",{answer},"{end}",{r + t},{t},"{said}",'
        f'"DOCUMENTATION","{1_790_000_000 + s}.{n}",""\n'
    )


def _measured(what: str, home: Path, path: Path, form: str) -> tuple[float, float]:
    """(rows a second, GB) of one run in a process of its own."""
    environment = {**os.environ, "MINGBAI_TEST_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings.testing"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.performance.bench_calls_import", what, str(home), str(path), form]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    rate, memory = json.loads(done.stdout.splitlines()[-1])
    return rate, memory


def ours(path: Path, form: str) -> tuple[int, float]:
    """(rows, seconds) of an import into an empty lake."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from mingbai.calls import actions

    settings.HOME.root.mkdir(parents=True, exist_ok=True)
    settings.HOME.make_keys()
    call_command("migrate", verbosity=0, skip_checks=True)
    pa.array([1.5, None]).fill_null(0).to_numpy(zero_copy_only=False)  # loads pandas, where there is one
    begun = perf_counter()
    report = actions.import_calls(settings.HOME, [path], actions.ImportChoice(form))
    took = perf_counter() - begun
    assert (report.done, report.bad, report.repeats) == (True, 0, 0), report
    return report.rows, took


def bare(home: Path, path: Path) -> tuple[int, float]:
    """(rows, seconds) of DuckDB reading the file and writing one sorted Parquet file a day."""
    import duckdb

    home.mkdir(parents=True)
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(home)}) as connection:
        begun = perf_counter()
        connection.execute(
            f"COPY (SELECT *, start::DATE AS day FROM read_csv('{path}') ORDER BY day, callee, start)"
            f" TO '{home}/lake' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))"
        )
        took = perf_counter() - begun
        count = connection.execute(f"SELECT count(*) FROM read_parquet('{home}/lake/**/*.parquet')").fetchone()
    assert count is not None
    return count[0], took


def _once(what: str, home: Path, path: Path, form: str) -> None:
    import resource

    rows, took = ours(path, form) if what == "ours" else bare(home, path)
    print(json.dumps([rows / took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9]))


if __name__ == "__main__":
    if len(sys.argv) == 5:
        _once(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
    else:
        harness.main(run)
