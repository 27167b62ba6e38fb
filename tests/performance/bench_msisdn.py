"""What reading one Chinese number costs, in every form that a network shows, and a column of millions."""

from __future__ import annotations

import numpy as np
import phonenumbers
import pyarrow as pa
from tests.performance.harness import TIMES, Row, main, median_figures, median_seconds, row, timed

from mingbai.kernel import columns
from mingbai.kernel.msisdn import parse

CALLS = 20_000
ROWS = 4_000_000
WRITTEN = (
    "13812345678", "+8613812345678", "8613812345678", "013812345678", "+86 138 1234 5678", "02160876100",
    "021-60876100", "+862160876100", "4008109889", "95533", "+8695533", "95163234", "10086", "110", "12345",
    "10105757", "1068915371004053", "2195533", "021-962319",
)  # fmt: skip


def run() -> list[Row]:
    return [*one(), column()]


def one() -> list[Row]:
    """The dearest form counts, and all of them together against phonenumbers on the same ones."""
    each = {written: median_seconds(lambda text=written: ours(text)) / CALLS * 1e6 for written in WRITTEN}  # type: ignore[misc]
    dearest = max(each.values())
    mean, theirs = median_figures(
        [lambda: sum(timed(lambda t=t: ours(t)) for t in WRITTEN), lambda: sum(map(library, WRITTEN))],  # type: ignore[misc]
        times=TIMES,
    )
    mean, theirs = mean / len(WRITTEN) / CALLS * 1e6, theirs / len(WRITTEN) / (CALLS // 20) * 1e6
    return [
        row("a Chinese number, dearest form", dearest, "µs", target="≤ 2", met=dearest <= 2),
        row("a Chinese number, mean of forms, against phonenumbers", mean, "µs", baseline=theirs, target="≤ 2",
            met=mean <= 2),
    ]  # fmt: skip


def ours(text: str) -> None:
    for _ in range(CALLS):
        parse(text)


def library(text: str) -> float:
    def act() -> None:
        for _ in range(CALLS // 20):
            phonenumbers.is_valid_number(phonenumbers.parse(text, "CN"))

    try:
        return timed(act)
    except phonenumbers.NumberParseException:
        return 0.0


def column() -> Row:
    numbers = 13_000_000_000 + np.random.default_rng(1).integers(0, 10**9, ROWS)
    texts = pa.array(numbers).cast(pa.string())
    rate = ROWS / median_seconds(lambda: columns.normalise(texts))
    return row("mobile numbers by the column", rate, "rows/s", target="≥ 5,000,000", met=rate >= 5e6)


if __name__ == "__main__":
    main(run)
