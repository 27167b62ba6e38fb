"""What one record costs a worker; that none is lost on SIGKILL is shown by gate/tests/test_journal.py."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from tests.performance.harness import TIMES, Row, main, row, timed

from mingbai.gate.journal import Writer

RECORDS = 400_000


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        writer = Writer(Path(folder))
        cost = median(timed(lambda: _append(writer)) for _ in range(TIMES + 2)) / RECORDS * 1e6
        writer.close()
    return [row("journal, one record appended", cost, "µs", target="≤ 0.5", met=cost <= 0.5)]


def _append(writer: Writer) -> None:
    append = writer.append
    for at in range(RECORDS):
        append((at, 864008109889, 8613812345678, 1, 1, 2, 3, 4, 5, 10, 801, 302, 255, 0, 0, 1, 3, 1))


if __name__ == "__main__":
    main(run)
