"""Files as they really come: half good, cut off, in another encoding. Every row is accounted for; never a traceback."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mingbai.calls import lake
from mingbai.calls.importing import faults, mapping, sources, staging, text
from mingbai.calls.importing.judging import Window, judge
from mingbai.calls.importing.tests.conftest import NOW, at
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem

pytestmark = pytest.mark.django_db
Take, Write = Callable[..., Any], Callable[..., Path]
HEAD = "call,caller,callee,start,answer,end,talk,answered\n"
GOOD = "c{n},1391234{n:04d},13800000000,2026-11-21 09:00:{s:02d},,,{t},{a}\n"


def good(count: int, first: int = 0) -> str:
    return "".join(GOOD.format(n=n, s=n % 60, t=n % 3, a=int(n % 3 > 0)) for n in range(first, first + count))


def test_bad_rows_are_told_and_set_aside_and_the_good_ones_kept(taken: Take, written: Write) -> None:
    bad = (
        "x1,alice,13800000000,2026-11-21 09:00:00,,,,\n"
        "x2,13912345678,,2026-11-21 09:00:00,,,,\n"
        "x3,13912345678,bob,2026-11-21 09:00:00,,,,\n"
        "x4,13912345678,13800000000,,,,,\n"
        "x5,13912345678,13800000000,2026-02-30 09:00:00,,,,\n"
        "x6,13912345678,13800000000,2026-11-23 09:00:00,,,,\n"
        "x7,13912345678,13800000000,2019-11-21 09:00:00,,,,\n"
        "x8,13912345678,13800000000,2026-11-21 09:00:00,later,,,\n"
        "x9,13912345678,13800000000,2026-11-21 09:00:00,2026-11-21 08:00:00,,,\n"
        "y1,13912345678,13800000000,2026-11-21 09:00:00,,2026-11-21 08:59:00,,\n"
        "y2,13912345678,13800000000,2026-11-21 09:00:00,,,a minute,\n"
        "y3,13912345678,13800000000,2026-11-21 09:00:00,,,-5,\n"
        "y4,13912345678,13800000000,2026-11-21 09:00:00,,,7,no\n"
        "y5,13912345678,13800000000\n"
        'y6,"13912345678,13800000000,2026-11-21 09:00:00,,,,\n'
        f"{'z' * 200},13912345678,13800000000,2026-11-21 09:00:00,,,,\n"
        f"y7,{'1' * 600},13800000000,2026-11-21 09:00:00,,,,\n"
    )
    report, rows = taken(written(HEAD + good(20) + bad + good(5, 20)))
    assert (report.rows, report.good, report.bad, report.repeats, len(rows)) == (42, 25, 17, 0, 25)
    assert [(row.row, row.code.removeprefix("calls.")) for row in report.bad_rows] == [
        (22, "caller_unreadable"), (23, "callee_missing"), (24, "callee_unreadable"), (25, "start_missing"),
        (26, "start_unreadable"), (27, "start_future"), (28, "start_past"), (29, "answer_unreadable"),
        (30, "answer_order"), (31, "end_order"), (32, "talk_unreadable"), (33, "too_long"), (34, "answered_talk"),
        (35, "cells"), (36, "quote"), (37, "call_long"), (38, "long"),
    ]  # fmt: skip
    assert report.aside is not None
    assert (report.aside / "calls.bad.csv").read_text() == HEAD + bad
    told = (report.aside / "bad.csv").read_text("utf-8").splitlines()
    assert len(told) == 18
    assert told[1].startswith("calls.csv,22,caller,calls.caller_unreadable,the caller cannot be read as a number,主叫")


def test_all_or_nothing_keeps_nothing_and_the_mended_file_is_taken(taken: Take, written: Write) -> None:
    path = written(HEAD + good(3) + "x,y\n")
    report, rows = taken(path, all_or_nothing=True)
    assert (report.done, report.good, report.bad, rows) == (False, 0, 1, [])
    report, rows = taken(path)
    assert (report.done, report.good, len(rows)) == (True, 3, 3)
    assert taken(path)[0].known == 1


def test_a_dry_run_keeps_nothing(taken: Take, written: Write) -> None:
    report, rows = taken(written(HEAD + good(3) + "x,y\n"), dry_run=True)
    assert (report.done, report.good, report.bad, rows) == (False, 3, 1, [])


def test_repeats_in_one_file_and_across_files_count_once(taken: Take, written: Write) -> None:
    first = written(HEAD + good(4) + good(2), "a.csv")
    report, rows = taken(first)
    assert (report.rows, report.good, report.repeats, len(rows)) == (6, 4, 2, 4)
    report, rows = taken(written(HEAD + good(6, 2), "b.csv"))
    assert (report.rows, report.good, report.repeats, len(rows)) == (6, 4, 2, 8)


def test_what_does_not_fit_into_memory_waits_on_disk_and_comes_out_the_same(
    taken: Take, written: Write, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "HELD", 7)
    monkeypatch.setattr(text.blocks, "__kwdefaults__", {**text.blocks.__kwdefaults__, "size": 512})
    path = written(HEAD + good(40) + good(30, 40).replace("11-21", "11-20") + good(20))
    report, rows = taken(path)
    assert (report.rows, report.good, report.repeats, len(rows)) == (90, 70, 20, 70)
    assert len({row["call"] for row in rows}) == 70
    assert len(lake.files(home)) > 4
    for name in lake.files(home):
        callees = pq.read_table(name)["callee"].to_pylist()
        assert callees == sorted(callees)
    assert not list((home.files / "calls").glob("*.part"))


def test_without_ids_the_same_call_written_twice_counts_once(taken: Take, written: Write) -> None:
    rows = "13912345678,13800000000,2026-11-21 09:00:00,5\n" * 2 + "13912345678,13800000000,2026-11-21 09:00:01,5\n"
    report, _ = taken(written("caller,callee,start,talk\n" + rows))
    assert (report.good, report.repeats) == (2, 1)


def test_killed_while_writing_it_can_be_run_again(taken: Take, written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    from mingbai.calls.importing import running

    path = written(HEAD + good(50) + good(50, 50).replace("11-21", "11-20"))
    with monkeypatch.context() as patch:
        patch.setattr(running.ledger, "append", _killed)
        with pytest.raises(KeyboardInterrupt):
            taken(path)
    report, rows = taken(path)
    assert (report.done, report.good, report.repeats, len(rows)) == (True, 100, 0, 100)


def _killed(*_: Any, **__: Any) -> int:
    raise KeyboardInterrupt


def test_numbers_in_every_national_form(taken: Take, written: Write) -> None:
    forms = [
        "13912345678", "+8613912345678", "008613912345678", "08613912345678", "8613912345678", "013912345678",
        "139 1234 5678", "139-1234-5678", "sip:+8613912345678@10.0.0.1;user=phone", "tel:+86-139-1234-5678",
        '"""Zhang"" <13912345678>"', '"""Zhang"" <sip:13912345678@h>;tag=1"', "+86 (139) 1234-5678",
    ]  # fmt: skip
    fixed = ["02160876100", "+862160876100", "021-60876100", "(021)60876100", "00862160876100", "0862160876100"]
    text_ = "".join(f"c{n},{one},{fixed[n % len(fixed)]},2026-11-21 09:00:00\n" for n, one in enumerate(forms))
    report, rows = taken(written("call,caller,callee,start\n" + text_))
    assert report.bad == 0, report.bad_rows
    assert {row["caller"] for row in rows} == {8613912345678}
    assert {row["callee"] for row in rows} == {862160876100}


