"""A hotline's file: read row by row, taken twice, cut off and taken again; 12,113 real complaints too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from mingbai.cases import actions, sheet
from mingbai.cases.actions import feeds
from mingbai.cases.actions.reports import Said
from mingbai.cases.models import Report, Reported
from mingbai.cases.tests import reporting
from mingbai.cases.tests.reporting import ROGUE, World, settle, weighed
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.people import actions as people

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
SHARED = Path(os.environ.get("MINGBAI_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))
REAL = SHARED / "dnc_reports" / "ftc_dnc_1day_2025-10-28.csv"
HEAD = "编号,举报人号码,已验证,被举报号码,类型,来电时间,时长,内容,受理时间"


def judged(text: str, country: str = "") -> tuple[list[sheet.Good], list[sheet.Bad]]:
    return sheet.judge(sheet.read(text.encode()), now=NOW, zone="Asia/Shanghai", country=country)


@pytest.fixture
def house(db: None) -> int:
    return people.create_organisation(name="海东移动", kind="operator")


@pytest.fixture
def world() -> Iterator[World]:
    with reporting.world() as made:
        yield made


def taken(data: str, house: int, *, keep_good: bool = True, feed: str = "12321") -> feeds.Taken:
    return actions.import_feed(data.encode(), feed=feed, organisation=house, keep_good=keep_good)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1,13800000001,是,,营销,,,,", "number", "reports.row_number"),
        ("1,13800000001,是,私密号码,营销,,,,", "number", "reports.row_number"),
        ("1,95588,是,02160876100,营销,,,,", "reporter", "reports.row_reporter"),
        ("1,不详,是,02160876100,营销,,,,", "reporter", "reports.row_reporter"),
        ("1,02160876100,是,021-60876100,营销,,,,", "reporter", "reports.own"),
        ("1,13800000001,也许,02160876100,营销,,,,", "verified", "reports.row_yes_no"),
        ("1,13800000001,是,02160876100,营销,前天,,,", "called_at", "reports.row_time"),
        ("1,13800000001,是,02160876100,营销,2026-12-01 10:00,,,", "called_at", "reports.future"),
        ("1,13800000001,是,02160876100,营销,2026-13-01 10:00,,,", "called_at", "reports.row_time"),
        ("1,13800000001,是,02160876100,营销,,很久,,", "duration", "reports.row_duration"),
        ("1,13800000001,是,02160876100,营销,,99999999999,,", "duration", "reports.row_duration"),
        (f"{'9' * 65},13800000001,是,02160876100,营销,,,,", "id", "reports.row_long_id"),
        (f"1,13800000001,是,02160876100,营销,,,{'长' * 1001},", "text", "reports.long"),
        (f"1,13800000001,是,02160876100,营销,,,{'长' * 2001},", "", "reports.row_long_cell"),
    ],
)
def test_each_bad_row_says_where_and_why(row: str, column: str, code: str) -> None:
    good, bad = judged(f"{HEAD}\n{row}\n2,,,02160876100,,,,,\n")
    assert [one.id for one in good] == ["2"]
    assert [(one.row, one.column, one.code) for one in bad] == [(2, column, code)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("80", 80), ("1:20", 80), ("01:00:05", 3605), ("1分20秒", 80), ("2小时1分", 7260), ("80s", 80), ("", None)],
)
def test_lengths_of_calls(text: str, seconds: int | None) -> None:
    good, _bad = judged(f"number,duration,text\n02160876100,{text},x\n")
    assert good[0].duration_s == seconds


@pytest.mark.parametrize(
    "text",
    ["2026-11-20 15:30", "2026/11/20 15:30:00", "20261120153000", "2026-11-20T07:30:00Z", "2026年11月20日 15:30"],
)
def test_times_as_hotlines_write_them(text: str) -> None:
    good, _bad = judged(f"number,called_at\n02160876100,{text}\n")
    assert good[0].called_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        '[{"id": 7, "被举报号码": "02160876100", "类型": "推销", "verified": true, "reporter number": 13800000001}]',
        '{"reports": [{"编号": "7", "reported": 2160876100.0, "number": "02160876100", "type": "推销",'
        ' "verified": "是", "举报人": "138 0000 0001"}]}',
        '{"id": "7", "number": "02160876100", "kind": "marketing", "verified": 1, "reporter": "13800000001"}\n',
    ],
)
def test_json_in_three_shapes(text: str) -> None:
    (one,), bad = judged(text)
    assert not bad
    assert (one.id, one.number.digits, one.kind, one.verified) == ("7", "862160876100", "marketing", True)
    assert one.reporter is not None


@pytest.mark.parametrize("text", ["", "\n\n", "[]", "a,b\n1,2", "number,被举报号码\n1,2", "[1]", "{", "[" * 100_000])
def test_what_is_no_file_of_reports_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        sheet.read(text.encode())


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    try:
        rows = sheet.read(data)
    except Problem:
        return
    sheet.judge(rows, now=NOW, zone="Asia/Shanghai")


def test_a_number_of_a_report_that_stands_twice_is_bad_unless_the_row_is_the_same() -> None:
    row = "A1,13800000001,是,02160876100,营销,,,推销,"
    good, bad = judged(f"{HEAD}\n{row}\n{row}\nA1,,,02160876100,,,,,\n")
    assert (len(good), [one.row for one in bad]) == (2, [4])


def test_rows_without_a_number_are_known_by_content_and_place_among_equals() -> None:
    good, _bad = judged("number\n02160876100\n02160876100\n4008109889\n")
    again, _bad = judged("number\n4008109889\n02160876100\n02160876100\n")
    assert len({one.id for one in good}) == 3
    assert {one.id for one in good} == {one.id for one in again}


ROWS = [f"A{n},1380000{n:04},是,02160876100,营销,,,第{n}次," for n in range(1, 8)]


@pytest.mark.django_db
def test_a_file_taken_twice_or_with_more_rows_gives_each_report_once(house: int) -> None:
    first = taken("\n".join([HEAD, *ROWS[:4]]), house)
    again = taken("\n".join([HEAD, *ROWS]), house)
    assert (first.new, first.known, again.new, again.known) == (4, 0, 3, 4)
    assert again.follows[:4] == first.follows
    assert Report.objects.count() == 7
    assert taken("\n".join([HEAD, *ROWS]), house, feed="别的热线").new == 7
    entries = [one.content for one in ledger.of_subject(f"organisation:{house}") if one.kind == "cases.feed_imported"]
    assert [one["new"] for one in entries if one] == [4, 3, 7]


@pytest.mark.django_db
def test_nothing_is_taken_of_a_file_with_a_bad_row_when_none_is_wanted(house: int) -> None:
    text = "\n".join([HEAD, *ROWS, "A9,,,无,,,,,"])
    none = taken(text, house, keep_good=False)
    assert (none.new, len(none.rejected), Report.objects.count()) == (0, 1, 0)
    assert taken(text, house).new == 7


@pytest.mark.django_db
def test_what_was_cut_off_goes_on_where_it_stopped(house: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "AT_ONCE", 2)
    calls, real = count(1), feeds.entered

    def dies(said: Said, target: int | None) -> Report:
        if next(calls) == 6:
            raise RuntimeError("power cut")
        return real(said, target)

    monkeypatch.setattr(feeds, "entered", dies)
    with pytest.raises(RuntimeError):
        taken("\n".join([HEAD, *ROWS]), house)
    assert Report.objects.count() == 4  # whole parts, nothing of the one that was cut off
    monkeypatch.setattr(feeds, "entered", real)
    again = taken("\n".join([HEAD, *ROWS]), house)
    assert (again.new, again.known, Report.objects.count()) == (3, 4, 7)


@pytest.mark.django_db
@pytest.mark.parametrize("lost", [8, 20, 30, 41, 55, 66, 70])
def test_a_file_that_ends_within_a_row_leaves_that_row_for_the_whole_file(house: int, lost: int) -> None:
    fields = ("feed_id", "digits", "target_id", "kind", "text", "duration_s", "called_at", "reporter_id", "verified")
    rows = [
        f"A{n},1380000{n:04},是,02160876100,营销,2026-11-20 10:00,80,第{n}次“推销”,2026-11-20 15:00" for n in (1, 2, 3)
    ]
    whole = "\n".join([HEAD, *rows]).encode() + b"\n"
    with clock.at(reporting.at("2026-11-22 10:00")):
        first = actions.import_feed(whole[:-lost], feed="12321", organisation=house, keep_good=True)
        assert (first.new, [one.row for one in first.rejected]) == (2, [4])
        again = actions.import_feed(whole, feed="12321", organisation=house, keep_good=True)
        assert (again.new, again.known) == (1, 2)
        actions.import_feed(whole, feed="另一份", organisation=house, keep_good=True)
    kept = [
        list(Report.objects.filter(feed=feed).order_by("feed_id").values_list(*fields)) for feed in ("12321", "另一份")
    ]
    assert kept[0] == kept[1]


@pytest.mark.django_db
def test_verified_people_of_a_hotline_open_a_case_and_an_unverified_batch_does_not(world: World, house: int) -> None:
    for n in range(1, 8):
        world.call(ROGUE, f"1380000{n:04}", ago=timedelta(hours=2))
    taken("\n".join([HEAD, *(row.replace("是", "否") for row in ROWS)]), house, feed="未验证")
    settle()
    assert weighed() == (1, 100)
    taken("\n".join([HEAD, *ROWS]), house)
    settle()
    assert weighed()[0] == 7


@pytest.mark.django_db
def test_a_hotline_that_was_late_is_noted_as_late(house: int) -> None:
    with clock.at(reporting.at("2026-11-22 10:00")):
        taken(f"{HEAD}\nA1,13800000001,是,02160876100,营销,,,,2026-11-10 09:00\n", house)
        taken(f"{HEAD}\nA2,13800000001,是,02160876100,营销,,,,2026-11-20 09:00\n", house)
    assert dict(Report.objects.values_list("feed_id", "late")) == {"A1": 1, "A2": 0}


@pytest.mark.skipif(not REAL.exists(), reason=f"no {REAL.name} on this machine")
@pytest.mark.django_db
def test_a_day_of_real_complaints_taken_twice_is_the_same(house: int) -> None:
    lines = REAL.read_bytes().splitlines(keepends=True)
    if connection.vendor == "postgresql":  # what a row may be was seen on SQLite: here it is enough that it is kept
        del lines[2001:]
    data, rows = b"".join(lines), len(lines) - 1
    first = actions.import_feed(data, feed="ftc 2025-10-28", organisation=house, keep_good=True, country="1")
    assert rows in (2_000, 12_113)
    assert (first.rows, first.new + len(first.rejected)) == (rows, rows)
    before = set(Report.objects.values_list("follow", "feed_id", "digits", "target_id"))
    again = actions.import_feed(data, feed="ftc 2025-10-28", organisation=house, keep_good=True, country="1")
    assert (again.new, again.known, again.rejected) == (0, first.new, first.rejected)
    assert set(Report.objects.values_list("follow", "feed_id", "digits", "target_id")) == before
    assert json.dumps(again.follows) == json.dumps(first.follows)
    assert not Reported.objects.exists()
