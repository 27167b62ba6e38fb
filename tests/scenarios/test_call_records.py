"""From a switch's file to the lake to what detection reads: each call once, whoever saw it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import settings

from mingbai.calls import actions, queries
from mingbai.calls.pseudonyms import Pseudonyms
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use

pytestmark = pytest.mark.django_db
DAY, NOON = date(2026, 11, 21), datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
FILE = """call,caller,callee,start,answer,end,cause
c1,057188001234,13812345678,2026-11-21 12:00:03,2026-11-21 12:00:15,2026-11-21 12:00:20,16
c2,+8613900000001,138 1234 5678,2026-11-21 12:30:00,,2026-11-21 12:30:04,19
c2,+8613900000001,138 1234 5678,2026-11-21 12:30:00,,2026-11-21 12:30:04,19
c3,13900000001,not a number,2026-11-21 12:31:00,,,
"""


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    for folder in (settings.HOME.journal, settings.HOME.lake, settings.HOME.files / "calls"):
        shutil.rmtree(folder, ignore_errors=True)
    for key in settings.HOME.keys.glob("calls-*"):
        key.unlink()


def judged(home: Home, **more: int) -> None:
    """One attempt through the gate, its segment in the lake."""
    known = journal.Record(
        at_us=clock.now_us(), caller=8657188001234, callee=8613812345678, consent=7, position=5, trunk=4, resource=2,
        holder=3, principal=6, age_ms=12, code=int(Code.LABELLED), sip=0, purpose=journal.NO_PURPOSE,
        use=USES.index(Use.SERVICE), mode=0, decision=int(Decision.LABEL), caller_kind=int(Kind.FIXED),
        callee_kind=int(Kind.MOBILE),
    )  # fmt: skip
    writer = journal.Writer(home.journal, capacity=1024)
    writer.append(tuple(known._replace(**more)))
    for path in writer.close():
        actions.store_segment(home, path)
        path.unlink()


def seen(home: Home) -> list[dict[str, Any]]:
    """The day's traffic with its numbers opened, by time."""
    files = queries.traffic(home, DAY, date(2026, 11, 22)).files
    with duckdb.connect() as connection:
        found = connection.read_parquet(files).project(", ".join(f'"{name}"' for name in queries.TRAFFIC))
        rows = [dict(zip(found.columns, row, strict=True)) for row in found.order("at_us").fetchall()]
    opened = Pseudonyms(home)
    for row in rows:
        for name in ("caller", "callee"):
            (number,) = actions.open_numbers([(row[name], row.pop(f"{name}_tail"))], "2026Q4", "Test", None)
            assert opened.of(number, "2026Q4")[0] == row[name]
            row[name] = number
    return rows


def test_a_file_of_records_joins_what_the_gate_saw(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text(FILE)
    with clock.at(NOON) as advance:
        judged(home)
        advance(300)
        judged(home, callee=8613700000000, decision=int(Decision.REFUSE), code=int(Code.CONSENT_MISSING))
        advance(3_600)
        report = actions.import_calls(home, [path], actions.ImportChoice("csv", source="msc-1"))
        assert (report.rows, report.good, report.repeats, report.bad, report.done) == (4, 2, 1, 1, True)
        again = actions.import_calls(home, [path], actions.ImportChoice("csv", source="msc-1"))
        assert (again.known, again.rows, again.done) == (1, 0, False)
        rows = seen(home)
    assert [(row["caller"], row["callee"], row["seen"]) for row in rows] == [
        ("8657188001234", "8613812345678", 1),  # of one call: the record, with what the gate knew
        ("8657188001234", "8613700000000", 0),  # refused: no switch ever saw it
        ("8613900000001", "8613812345678", 1),  # never came by the gate
    ]
    both, refused, other = rows
    assert (both["answered"], both["ring_ms"], both["talk_ms"], both["cause"]) == (True, 12_000, 5_000, 16)
    assert (both["decision"], both["trunk"], both["holder"], both["principal"]) == (int(Decision.LABEL), 4, 3, 6)
    assert both["source"] == "msc-1"
    assert (refused["decision"], refused["answered"], refused["source"]) == (int(Decision.REFUSE), None, "gate")
    assert (other["answered"], other["ring_ms"], other["talk_ms"], other["decision"]) == (False, 4_000, 0, None)


def test_the_joined_day_is_made_again_when_the_day_has_changed(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    path.write_text(FILE)
    with clock.at(NOON) as advance:
        judged(home)
        advance(3_600)
        actions.import_calls(home, [path], actions.ImportChoice("csv"))
        assert len(seen(home)) == 2
        first = queries.traffic(home, DAY, date(2026, 11, 22)).files
        assert queries.traffic(home, DAY, date(2026, 11, 22)).files == first
        judged(home, callee=8613700000000)
        assert len(seen(home)) == 3
        assert queries.traffic(home, DAY, DAY).files == []
        assert queries.traffic(home, DAY, date(2026, 11, 22)).zone_offset_s == 8 * 3600
