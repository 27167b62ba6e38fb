"""One call through the gate in process: parse, gather, count, decide, journal, over facts of 20 million consents."""

from __future__ import annotations

import random
import shutil
from statistics import median
from time import perf_counter_ns

from tests.performance import facts
from tests.performance.harness import TIMES, Row, main, percentile, row

from mingbai import compiled
from mingbai.gate.check import Gate
from mingbai.kernel.msisdn import parse

CALLS = 100_000


def run() -> list[Row]:
    home = facts.home()
    size = (home.facts / (home.facts / "current").read_text().strip() / "data.mdb").stat().st_size
    shutil.rmtree(home.journal, ignore_errors=True)
    home.counters.unlink(missing_ok=True)
    gate = Gate(home)
    with gate.reader.view() as view:  # every page is mapped, as in a gate that has been up for a while
        assert sum(1 for _ in view.subscribers()) == facts.SUBSCRIBERS
    rounds = [_times(gate, seed) for seed in range(TIMES + 1)][1:]  # the first one brings the pages in
    gate.close()
    middle = median(median(times) for times in rounds) / 1000
    late = median(percentile(times, 0.99) for times in rounds) / 1000
    each = size / facts.CONSENTS
    how = "compiled" if compiled.in_use() else "not compiled"
    what = f"facts of {facts.CONSENTS:,} consents and {facts.NUMBERS:,} numbers"
    of = f"{what}; random keys, counted, journalled; {how}"
    return [
        row(f"decide, median; {of}", middle, "µs", target="≤ 10", met=middle <= 10),
        row(f"decide, p99; {of}", late, "µs", target="≤ 30", met=late <= 30),
        row(f"facts after a rebuild; {what}", each, "bytes/consent", target="≤ 60", met=each <= 60),
    ]


def _times(gate: Gate, seed: int) -> list[int]:
    """Nanoseconds of each of CALLS attempts, from two parsed numbers to the receipt; half of them with a consent.

    Numbers are parsed right before, untimed, as a host has just done: a list of them made beforehand would measure
    how fast that list comes from memory.
    """
    rng = random.Random(seed)
    calls, times = [], []
    for _ in range(CALLS):
        subscriber = rng.randrange(facts.SUBSCRIBERS)
        number = rng.randrange(facts.NUMBERS // facts.FIRMS) * facts.FIRMS
        number += facts.principal_of(subscriber) - 1 if rng.random() < 0.5 else rng.randrange(facts.FIRMS)
        calls.append((facts.FIRST_NUMBER + number, facts.FIRST_SUBSCRIBER + subscriber))
    for calling, called in calls:
        caller, callee = parse(str(calling)), parse(str(called))
        began = perf_counter_ns()
        gate.attempt(gate.question(caller, callee))
        times.append(perf_counter_ns() - began)
    return times


if __name__ == "__main__":
    main(run)
