"""What each switch writes, by hand, and the rows that it must become."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mingbai.calls.importing.tests.conftest import at
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db

# cdr_csv: text quoted, quotes in it doubled, times quoted or nothing, numbers bare.
CDR_CSV_18 = (
    '"","13912345678","02160876100","from-trunk","""张三"" <13912345678>","PJSIP/trunk-0000001a","PJSIP/601-0000001b",'
    '"Dial","PJSIP/601,20,tT","2026-11-21 09:00:00","2026-11-21 09:00:07","2026-11-21 09:01:07",67,60,"ANSWERED",'
    '"DOCUMENTATION","1795222800.26",""\n'
    '"","13912345678","02160876100","from-trunk","""A, B"" <13912345678>","PJSIP/trunk-1","","Dial","x",'
    '"2026-11-21 09:10:00",,"2026-11-21 09:10:20",20,0,"NO ANSWER","DOCUMENTATION","1795223400.30","note"\n'
    '"","02160876100","10010","internal","02160876100","PJSIP/601-1","","Dial","x",'
    '"2026-11-21 09:20:00",,"2026-11-21 09:20:01",1,0,"BUSY",3,"1795224000.31",""\n'
)
CDR_CSV_21 = (
    '"","13912345678","4008123123","from-trunk","13912345678","PJSIP/t-1","PJSIP/q1-1","Queue","q",'
    '"2026-11-21 10:00:00",,"2026-11-21 10:00:15",15,0,"NO ANSWER","DOCUMENTATION","1795226400.40","","",'
    '"1795226400.40",77\n'
    '"","13912345678","4008123123","from-trunk","13912345678","PJSIP/t-1","PJSIP/q2-1","Queue","q",'
    '"2026-11-21 10:00:00","2026-11-21 10:00:20","2026-11-21 10:02:20",140,120,"ANSWERED","DOCUMENTATION",'
    '"1795226400.40","","","1795226400.40",78\n'
    '"","13912345678","13800000001","from-trunk","13912345678","PJSIP/t-1","PJSIP/out-1","Dial","x",'
    '"2026-11-21 10:01:00","2026-11-21 10:01:05","2026-11-21 10:02:20",80,75,"ANSWERED","DOCUMENTATION",'
    '"1795226460.42","","","1795226400.40",79\n'
)
CDR_CUSTOM = (
    '"""x"" <13912345678>","13912345678","02160876100","d","c","dc","Dial","x","2026-11-21 09:00:00",'
    '"2026-11-21 09:00:07","2026-11-21 09:01:07","67","60","ANSWERED","DOCUMENTATION","","1795222800.26",""\n'
)
FREEPBX = (
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
    "accountcode,uniqueid,userfield\n"
    '2026-11-21 09:00:00,"""x"" <13912345678>",,02160876100,d,c,dc,Dial,x,67,60,ANSWERED,3,,1795222800.26,\n'
)
FS_EXAMPLE = (
    '"Alice","13912345678","02160876100","public","2026-11-21 09:00:00","2026-11-21 09:00:07","2026-11-21 09:01:07",'
    '"67","60","NORMAL_CLEARING","a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d","b5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d","",'
    '"PCMA","PCMA"\n'
    '"","13912345678","13999999999","public","2026-11-21 09:05:00","","2026-11-21 09:05:01","1","0",'
    '"UNALLOCATED_NUMBER","a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7e","","","",""\n'
)
FS_LINKSYS = FS_EXAMPLE.splitlines()[0].replace('"",', '"", "acc",', 0) + ',"Linksys/SPA942","stat"\n'
FS_SQL = (
    'INSERT INTO cdr VALUES ("Alice","13912345678","02160876100","public","2026-11-21 09:00:00","2026-11-21 09:00:07",'
    '"2026-11-21 09:01:07","67","60","NORMAL_CLEARING","a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d","", "acc");\n'
)
FS_ASTERISK = (
    '"acc","13912345678","02160876100","public","Alice <13912345678>","sofia/a","sofia/b","bridge","x",'
    '"2026-11-21 09:00:00","2026-11-21 09:00:07","2026-11-21 09:01:07","67","60","NORMAL_CLEARING","3",'
    '"a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d",""\n'
)
FIRST = {
    "at_us": at("2026-11-21T09:00:00"), "caller": 8613912345678, "callee": 862160876100, "answered": True,
    "ring_ms": 7_000, "talk_ms": 60_000, "seen": 1,
}  # fmt: skip


