"""`python -m tests.performance.fourthtown OUT --people 200000 --days 7 --seed 1`: make the town and write it down."""

from __future__ import annotations

import argparse
import resource
from datetime import date
from pathlib import Path
from time import perf_counter

from .town import make
from .write import write


def main() -> None:
    """Read the command line, make the town, say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=date.fromisoformat, default=date(2026, 9, 8), help="a Tuesday")
    asked = parser.parse_args()
    begun = perf_counter()
    made = make(asked.people, asked.days, asked.seed, asked.first)
    lived = perf_counter() - begun
    write(made, asked.out, asked.seed)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    took = perf_counter() - begun
    print(f"{len(made.calls.start)} calls in {took:.1f} s ({lived:.1f} s to live), {most:.2f} GB at most")


if __name__ == "__main__":
    main()