def test_withheld_foreign_and_unallocated_callers_are_rows(taken: Take, written: Write) -> None:
    callers = ["", "anonymous", "+442071838750", "19912345", "95533"]
    lines = "".join(f"c{n},{one},13800000000,2026-11-21 09:00:00\n" for n, one in enumerate(callers))
    _, rows = taken(written("call,caller,callee,start\n" + lines))
    assert [(row["caller"], row["caller_kind"]) for row in rows] == [
        (0, Kind.WITHHELD), (0, Kind.WITHHELD), (442071838750, Kind.INTERNATIONAL), (8619912345, Kind.UNALLOCATED),
        (8695533, Kind.FIRM_95),
    ]  # fmt: skip


CHINESE = {
    "columns": {"caller": "主叫号码", "callee": "被叫号码", "start": "起始时间", "talk": "时长", "answered": "结果"},
    "answered": {"values": ["已接通"]},
    "durations": {"talk": "ms"},
}
CHINESE_ROWS = (
    "备注,主叫号码,被叫号码,起始时间,时长,结果\n"
    "张三,13912345678,021-60876100,2026/11/21 09:00:00,60500,已接通\n"
    "李四,１３９12345678,021-60876100,20261121090100,0,未接\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_mapped_file_in_any_encoding(taken: Take, written: Write, encoding: str, packed: bool) -> None:
    data = CHINESE_ROWS.replace("\n", "\r\n").encode(encoding)
    report, rows = taken(written(gzip.compress(data) if packed else data), layout=CHINESE)
    assert report.bad == 0, report.bad_rows
    assert [(row["at_us"], row["talk_ms"], row["answered"]) for row in rows] == [
        (at("2026-11-21T09:00:00"), 60_500, True), (at("2026-11-21T09:01:00"), 0, False),
    ]  # fmt: skip


def test_gbk_bytes_amid_utf8_spoil_nothing(taken: Take, written: Write) -> None:
    data = (HEAD + good(2)).encode() + "c9,139号,13800000000,2026-11-21 09:00:00,,,,\n".encode("gbk")
    data += "c8,1391234567８,13800000000,2026-11-21 09:00:00,,,,\n".encode("gbk")
    report, _ = taken(written(data + b"c7,\xff\xfe,13800000000,2026-11-21 09:00:00,,,,\n" + good(2, 5).encode()))
    assert (report.good, report.bad) == (5, 2)


def test_parquet_of_many_types(taken: Take, tmp_path: Path) -> None:
    start = [NOW - timedelta(hours=3), NOW - timedelta(hours=2), None]
    table = pa.table(
        {
            "caller": pa.array([13912345678, 8613912345678, 13912345678]),
            "callee": pa.array(["02160876100", "10010", "10010"]).dictionary_encode(),
            "start": pa.array(start, pa.timestamp("ms", "UTC")),
            "talk": pa.array([60.5, None, 1], pa.float64()),
            "answered": pa.array([True, False, True]),
            "note": pa.array(["a", "b", "c"]),
        }
    )
    path = tmp_path / "calls.parquet"
    pq.write_table(table, path)
    report, rows = taken(path, format="parquet")
    assert (report.good, report.bad) == (2, 1)
    assert [(row["caller"], row["talk_ms"], row["answered"], row["row"]) for row in rows] == [
        (8613912345678, 60_500, True, 1), (8613912345678, 0, False, 2),
    ]  # fmt: skip
    assert report.aside is not None
    assert pq.read_table(report.aside / "calls.bad.parquet").to_pylist() == table.to_pylist()[2:]


@pytest.mark.parametrize(
    ("layout", "where"),
    [
        ({}, "columns.caller"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c", "ende": "d"}}, "columns.ende"),
        ({"columns": {"caller": "a", "callee": "b", "start": -1}}, "columns.start"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c"}, "time": {"zone": "Mars"}}, "zone"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c"}, "time": {"format": "x"}}, "time.format"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c"}, "durations": {"unit": "h"}}, "durations.talk"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c"}, "file": {"encoding": "klingon"}}, "file.encoding"),
        ({"columns": {"caller": "a", "callee": "b", "start": "c"}, "file": {"delimiter": "；"}}, "file.delimiter"),
        ({"more": {}}, "more"),
    ],
)
def test_a_mapping_that_cannot_be_says_where(layout: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        mapping.made(layout)
    assert caught.value.where == where
    assert caught.value.mend


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PK\x03\x04rest", b"PAR1 and no more"])
def test_a_file_that_is_none_is_refused_as_a_whole(taken: Take, written: Write, content: bytes) -> None:
    with pytest.raises(Problem):
        taken(written(content))


CELL = st.one_of(
    st.sampled_from(
        ["13912345678", "10010", "", "bob", "2026-11-21 09:00:00", "5", '"', '"a,b"', '""', "x\ny", "\x00"]
    ),
    st.text(max_size=12),
)
LINE = st.one_of(
    st.builds(lambda n: GOOD.format(n=n, s=n % 60, t=0, a=0).encode(), st.integers(0, 50)),
    st.lists(CELL, min_size=1, max_size=9).map(lambda cells: ",".join(cells).encode("utf-8", "surrogatepass") + b"\n"),
    st.binary(max_size=40),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINE, max_size=30), st.integers(1, 400))
