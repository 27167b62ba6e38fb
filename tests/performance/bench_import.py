"""Whitelist import: a CSV of a million rows until every row is enforced by the gate, batch evidence included.

Runs in a home and a SQLite database of its own, in a process of its own: `python -m tests.performance.bench_import`
prints the rows; `run()` is what `make bench` calls. MINGBAI_BENCH_ROWS makes it smaller.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.performance import harness

ROWS = int(os.environ.get("MINGBAI_BENCH_ROWS", "1000000"))
TIMES = int(os.environ.get("MINGBAI_BENCH_TIMES", str(harness.TIMES)))


def run() -> list[dict[str, Any]]:
    """Both figures, each the median of several fresh databases."""
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-") as folder:
        lists = [Path(folder) / f"list-{place}.csv" for place in (0, 1)]
        for place, path in enumerate(lists):
            write_list(path, ROWS, offset=place * ROWS)
        found = [_fresh(Path(folder) / f"home-{time}", lists) for time in range(TIMES)]
    empty, onto = (median(rates) for rates in zip(*found, strict=True))
    return [
        harness.row(
            f"whitelist import, {ROWS:,} rows, CSV to enforced, empty database",
            empty, "rows/s", target="≥ 70,000 rows/s", met=empty >= 70_000,
        ),
        harness.row(
            f"whitelist import, {ROWS:,} rows, CSV to enforced, onto {ROWS:,} others",
            onto, "rows/s", target="≥ 50,000 rows/s", met=onto >= 50_000,
        ),
    ]  # fmt: skip


def write_list(path: Path, rows: int, *, offset: int = 0) -> None:
    """A whitelist of made numbers, each once, in no order; one proof file for a thousand rows."""
    with path.open("w", encoding="ascii") as file:
        file.write("msisdn,reference,proof_sha256,given_at,expires_at\n")
        proof = ""
        for place in range(offset, offset + rows):
            if place % 1000 == 0 or not proof:
                proof = hashlib.sha256(b"%d" % (place // 1000)).hexdigest()
            number = 13_000_000_000 + (place * 7919) % 100_000_000
            given = f"2026-0{place % 9 + 1}-{place % 28 + 1:02d} 09:{place % 60:02d}:00"
            file.write(f"{number},HT-2026-{place:08d},{proof},{given},{'2028-06-01' if place % 3 else ''}\n")


def _fresh(home: Path, lists: list[Path]) -> list[float]:
    """Rows a second into a new database, one list after the other, measured in a process of its own."""
    environment = {**os.environ, "MINGBAI_TEST_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mingbai.settings.testing"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.performance.bench_import", "measure", *map(str, lists)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    rates: list[float] = json.loads(done.stdout.splitlines()[-1])
    return rates


def measure(lists: list[Path]) -> list[float]:
    """Import each list and follow the feed until the gate's facts hold the last row; rows a second of each."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from mingbai.consent import importing
    from mingbai.gate import feed
    from mingbai.ledger import order
    from mingbai.people import actions as people

    settings.HOME.root.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, skip_checks=True)
    firm = people.create_organisation(name="好房置业", kind="enterprise", industry="property")
    order.integrate()
    feed.rebuild(settings.HOME)
    rates = []
    for path in lists:
        begun = perf_counter()
        report = importing.import_whitelist(path, principal=firm, purpose="marketing", keep_good=True)
        imported = perf_counter()
        order.integrate()
        while feed.step(settings.HOME):
            pass
        took = perf_counter() - begun
        assert report.state == "valid", report
        print(
            f"{report.accepted} rows: valid after {imported - begun:.2f} s, enforced after {took:.2f} s",
            file=sys.stderr,
        )
        rates.append(report.rows / took)
    return rates


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure([Path(name) for name in sys.argv[2:]])))
    else:
        harness.main(run)
