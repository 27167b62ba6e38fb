"""Durable actions with their ledger entry, 16 writers on SQLite, against bare inserts of the same rows.

An action is what a room's `actions` does: one row of its own and `ledger.actions.append`, in `transaction.atomic()`,
each for another subscriber of a thousand. The bare insert has both rows ready made (committed, sealed) and writes them
through `sqlite3` alone, with the same schema and indexes, WAL, `synchronous=FULL`, BEGIN IMMEDIATE and the same turns;
without turns a writer may starve. Writers are threads, 8 in each of 2 processes, as a server with two workers has them.
The wait is from asking for the transaction to being in it, while the integrator puts the entries in order beside them.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable
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

from mingbai.ledger import actions, batches, order, tables  # noqa: E402
from mingbai.ledger.sqlite import turn  # noqa: E402

PROCESSES, THREADS, ACTIONS = 2, 8, 150
fork = get_context("fork")

TABLE = """
CREATE TABLE bench_statement (id INTEGER PRIMARY KEY AUTOINCREMENT, subscriber INTEGER NOT NULL,
  principal INTEGER NOT NULL, purpose TEXT NOT NULL, state TEXT NOT NULL, how TEXT NOT NULL, at_us INTEGER NOT NULL)
"""
INDEX = "CREATE INDEX bench_statement_subscriber ON bench_statement (subscriber, principal)"
STATEMENT = (
    "INSERT INTO bench_statement (subscriber, principal, purpose, state, how, at_us) VALUES (%s, %s, %s, %s, %s, %s)"
)
ENTRY = "INSERT INTO ledger_entry (kind, subject, ref, at_us, commitment, opening) VALUES (?, ?, ?, ?, ?, ?)"

Write = Callable[[int], float]
"""Writes action number n; seconds it waited for its transaction."""


def an_action(n: int) -> float:
    subscriber = n % 1000 + 1
    asked = perf_counter()
    with transaction.atomic():
        waited = perf_counter() - asked
        with connection.cursor() as cursor:
            cursor.execute(STATEMENT, (subscriber, 7, "marketing", "refused", "sms", 1_795_300_000_000_000))
        name = f"subscriber:{subscriber}"
        actions.append(
            "consent.refused", {"how": "sms", "principal": 7, "purpose": "marketing"}, subject=name, ref=name
        )
    return waited


def bare_writer() -> Write:
    """A writer with a connection of its own and its ledger rows ready."""
    connected = sqlite3.connect(settings.HOME.database, isolation_level=None, timeout=20, cached_statements=16)
    connected.execute("PRAGMA foreign_keys=ON")
    connected.execute("PRAGMA synchronous=FULL")
    mine = turn.of(str(settings.HOME.database), in_memory=False)
    commitment, opening = os.urandom(32), os.urandom(260)
    statement = STATEMENT.replace("%s", "?")

    def write(n: int) -> float:
        name = f"subscriber:{n % 1000 + 1}"
        asked = perf_counter()
        mine.take(20)
        try:
            connected.execute("BEGIN IMMEDIATE")
            waited = perf_counter() - asked
            row = (n % 1000 + 1, 7, "marketing", "refused", "sms", 1_795_300_000_000_000)
            connected.execute(statement, row)
            connected.execute(ENTRY, ("consent.refused", name, name, 1_795_300_000_000_000, commitment, opening))
            connected.execute("COMMIT")
        finally:
            mine.give()
        return waited

    return write


def process(number: int, bare: bool, start: Barrier, answer: Any) -> None:
    """One server process: its threads write as fast as they are let; answers every wait."""
    waits: list[float] = []

    def writer(thread: int) -> None:
        write = bare_writer() if bare else an_action
        first = (number * THREADS + thread) * ACTIONS
        write(first)  # connected, statements compiled
        start.wait()
        waits.extend([write(first + n) for n in range(ACTIONS)])
        connection.close()

    threads = [threading.Thread(target=writer, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.send(waits)


def a_round(*, bare: bool, integrate: bool = False) -> tuple[float, list[float]]:
    """(actions a second, every wait in seconds), with the integrator at work in this process or not."""
    connection.close()
    start = fork.Barrier(PROCESSES * THREADS + 1)
    ends = [fork.Pipe(duplex=False) for _ in range(PROCESSES)]
    workers = [fork.Process(target=process, args=(n, bare, start, ends[n][1])) for n in range(PROCESSES)]
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
    an_action(1)
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
    call_command("migrate", "ledger", verbosity=0)
    tables.run(TABLE)
    tables.run(INDEX)
    with transaction.atomic():
        for n in range(1000):
            actions.append("test.begin", {}, subject=f"subscriber:{n + 1}")


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