def test_every_row_is_accounted_for(tmp_path: Path, lines: list[bytes], size: int) -> None:
    """However a file is broken and cut into blocks: each non-blank line lies in one row, good or bad."""
    body = b"".join(lines)
    path = tmp_path / "broken.csv"
    path.write_bytes(HEAD.encode() + body)
    layout = mapping.made({"columns": {n: n for n in HEAD.strip().split(",")}, "file": {"delimiter": ","}})
    layout = layout.with_clock(zone="Asia/Shanghai", offset_s=None)
    source = sources.CsvSource(path, "csv", layout)
    seen: list[bytes] = []
    last = 1
    for part in source:
        found = judge(part.cells, part.spoiled, source.layout, Window(0, 1 << 62))
        assert all(0 <= fault < len(faults.FAULTS) for fault in found.faults.tolist())
        assert (part.rows > last).all()
        last = int(part.rows[-1])
        seen += [part.raw(part.rows[i : i + 1] * 0 + i) for i in range(len(part.rows))]
    whole = (HEAD.encode() + body).replace(b"\r", b"")
    if b"\n" in body or b"\r" not in body:
        kept = (HEAD.encode() + b"".join(seen)).replace(b"\r", b"")
        assert [line for line in kept.split(b"\n") if line.strip()] == [
            line for line in whole.split(b"\n") if line.strip()
        ]
    form = layout.form
    with text.opened(path, form) as file:
        cut = [records.raw(i) for records in text.blocks(file, form, width=8, size=size) for i in range(len(records))]
    assert cut[1:] == [one[:-1] for one in seen]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*good(6).splitlines(), "x,y", "", "c1,bob,1,2,3,4,5,6"]), min_size=1, max_size=20))
def test_good_and_bad_and_repeats_are_all(taken: Take, tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / f"{secrets.token_hex(4)}.csv"
    path.write_text(HEAD + "\n".join([*lines, f"{path.stem},13912345678,13800000000,2026-11-21 08:00:00,,,,"]) + "\n")
    report, rows = taken(path)
    there = [line for line in lines if line]
    assert report.rows == len(there) + 1 == report.good + report.bad + report.repeats
    assert report.bad == sum(line in ("x,y", "c1,bob,1,2,3,4,5,6") for line in there)
    assert len({row["call"] for row in rows}) == len(rows)
