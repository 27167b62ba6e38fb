"""Tries are counted once, by all web processes together, for an hour, and leave no entry in the log."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import connection, connections

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.web import limits
from mingbai.web.models import Tried

HOUR = 3600
# A web process of its own, on the same database.
OTHER = """
import sys, django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from mingbai.web import limits
print(limits.count("login:name:li"))
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_counts_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the test database's address is SQLite's")
    assert limits.count("login:name:li") == 1
    env = {**os.environ, "MINGBAI_TEST_HOME": str(settings.HOME.root)}
    command = [sys.executable, "-c", OTHER, str(connection.settings_dict["NAME"])]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "2\n"
    assert limits.count("login:name:li") == 3


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_each_counted() -> None:
    def act() -> None:
        try:
            for _ in range(5):
                limits.count("login:name:li")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limits.count("login:name:li") == 21


@pytest.mark.django_db
def test_the_count_runs_from_the_first_try_for_an_hour() -> None:
    with clock.at(clock.now()) as advance:
        for _ in range(3):
            limits.spend("code:from:192.0.2.1", 3)
            advance(HOUR / 4)
        with pytest.raises(Problem, match="too often"):
            limits.spend("code:from:192.0.2.1", 3)
        with pytest.raises(Problem, match="too often"):
            limits.refuse_beyond("code:from:192.0.2.1", 3)
        limits.spend("code:from:192.0.2.2", 3)
        advance(HOUR / 4 + 1)
        limits.refuse_beyond("code:from:192.0.2.1", 3)
        limits.spend("code:from:192.0.2.1", 3)
        assert Tried.objects.count() == 2  # what was over is gone


@pytest.mark.django_db
def test_a_try_leaves_no_entry_and_names_nobody() -> None:
    before = ledger.waiting_since()
    limits.count("code:number:8613812345678")
    assert ledger.waiting_since() == before
    (row,) = Tried.objects.values()
    assert "13812345678" not in str(row)
    assert len(bytes(row["key"])) == 16
