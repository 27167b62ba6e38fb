"""One order of entries, whoever integrates, wherever it stops."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from django.db import connection, transaction

from mingbai.ledger import actions, files, fsck, order, queries, tables

from .threads import in_threads


def say(count: int, name: str = "") -> list[int]:
    with transaction.atomic():
        return [actions.append("test.said", {"n": n, "name": name}) for n in range(count)]


def sound() -> fsck.Report:
    report = fsck.run()
    assert report.faults == []
    return report


class Stopped(BaseException):
    """As a process that is killed: nobody catches it."""


def stop_at(monkeypatch: pytest.MonkeyPatch, module: object, name: str, call: int) -> None:
    """Stop at the `call`-th call (from 1) of module.name, before it does anything."""
    act, left = getattr(module, name), [call]

    def stopping(*arguments: object, **more: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped
        return act(*arguments, **more)

    monkeypatch.setattr(module, name, stopping)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["fsync", "sync_folder", "_write_one", "replace"])
def test_stopped_at_any_step_the_next_run_goes_on_from_there(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    say(250)
    order.integrate()
    module: object = {"fsync": os, "replace": Path}.get(step, files)
    for call in range(1, 10):
        say(3)
        with monkeypatch.context() as patch:
            stop_at(patch, module, step, call)
            try:
                order.integrate()
            except Stopped:
                assert queries.size() - order.published().size in (0, 3)
        say(1)
        assert order.integrate() == 1
        assert sound().size == 250 + 4 * call


@pytest.mark.django_db(transaction=True)
def test_stopped_before_the_database_has_committed_nothing_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    say(3)
    order.integrate()
    say(3)
    with monkeypatch.context() as patch:
        stop_at(patch, tables, "run", 1 if connection.vendor == "sqlite" else 2)
        with pytest.raises(Stopped):
            order.integrate()
    assert queries.size() == 3
    assert order.integrate() == 3
    assert sound().waiting == 0


@pytest.mark.django_db
def test_a_limit_is_kept_and_ids_give_the_order() -> None:
    ids = say(7)
    assert [order.integrate(3), order.integrate(3), order.integrate(3)] == [3, 3, 1]
    assert [queries.status(entry) for entry in ids] == list(range(7))
    assert [change.index for change in queries.changes(2, 3)] == [3, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_many_append_while_several_integrate_and_every_entry_gets_one_place() -> None:
    done = threading.Event()
    writers = [lambda n=n: [say(1 + i % 3, f"{n}") for i in range(12)] and None for n in range(6)]

    def write() -> None:
        assert in_threads(writers) == []
        done.set()

    def integrate() -> None:
        while not done.is_set():
            order.integrate(5)

    assert in_threads([write, integrate, integrate]) == []
    while order.integrate():
        pass
    assert sound().size == 6 * 24
    assert [change.index for change in queries.changes(-1, 1000)] == list(range(6 * 24))


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_ordered_late_and_not_lost() -> None:
    """On PostgreSQL a lower id may commit after a higher one; following `id > last` would skip it."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: ids commit in their order; scripts/with-postgres shows this")
    say(1)  # the house has its key: whoever makes a key holds up others that need it first
    order.integrate()
    begun, go_on = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(actions.append("test.said", {"late": True}, ref="subscriber:1"))
            begun.set()
            assert go_on.wait(30)

    def quick() -> None:
        assert begun.wait(30)
        (early,) = say(1)
        assert early > late[0]
        assert order.integrate() == 1
        assert queries.status(early) == 1
        assert queries.status(late[0]) is None
        go_on.set()

    assert in_threads([slow, quick]) == []
    assert order.integrate() == 1
    assert queries.status(late[0]) == 2
    assert [change.ref for change in queries.changes(1, 10)] == ["subscriber:1"]
    sound()


@pytest.mark.django_db
def test_postgresql_answers_only_what_is_on_its_disk() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("PostgreSQL's own")
    assert tables.one("SHOW synchronous_commit") == ("on",)