def some(row: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


@pytest.mark.parametrize(
    ("format", "text", "source"),
    [
        ("asterisk", CDR_CSV_18, "asterisk"),
        ("asterisk", CDR_CUSTOM, "asterisk"),
        ("asterisk", FREEPBX, "asterisk"),
        ("freeswitch", FS_EXAMPLE, "freeswitch"),
        ("freeswitch", FS_LINKSYS, "freeswitch"),
        ("freeswitch", FS_SQL, "freeswitch"),
        ("freeswitch", FS_ASTERISK, "freeswitch"),
    ],
)
def test_one_call_is_the_same_in_every_dialect(
    taken: Callable[..., Any], written: Callable[..., Path], format: str, text: str, source: str
) -> None:
    report, rows = taken(written(text), format=format)
    assert report.bad == 0, report.bad_rows
    assert {name: rows[0][name] for name in FIRST} == FIRST
    assert rows[0]["source"] == source
    assert rows[0]["call"] is not None


def test_asterisk_18(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    report, rows = taken(written(CDR_CSV_18), format="asterisk")
    assert (report.rows, report.good, report.bad, report.repeats) == (3, 3, 0, 0)
    assert [some(row, "answered", "ring_ms", "talk_ms", "cause") for row in rows] == [
        (True, 7_000, 60_000, None), (False, 20_000, 0, None), (False, 1_000, 0, None),
    ]  # fmt: skip
    assert some(rows[2], "caller", "caller_kind", "callee", "callee_kind") == (
        862160876100, Kind.FIXED, 8610010, Kind.CARRIER,
    )  # fmt: skip
    assert [row["row"] for row in rows] == [1, 2, 3]


def test_asterisk_21_the_legs_of_a_call_are_one_row_for_each_called_number(
    taken: Callable[..., Any], written: Callable[..., Path]
) -> None:
    report, rows = taken(written(CDR_CSV_21), format="asterisk")
    assert (report.rows, report.good, report.repeats) == (3, 2, 1)
    assert [some(row, "callee", "answered", "talk_ms", "row") for row in rows] == [
        (864008123123, True, 120_000, 2), (8613800000001, True, 75_000, 3),
    ]  # fmt: skip
    assert rows[0]["call"] == rows[1]["call"]


@pytest.mark.parametrize("width", [16, 17, 20])
def test_asterisk_without_what_cdr_conf_adds(
    taken: Callable[..., Any], written: Callable[..., Path], width: int
) -> None:
    cells = [line.rsplit(",", 2) for line in CDR_CSV_18.splitlines()]
    more = {16: lambda c: [c[0]], 17: lambda c: c[:2], 20: lambda c: [*c[:2], '"","",5']}[width]
    report, rows = taken(written("".join(",".join(more(line)) + "\n" for line in cells)), format="asterisk")
    assert (report.good, report.bad) == (3, 0)
    assert {name: rows[0][name] for name in FIRST} == FIRST


def test_freeswitch_causes_and_numbers_not_in_use(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    _, rows = taken(written(FS_EXAMPLE), format="freeswitch")
    assert [row["cause"] for row in rows] == [16, 1]
    assert [some(row, "answered", "ring_ms", "talk_ms") for row in rows] == [(True, 7_000, 60_000), (False, 1_000, 0)]


@pytest.mark.parametrize("format", ["asterisk", "freeswitch"])
def test_another_switchs_columns_are_refused_as_a_whole(
    taken: Callable[..., Any], written: Callable[..., Path], format: str
) -> None:
    with pytest.raises(Problem, match="not the columns"):
        taken(written("13912345678,13912345679,2026-11-21 09:00:00\n"), format=format)


def test_times_in_gmt(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    _, rows = taken(written(CDR_CSV_18), format="asterisk", zone="UTC", offset_s=-1.5)
    assert rows[0]["at_us"] == at("2026-11-21T17:00:00") - 1_500_000


def test_asterisk_where_the_layout_changed_within_a_file(
    taken: Callable[..., Any], written: Callable[..., Path]
) -> None:
    """Master.csv is written on after cdr.conf was changed: first 18 columns, then 21."""
    report, rows = taken(written(CDR_CSV_18 + CDR_CSV_21), format="asterisk")
    assert (report.rows, report.good, report.bad, report.repeats) == (6, 5, 0, 1), report.bad_rows
    assert [row["row"] for row in rows] == [1, 2, 3, 5, 6]
    assert rows[3]["call"] == rows[4]["call"] != rows[2]["call"]


def test_a_log_that_begins_within_a_row(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    """The rotated begin is one bad row, and no header."""
    report, _ = taken(written('R","DOCUMENTATION","1795222799.1",""\n' + CDR_CSV_18), format="asterisk")
    assert (report.good, report.bad, report.bad_rows[0].row) == (3, 1, 1)
    report, _ = taken(written('CLEARING","a5","","","",""\n' + FS_EXAMPLE, "fs.csv"), format="freeswitch")
    assert (report.good, report.bad) == (2, 1)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_database_export_with_another_delimiter(
    taken: Callable[..., Any], written: Callable[..., Path], delimiter: str
) -> None:
    text = FREEPBX.replace('"""x"" <13912345678>"', "13912345678").replace(",", delimiter)
    _, rows = taken(written(text), format="asterisk")
    assert {name: rows[0][name] for name in FIRST} == FIRST


def test_asterisk_with_times_of_unix(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    """As ${CDR(start,u)} in cdr_custom gives them."""
    text = CDR_CUSTOM
    for clock, unix in (("00:00", "1795222800.000000"), ("00:07", "1795222807.000000"), ("01:07", "1795222867.000000")):
        text = text.replace(f"2026-11-21 09:{clock}", unix)
    _, rows = taken(written(text), format="asterisk")
    assert {name: rows[0][name] for name in FIRST} == FIRST


def test_a_name_without_a_number_is_a_withheld_caller(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    text = FREEPBX.replace('"""x"" <13912345678>"', '"""张三"" <>"')
    report, rows = taken(written(text), format="asterisk")
    assert report.bad == 0
    assert rows[0]["caller_kind"] == Kind.WITHHELD


def test_asterisks_rows_are_not_taken_for_freeswitchs(taken: Callable[..., Any], written: Callable[..., Path]) -> None:
    with pytest.raises(Problem, match="--format asterisk"):
        taken(written(CDR_CSV_18), format="freeswitch")
