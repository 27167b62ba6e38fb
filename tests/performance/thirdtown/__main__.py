"""`python -m tests.performance.thirdtown OUT --people 200000 --days 7 --seed 1`: make the town and write it down."""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np
from tests.performance.thirdtown.kinds import FIRST_DAY
from tests.performance.thirdtown.life import found, live
from tests.performance.thirdtown.output import seen, write_books, write_calls


def main() -> None:
    """Read the command line and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", default=str(FIRST_DAY), help="a Wednesday")
    wanted = parser.parse_args()
    first = np.datetime64(wanted.first, "D")
    begun = time.perf_counter()
    wanted.out.mkdir(parents=True, exist_ok=True)
    town = found(np.random.default_rng([wanted.seed, 0x3D]), wanted.people, wanted.days)
    made = seen(town, live(town, wanted.days))
    lived = time.perf_counter()
    write_books(wanted.out, town, made, first)
    write_calls(wanted.out, town, made, first)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1048576
    took = time.perf_counter() - begun
    print(f"{len(made)} calls in {took:.1f} s ({lived - begun:.1f} s to live), {memory:.2f} GB at most")


if __name__ == "__main__":
    main()
