"""Numbers from files as firms send them: what is taken, what is not, and how the sender is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.numbers import actions, queries, sheet, wording
from mingbai.numbers.actions import importing
from mingbai.numbers.sheet import Report
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db

HEADER = "number,first,last,holder,principal,use,industry,label,trunks,per_minute,per_hour,per_day,committed\n"


@pytest.fixture(autouse=True)
def centre() -> int:
    carrier = people.create_organisation(name="青山移动", kind="operator")
    people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")
    for trunk in ("centre-a", "centre-b"):
        actions.create_trunk(trunk, carrier)
    return people.create_organisation(name="正道呼叫中心", kind="call_centre")


def row(number: str = "95200011", **cells: str) -> str:
    filled = {"number": number, "holder": "正道呼叫中心", "use": "marketing"} | cells
    return ",".join(filled.get(name, "") for name in HEADER.strip().split(",")) + "\n"


def load(*rows: str, keep_good: bool = True, header: str = HEADER, holder: int | None = None) -> Report:
    return actions.import_numbers((header + "".join(rows)).encode(), keep_good=keep_good, holder=holder)


def told(report: Report) -> list[tuple[int, str, str]]:
    return [(bad.row, bad.column, bad.code) for bad in report.rejected]


class TestGoodRows:
    def test_everything_that_a_row_says_is_registered(self):
        report = load(
            row(principal="松风保险", industry="保险", label="松风保险", trunks="centre-a; centre-b", per_minute="30",
                per_day="5000", committed="是")
        )  # fmt: skip
        assert (report.rows, report.accepted, report.rejected) == (1, 1, [])
        view = queries.holder_of(parse("95200011"))
        assert view is not None
        assert (view.holder_name, view.principal_name, view.use) == ("正道呼叫中心", "松风保险", "marketing")
        assert (view.industry, view.label, view.trunk_names) == ("insurance", "松风保险", ("centre-a", "centre-b"))
        assert (view.limits, view.committed) == ((30, 0, 5000), True)

    def test_ranges_and_every_way_to_write_a_number(self):
        report = load(
            row("", first="021-60876100", last="(021) 6087 6199"),
            row("+86 952 00012"),
            row("４００８１０９８８９"),
            row('"=""95533"""', use="service"),
            row("'95200013"),
        )
        assert told(report) == []
        assert queries.count() == 5

    def test_chinese_columns_and_words_in_any_order(self):
        text = "用途,号码,使用主体,中继,每小时上限\n客服,95200011,正道呼叫中心,centre-a,60\n"
        report = actions.import_numbers(io.BytesIO(text.encode("gb18030")), keep_good=False)
        assert report.accepted == 1
        view = queries.holder_of(parse("95200011"))
        assert view is not None
        assert (view.use, view.trunk_names, view.per_hour) == ("service", ("centre-a",), 60)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    @pytest.mark.parametrize("divider", [",", ";", "\t"])
    @pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
    def test_as_office_programs_save_it(self, tmp_path: Path, encoding: str, divider: str, ending: str):
        text = f"号码{divider}使用主体{divider}用途\n95200011{divider}正道呼叫中心{divider}营销\n"
        file = tmp_path / "numbers.csv"
        file.write_bytes(text.replace("\n", ending).encode(encoding))
        assert actions.import_numbers(file, keep_good=False).accepted == 1

    def test_blank_lines_are_skipped_and_lines_still_counted(self):
        report = load("\n", " , ,\n", row("95200011"), "\n", row("nonsense"))
        assert (report.rows, report.accepted) == (2, 1)
        assert told(report) == [(6, "number", "numbers.malformed")]

    def test_a_quoted_line_break_is_one_row(self):
        report = load(row(label='"松风\n保险"'), row("nonsense"))
        assert told(report) == [(4, "number", "numbers.malformed")]

    def test_each_registration_is_an_entry(self, centre: int):
        load(row("95200011"), row("95200012"))
        entries = [e for e in ledger.of_subject(f"organisation:{centre}") if e.kind == "numbers.registered"]
        assert [entry.content["first"] for entry in entries] == ["8695200011", "8695200012"]

    def test_a_firms_own_file_needs_no_holder(self, centre: int):
        report = load("95200011,service\n", header="number,use\n", holder=centre)
        assert report.accepted == 1
        assert queries.of_organisation(centre)[0].first == 8695200011

    def test_progress_is_told_by_parts(self):
        seen: list[tuple[int, int]] = []
        text = HEADER + "".join(row(f"9520{serial:04d}") for serial in range(450))
        actions.import_numbers(text.encode(), keep_good=True, progress=lambda done, of: seen.append((done, of)))
        assert seen == [(200, 450), (400, 450), (450, 450)]


