"""The import with its second process, as it runs in earnest; and refusals that arrive meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, connections

from mingbai.consent import actions, importing, queries
from mingbai.consent.importing import job, running
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

from .conftest import Firm, ListFile, Person, row


@pytest.mark.django_db
def test_the_second_process_stages_and_the_first_writes(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    path = whitelist(*(row(place) for place in range(50)), row(60, given="2026-13-01"))
    report = importing.import_whitelist(path, principal=house, purpose="marketing", keep_good=True)
    assert (report.state, report.accepted, [bad.row for bad in report.bad]) == ("valid", 50, [52])


@pytest.mark.django_db
def test_what_the_second_process_refuses_is_a_problem_here(firm: Firm, whitelist: ListFile) -> None:
    with pytest.raises(Problem) as raised:
        importing.import_whitelist(
            whitelist(header="what,is,this"), principal=firm("好房"), purpose="marketing", keep_good=True
        )
    assert raised.value.code == "import.header"


@pytest.mark.django_db
def test_a_second_process_that_dies_leaves_a_rejected_batch(
    firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = job.Staging.__enter__

    def killed(self: Any) -> Any:
        entered = enter(self)
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        return entered

    monkeypatch.setattr(job.Staging, "__enter__", killed)
    with pytest.raises(RuntimeError, match="ended early"):
        importing.import_whitelist(whitelist(row(1)), principal=firm("好房"), purpose="marketing", keep_good=True)
    assert [batch.state for batch in queries.batches()] == ["rejected"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("staged_here")
def test_refusals_meanwhile_wait_for_one_short_transaction_at_most(
    person: Person, firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """People refuse while their own rows are being written: every refusal stands, and none waits for the import."""
    house = firm("好房")
    monkeypatch.setattr(running, "WRITE", 500)
    count = 8000
    known = [person(place) for place in range(0, count, 400)]
    waits: list[float] = []
    started = threading.Event()

    def refuse() -> None:
        try:
            started.wait(30)
            for one in known:
                before = clock.monotonic()
                actions.refuse(subscriber=one, principal=house, purpose="marketing", how="sms")
                waits.append(clock.monotonic() - before)
        finally:
            connections.close_all()

    thread = threading.Thread(target=refuse)
    thread.start()
    report = importing.import_whitelist(
        whitelist(*(row(place) for place in range(count))),
        principal=house,
        purpose="marketing",
        keep_good=True,
        progress=lambda stage, *_: started.set() if stage == "writing" else None,
    )
    thread.join()
    assert report.state == "valid"
    assert report.accepted + report.rejected == count
    assert len(waits) == len(known)
    assert {queries.status(subscriber=one, principal=house, purpose="marketing") for one in known} == {"refused"}
    assert max(waits) < 2, "a refusal waited for more than a transaction or two"
    if connection.vendor == "sqlite":
        assert sorted(waits)[len(waits) // 2] < 0.5


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_share_one_number(firm: Firm, whitelist: ListFile) -> None:
    """Both firms' lists name the same new people: each subscriber is made once, each firm has its consent."""
    houses = [firm("好房"), firm("快贷")]
    paths = [whitelist(*(row(place) for place in range(2000))), whitelist(*(row(place) for place in range(2000)))]
    reports: list[importing.Report] = []

    def take(place: int) -> None:
        try:
            reports.append(
                importing.import_whitelist(paths[place], principal=houses[place], purpose="marketing", keep_good=True)
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(place,)) for place in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.accepted for report in reports] == [2000, 2000]
    from mingbai.people import queries as people

    assert people.count_subscribers() == 2000


@pytest.mark.django_db
def test_given_at_in_the_future_is_judged_by_the_houses_clock(firm: Firm, whitelist: ListFile) -> None:
    with clock.at(datetime(2026, 1, 30, tzinfo=UTC)):
        report = importing.import_whitelist(
            whitelist(row(1, given="2026-02-02"), row(2, given="2026-01-29")),
            principal=firm("好房"),
            purpose="marketing",
            keep_good=True,
        )
    assert [bad.code for bad in report.bad] == ["import.given_future"]
