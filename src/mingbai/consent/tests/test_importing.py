"""Whitelists: which rows are taken, what is said of each that is not, and that nothing counts before all does."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from mingbai.consent import actions, importing, queries
from mingbai.consent.importing import job, running
from mingbai.kernel import msisdn
from mingbai.kernel.problems import Problem
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.people import actions as people
from mingbai.people import queries as people_queries

from .conftest import PROOF, Firm, ListFile, Person, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staged_here")]


def take(path: Path, principal: int, **more: Any) -> importing.Report:
    return importing.import_whitelist(path, principal=principal, purpose="marketing", **{"keep_good": True, **more})


def codes(report: importing.Report) -> list[tuple[int, str, str]]:
    return [(bad.row, bad.column, bad.code.removeprefix("import.")) for bad in report.bad]


def state(place: int, principal: int) -> str:
    subscriber = people_queries.subscriber_id(msisdn.require(f"138{place:08d}"))
    return queries.status(subscriber=subscriber, principal=principal, purpose="marketing") if subscriber else ""


def test_a_list_becomes_claimed_consents_under_one_entry(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    path = whitelist(row(1), row(2, expires="2030-06-01"), row(3))
    stages: list[str] = []
    report = take(path, house, progress=lambda stage, done, of: stages.append(stage), wording_sha256=b"w" * 32)
    assert (report.state, report.rows, report.accepted, report.rejected, report.bad) == ("valid", 3, 3, 0, ())
    assert {state(place, house) for place in (1, 2, 3)} == {"claimed"}
    assert stages[0] == "reading"
    assert stages[-1] == "writing"
    batch = queries.batch(report.batch)
    assert batch is not None
    assert batch.file_sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert batch.entry is not None
    entry = ledger.opened(batch.entry)
    assert entry is not None
    assert entry.content is not None
    assert entry.content["accepted"] == 3
    assert queries.of_firm(house)[0].wording_sha256 == b"w" * 32
    assert sorted(p.name for p in job.folder(report.batch).iterdir()) == ["bad.arrow", "lock"]


BAD = [
    ("13800000001,HT-1,{proof},2026-02-30,", "given_at", "given_unreadable"),
    ("13800000001,HT-1,{proof},,", "given_at", "given_missing"),
    ("13800000001,HT-1,{proof},1999-12-31,", "given_at", "given_early"),
    ("13800000001,HT-1,{proof},2099-01-01,", "given_at", "given_future"),
    ("13800000001,HT-1,{proof},2026-01-31 25:00:00,", "given_at", "given_unreadable"),
    (",HT-1,{proof},2026-01-31,", "msisdn", "msisdn_missing"),
    ("1380000000,HT-1,{proof},2026-01-31,", "msisdn", "msisdn_unreadable"),
    ("hello,HT-1,{proof},2026-01-31,", "msisdn", "msisdn_unreadable"),
    *((f"{number},HT-1,{{proof}},2026-01-31,", "msisdn", "msisdn_service") for number in ("110", "95588", "10086")),
    ("13800000001,,{proof},2026-01-31,", "reference", "reference_missing"),
    (f"13800000001,{'x' * 121},{{proof}},2026-01-31,", "reference", "reference_unreadable"),
    ('13800000001,"a\nb",{proof},2026-01-31,', "reference", "reference_unreadable"),
    ("13800000001,HT-1,,2026-01-31,", "proof_sha256", "proof_missing"),
    ("13800000001,HT-1,abc,2026-01-31,", "proof_sha256", "proof_unreadable"),
    (f"13800000001,HT-1,{'g' * 64},2026-01-31,", "proof_sha256", "proof_unreadable"),
    ("13800000001,HT-1,{proof},2026-01-31,soon", "expires_at", "expires_unreadable"),
    ("13800000001,HT-1,{proof},2026-01-31,2026-01-30", "expires_at", "expires_before"),
    ("13800000001,HT-1,{proof},2001-01-31,2002-01-31", "expires_at", "expired"),
    ("13800000001,HT-1,{proof},2001-01-31,", "expires_at", "expired"),
    ("13800000009,HT-1,{proof},2026-01-31,", "msisdn", "duplicate"),
    ("13800000001,HT-1,{proof},2026-01-31", "", "cells"),
    ("13800000001,HT-1,{proof},2026-01-31,,,", "", "cells"),
]


def test_each_bad_row_is_told_by_itself_and_spoils_no_other(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    lines = [row(9), *(text.format(proof=PROOF) for text, _, _ in BAD), "", row(10)]
    report = take(whitelist(*lines), house)
    # A quoted line break makes one row, as a spreadsheet shows it.
    assert codes(report) == [(place, column, code) for place, (_, column, code) in enumerate(BAD, 3)]
    assert (report.rows, report.accepted, report.rejected) == (len(BAD) + 2, 2, len(BAD))
    assert state(9, house) == state(10, house) == "claimed"
    assert state(1, house) == ""
    for bad in report.bad:
        assert bad.message["zh"]
        assert bad.message["en"]
        assert bad.mend["zh"]
        assert bad.mend["en"]
    assert importing.bad_rows(report.batch, first=2, limit=1) == [report.bad[2]]


def test_all_or_nothing_takes_nothing_for_one_bad_row(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    report = take(whitelist(row(1), row(2, given="2026-02-30"), row(3)), house, keep_good=False)
    assert (report.state, report.accepted, codes(report)) == ("rejected", 0, [(3, "given_at", "given_unreadable")])
    assert state(1, house) == ""
    assert take(whitelist(row(1), row(3)), house, keep_good=False).accepted == 2


def test_an_import_never_overrides_a_refusal(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house, lender = firm("好房"), firm("快贷")
    actions.refuse(subscriber=person(1), principal=house, purpose="marketing", how="web")
    actions.refuse(subscriber=person(2), principal=house, how="web")
    actions.give(subscriber=person(3), principal=house, purpose="marketing", how="web")
    actions.withdraw(subscriber=person(3), principal=house, purpose="marketing", how="web")
    actions.refuse(subscriber=person(4), principal=lender, how="web")
    actions.give(subscriber=person(5), principal=house, purpose="marketing", how="web")
    path = whitelist(*(row(place) for place in range(1, 6)))
    report = take(path, house)
    assert codes(report) == [(2, "msisdn", "refused"), (3, "msisdn", "refused"), (4, "msisdn", "refused")]
    assert (report.accepted, report.unchanged, report.rejected) == (1, 1, 3)
    assert [state(place, house) for place in range(1, 6)] == ["refused", "refused", "withdrawn", "claimed", "given"]
    again = take(path, house, keep_good=False)
    assert (again.state, again.rejected, len(again.bad)) == ("rejected", 3, 3)


def test_a_consent_older_than_the_numbers_user_is_recycled(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    person(1)
    people.recycle(msisdn.require("13800000001"), at=datetime(2026, 2, 1, tzinfo=UTC))
    assert codes(take(whitelist(row(1, given="2026-01-31")), house)) == [(2, "given_at", "recycled")]
    assert take(whitelist(row(1, given="2026-02-02")), house).accepted == 1


def test_a_list_sent_again_changes_nothing(firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    path = whitelist(row(1), row(2))
    first = take(path, house)
    more = take(whitelist(row(1), row(2), row(3)), house, keep_good=False)
    assert (more.state, more.accepted, more.unchanged) == ("valid", 1, 2)
    assert take(path, house).state == "rejected"  # nothing new in it
    assert {view.batch for view in queries.of_firm(house)} == {first.batch, more.batch}


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


def test_each_row_has_a_receipt_that_survives_a_refusal(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house = firm("好房")
    take(whitelist(*(row(place, expires="2030-01-01" if place % 2 else "") for place in range(20))), house)
    view = next(view for view in queries.of_firm(house) if view.reference == "HT-7")
    assert queries.receipt(view.id) is None  # not yet in order
    order.integrate()
    actions.refuse(subscriber=view.subscriber, principal=house, how="web")
    receipt = queries.receipt(view.id)
    assert receipt is not None
    verified = verify_receipt(receipt, ledger.vkey())
    assert "8613800000007" in str(verified)
    assert PROOF in str(verified)


def test_facts_of_a_batch_are_those_of_each(person: Person, firm: Firm, whitelist: ListFile) -> None:
    house, lender = firm("好房"), firm("快贷")
    actions.give(subscriber=person(3), principal=lender, purpose="marketing", how="web")
    actions.block(subscriber=person(4), kind="category", value="loans")
    report = take(whitelist(*(row(place) for place in range(20))), house)
    actions.refuse(subscriber=person(5), principal=house, how="web")
    everyone = dict(queries.facts([person(place) for place in range(20)]))
    found = [pair for first in range(0, 20, 6) for pair in queries.facts_of_batch(report.batch, first, 6)]
    assert dict(found) == everyone
    assert [key for key, _ in found] == sorted(everyone)


def test_an_import_that_died_before_it_was_staged_is_rejected(
    firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = firm("好房")
    monkeypatch.setattr(running, "_reject", lambda batch: None)
    monkeypatch.setattr(job.Staging, "__iter__", lambda self: iter(()))
    monkeypatch.setattr(running._Run, "finish", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        take(whitelist(row(1)), house)
    monkeypatch.undo()
    assert [batch.state for batch in queries.batches()] == ["writing"]
    (report,) = importing.resume()
    assert (report.state, report.accepted) == ("rejected", 0)
    assert importing.resume() == []


@pytest.mark.parametrize("keep_good", [True, False])
def test_an_import_that_died_while_writing_goes_on(
    firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch, keep_good: bool
) -> None:
    """The process dies after its first transaction; what the next one makes of it is the same batch, whole."""
    house = firm("好房")
    monkeypatch.setattr(running, "WRITE", 10)
    written: list[int] = []
    write = running._Run._write

    def dies(self: Any, stage: Any, name: str, first: int, last: int) -> None:
        if written:
            raise KeyboardInterrupt
        write(self, stage, name, first, last)
        written.append(last)

    monkeypatch.setattr(running._Run, "_write", dies)
    monkeypatch.setattr(running, "_reject", lambda batch: None)
    monkeypatch.setattr(job, "clear", lambda batch, **_: None)
    with pytest.raises(KeyboardInterrupt):
        take(whitelist(*(row(place) for place in range(35))), house, keep_good=keep_good)
    monkeypatch.undo()
    (batch,) = queries.batches()
    assert (batch.state, batch.done, batch.accepted) == ("writing", 10, 10)
    assert {state(place, house) for place in range(35)} == {""}  # nothing counts yet
    (report,) = importing.resume()
    assert (report.state, report.accepted, report.unchanged) == ("valid", 35, 0)
    assert {state(place, house) for place in range(35)} == {"claimed"}
    assert len(queries.of_firm(house)) == 35


def test_a_rejected_import_leaves_no_row(firm: Firm, whitelist: ListFile, monkeypatch: pytest.MonkeyPatch) -> None:
    house = firm("好房")
    monkeypatch.setattr(running, "WRITE", 10)
    write = running._Run._write

    def breaks(self: Any, stage: Any, name: str, first: int, last: int) -> None:
        write(self, stage, name, first, last)
        if first:
            raise OSError("disk full")

    monkeypatch.setattr(running._Run, "_write", breaks)
    with pytest.raises(OSError, match="disk full"):
        take(whitelist(*(row(place) for place in range(35))), house)
    assert [batch.state for batch in queries.batches()] == ["rejected"]
    assert queries.of_firm(house) == []


def test_what_expired_may_be_claimed_anew(person: Person, firm: Firm, whitelist: ListFile) -> None:
    from mingbai.kernel import clock

    house = firm("好房")
    with clock.at(datetime(2026, 1, 2, tzinfo=UTC)) as advance:
        actions.give(
            subscriber=person(1),
            principal=house,
            purpose="marketing",
            how="web",
            expires_at=datetime(2026, 1, 3, tzinfo=UTC),
        )
        advance(86_400 * 3)
        actions.expire_due()
    report = take(whitelist(row(1)), house)
    assert report.accepted == 1
    assert state(1, house) == "claimed"


def test_a_batch_in_hand_is_left_alone(firm: Firm, whitelist: ListFile) -> None:
    seen: list[list[importing.Report]] = []
    take(whitelist(row(1)), firm("好房"), progress=lambda *_: seen.append(importing.resume()))
    assert seen
    assert not any(seen)
