"""Orders from the offer to “done”, one writer on SQLite, against bare inserts of the same rows.

An order is whole: offered by a seller (frozen from the published version, asked by SMS), answered “Y” by SMS through
the inbox, carried out in the sandbox, told. The bare insert has every row ready made (order, steps, ledger entries
sealed, the key of a subject who had none, messages, reply, sandbox's record) and writes them through `sqlite3` alone
into the same tables and triggers, with WAL and `synchronous=FULL`, in the same three commits an order: offer, answer,
done. The worker settles many orders in one commit, as it does in service; the bare insert does so too, in parts of the
same size.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
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
from tests.performance import harness  # noqa: E402

from mingbai.kernel import msisdn  # noqa: E402
from mingbai.notices import actions as notices  # noqa: E402
from mingbai.orders import actions  # noqa: E402
from mingbai.orders.tests.conftest import Market  # noqa: E402
from mingbai.people import actions as people  # noqa: E402

ORDERS, ROUNDS = 400, 9
TABLES = (
    "ledger_subjectkey", "orders_order", "orders_event", "ledger_entry", "notices_outgoing", "notices_incoming",
    "orders_sandboxed",
)  # fmt: skip
OFFER, ANSWER, DONE = 0, 1, 2
WHEN = {"ledger_subjectkey": OFFER, "orders_order": OFFER, "notices_incoming": ANSWER, "orders_sandboxed": DONE}
Rows = list[tuple[str, str, tuple[Any, ...]]]


def connected() -> sqlite3.Connection:
    made = sqlite3.connect(settings.HOME.database, isolation_level=None, timeout=20)
    made.execute("PRAGMA foreign_keys=ON")
    made.execute("PRAGMA synchronous=FULL")
    return made


def highest(database: sqlite3.Connection) -> dict[str, int]:
    found = {}
    for table in TABLES:
        found[table] = database.execute(f"SELECT coalesce(max({key(table)}), 0) FROM {table}").fetchone()[0]
    return found


def key(table: str) -> str:
    """By which column a table's rows come one after another; a subject's key has its subject for an id."""
    return "rowid" if table == "ledger_subjectkey" else "id"


def orders(market: Market, subscribers: list[int]) -> float:
    """Orders a second."""
    begun = perf_counter()
    for who in subscribers:
        actions.propose(
            plan=market.plan, subscriber=who, seller=market.seller, channel="agent", region="石家庄", by="key:1"
        )
        notices.receive(subscriber=who, text="Y", message_id=f"bench-{who}")
    done = 0
    while done < len(subscribers):
        settled = actions.fulfil_due()
        assert settled
        done += settled
    return len(subscribers) / (perf_counter() - begun)


def written(database: sqlite3.Connection, since: dict[str, int]) -> list[Rows]:
    """Every row that the orders wrote, by step and in the order of ids, ready to be inserted again under new ids."""
    shift = highest(database)
    steps: list[dict[int, Rows]] = [{}, {}, {}]
    names = {table: [one[1] for one in database.execute(f"PRAGMA table_info({table})")] for table in TABLES}
    stage = {
        "proposed": OFFER, "confirmed": ANSWER, "fulfilled": DONE, "confirmation": OFFER, "success": DONE,
        "orders.proposed": OFFER, "orders.confirmed": ANSWER, "orders.fulfilled": DONE,
    }  # fmt: skip
    for table in TABLES:
        columns = names[table]
        marks = ", ".join("?" * len(columns))
        quoted = ", ".join(f'"{name}"' for name in columns)
        statement = f"INSERT INTO {table} ({quoted}) VALUES ({marks})"
        fresh = f"SELECT * FROM {table} WHERE {key(table)} > ? ORDER BY {key(table)}"
        rows = database.execute(fresh, [since[table]]).fetchall()
        place: dict[int, int] = {}
        for row in rows:
            said = dict(zip(columns, row, strict=True))
            word = "" if table in WHEN else said.get("what") or said.get("template") or said["kind"]
            at = stage[word] if word else WHEN[table]
            for name, other in (("id", table), ("order_id", "orders_order"), ("order", "orders_order")):
                if name in said:
                    said[name] += shift[other] - since[other]
            for name in ("key", "message_id", "subject"):
                if name in said and (name != "subject" or table == "ledger_subjectkey"):
                    said[name] = f"b{said[name]}-{shift[table]}"
            if table == "ledger_entry":
                said["index"] = None
            number = place[at] = place.get(at, -1) + 1
            steps[at].setdefault(number, []).append((table, statement, tuple(said[name] for name in columns)))
    return [[one for n in sorted(step) for one in step[n]] for step in steps]


def bare(database: sqlite3.Connection, steps: list[Rows], many: int) -> float:
    """Orders a second: offer and answer each in a commit of its own, what the worker writes 200 orders at once."""
    offers, answers, done = (_parts(step, many) for step in steps)
    begun = perf_counter()
    for offer, answer in zip(offers, answers, strict=True):
        _commit(database, [offer])
        _commit(database, [answer])
    for start in range(0, many, 200):
        _commit(database, done[start : start + 200])
    return many / (perf_counter() - begun)


def _parts(rows: Rows, many: int) -> list[Rows]:
    each, rest = divmod(len(rows), many)
    assert not rest, (len(rows), many)
    return [rows[at * each : (at + 1) * each] for at in range(many)]


def _commit(database: sqlite3.Connection, parts: list[Rows]) -> None:
    database.execute("BEGIN IMMEDIATE")
    for part in parts:
        for _table, statement, values in part:
            database.execute(statement, values)
    database.execute("COMMIT")


def run() -> list[harness.Row]:
    call_command("migrate", verbosity=0)
    market = Market()
    database = connected()
    ours, theirs, rows = [], [], 0
    for turn in range(ROUNDS + 1):
        subscribers = [people.ensure_subscriber(msisdn.require(f"139{turn:02}{n:06}")) for n in range(ORDERS)]
        since = highest(database)
        speed = orders(market, subscribers)
        steps = written(database, since)
        rows = sum(map(len, steps))
        plain = bare(database, steps, ORDERS)
        if turn:  # the first warms up
            ours.append(speed)
            theirs.append(plain)
    ratio = median(one / other for one, other in zip(ours, theirs, strict=True))
    print(f"{rows / ORDERS:.1f} rows an order; ratios {[round(a / b, 3) for a, b in zip(ours, theirs, strict=True)]}")
    return [
        harness.row(
            "orders from offer to done, one writer",
            median(ours),
            "orders/s",
            target="≥ 0.35 × bare inserts of the same rows",
            met=ratio >= 0.35,
            baseline=median(theirs),
        )
    ]


if __name__ == "__main__":
    harness.main(run)
