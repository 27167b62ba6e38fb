"""What the benchmarks share: medians, percentiles, one table, one file `build/bench.json`.

A benchmark is a module `bench_*.py` with `run() -> list[dict]`; its rows are made by `row()`. Figures on a small
or busy machine wander, so claims are ratios within one run where that is possible, and medians of at least five.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

RESULTS = Path(__file__).resolve().parents[2] / "build" / "bench.json"
TIMES = 5

Row = dict[str, Any]


def row(claim: str, figure: float, unit: str, *, target: str, met: bool, baseline: float | None = None) -> Row:
    """One line of the table. `ratio` is figure over baseline; `target` is said in words, such as “≥ 0.55 × bare”."""
    ratio = round(figure / baseline, 3) if baseline else None
    return {
        "claim": claim,
        "figure": significant(figure),
        "unit": unit,
        "baseline": significant(baseline) if baseline is not None else None,
        "ratio": ratio,
        "target": target,
        "met": bool(met),
    }


def significant(value: float, digits: int = 4) -> float:
    """`value` rounded to `digits` significant digits."""
    return float(f"{value:.{digits}g}")


def timed(act: Callable[[], object]) -> float:
    """Seconds that `act` takes once."""
    start = perf_counter()
    act()
    return perf_counter() - start


def median_seconds(act: Callable[[], object], *, times: int = TIMES) -> float:
    """The median of `times` runs, seconds."""
    return median(timed(act) for _ in range(times))


def median_figures(measure: Sequence[Callable[[], float]], *, times: int = TIMES) -> list[float]:
    """The medians of several measures taken in turn `times` times, so that all see the same weather."""
    rounds = [[one() for one in measure] for _ in range(times)]
    return [median(column) for column in zip(*rounds, strict=True)]


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest of `values` that is at least as large as `share` (0–1) of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(rows: Sequence[Row]) -> str:
    """The rows as text in columns."""
    head = ("claim", "figure", "unit", "baseline", "ratio", "target", "met")
    cells = [head, *(tuple("—" if r[k] is None else str(r[k]) for k in head) for r in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(head))]
    return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)


def record(rows: Sequence[Row], path: Path = RESULTS) -> None:
    """Put the rows into `path`, each in the place of the former one of its claim."""
    kept = {r["claim"]: r for r in json.loads(path.read_text("utf-8"))} if path.exists() else {}
    kept.update({r["claim"]: r for r in rows})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=1) + "\n", "utf-8")


def main(run: Callable[[], list[Row]]) -> None:
    """For a benchmark run as a script: run, record, print; exit 1 when a target is missed."""
    rows = run()
    record(rows)
    print(table(rows))
    sys.exit(0 if all(r["met"] for r in rows) else 1)
