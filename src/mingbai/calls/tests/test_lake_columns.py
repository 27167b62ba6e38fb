"""The lake's columns grow: files of every age are read together, and switches' records are no attempts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingbai.calls import actions, lake, queries
from mingbai.calls.tests.test_one_attempt import record
from mingbai.gate import journal
from mingbai.kernel import clock, msisdn
from mingbai.kernel.home import Home
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db
DAY, NOON = date(2026, 11, 21), datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
NUMBER = msisdn.parse("13812345678")
_NEW = ["call", "cause", "near", "seen"]


def _stored(home: Home, **more: int) -> None:
    writer = journal.Writer(home.journal, capacity=1024)
    writer.append(record(**more))
    for path in writer.close():
        actions.store_segment(home, path)
        path.unlink()


def _aged(home: Home) -> None:
    """Every file as an earlier version wrote it."""
    for name in lake.files(home):
        pq.write_table(pq.read_table(name, schema=lake.SCHEMA).drop_columns(_NEW), name)


def test_a_segment_says_how_near_the_numbers_are_and_that_the_gate_saw_them(home: Home) -> None:
    with clock.at(NOON):
        _stored(home, caller=8613812340000)
    (row,) = pq.read_table(lake.files(home)[0]).select(_NEW).to_pylist()
    assert row == {"call": None, "cause": None, "near": 7, "seen": lake.GATE}


@pytest.mark.parametrize("merged", [False, True])
def test_old_files_and_new_ones_are_read_together(home: Home, merged: bool) -> None:
    with clock.at(NOON) as advance:
        subscriber = people.ensure_subscriber(NUMBER)
        advance(60)
        _stored(home)
        _aged(home)
        assert len(queries.attempts_to(subscriber)) == 1
        advance(60)
        _stored(home)
        if merged:
            assert lake.merge(home, DAY, at_least=2) == 2
        found = queries.attempts_to(subscriber)
        assert len(found) == 2
        assert queries.attempt(found[1].receipt_id) == found[1]
        assert queries.statistics(since_us=0).total == 2


def test_a_record_of_a_switch_is_no_attempt_at_the_gate(home: Home) -> None:
    with clock.at(NOON) as advance:
        subscriber = people.ensure_subscriber(NUMBER)
        advance(60)
        _stored(home)
        (row,) = pq.read_table(lake.files(home)[0], schema=lake.SCHEMA).to_pylist()
        theirs: dict[str, Any] = {
            **row,
            "source": "a switch",
            "segment": "x",
            "decision": None,
            "code": None,
            "seen": 1,
        }
        lake.write(home, DAY, "theirs.parquet", pa.Table.from_pylist([theirs], schema=lake.SCHEMA))
        assert len(queries.attempts_to(subscriber)) == 1
        assert queries.statistics(since_us=0).total == 1
        assert queries.pattern(queries.Target(holder=3), 1).calls == 1
        found = queries.between([("8695533", NUMBER.digits)], 0, clock.now_us() + 1)
        assert [len(between.calls) for between in found.values()] == [1]
