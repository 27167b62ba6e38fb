"""Files as operators send them."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from mingbai.kernel.problems import Problem
from mingbai.people import actions as people
from mingbai.tariffs import actions, cells, queries, sheet, wording
from mingbai.tariffs import content as contents
from mingbai.tariffs.actions import Report
from mingbai.tariffs.content import PriceKind, Unit
from mingbai.tariffs.tests.conftest import GOOD

HEAD = "方案编号,名称,资费类型,资费标准,资费单位,通用流量（GB）,语音,适用范围,适用地区,上线日期,下线日期"
LINE = "26QS000001,青山畅聊套餐59元,套餐,59,元/每1月,40,300分钟,公众用户,河北省,20260209,2029-12-31"
GAPS = HEAD.replace("方案编号", "*方案 编号").replace("通用流量（GB）", '"通用流量\n（GB）"')
SHARED = Path(os.environ.get("MINGBAI_SHARED_DATA", Path(__file__).parents[4].parent / "shared" / "data"))
REAL = SHARED / "cn_tariffs" / "sample_tariffs.csv"


def take(staff: SimpleNamespace, text: str | bytes, **more: object) -> Report:
    data = text.encode() if isinstance(text, str) else text
    given: dict[str, object] = {"account": staff.writer, "keep_good": True, "operator": staff.operator} | more
    return actions.import_tariffs(data, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_whatever_the_office_saved_it_as(staff: SimpleNamespace, encoding: str) -> None:
    report = take(staff, f"{HEAD}\r\n{LINE}\r\n".encode(encoding))
    assert report.rejected == []
    (one,) = report.taken
    content = queries.content_of(one.version)
    (price,) = content.prices
    assert (one.outcome, price.fen, price.unit) == ("new", 5900, Unit.MONTH)
    assert content.allowances.data_mb == 40 * 1024
    assert content.allowances.voice_min == 300
    assert content.regions == ("河北",)
    assert (content.on_date, content.off_date) == (date(2026, 2, 9), date(2029, 12, 31))
    assert content.inferred == ()


def test_the_same_file_again_changes_nothing(staff: SimpleNamespace) -> None:
    take(staff, f"{HEAD}\n{LINE}\n")
    again = take(staff, f"{HEAD}\n{LINE}\n")
    assert [one.outcome for one in again.taken] == ["unchanged"]


def test_what_people_wrote_since_stays(staff: SimpleNamespace) -> None:
    first = take(staff, f"{HEAD}\n{LINE}\n").taken[0]
    filled = msgspec.structs.replace(queries.content_of(first.version), leave="营业厅随时退订")
    actions.draft(operator=staff.operator, content=filled, account=staff.writer)
    assert take(staff, f"{HEAD}\n{LINE}\n").taken[0].outcome == "unchanged"
    (now,) = take(staff, f"{HEAD}\n{LINE.replace('300分钟', '500分钟')}\n").taken
    assert [(one.field, one.before, one.after) for one in now.changes] == [("allowances.voice_min", 300, 500)]
    content = queries.content_of(now.version)
    assert content.leave == "营业厅随时退订"
    assert content.allowances.voice_min == 500


def test_a_published_plan_that_changes_gets_a_new_version(staff: SimpleNamespace) -> None:
    actions.draft(operator=staff.operator, content=GOOD, account=staff.writer)
    row = f"方案编号,名称,月费（分）\n{GOOD.code},{GOOD.name},5900\n"
    take(staff, row)
    version = queries.find_code(staff.operator, GOOD.code)
    assert version is not None
    assert version.number == 1


def test_bad_rows_are_told_with_row_column_and_remedy(staff: SimpleNamespace) -> None:
    bad = [
        LINE.replace("59,元/每1月", "五十九,元/月").replace("000001", "000002"),
        LINE.replace("元/每1月", "元/每7周").replace("000001", "000003"),
        LINE.replace("20260209", "20261309").replace("000001", "000004"),
        LINE.replace("套餐,59", "礼包,59").replace("000001", "000005"),
        LINE,
        LINE.replace("26QS000001", ""),
    ]
    report = take(staff, "\n".join((HEAD, LINE, *bad)))
    assert [(one.row, one.column, one.code) for one in report.rejected] == [
        (3, "fee", "tariffs.row_fee"),
        (4, "fee", "tariffs.row_unit"),
        (5, "on_date", "tariffs.row_date"),
        (6, "kind", "tariffs.row_kind"),
        (7, "code", "tariffs.row_twice"),
        (8, "code", "tariffs.row_code"),
    ]
    assert all(one.message["zh"] and one.mend["en"] for one in report.rejected)
    assert len(report.taken) == 1


def test_all_or_nothing(staff: SimpleNamespace) -> None:
    bad = LINE.replace("20260209", "昨天").replace("000001", "000002")
    report = take(staff, "\n".join((HEAD, LINE, bad)), keep_good=False)
    assert report.taken == []
    assert queries.in_work(staff.operator) == []
    assert take(staff, "\n".join((HEAD, LINE)), keep_good=False).count("new") == 1


def test_a_price_that_stands_in_the_name_alone_is_read_and_asked_about(staff: SimpleNamespace) -> None:
    text = "方案编号,名称,资费类型,资费标准\n26QS000009,青山5元50GB流量包（秦皇岛）,加装包,-\n"
    (one,) = take(staff, text).taken
    content = queries.content_of(one.version)
    assert [(p.kind, p.fen) for p in content.prices] == [(PriceKind.ONE_OFF, 500)]
    assert content.allowances.data_mb == 50 * 1024
    assert content.regions == ("秦皇岛",)
    asked = {found.field for found in one.findings if found.rule == "inferred"}
    assert asked == {"prices", "allowances.data_mb", "regions"}


def test_the_zone_s_own_json_comes_back_whole(staff: SimpleNamespace) -> None:
    text = json.dumps({"tariffs": [{"operator": "青山通信", "content": contents.builtins(GOOD)}]})
    (one,) = take(staff, text).taken
    assert queries.content_of(one.version) == GOOD
    assert one.findings == []


def test_json_with_the_columns_names(staff: SimpleNamespace) -> None:
    text = json.dumps([{"code": "A1", "name": "套餐59元", "kind": "package", "monthly_fee_yuan": 59, "data": "40GB"}])
    (one,) = take(staff, text).taken
    assert queries.content_of(one.version).prices[0].fen == 5900


def test_another_operator_s_rows_are_refused(staff: SimpleNamespace) -> None:
    report = take(staff, f"运营商,{HEAD}\n远海电信,{LINE}\n")
    assert [one.code for one in report.rejected] == ["tariffs.row_foreign"]


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"a,b\n1,2\n", b"{", b"[1]"])
def test_a_file_that_is_no_table(staff: SimpleNamespace, data: bytes) -> None:
    with pytest.raises(Problem):
        take(staff, data)


@pytest.mark.parametrize(
    ("cell", "unit", "fen", "of"),
    [
        ("59", "元/月", 5900, Unit.MONTH),
        ("59元/1月", "", 5900, Unit.MONTH),
        ("59.90", "元/每1月", 5990, Unit.MONTH),
        ("5900", "分/月", 5900, Unit.MONTH),
        ("￥120", "元/年", 12000, Unit.YEAR),
        ("360", "元/12月", 36000, Unit.YEAR),
        ("1", "元/每天", 100, Unit.DAY),
        ("0.15", "元/分钟", 15, Unit.MINUTE),
        ("0.29元/MB", "", 29, Unit.MB),
        ("100", "元/次", 10000, Unit.ONCE),
        ("免费", "元/月", 0, Unit.MONTH),
    ],
)
def test_prices_as_they_are_written(cell: str, unit: str, fen: int, of: Unit) -> None:
    price, stated = cells.fee(cell, unit)
    assert price is not None
    assert (price.fen, price.unit, stated) == (fen, of, True)


def test_headings_carry_units() -> None:
    assert sheet.column("月费（元）") == ("fee", "元/月")
    assert sheet.column("通用流量(MB)") == ("data_mb", "mb")
    assert sheet.column("monthly_fee_yuan") == ("fee", "yuan/月")
    assert sheet.column("客户经理微信")[0].startswith("other ")


def test_every_code_that_a_row_can_have_has_words() -> None:
    for code in wording.codes():
        message, mend = wording.told(code, other=3)
        assert message["zh"]
        assert mend["zh"]


def test_five_real_tariffs_as_a_careful_reader_finds_them(staff: SimpleNamespace) -> None:
    if not REAL.exists():
        pytest.skip(f"real tariffs are not here: {REAL}")
    people.create_organisation(name="河北联通", kind="operator")
    report = take(staff, REAL.read_bytes(), operator=None)
    assert report.rejected == []
    found = {one.code: {(f.rule, f.field) for f in one.findings} for one in report.taken}
    assert len(found) == 5
    unsaid = {("missing", field) for field in ("channels", "term", "in_network", "leave", "penalty", "beyond")}
    for one in found.values():
        assert unsaid <= one
        assert not {rule for rule, _ in one} & {"name_price", "name_data", "name_voice", "dates"}
        assert ("inferred", "regions") in one or ("missing", "regions") in one
    assert ("audience_region", "audience_text") in found["26HE300312"]  # 沧州市, while the name says 河北
    sms = found["26HE300315"]
    assert {("inferred", "allowances.sms"), ("inferred", "term_months"), ("cut_off", "audience_text")} <= sms
    assert ("name_kind", "kind") in found["24HE300138"]  # 叠加包, filed as 营销活动
    # Three can be had only with another tariff, and so, by its name, can the card inside a package (套内主卡).
    needs = {code for code, one in found.items() if any(rule == "needs_other" for rule, _ in one)}
    assert needs == {"26HE300128", "25HE301185", "26HE300315", "24HE300138"}
    often = {code for code, one in found.items() if ("how_often", "prices") in one}  # a pack: once, or every month?
    assert often == {"25HE301185", "26HE300315", "24HE300138"}
    begins = {code for code, one in found.items() if ("begins_unsaid", "services") in one}  # 立即生效, 次月生效
    assert begins == often
    assert ("inside_words", "audience_text") in found["24HE300138"]  # 账户级平均出账收入提档提值
    assert all(("more_unsaid", "services") in found[code] for code in ("26HE300312", "26HE300128"))  # 智家
    assert ("missing", "regions") not in found["25HE301185"]
    versions = [queries.version(one.version) for one in report.taken]
    data = {one.content.code: (one.content.allowances.data_mb, one.content.prices[0].fen) for one in versions if one}
    assert data["26HE300312"] == (70 * 1024, 10900)
    assert data["25HE301185"] == (50 * 1024, 500)
    assert [one.outcome for one in take(staff, REAL.read_bytes(), operator=None).taken] == ["unchanged"] * 5


@pytest.mark.parametrize("text", ["202672", "2026112", "2026年07月", "22/07/2026"])
def test_a_date_that_could_be_two_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="row_date"):
        cells.day(text)


def test_cells_in_wide_letters_with_fractions_of_nothing_and_with_gaps() -> None:
    assert cells.volume("５０ＧＢ") == (50 * 1024, False, True)
    assert cells.count("300.0") == (300, False)
    assert cells.day("2026 年 7 月 22 日") == date(2026, 7, 22)
    assert cells.day("20260722.0") == date(2026, 7, 22)


def test_no_channel_is_lost_without_a_word() -> None:
    assert {one.value for one in cells.channels("线上线下")} == {"hall", "web", "app"}
    with pytest.raises(ValueError, match="row_channel"):
        cells.channels("营业厅等")


@pytest.mark.parametrize(
    "table",
    [
        f"河北资费公示表（2026年11月）,,,,,,,,,,\n\n{HEAD}\n{LINE}",
        f"资费公示表\n单位：元\n{HEAD}\n{LINE}",
        "方案编号,名称,资费类型,资费标准,,包含内容,,适用范围,适用地区,上线日期,下线日期\n"
        f",,,金额,单位,通用流量（GB）,语音,,,,\n{LINE}",
        f"{GAPS}\n{LINE}",
        f"{HEAD}\n{LINE.replace('26QS000001', '２６ＱＳ０００００１')}",
    ],
)
def test_titles_merged_headings_and_gaps_change_nothing(staff: SimpleNamespace, table: str) -> None:
    take(staff, f"{HEAD}\n{LINE}\n")
    report = take(staff, table)
    assert report.rejected == []
    assert [one.outcome for one in report.taken] == ["unchanged"]


def test_a_row_without_code_below_the_header_is_no_heading(staff: SimpleNamespace) -> None:
    report = take(staff, f"{HEAD}\n,,套餐,,,,,,河北,,\n{LINE}")
    assert [(one.row, one.code) for one in report.rejected] == [(2, "tariffs.row_code")]
    assert report.count("new") == 1


@pytest.mark.parametrize(
    ("cell", "units", "fen"),
    [
        ("5900", ("厘",), 590), ("590", ("角",), 5900), ("59角", (), 590), ("每月59元", (), 5900), ("59元整", (), 5900),
        ("59", ("人民币元/月",), 5900), ("59", ("元每月",), 5900),
    ],
)  # fmt: skip
def test_money_by_its_unit(cell: str, units: tuple[str, ...], fen: int) -> None:
    price, _stated = cells.fee(cell, *units)
    assert price is not None
    assert (price.fen, price.unit) == (fen, Unit.MONTH)


@pytest.mark.parametrize("unit", ["美元", "港币/月", "万元"])
def test_other_money_is_not_taken_for_yuan(unit: str) -> None:
    with pytest.raises(ValueError, match="row_unit"):
        cells.fee("59", unit)


def test_a_heading_that_says_the_month_twice() -> None:
    assert sheet.column("套餐月费（元/月）") == ("fee", "元/月")


def test_amounts_by_the_unit_of_cell_or_column() -> None:
    assert cells.count("5小时") == (300, False)
    assert cells.count("5", "小时") == (300, False)
    assert cells.count("1", "Gbps") == (1000, False)
    assert cells.count("300分钟/月") == (300, False)
    assert cells.count("300", "国内") == (300, False)
    assert cells.volume("50GB/月") == (50 * 1024, False, True)
    assert cells.volume("每月50G") == (50 * 1024, False, True)
    assert cells.volume("50", "全国") == (50 * 1024, False, False)  # a place is no unit: it is asked about
    for cell, hint in (("1GB/天", ""), ("1", "GB/日")):
        with pytest.raises(ValueError, match="row_volume"):
            cells.volume(cell, hint)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prices", [{"kind": "recurring", "unit": "mb", "fen": 100}]),
        ("prices", [{"kind": "recurring", "unit": "day", "fen": 2**53 - 1}] * 40),
        ("allowances", {"data_mb": -1}),
        ("allowances", {"unlimited": ["everything"]}),
        ("term_months", -3),
        ("caps_fen", [-1]),
        ("trial", {"days": 30, "then": "续用", "then_fen": -5}),
        ("regions", [" "]),
    ],
)
def test_what_no_tariff_can_hold_is_a_bad_row_and_holds_up_no_other(
    staff: SimpleNamespace, field: str, value: object
) -> None:
    bad = contents.builtins(GOOD) | {"code": "26QS900001", field: value}
    text = json.dumps({"tariffs": [{"content": bad}, {"content": contents.builtins(GOOD)}]})
    report = take(staff, text)
    assert [(one.row, one.column) for one in report.rejected] == [(1, field)]
    assert report.count("new") == 1
