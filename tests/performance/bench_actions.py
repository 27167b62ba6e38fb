"""Durable actions with their ledger entry, 16 writers on SQLite, against bare inserts of the same rows.

The action is `consent.actions.refuse`, whole: a refusal that was not there, and its sealed entry. The bare insert has
both rows ready made (committed, sealed) and writes them through `sqlite3` alone into the same tables, with WAL,
`synchronous=FULL`, BEGIN IMMEDIATE and the same turns; without turns a writer may starve. Writers are threads, 8 in
each of 2 processes, as a server with two workers has them. The wait is an action's whole time, while the integrator
puts the entries in order beside them.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

os.environ.setdefault("MINGBAI_TEST_HOME", tempfile.mkdtemp(prefix="mingbai-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.testing")
os.environ.pop("DATABASE_URL", None)
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from tests.performance import harness  # noqa: E402

from mingbai.consent import actions as consent  # noqa: E402
from mingbai.kernel import msisdn  # noqa: E402
from mingbai.ledger import actions, batches, order  # noqa: E402
from mingbai.ledger.sqlite import turn  # noqa: E402
from mingbai.people import actions as people  # noqa: E402

PROCESSES, THREADS, ACTIONS = 2, 8, 150
fork = get_context("fork")

STATEMENT = (
    "INSERT INTO consent_consent (subscriber_id, principal_id, purpose, state, how, reference, changed_at)"
    " VALUES (?, ?, 'marketing', 'refused', 'sms', '', '2026-11-21 12:00:00.000000')"
)
ENTRY = "INSERT INTO ledger_entry (kind, subject, ref, at_us, commitment, opening) VALUES (?, ?, ?, ?, ?, ?)"
SUBSCRIBERS, FIRMS = 1000, 45
people_ids: list[int] = []
firm_ids: list[int] = []
numbers = itertools.count(0, PROCESSES * THREADS * (ACTIONS + 1))

Write = Callable[[int], None]
"""Writes refusal number n; each n is another pair of subscriber and firm."""


def pair(n: int) -> tuple[int, int]:
    return people_ids[n % SUBSCRIBERS], firm_ids[n // SUBSCRIBERS]


def an_action(n: int) -> None:
    subscriber, principal = pair(n)
    consent.refuse(subscriber=subscriber, principal=principal, purpose="marketing", how="sms")


def bare_writer() -> Write:
    """A writer with a connection of its own and its ledger rows ready."""
    connected = sqlite3.connect(settings.HOME.database, isolation_level=None, timeout=20)
    connected.execute("PRAGMA foreign_keys=ON")
    connected.execute("PRAGMA synchronous=FULL")
    mine = turn.of(str(settings.HOME.database), in_memory=False)
    commitment, opening = os.urandom(32), os.urandom(260)

    def write(n: int) -> None:
        row = pair(n)
        name = f"subscriber:{row[0]}"
        mine.take(20)
        try:
            connected.execute("BEGIN IMMEDIATE")
            connected.execute(STATEMENT, row)
            connected.execute(ENTRY, ("consent.refused", name, name, 1_795_300_000_000_000, commitment, opening))
            connected.execute("COMMIT")
        finally:
            mine.give()

    return write


def process(offset: int, bare: bool, start: Barrier, answer: Any) -> None:
    """One server process: its threads write as fast as they are let; answers the seconds of each."""
    waits: list[float] = []

    def writer(thread: int) -> None:
        write = bare_writer() if bare else an_action
        first = offset + thread * (ACTIONS + 1)
        write(first)  # connected, statements compiled
        start.wait()
        waits.extend([harness.timed(partial(write, first + 1 + n)) for n in range(ACTIONS)])
        connection.close()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send(waits)


def a_round(*, bare: bool, integrate: bool = False) -> tuple[float, list[float]]:
    """(actions a second, seconds of each), with the integrator at work in this process or not."""
    connection.close()
    offset = next(numbers)
    start = fork.Barrier(PROCESSES * THREADS + 1)
    ends = [fork.Pipe(duplex=False) for _ in range(PROCESSES)]
    workers = [
        fork.Process(target=process, args=(offset + n * THREADS * (ACTIONS + 1), bare, start, ends[n][1]))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    start.wait()
    began = perf_counter()
    while integrate and not all(receive.poll() for receive, _ in ends):
        order.integrate()
    waits = [wait for receive, _ in ends for wait in receive.recv()]
    seconds = perf_counter() - began
    for worker in workers:
        worker.join()
    return len(waits) / seconds, waits


def integrated() -> float:
    """Seconds that the integrator takes for one entry."""
    while order.integrate():
        pass
    with transaction.atomic():
        actions.append("test.begin", {}, subject=f"subscriber:{people_ids[0]}")
    return harness.timed(order.integrate)


def bare_syncs() -> float:
    """Seconds for the bare durable writes that one published entry needs: a commit, three files, three folders."""
    path = settings.HOME.root / "bare"

    def write() -> None:
        for _ in range(7):
            with path.open("wb") as file:
                file.write(b"x" * 4096)
                file.flush()
                os.fsync(file.fileno())

    return harness.timed(write)


def prepare() -> None:
    call_command("migrate", verbosity=0)
    firm_ids.extend(people.create_organisation(name=f"firm {n}", kind="enterprise") for n in range(FIRMS))
    with transaction.atomic():
        people_ids.extend(people.ensure_subscriber(msisdn.require(f"138{n:08d}")) for n in range(SUBSCRIBERS))
        for subscriber in people_ids:  # each has its key, as after a first word
            actions.append("test.begin", {}, subject=f"subscriber:{subscriber}")


def run() -> list[harness.Row]:
    if not settings.HOME.database.exists():
        prepare()
    rates: dict[bool, list[float]] = {True: [], False: []}
    waits: list[float] = []
    for _ in range(harness.TIMES):
        for bare in (True, False):
            rates[bare].append(a_round(bare=bare)[0])
        waits.append(harness.percentile(a_round(bare=False, integrate=True)[1], 0.99) * 1000)
    ours, bare_rate, wait = median(rates[False]), median(rates[True]), median(waits)
    one, syncs = (seconds * 1000 for seconds in harness.median_figures([integrated, bare_syncs], times=15))
    leaves = os.urandom(32 * 1_000_000)
    tree = harness.median_seconds(lambda: batches.Tree.build(settings.HOME.root / "tree", leaves))
    name = f"durable actions with their ledger entry, {PROCESSES * THREADS} writers, SQLite"
    return [
        harness.row(
            name, ours, "actions/s", baseline=bare_rate, target="≥ 0.55 × bare inserts", met=ours >= 0.55 * bare_rate
        ),
        harness.row(f"{name}, integrator at work: wait at p99", wait, "ms", target="≤ 250 ms", met=wait <= 250),
        harness.row(
            "one entry put in order, signed and published",
            one,
            "ms",
            baseline=syncs,
            target="≤ 3 × its 7 fsyncs alone",
            met=one <= 3 * syncs,
        ),
        harness.row("evidence tree over 1 million rows, on the disk", tree, "s", target="≤ 1.5 s", met=tree <= 1.5),
    ]


if __name__ == "__main__":
    Path(settings.HOME.root).mkdir(exist_ok=True)
    harness.main(run)