class TestBadRows:
    def test_each_fault_is_told_with_row_column_and_remedy(self):
        people.set_organisation_state(people.create_organisation(name="停业公司", kind="enterprise"), "closed", "注销")
        report = load(
            row("1"),
            row(""),
            row("14012345678"),
            row("", first="95200020", last="95200019"),
            row("", first="95200020", last="10086"),
            row("", first="13000000000", last="13100000000", holder="松风保险"),
            row("", first="95200020"),
            row("95200020", first="95200020", last="95200029"),
            row("95200021", use="spam"),
            row("95200021", use="personal"),
            row("95200021", industry="magic"),
            row("95200021", holder="无此公司"),
            row("95200021", holder=""),
            row("95200021", principal="无此公司"),
            row("95200021", principal="停业公司"),
            row("95200021", trunks="centre-a nowhere"),
            row("95200021", per_minute="many"),
            row("95200021", per_day="99999999"),
            row("95200021", committed="maybe"),
            row("95200021", label="长" * 41),
            row("95200021", label="长" * 201),
            row("13800000001"),
            row("12345", use="collection"),
            row("95200021").strip() + ",surplus\n",
        )
        assert [(column, code.removeprefix("numbers.")) for _, column, code in told(report)] == [
            ("number", "unallocated"),
            ("first", "no_number"),
            ("number", "unallocated"),
            ("last", "range_downwards"),
            ("last", "range_kinds"),
            ("last", "range_too_wide"),
            ("last", "no_number"),
            ("number", "row_both"),
            ("use", "unknown_use"),
            ("use", "not_personal"),
            ("industry", "unknown_industry"),
            ("holder", "unknown_organisation"),
            ("holder", "unknown_organisation"),
            ("principal", "unknown_organisation"),
            ("principal", "organisation_state"),
            ("trunks", "unknown_trunk"),
            ("per_minute", "limit"),
            ("per_day", "limit"),
            ("committed", "row_yes_no"),
            ("label", "label"),
            ("label", "row_long_cell"),
            ("number", "personal_number"),
            ("use", "public"),
            ("", "row_surplus"),
        ]
        assert [bad.row for bad in report.rejected] == list(range(2, 26))
        assert report.accepted == queries.count() == 0
        for bad in report.rejected:
            assert all(text for text in (*bad.message.values(), *bad.mend.values()))
            assert set(bad.message) == set(bad.mend) == {"zh", "en"}

    def test_repeated_and_overlapping_rows_name_the_row_they_meet(self):
        report = load(
            row("95200011"),
            row("952-00011"),
            row("", first="021-60876100", last="021-60876199"),
            row("", first="021-60876150", last="021-60876250"),
            row("02160876100"),
        )
        assert [(bad.row, bad.code, bad.message["en"]) for bad in report.rejected] == [
            (3, "numbers.row_duplicate", "repeats or overlaps row 2 of this file"),
            (5, "numbers.row_duplicate", "repeats or overlaps row 4 of this file"),
            (6, "numbers.row_duplicate", "repeats or overlaps row 4 of this file"),
        ]
        assert report.accepted == 2

    def test_numbers_already_registered(self):
        load(row("95200011"))
        assert told(load(row("95200011"), row("95200012"))) == [(2, "number", "numbers.taken")]
        assert queries.count() == 2

    def test_another_holders_row_in_a_firms_own_file(self, centre: int):
        report = load(row("95200011", holder="松风保险"), row("95200012"), holder=centre)
        assert told(report) == [(2, "holder", "numbers.foreign_holder")]

    def test_all_or_nothing_takes_nothing(self):
        report = load(row("95200011"), row("nonsense"), keep_good=False)
        assert (report.rows, report.accepted, queries.count()) == (2, 0, 0)
        load(row("95200012"))
        report = load(row("95200011"), row("95200012"), row("95200013"), keep_good=False)
        assert (report.accepted, told(report)) == (0, [(3, "number", "numbers.taken")])
        assert queries.count() == 1

    def test_every_code_is_worded_in_both_languages(self):
        for code in wording.codes():
            for part in wording.told(code, other=7):
                assert part["zh"]
                assert part["en"]


class TestBadFiles:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "numbers.file_empty"),
            (b"\xef\xbb\xbf\n\n", "numbers.file_empty"),
            (b"number,use\n95200011,service\n", "numbers.file_column"),
            (b"holder,use\n", "numbers.file_column"),
            (b"number,holder,use,per_minutes\n", "numbers.file_column"),
            (b"number,number,holder,use\n", "numbers.file_column"),
            (b"\xff\xfe\x00", "numbers.file_encoding"),
            (b"\xff\xff\xff\xff", "numbers.file_encoding"),
            (b"number,holder,use\n95200011,a\x00b,service\n", "numbers.file_encoding"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_refused_whole(self, data: bytes, code: str):
        with pytest.raises(Problem) as problem:
            actions.import_numbers(data, keep_good=True)
        assert problem.value.code == code

    def test_files_are_bounded(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(sheet, "MOST_ROWS", 2)
        with pytest.raises(Problem) as problem:
            load(row("95200011"), row("95200012"), row("95200013"))
        assert (problem.value.code, problem.value.where) == ("numbers.file_too_long", "row 4")
        monkeypatch.setattr(importing, "MOST_ALL_OR_NOTHING", 1)
        with pytest.raises(Problem, match="all or nothing"):
            load(row("95200011"), row("95200012"), keep_good=False)
        monkeypatch.setattr(sheet, "MOST_BYTES", 10)
        with pytest.raises(Problem, match="bytes"):
            load(row())
