"""Two who register at the same moment: one of them gets the number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.numbers import actions, queries
from mingbai.people import actions as people

WORKERS = 6


@pytest.mark.django_db(transaction=True)
def test_overlapping_ranges_registered_at_once() -> None:
    holder = people.create_organisation(name="正道呼叫中心", kind="call_centre")
    together = Barrier(WORKERS)

    def register(serial: int) -> str:
        first, last = parse(f"021-6087610{serial}"), parse(f"021-6087619{serial}")
        together.wait()
        try:
            actions.register_number(first=first, last=last, holder=holder, use="service")
        except Problem as problem:
            return problem.code
        finally:
            connection.close()
        return "registered"

    with ThreadPoolExecutor(WORKERS) as workers:
        told = sorted(workers.map(register, range(WORKERS)))
    assert told == ["numbers.taken"] * (WORKERS - 1) + ["registered"]
    assert queries.count() == 1
