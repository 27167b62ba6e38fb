"""The other side of test_evidence: a house of its own that writes, and is killed.

`python evidence_writers.py prepare` makes the database; `… acknowledge N` appends N entries and says so after each;
`… rounds N SEED` lets several processes and threads append while one integrates, kills them all with SIGKILL at a
random moment, and again, N times; then prints as JSON what had been acknowledged and which checkpoints had been seen.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.testing")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from mingbai.kernel import clock  # noqa: E402
from mingbai.ledger import actions, order  # noqa: E402

PROCESSES, THREADS = 2, 3


def append(marker: str) -> int:
    subject = f"subscriber:{hash(marker) % 5}" if len(marker) % 2 else ""
    with transaction.atomic():
        return actions.append("test.said", {"marker": marker}, subject=subject, ref="")


def acknowledge(count: int) -> None:
    append("warm")
    os.write(1, b"START\n")
    for n in range(count):
        append(str(n))
        os.write(1, b"ACK\n")


def forever(act, *arguments) -> None:
    while True:
        act(*arguments)


def appender(pipe: int, name: str) -> None:
    n = 0
    while True:
        marker = f"{name}/{n}"
        entry = append(marker)
        os.write(pipe, f"{entry} {marker}\n".encode())  # short enough to be written whole or not at all
        n += 1


def integrator(pipe: int) -> None:
    while True:
        if order.integrate():
            text = (settings.HOME.log / "checkpoint").read_text()
            os.write(pipe, f"checkpoint {json.dumps(text)}\n".encode())


def house(pipe: int, name: str) -> None:
    """Several processes of several threads that append, and one that integrates; never returns."""
    os.setsid()
    connection.close()
    for process in range(PROCESSES):
        if os.fork() == 0:
            for thread in range(THREADS):
                threading.Thread(target=appender, args=(pipe, f"{name}/{process}/{thread}")).start()
            signal.pause()
    integrator(pipe)


def one_round(name: str, rng: random.Random) -> list[str]:
    """The lines that came through until everything was killed."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(readable)
        house(writable, name)
    os.close(writable)
    data, enough = b"", rng.randrange(10, 60)  # lines, not seconds: a slow machine sees as many moments
    while data.count(b"\n") < enough:
        data += os.read(readable, 65536)
    end = clock.monotonic() + rng.uniform(0, 0.01)
    while (left := end - clock.monotonic()) > 0:
        if select.select([readable], [], [], left)[0]:
            data += os.read(readable, 65536)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(readable, 65536):
        data += more
    os.close(readable)
    return data.decode().splitlines()


def rounds(count: int, seed: int) -> None:
    rng = random.Random(seed)
    acknowledged, checkpoints = [], []
    for n in range(count):
        for line in one_round(str(n), rng):
            word, rest = line.split(" ", 1)
            if word == "checkpoint":
                checkpoints.append(json.loads(rest))
            else:
                acknowledged.append((int(word), rest))
        served = settings.HOME.log / "checkpoint"
        if served.exists():
            checkpoints.append(served.read_text())
    while order.integrate():
        pass
    print(json.dumps({"acknowledged": acknowledged, "checkpoints": checkpoints}))


def main() -> None:
    Path(settings.HOME.root).mkdir(parents=True, exist_ok=True)
    command, *numbers = sys.argv[1:]
    if command == "prepare":
        call_command("migrate", "ledger", verbosity=0)
    elif command == "acknowledge":
        acknowledge(int(numbers[0]))
    else:
        rounds(int(numbers[0]), int(numbers[1]))


main()
