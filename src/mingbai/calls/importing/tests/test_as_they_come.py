"""Files as programs really write them: what stands for nothing, what stands around numbers, what tells a time."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mingbai.calls.importing import mapping
from mingbai.calls.importing.tests.conftest import NOW, at
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db
Take, Write = Callable[..., Any], Callable[..., Path]
HEAD = "caller,callee,start,talk\n"
ROW = "13912345678,13800000000,2026-11-21 09:00:00,5\n"
NINE = at("2026-11-21T09:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "\n\n" + HEAD.replace(",", ";") + ROW.replace(",", ";"),  # blank lines before another delimiter
        "sep=;\r\n" + HEAD.replace(",", ";") + ROW.replace(",", ";"),  # as Excel writes it
        HEAD + ROW.replace("\n", ",\n"),  # a delimiter at the end of rows, and of none but the header
        HEAD.replace("\n", ",\n") + ROW,
        '"caller, as shown";"callee";start;talk\n'.replace("caller, as shown", "caller") + ROW.replace(",", ";"),
    ],
)
def test_what_surrounds_the_table(taken: Take, written: Write, text: str) -> None:
    report, rows = taken(written(text))
    assert (report.good, report.bad) == (1, 0), report.bad_rows
    assert (rows[0]["caller"], rows[0]["callee"], rows[0]["at_us"]) == (8613912345678, 8613800000000, NINE)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark(taken: Take, written: Write, encoding: str) -> None:
    report, rows = taken(written((HEAD + ROW * 3).encode(encoding)))
    assert (report.rows, report.good, len(rows)) == (3, 1, 1)


def test_gbk_with_a_delimiter_that_is_part_of_characters(taken: Take, written: Write) -> None:
    """“|” is the second byte of some: 已接通 must be read all the same."""
    text = "主叫号码|被叫号码|呼叫时间|接通状态\n" + "13912345678|13800000000|2026-11-21 09:00:00|已接通\n"
    _, rows = taken(written(text.encode("gbk")))
    assert rows[0]["answered"] is True


def test_what_is_put_aside_of_another_encoding_is_read_again_as_what_it_is(taken: Take, written: Write) -> None:
    layout = {
        "columns": {"caller": "主叫", "callee": "被叫", "start": "時間"},
        "file": {"encoding": "big5", "delimiter": "|"},
    }
    text = "主叫|被叫|時間\n13912345678|誰|2026-11-21 09:00:00\n13912345678|13800000000|2026-11-21 09:00:00\n"
    report, _ = taken(written(text.encode("big5")), layout=layout)
    assert (report.good, report.bad) == (1, 1)
    assert report.aside is not None
    mended = (report.aside / "calls.bad.csv").read_bytes().replace("誰".encode(), b"13800000001")
    report, rows = taken(written(mended, "mended.csv"), layout=layout)
    assert (report.good, report.bad, len(rows)) == (1, 0, 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (gzip.compress((HEAD + ROW * 500).encode())[:-20], "calls.damaged"),
        (b"\x1f\x8b\x08\x00" + b"no gzip" * 20, "calls.damaged"),
        (gzip.compress(b""), "calls.empty"),
        (b"BZh91AY&SY" + bytes(40), "calls.packed"),
        (b"PK\x03\x04" + b"calls.csv" * 9, "calls.packed"),
        (b"PK\x03\x04" + b"..[Content_Types].xml..", "calls.spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "calls.spreadsheet"),
    ],
    ids=["cut", "no gzip", "empty", "bzip2", "zip", "xlsx", "xls"],
)
def test_a_file_that_is_packed_or_damaged_says_so_by_its_name(
    taken: Take, written: Write, data: bytes, code: str
) -> None:
    with pytest.raises(Problem) as caught:
        taken(written(HEAD + ROW, "sound.csv"), written(data, "odd.csv"))
    assert (caught.value.code, caught.value.where) == (code, "odd.csv")


@pytest.mark.parametrize("nothing", ["NULL", "\\N", "nan", "None", "-", "n/a", ""])
def test_words_for_nothing_are_nothing(taken: Take, written: Write, nothing: str) -> None:
    """And calls whose id is such a word are no repeats of each other."""
    head = "caller,callee,start,answer,talk,answered,cause,callid,trunk\n"
    rest = ",".join([nothing] * 6)
    first = f"13912345678,13800000000,2026-11-21 09:00:00,{rest}\n"
    report, rows = taken(written(head + first + first.replace("09:00:00", "09:00:30") + f"{nothing}{first[11:]}"))
    assert (report.good, report.bad, report.repeats) == (3, 0, 0), report.bad_rows
    assert rows[2]["caller_kind"] == Kind.WITHHELD
    assert [(row["talk_ms"], row["cause"]) for row in rows] == [(0, None)] * 3
    assert report.unknown_trunks == ()


def test_whole_numbers_that_a_table_with_gaps_has_made_fractions(taken: Take, written: Write) -> None:
    """13912345678.0 is that number, and not 139123456780."""
    text = (
        "caller,callee,start,talk,answered,cause,callid\n"
        "13912345678.0,4008123123.0,1795222800.0,5.0,1.0,16.0,7.0\n"
        ",13800000000,1795222800000.0,NaN,0.0,17.0,8.0\n"
    )
    _, rows = taken(written(text))
    assert [(row["caller"], row["callee"], row["at_us"]) for row in rows] == [
        (8613912345678, 864008123123, NINE), (0, 8613800000000, NINE),
    ]  # fmt: skip
    assert [(row["talk_ms"], row["answered"], row["cause"]) for row in rows] == [(5_000, True, 16), (0, False, 17)]


@pytest.mark.parametrize(
    "said",
    [
        "0", "00", "0000000000", "-1", "Anonymous <anonymous@anonymous.invalid>", "anonymous@10.0.0.1", "N/A",
        "Coverage Unavailable", "无主叫", '=""',
    ],
)  # fmt: skip
def test_a_caller_that_is_not_there_is_withheld_and_not_unallocated(taken: Take, written: Write, said: str) -> None:
    quoted = '"' + said.replace('"', '""') + '"'
    report, rows = taken(written(HEAD + ROW.replace("13912345678", quoted)))
    assert report.bad == 0, report.bad_rows
    assert (rows[0]["caller"], rows[0]["caller_kind"]) == (0, Kind.WITHHELD)


@pytest.mark.parametrize("said", ["13912345678@10.0.0.1", "'13912345678", '=""13912345678""', "<13912345678@h:5060>"])
def test_marks_around_a_number_are_none_of_it(taken: Take, written: Write, said: str) -> None:
    report, rows = taken(written(HEAD + ROW.replace("13912345678", f'"{said}"')))
    assert report.bad == 0, report.bad_rows
    assert rows[0]["caller"] == 8613912345678


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-21 09:00:00+08", "2026-11-21 01:00:00 UTC", "2026-11-21 01:00:00 +0000 UTC", "20261121 090000",
        "20261121T010000Z", "20261121090000000", "2026-11-21 09:00:00:000", "1795222800000000000", "1795222800000.0",
        "2026-11-21T01:00:00.000000000Z",
    ],
)  # fmt: skip
def test_times_as_databases_and_switches_write_them(taken: Take, written: Write, said: str) -> None:
    report, rows = taken(written(HEAD + ROW.replace("2026-11-21 09:00:00", said)))
    assert report.bad == 0, report.bad_rows
    assert rows[0]["at_us"] == NINE


@pytest.mark.parametrize(
    ("said", "talk_ms"), [("1分5秒", 65_000), ("1小时2分3秒", 3_723_000), ("65秒", 65_000), ("00:01:05.5", 65_500)]
)
def test_durations_as_bills_write_them(taken: Take, written: Write, said: str, talk_ms: int) -> None:
    _, rows = taken(written(HEAD + ROW.replace(",5\n", f",{said}\n")))
    assert rows[0]["talk_ms"] == talk_ms


def test_a_duration_that_stands_alone_is_talk(taken: Take, written: Write) -> None:
    """Caller, called, time and duration are all that many have; beside ringing or an answer it is the whole call."""
    head = "caller,callee,start,duration"
    _, rows = taken(written(head + "\n" + ROW + ROW.replace(":00,5", ":30,0"), "alone.csv"), source="alone")
    assert [(row["answered"], row["talk_ms"]) for row in rows] == [(True, 5_000), (False, 0)]
    _, rows = taken(written(head + ",ring\n" + ROW.replace("\n", ",2\n").replace("09:00", "10:00"), "both.csv"))
    assert [row["talk_ms"] for row in rows if row["source"] == "csv"] == [None]


def test_an_answer_at_nought_is_none(taken: Take, written: Write) -> None:
    head = "caller_id_number,destination_number,start_epoch,answer_epoch,end_epoch,duration,billsec,hangup_cause,uuid\n"
    row = "13912345678,02160876100,1795222800,0,1795222820,20,0,NO_ANSWER,abc\n"
    report, rows = taken(written(head + row), format="freeswitch")
    assert report.bad == 0, report.bad_rows
    assert (rows[0]["answered"], rows[0]["ring_ms"], rows[0]["at_us"]) == (False, 20_000, NINE)


def test_a_word_for_the_outcome_that_nobody_knows_says_nothing(taken: Take, written: Write) -> None:
    """Else a file that says “abgenommen” would be full of calls that nobody answered."""
    words = ["ANSWERED", "completed", "成功", "NO ANSWER", "未接听", "abgenommen"]
    lines = [f"1391234567{n},13800000000,2026-11-21 09:00:00,{word}" for n, word in enumerate(words)]
    _, rows = taken(written("\n".join(["caller,callee,start,status", *lines]) + "\n"))
    assert [row["answered"] for row in rows] == [True, True, True, False, False, None]


def test_date_and_time_in_two_columns(taken: Take, written: Write, tmp_path: Path) -> None:
    layout = {"columns": {"caller": "主叫", "callee": "被叫", "start": ["日期", "时间"]}}
    _, rows = taken(written("日期,时间,主叫,被叫\n20261121,090000,13912345678,13800000000\n"), layout=layout)
    path = tmp_path / "calls.parquet"
    moment = NOW.replace(year=2026, month=11, day=21, hour=9, minute=0)
    columns = {"日期": [moment.date()], "时间": [moment.time()], "主叫": [13912345679], "被叫": ["13800000000"]}
    pq.write_table(pa.table(columns), path)
    _, rows = taken(path, format="parquet", layout=layout)
    assert [row["at_us"] for row in rows] == [NINE, NINE]


def parquet(path: Path, **more: Any) -> Path:
    columns = {"caller": ["13912345678"], "callee": ["13800000000"], "start": [NOW]} | more
    pq.write_table(pa.table(columns), path / "calls.parquet")
    return path / "calls.parquet"


def test_parquet_decimals(taken: Take, tmp_path: Path) -> None:
    more = {
        "caller": pa.array([Decimal("13912345678.00")], pa.decimal128(15, 2)),
        "start": pa.array([Decimal("1795222800.250")], pa.decimal128(20, 3)),
    }
    _, rows = taken(parquet(tmp_path, **more), format="parquet")
    assert (rows[0]["caller"], rows[0]["at_us"]) == (8613912345678, NINE + 250_000)


@pytest.mark.parametrize("column", ["caller", "talk", "answered", "call", "cause"])
def test_a_parquet_column_of_lists_is_refused_as_a_whole(taken: Take, tmp_path: Path, column: str) -> None:
    with pytest.raises(Problem) as caught:
        taken(parquet(tmp_path, **{column: pa.array([[1, 2]])}), format="parquet")
    assert caught.value.code == "calls.column_type"


def test_two_columns_of_one_name_are_told(taken: Take, written: Write, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="several columns"):
        taken(written("caller,callee,start,caller\n"))
    table = pa.table([pa.array(["13912345678"])] * 4, names=["caller", "callee", "start", "caller"])
    pq.write_table(table, tmp_path / "twice.parquet")
    with pytest.raises(Problem, match="several columns"):
        taken(tmp_path / "twice.parquet", format="parquet")


def test_ids_of_bytes_are_told_apart(taken: Take, tmp_path: Path) -> None:
    """Bytes that are no text must not all become the same sign."""
    ids = pa.array([bytes([0xFF, n, 0xFE]) for n in (0x80, 0x81)], pa.binary())
    table = pa.table({"caller": ["13912345678"] * 2, "callee": ["13800000000"] * 2, "start": [NOW] * 2, "call": ids})
    pq.write_table(table, tmp_path / "ids.parquet")
    report, rows = taken(tmp_path / "ids.parquet", format="parquet")
    assert (report.repeats, len({row["call"] for row in rows})) == (0, 2)


GRAPH = "source,target,timestamp,duration\n" + "".join(
    f"{n},{n + 7},{1795222800 + n},{n}\n" for n in range(30)
)  # a call graph with ids


def test_a_call_graph_is_not_taken_for_telephone_numbers(taken: Take, written: Write) -> None:
    """Read as numbers, each of its callers would be one that nobody ever had."""
    with pytest.raises(Problem) as caught:
        taken(written(GRAPH))
    assert caught.value.code == "calls.no_numbers"
    assert "--ids" in caught.value.mend


def test_ids_of_a_data_set(taken: Take, written: Write) -> None:
    report, rows = taken(written(GRAPH + "u-17,0,1795222900,1\n,3,1795222901,1\n"), ids=True)
    assert (report.good, report.bad) == (32, 0)
    assert [row["caller"] - 5 * 10**18 for row in rows[:3]] == [0, 1, 2]
    assert rows[0]["callee"] == rows[7]["caller"]
    assert {row["caller_kind"] for row in rows[:31]} == {Kind.MOBILE}
    assert (rows[31]["caller"], rows[31]["caller_kind"]) == (0, Kind.WITHHELD)
    assert all(row["near"] == 0 for row in rows)


def test_ids_in_parquet_are_the_same_as_in_text(taken: Take, written: Write, tmp_path: Path) -> None:
    pq.write_table(pa.table({"caller": [5, None], "callee": [6, 5], "start": [NOW, NOW]}), tmp_path / "ids.parquet")
    taken(tmp_path / "ids.parquet", format="parquet", ids=True)
    layout = {"columns": {"caller": "a", "callee": "b", "start": "c"}, "numbers": {"ids": True}}
    _, rows = taken(written("a,b,c\n6,5,2026-11-21 09:00:00\n"), layout=layout)
    found = {(row["source"], row["caller"], row["callee"]) for row in rows}
    base = 5 * 10**18
    assert found == {("parquet", base + 5, base + 6), ("parquet", 0, base + 5), ("csv", base + 6, base + 5)}


def test_a_graph_whose_time_begins_at_nought_is_moved_to_its_day(taken: Take, written: Write) -> None:
    text = "caller,callee,start\n1,2,0\n2,3,60\n"
    layout = {"columns": {n: n for n in ("caller", "callee", "start")}, "time": {"format": "epoch_s"}}
    report, rows = taken(written(text), layout=layout, ids=True, offset_s=NINE / 1e6)
    assert report.bad == 0, report.bad_rows
    assert [row["at_us"] - NINE for row in rows] == [0, 60_000_000]


@pytest.mark.parametrize(
    ("layout", "where"),
    [
        ({"time": {"format": "%Q"}}, "time.format"),
        ({"time": {"format": "%H:%M:%S"}}, "time.format"),
        ({"file": {"encoding": "base64"}}, "file.encoding"),
        ({"file": {"encoding": "idna"}}, "file.encoding"),
        ({"columns": {"caller": "a", "callee": "a", "start": "c"}}, "columns.callee"),
        ({"columns": {"caller": ["a", "d"], "callee": "b", "start": "c"}}, "columns.caller"),
        ({"numbers": {"ids": "yes"}}, "numbers.ids"),
    ],
)
def test_a_mapping_that_can_never_be_right_says_so_at_once(layout: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        mapping.made({"columns": {"caller": "a", "callee": "b", "start": "c"}} | layout)
    assert caught.value.where == where


def test_a_zone_that_is_none_is_told_whatever_the_times_look_like(taken: Take, written: Write) -> None:
    with pytest.raises(Problem) as caught:
        taken(written(HEAD + ROW.replace("2026-11-21 09:00:00", "2026/11/21 9:00")), zone="CST")
    assert caught.value.code == "calls.zone"
