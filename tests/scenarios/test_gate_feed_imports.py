"""An import of many rows and a refusal that arrives while it is being applied; kills at any moment."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.gate import feed
from mingbai.gate.facts import CLAIMED, REFUSED, ConsentFact, Reader, environment
from mingbai.gate.feed import following
from mingbai.gate.scrub import snapshot
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.ledger import actions as ledger
from mingbai.ledger import order
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
ROWS = 100


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:

    monkeypatch.setattr(following, "ROWS_TO_READ", 20)
    monkeypatch.setattr(following, "ROWS_TO_WRITE", 15)
    yield settings.HOME
    following.forget(settings.HOME)
    for folder in (settings.HOME.facts, settings.HOME.root / "scrub"):
        shutil.rmtree(folder, ignore_errors=True)


class Import:
    """ROWS consents claimed by one firm in one batch, as the importer leaves them."""

    def __init__(self) -> None:
        self.firm = people.create_organisation(name="明心保险", kind="enterprise")
        self.subscribers = [people.ensure_subscriber(msisdn.require(f"138{i:08d}")) for i in range(ROWS)]
        now = connection.ops.adapt_datetimefield_value(clock.now())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO consent_batch (principal_id, purpose, file_name, file_sha256, keep_good, state, rows,"
                " accepted, rejected, done, restore_reason, created_at)"
                " VALUES (%s, 'marketing', 'f', %s, %s, 'valid', %s, %s, 0, 0, '', %s) RETURNING id",
                [self.firm, b"0" * 32, True, ROWS, ROWS, now],
            )
            self.batch = int(cursor.fetchone()[0])
            cursor.executemany(
                "INSERT INTO consent_consent (subscriber_id, principal_id, purpose, state, how, reference, batch_id,"
                " \"row\", changed_at) VALUES (%s, %s, 'marketing', 'claimed', 'imported', '', %s, %s, %s)",
                [(each, self.firm, self.batch, row, now) for row, each in enumerate(self.subscribers)],
            )
            self.announce()

    def announce(self) -> None:
        ledger.append("consent.imported", {}, subject=f"organisation:{self.firm}", ref=f"batch:{self.batch}")

    def state(self, state: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE consent_batch SET state = %s WHERE id = %s", [state, self.batch])
            self.announce()


@pytest.fixture
def imported() -> Import:
    return Import()


def integrate() -> None:
    while order.integrate():
        pass


def states(home: Home) -> list[tuple[ConsentFact, ...]]:
    lookup = Lookup(home.key("lookup"))
    reader = Reader(home.facts, lookup)
    with reader.view() as view:
        found = [view.subscriber(lookup.key(f"86138{i:08d}")).consents for i in range(ROWS)]
    reader.close()
    return found


def test_an_import_is_in_force_in_parts_and_the_facts_say_how_old_they_are_until_then(
    home: Home, imported: Import
) -> None:
    integrate()
    steps = []
    while done := feed.step(home):
        steps.append(done)
        if len(steps) == 1:
            before = synced_at(home)
        assert synced_at(home) == before or following.follower(home)._pending() == []
    assert len(steps) > 10
    feed.step(home)
    assert synced_at(home) > before
    assert all(len(said) == 1 and said[0].state == CLAIMED for said in states(home))


def synced_at(home: Home) -> int:
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    with reader.view() as view:
        found = view.synced_at
    reader.close()
    return found


@pytest.mark.parametrize("moment", [1, 2, 5, 6, 7, 9, 12])
def test_a_refusal_goes_before_the_next_part_and_stays(home: Home, imported: Import, moment: int) -> None:
    integrate()
    for _ in range(moment):
        assert feed.step(home)
    someone = imported.subscribers[77]
    consent.refuse(subscriber=someone, principal=imported.firm, how="sms")
    integrate()
    feed.step(home)
    assert {fact.state for fact in states(home)[77]} == {REFUSED}
    feed.catch_up(home)
    assert {fact.state for fact in states(home)[77]} == {REFUSED}
    assert sum(said[0].state == CLAIMED for said in states(home)) == ROWS - 1


@pytest.mark.parametrize("moment", [1, 4, 8, 40])
def test_a_batch_suspended_while_or_after_it_is_applied_counts_no_more(
    home: Home, imported: Import, moment: int
) -> None:
    integrate()
    for _ in range(moment):
        feed.step(home)
    imported.state("suspended")
    integrate()
    feed.catch_up(home)
    assert states(home) == [()] * ROWS
    imported.state("valid")
    integrate()
    feed.catch_up(home)
    assert all(len(said) == 1 for said in states(home))


@pytest.mark.parametrize("moment", [1, 5, 7, 11])
def test_what_was_in_memory_may_be_lost_at_any_moment(home: Home, imported: Import, moment: int) -> None:
    integrate()
    for _ in range(moment):
        feed.step(home)
    following.forget(home)
    feed.catch_up(home)
    assert all(len(said) == 1 for said in states(home))
    assert len(consents.facts(imported.subscribers)) == ROWS


def test_a_large_import_is_applied_in_rounds(home: Home, imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "ROWS_TO_SORT", 70)
    integrate()
    feed.catch_up(home)
    assert all(len(said) == 1 for said in states(home))


def test_a_scrub_knows_whom_an_import_touched(home: Home, imported: Import) -> None:
    feed.rebuild(home)
    lookup = Lookup(home.key("lookup"))
    reader = Reader(home.facts, lookup)
    assert len(snapshot.open_current(home, reader).touched) == 0
    integrate()
    imported.state("valid")
    integrate()
    feed.catch_up(home)
    assert len(snapshot.open_current(home, reader).touched) == ROWS
    reader.close()


CHILD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "mingbai.settings.testing"
import django
django.setup()
from django.conf import settings
from django.db import connections
from mingbai.gate import feed
from mingbai.gate.feed import following
from mingbai.ledger import order
connections["default"].settings_dict["NAME"] = sys.argv[1]
following.ROWS_TO_READ, following.ROWS_TO_WRITE = 20, 10
print("ready", flush=True)
while True:
    order.integrate()
    feed.step(settings.HOME)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_again_and_again_the_feed_ends_where_a_rebuild_does(home: Home, tmp_path: Path) -> None:
    imported, chance = Import(), random.Random(7)
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD))
    name = str(connection.settings_dict["NAME"])
    for turn in range(4):
        child = subprocess.Popen(
            [sys.executable, str(script), name],
            env={**os.environ, "MINGBAI_TEST_HOME": str(home.root)},
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        for who in chance.sample(imported.subscribers, 5):
            consent.refuse(subscriber=who, principal=imported.firm, how="web")
        if turn % 2:
            with transaction.atomic():
                imported.announce()
        clock.pause(chance.random() * 0.15)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    integrate()
    feed.catch_up(home)
    followed = dump(home)
    feed.rebuild(home)
    assert dump(home) == followed
    assert len(followed["subscribers"]) == ROWS


def dump(home: Home) -> dict[str, list[tuple[bytes, bytes]]]:
    folder = environment.current(home.facts)
    assert folder is not None
    handle = environment.acquire(folder)
    with handle.env.begin() as txn:
        found = {name: list(txn.cursor(db)) for name, db in handle.dbs.items() if name != "meta"}
    environment.release(handle)
    return found
