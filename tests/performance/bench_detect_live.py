"""Detection by the hour: 5,000 calls a second for more than a minute, behind them a day of 20 million calls.

A process writes the gate's journal as workers do; sellers begin all through the minute, among couriers and companies
that call all day, and lines that everybody calls. Measured is how long after the oldest call that a batch had not seen
before a case stands that this batch led to: no deciding call is older. Batches come as often as in an installation.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa

_BUILD = Path(__file__).resolve().parents[2] / "build"
SCALE = float(os.environ.get("MINGBAI_BENCH_SCALE", "1"))
CALLS = max(100_000, int(20_000_000 * SCALE))
RATE, SECONDS = 5_000, 75
SELLERS, PER_SELLER = 100, 200
BUSY, CIRCLE, LINES = 4_000, 200, 50
"""Numbers that call, and are called by, a circle of so many people all day; lines that many call. They have a twelfth
and a twentieth of the calls."""
HOME = _BUILD / f"bench-detect-live-{CALLS}"
PEOPLE, FIRST, SELLER = max(10_000, CALLS // 3), 8613700000000, 8617000000000
_PER_FILE = 2_500_000

os.environ["MINGBAI_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")

from tests.performance.harness import Row, main, percentile, row  # noqa: E402

from mingbai.kernel import clock, profile  # noqa: E402
from mingbai.kernel.home import Home  # noqa: E402

_WRITER = f"""
import random
from mingbai.gate import journal
from mingbai.kernel import clock
from mingbai.kernel.home import Home
home, draw = Home.from_environment(), random.Random(7)
writers = [journal.Writer(home.journal) for _ in range(2)]
begun, done, sellers = clock.now_us(), 0, {{n: 0 for n in range({SELLERS})}}
ticked = clock.monotonic()
while done < {RATE * SECONDS}:
    due = min({RATE * SECONDS}, (clock.now_us() - begun) * {RATE} // 1_000_000)
    for nth in range(done, due):
        seller = draw.randrange({SELLERS})
        active = seller * {SECONDS - 30} / {SELLERS} <= nth / {RATE} and sellers[seller] < {PER_SELLER}
        if active and draw.random() < 0.2:
            sellers[seller] += 1
            caller, callee = {SELLER} + seller, {FIRST} + draw.randrange({PEOPLE})
        else:
            place = draw.random()
            caller = {FIRST} + draw.randrange({BUSY} if place < 1 / 12 else {PEOPLE})
            callee = {FIRST} + ((caller - {FIRST}) // 9 * 9 + draw.randrange(9)) % {PEOPLE}
            if place < 1 / 12:  # within a circle of its own, and half of the time it is called
                callee = {FIRST} + ((caller - {FIRST}) * {CIRCLE} + draw.randrange({CIRCLE})) % {PEOPLE}
                caller, callee = (callee, caller) if place < 1 / 24 else (caller, callee)
            elif place < 1 / 12 + 1 / 20:
                callee = {FIRST} + draw.randrange({LINES})
        writers[nth % 2].append((clock.now_us(), caller, callee, 0, 0, 1, 0, 0, 0, 1, 0, 302, 255, 5, 0, 0, 0, 0))
    done = max(done, due)
    if clock.monotonic() - ticked > 1:
        ticked = clock.monotonic()
        for writer in writers:
            writer.tick()
    clock.pause(0.005)
for writer in writers:
    writer.close()
"""


def run() -> list[Row]:
    home = Home(HOME)
    _prepare(home)
    from mingbai.detection import actions
    from mingbai.detection.hourly import Live

    began = perf_counter()
    live = Live(home)
    live.step()
    loaded = perf_counter() - began
    while actions.to_cases_by_rule(500):  # what the day before had in it
        pass
    spent, began = process_time(), perf_counter()
    delays, batches = _measure(live)
    cores = (process_time() - spent) / (perf_counter() - began)
    while live.waiting:  # those with very many calls, whose turn had not come
        live.step()
    live.close()
    again = perf_counter()
    live = Live(home)
    after = live.step()
    restart = perf_counter() - again
    live.close()
    found, doubled = _found()
    shutil.rmtree(home.journal, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    half, most, worst = (percentile(delays or [1e9], share) for share in (0.5, 0.99, 1.0))
    what = f"call to case at {RATE:,} calls/s, {CALLS:,} calls behind them"
    return [
        row(f"{what}, median", half, "s", target="≤ 10 s", met=half <= 10),
        row(f"{what}, p99", most, "s", target="≤ 10 s", met=most <= 10),
        row(f"{what}, worst", worst, "s", target="≤ 10 s", met=worst <= 10),
        row("a batch with its cases, median", percentile(batches, 0.5), "s", target="told", met=True),
        row("a batch with its cases, longest", max(batches), "s", target="told", met=True),
        row("cores that detection by the hour takes meanwhile", cores, "cores", target="≤ 1", met=cores <= 1),
        row("sellers found while they call", found, f"of {SELLERS}", target="all", met=found == SELLERS),
        row("findings that stand twice, after a restart", doubled + len(after.findings), "findings", target="0",
            met=not doubled and not after.findings),
        row("start over the day's calls", loaded, "s", target="≤ 180 s", met=loaded <= 180),
        row("restart with nothing new", restart, "s", target="≤ 180 s", met=restart <= 180),
        row("memory of detection by the hour", peak, "GB", target="≤ 8 GB", met=peak <= 8),
    ]  # fmt: skip


def _measure(live: object) -> tuple[list[float], list[float]]:
    """Seconds from the oldest unseen call to the case, and of each batch."""
    from mingbai.cases import queries as cases
    from mingbai.detection import actions
    from mingbai.detection.hourly import pause_s

    delays: list[float] = []
    batches: list[float] = []
    known = {one.id for one in cases.queue(limit=100_000)}
    read_at = clock.now()
    with subprocess.Popen([sys.executable, "-c", _WRITER]) as writer:
        idle = 0
        while idle < 2:
            idle = idle + 1 if writer.poll() is not None else 0
            began, before = perf_counter(), clock.now()
            live.step()  # type: ignore[attr-defined]  # mingbai.detection.hourly.Live, imported late
            took = perf_counter() - began
            while actions.to_cases_by_rule(500):
                pass
            batches.append(perf_counter() - began)
            new = {one.id for one in cases.queue(limit=100_000)} - known
            now = clock.now()
            delays += [(now - read_at).total_seconds()] * len(new)
            known |= new
            read_at = before
            clock.pause(pause_s(took, behind=live.behind))  # type: ignore[attr-defined]  # as above
    return delays, batches


def _found() -> tuple[int, int]:
    """How many sellers stand found, and how many findings stand more than once."""
    from mingbai.calls import queries as calls
    from mingbai.detection import queries
    from mingbai.detection.queries import Wanted

    rows = queries.findings(Wanted(states=()), limit=1_000_000)
    day = clock.now().astimezone(UTC).date()
    heads = calls.heads(Home(HOME), [SELLER + n for n in range(SELLERS)], calls.quarter(day))
    marks = {queries.mark(int(head)) for head in heads}
    found = {row.mark for row in rows if row.verdict == "finding"} & marks
    keys = [(row.kind, row.mark, row.rule, row.day, row.holder, row.trunk) for row in rows]
    return len(found), len(keys) - len(set(keys))


def _prepare(home: Home) -> None:
    """A home with a day of calls in its lake, made once; what a run left behind goes."""
    if not (HOME / "ready").exists():
        shutil.rmtree(HOME, ignore_errors=True)
        home.make_keys()
    text = profile.packaged("cn-2018-whitelist")
    home.profile.write_text(text.replace('value = 200\nunit = "cases opened', 'value = 100000\nunit = "cases opened'))
    shutil.rmtree(home.journal, ignore_errors=True)
    for former in HOME.glob("mingbai.sqlite3*"):
        former.unlink()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    if (HOME / "ready").exists() and _is_of_today(home):
        return
    shutil.rmtree(home.lake, ignore_errors=True)
    _fill(home)
    (HOME / "ready").touch()


def _is_of_today(home: Home) -> bool:
    """The window reaches back a day: what was made hours ago would be out of it."""
    return clock.now_s() - (HOME / "ready").stat().st_mtime < 3_600


def _fill(home: Home) -> None:
    from mingbai.calls import lake
    from mingbai.calls.pseudonyms import Pseudonyms, quarter_of

    names, now = Pseudonyms(home), clock.now()
    draw = np.random.default_rng(11)
    for number, begin in enumerate(range(0, CALLS, _PER_FILE)):
        size = min(_PER_FILE, CALLS - begin)
        at = np.sort(now.timestamp() - draw.random(size) * 86_000)
        caller = draw.integers(0, PEOPLE, size)
        callee = (caller // 9 * 9 + draw.integers(0, 9, size)) % PEOPLE
        place = draw.random(size)
        busy, line = place < 1 / 12, (place >= 1 / 12) & (place < 1 / 12 + 1 / 20)
        caller[busy] = draw.integers(0, BUSY, int(busy.sum()))
        callee[busy] = (caller[busy] * CIRCLE + draw.integers(0, CIRCLE, int(busy.sum()))) % PEOPLE
        back = place < 1 / 24
        caller[back], callee[back] = callee[back].copy(), caller[back].copy()
        callee[line] = draw.integers(0, LINES, int(line.sum()))
        days = lake.local_days((at * 1e6).astype(np.int64), "Asia/Shanghai")
        for day in np.unique(days).tolist():
            mine = days == day
            local = datetime.fromordinal(int(day)).date()
            quarter = quarter_of(local)
            names.make(quarter)
            rows = _rows(names, quarter, (at[mine] * 1e6).astype(np.int64), caller[mine], callee[mine], number)
            lake.write(home, local, f"made-{number}.parquet", rows)


def _rows(names: object, quarter: str, at: object, caller: object, callee: object, number: int) -> pa.Table:
    from mingbai.calls import lake

    size = len(at)  # type: ignore[arg-type]  # arrays
    one, one_tail = names.column(caller + FIRST, quarter)  # type: ignore[attr-defined, operator]
    other, other_tail = names.column(callee + FIRST, quarter)  # type: ignore[attr-defined, operator]
    known = {
        "at_us": at, "caller": one, "caller_tail": one_tail, "callee": other, "callee_tail": other_tail,
        "caller_kind": np.zeros(size, np.int8), "callee_kind": np.zeros(size, np.int8),
        "trunk": np.ones(size, np.int64), "decision": np.zeros(size, np.int8), "code": np.zeros(size, np.int16),
        "segment": pa.array([f"made{number}"] * size), "row": np.arange(size, dtype=np.int32),
        "source": pa.array(["gate"] * size), "near": np.full(size, 3, np.int8), "seen": np.zeros(size, np.int8),
    }  # fmt: skip
    arrays = [
        pa.array(known[field.name]).cast(field.type) if field.name in known else pa.nulls(size, field.type)
        for field in lake.SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=lake.SCHEMA)


if __name__ == "__main__":
    main(run)
