"""A list of 10 million against 20 million consents of one principal, CSV to CSV, beside a bare anti-join by DuckDB.

The hardest shape: every consent is of the principal that scrubs. Half of the list has one. The baseline reads the same
list and the consented numbers in the clear, as Parquet; it keeps no columns but the list's, tells no verdict or reason,
cites nothing. Both are processes of their own and are timed from start to end.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tests.performance.harness import TIMES, Row, main, row

from mingbai.gate.facts import GIVEN, ConsentFact, OrganisationFacts, Reader, SubscriberFacts, Writer, pack_subscriber
from mingbai.gate.scrub import snapshot
from mingbai.kernel import clock, columns, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup

SCALE = float(os.environ.get("MINGBAI_BENCH_SCALE", "1"))
CONSENTS, LIST = int(20_000_000 * SCALE), int(10_000_000 * SCALE)
FIRM = 1
_FIRST = 8613800000000
_BUILD = Path(__file__).resolve().parents[2] / "build"


def run() -> list[Row]:
    place = _BUILD / f"bench-scrub-{CONSENTS}"
    home = _home(place)
    source, consented = _list(place), place / "consented.parquet"
    _fresh(home)
    ours, bare, most = [], [], 0
    for _ in range(TIMES):
        seconds, memory = _timed([*_SCRUB, str(source), "-o", str(FIRM), "-p", "marketing"], home)
        ours.append(LIST / seconds)
        most = max(most, memory)
        bare.append(LIST / _timed([sys.executable, "-c", _BARE, str(source), str(consented), str(place)], home)[0])
    figure, baseline, size = median(ours), median(bare), f"{LIST:,} rows × {CONSENTS:,} consents, CSV to CSV"
    enough = figure >= 2e6 and figure >= 0.6 * baseline
    what = "≥ 2,000,000 and ≥ 0.6 × a bare DuckDB anti-join"
    return [
        row(f"scrub {size}", figure, "rows/s", baseline=baseline, target=what, met=enough),
        row(f"scrub {size}, memory at most", most / 1e9, "GB", target="≤ 2.5", met=most <= 2.5e9),
    ]


_SCRUB = [sys.executable, "-m", "mingbai.cli", "scrub"]
_BARE = """
import sys, duckdb
source, consented, place = sys.argv[1:]
duckdb.execute("SET threads=2; SET memory_limit='2GB'")
duckdb.execute(
    f"COPY (SELECT l.* FROM read_csv('{source}') l ANTI JOIN read_parquet('{consented}') c ON l.phone = c.number)"
    f" TO '{place}/bare.csv' (HEADER)"
)
"""


def _timed(command: list[str], home: Home) -> tuple[float, int]:
    """Seconds, and the most memory that the process held, bytes."""
    began = perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "MINGBAI_HOME": str(home.root)}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[:4]} ended with {process.returncode}")
    return perf_counter() - began, usage.ru_maxrss * 1024


def _home(place: Path) -> Home:
    """A home whose firm has all the consents, made when it is not there."""
    home = Home(place)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    if not (home.facts / "current").exists():
        writer = Writer.fresh(home.facts)
        writer.load_subscribers(_subscribers(Lookup(home.key("lookup"))))
        with writer.batch() as batch:
            batch.put_organisation(FIRM, OrganisationFacts(name="明心"))
        writer.publish()
        writer.close()
        numbers = pa.table({"number": np.arange(_FIRST, _FIRST + CONSENTS) - 86 * 10**11})
        pq.write_table(numbers, place / "consented.parquet")
    return home


def _subscribers(lookup: Lookup) -> Iterator[tuple[bytes, bytes]]:
    keys = columns.keys(np.arange(_FIRST, _FIRST + CONSENTS), lookup)
    for place in np.argsort(keys):
        consent = ConsentFact(FIRM, 1, GIVEN, 0, int(place) + 1)
        yield int(keys[place]).to_bytes(8, "big"), pack_subscriber(SubscriberFacts((consent,)))


def _list(place: Path) -> Path:
    """Twice as many numbers as have consented are drawn from, so that half of the rows get a yes."""
    path = place / f"list-{LIST}.csv"
    if not path.exists():
        numbers = np.random.default_rng(1).integers(_FIRST, _FIRST + 2 * CONSENTS, LIST) - 86 * 10**11
        with path.open("w", encoding="utf-8") as file:
            file.write("id,name,phone,city\n")
            for i, number in enumerate(numbers.tolist()):
                file.write(f"{i},客户{i % 9973},{number},上海\n")
    return path


def _fresh(home: Home) -> None:
    """Facts that say they are up to date, for there is no feed here, and the columns made from them."""
    writer = Writer(home.facts)
    with writer.batch() as batch:
        batch.position(1, clock.now_us() + 3_600_000_000)
    writer.close()
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    snapshot.open_current(home, reader)
    reader.close()


if __name__ == "__main__":
    main(run)
