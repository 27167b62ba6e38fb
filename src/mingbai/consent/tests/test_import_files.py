"""Whitelists as people have them: numbers, dates, encodings and files in their many spellings."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from mingbai.consent import queries
from mingbai.kernel.problems import Problem

from .conftest import PROOF, Firm, ListFile, codes, row, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]


def test_one_number_in_many_spellings_is_one_row(firm: Firm, whitelist: ListFile) -> None:
    spellings = [
        "13800000001",
        "+8613800000001",
        "86 138 0000 0001",
        "138-0000-0001",
        "１３８０００００００１",
        "008613800000001",
    ]
    report = take(whitelist(*(f"{text},HT,{PROOF},2026-01-31," for text in spellings)), firm("好房"))
    assert report.accepted == 1
    assert [code for _, _, code in codes(report)] == ["duplicate"] * (len(spellings) - 1)


@pytest.mark.parametrize(
    "given",
    [
        "2026-01-31",
        "2026-01-31 09:30",
        "2026-01-31 09:30:05",
        "2026-01-31T09:30:05",
        "2026-01-31T01:30:05Z",
        "2026-01-31T09:30:05+08:00",
        "2026/1/31",
        "2026/1/31 9:30",
        "2026年1月31日",
        "20260131",
        "2026-01-31 09:30:05.123",
    ],
)
def test_dates_as_people_write_them(firm: Firm, whitelist: ListFile, given: str) -> None:
    house = firm("好房")
    assert take(whitelist(row(1, given=given), row(2)), house).accepted == 2
    view = next(view for view in queries.of_firm(house) if view.reference == "HT-1")
    assert view.given_at is not None
    assert view.given_at.astimezone(UTC).date() in (date(2026, 1, 30), date(2026, 1, 31))
    assert view.given_at == datetime(2026, 1, 30, 16, tzinfo=UTC) or view.given_at.hour == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_as_spreadsheets_write_them(
    firm: Firm, tmp_path: Path, encoding: str, newline: str, delimiter: str
) -> None:
    house = firm("好房")
    path = tmp_path / "名单.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL)
        writer.writerow(["备注", "手机号", "凭证编号", "证明哈希", "同意时间"])
        writer.writerow(["老客户", "13800000001", '合同"甲\\乙"，１号', PROOF.upper(), "2026-01-31"])
        writer.writerow(["", "13800000002", "合同2", PROOF, "2026-01-31"])
    report = take(path, house)
    assert (report.accepted, report.bad) == (2, ())
    assert {view.reference for view in queries.of_firm(house)} == {'合同"甲\\乙"，１号', "合同2"}


def test_bytes_that_are_no_text_spoil_their_row(firm: Firm, whitelist: ListFile) -> None:
    path = whitelist(row(1), row(2), row(3))
    path.write_bytes(path.read_bytes().replace(b"HT-2", b"HT-\xff"))
    report = take(path, firm("好房"))
    # The whole file is then read as GB18030, in which this row alone makes no sense.
    assert report.accepted == 2
    assert [row_ for row_, _, _ in codes(report)] == [3]


def test_parquet(firm: Firm, tmp_path: Path) -> None:
    house, path = firm("好房"), tmp_path / "list.parquet"
    moment = datetime(2026, 1, 31, 1, 30, tzinfo=UTC)
    table = pa.table(
        {
            "msisdn": pa.array([13800000001, 13800000002, 13800000003, 7], pa.int64()),
            "reference": ["HT-1", "HT-2", None, "HT-4"],
            "proof_sha256": pa.array([bytes.fromhex(PROOF)] * 4, pa.binary(32)),
            "given_at": pa.array([moment] * 4, pa.timestamp("us", "UTC")),
            "expires_at": pa.array([date(2030, 1, 1), None, None, None], pa.date32()),
        }
    )
    pyarrow.parquet.write_table(table, path)
    report = take(path, house)
    assert codes(report) == [(3, "reference", "reference_missing"), (4, "msisdn", "msisdn_unreadable")]
    views = {view.reference: view for view in queries.of_firm(house)}
    assert views["HT-1"].given_at == moment
    assert views["HT-1"].expires_at == datetime(2030, 1, 1, 16, tzinfo=UTC)  # the end of that day in Shanghai


PLAIN = {
    "msisdn": pa.array(["13800000001"]),
    "reference": pa.array(["HT-1"]),
    "proof_sha256": pa.array([bytes.fromhex(PROOF)], pa.binary()),
    "given_at": pa.array(["2026-01-31"]),
}


def test_parquet_with_hashes_as_bytes_of_any_length(firm: Firm, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pa.table(PLAIN), tmp_path / "list.parquet")
    assert take(tmp_path / "list.parquet", firm("好房")).accepted == 1


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("msisdn", pa.array([13800000001.0])),
        ("msisdn", pa.array([["13800000001"]])),
        ("reference", pa.array([{"contract": 1}])),
        ("given_at", pa.array([20260131])),
    ],
)
def test_parquet_columns_that_say_nothing(firm: Firm, tmp_path: Path, column: str, values: object) -> None:
    pyarrow.parquet.write_table(pa.table({**PLAIN, column: values}), tmp_path / "list.parquet")
    with pytest.raises(Problem) as raised:
        take(tmp_path / "list.parquet", firm("好房"))
    assert (raised.value.code, raised.value.where) == ("import.column_type", column)


def test_parquet_that_breaks_off_within(firm: Firm, tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    pyarrow.parquet.write_table(pa.table(PLAIN), path)
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(100) + whole[104:])
    with pytest.raises(Problem) as raised:
        take(path, firm("好房"))
    assert raised.value.code == "import.parquet"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b"msisdn,reference,proof_sha256,given_at\n", "import.empty"),
        (b"msisdn,reference,proof_sha256,given_at\n13800000001,HT-1\n", "import.cells"),
        (b"13800000001,HT-1,aa,2026-01-31\n", "import.header"),
        (b"msisdn,phone,reference,proof_sha256,given_at\n1,2,3,4,5\n", "import.column_twice"),
        (b"PK\x03\x04 a workbook", "import.spreadsheet"),
        (b"PAR1 and nothing more", "import.parquet"),
    ],
)
def test_files_that_cannot_be_taken_at_all(firm: Firm, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(Problem) as raised:
        take(path, firm("好房"))
    assert raised.value.code == code
    assert [batch.state for batch in queries.batches()] == ["rejected"]
