"""How long after a refusal is acknowledged the gate refuses: while it serves load, and while an import is applied.

The database holds an import of a million rows that is announced again whenever it has been applied, so that the feed
always has a part of it to do; another process keeps the gate busy; the work loop is the installation's own.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import numpy as np

_BUILD = Path(__file__).resolve().parents[2] / "build"
SCALE = float(os.environ.get("MINGBAI_BENCH_SCALE", "1"))
ROWS = max(2_000, int(1_000_000 * SCALE))
REFUSALS = 300
HOME = _BUILD / f"bench-refusal-{ROWS}"

os.environ["MINGBAI_HOME"] = str(HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")

from tests.performance.harness import Row, main, percentile, row  # noqa: E402

from mingbai.kernel import clock, columns, msisdn, profile  # noqa: E402
from mingbai.kernel.home import Home  # noqa: E402
from mingbai.kernel.lookup import Lookup  # noqa: E402

FIRST = 8613800000000
CALLER = "95533"
_LOAD = """
import random
from mingbai.gate.check import Gate
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
gate, caller = Gate(Home.from_environment()), msisdn.parse("95533")
while True:
    gate.attempt(gate.question(caller, msisdn.parse(str(13800000000 + random.randrange(1000000)))))
"""


def run() -> list[Row]:
    home = Home(HOME)
    _prepare(home)
    with ExitStack() as stack:
        for command in ([sys.executable, "-m", "mingbai.gate.feed.work"], [sys.executable, "-c", _LOAD]):
            process = subprocess.Popen(command)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        times = _measure(home)
    shutil.rmtree(home.journal, ignore_errors=True)
    worst = percentile(times, 0.99)
    what = f"refusal to enforcement, gate under load, import of {ROWS:,} rows being applied"
    return [
        row(f"{what}, p99 of {REFUSALS}", worst, "s", target="≤ 1", met=worst <= 1),
        row(f"{what}, median", percentile(times, 0.5), "s", target="—", met=True),
    ]


def _prepare(home: Home) -> None:
    """A home with a firm, its number, and a batch of ROWS claimed consents; made anew each time."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    home.make_keys()
    home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from mingbai.gate import feed
    from mingbai.ledger import order
    from mingbai.numbers import actions as numbers
    from mingbai.people import actions as people

    firm = people.create_organisation(name="明心", kind="enterprise")
    numbers.register_number(first=msisdn.require(CALLER), holder=firm, principal=firm, use="marketing")
    _insert(home, firm)
    while order.integrate():
        pass
    feed.rebuild(home)


def _insert(home: Home, firm: int) -> None:
    """Rows as an import leaves them, in the order of a file: their keys are spread over everything."""
    from django.db import connection, transaction

    numbers = FIRST + np.random.default_rng(1).permutation(ROWS)
    hashes = columns.hashes(numbers, Lookup(home.key("lookup")))
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_batch (id, principal_id, purpose, file_name, file_sha256, keep_good, state, rows,"
            " accepted, rejected, done, restore_reason, created_at)"
            " VALUES (1, %s, 'marketing', 'f', %s, %s, 'valid', %s, %s, 0, 0, '', %s)",
            [firm, b"0" * 32, True, ROWS, ROWS, now],
        )
        cursor.executemany(
            "INSERT INTO people_subscriber (id, lookup, tenure, began_at) VALUES (%s, %s, 1, %s)",
            ((i + 1, hashes[i].tobytes(), now) for i in range(ROWS)),
        )
        cursor.executemany(
            "INSERT INTO consent_consent (subscriber_id, principal_id, purpose, state, how, reference, batch_id,"
            " \"row\", changed_at) VALUES (%s, %s, 'marketing', 'claimed', 'imported', '', 1, %s, %s)",
            ((i + 1, firm, i, now) for i in range(ROWS)),
        )


def _announce() -> None:
    from django.db import transaction

    from mingbai.ledger import actions as ledger

    with transaction.atomic():
        ledger.append("bench.imported", {}, ref="batch:1")


def _measure(home: Home) -> list[float]:
    """Seconds from the return of the action to the first verdict that refuses, for each of REFUSALS people."""
    from mingbai.consent import actions as consent
    from mingbai.gate.check import Gate
    from mingbai.people import queries as people

    chance, gate = random.Random(2), Gate(home)
    caller, times = msisdn.parse(CALLER), []
    for each in chance.sample(range(ROWS), REFUSALS):
        callee = msisdn.parse(str(FIRST + each))
        subscriber = people.subscriber_id(callee)
        assert subscriber is not None
        with gate.reader.view() as view:
            if (view.meta("batches") or b"[]") == b"[]":
                _announce()
        consent.refuse(subscriber=subscriber, principal=1, how="sms")
        began = perf_counter()
        while gate.ask(gate.question(caller, callee)).verdict.rule != "callee.refused":
            clock.pause(0.002)
        times.append(perf_counter() - began)
        clock.pause(chance.random() * 0.05)
    gate.close()
    return times


if __name__ == "__main__":
    main(run)
