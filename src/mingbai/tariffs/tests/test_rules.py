"""What a careful reader stops at, by table."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.tariffs import places, rules, wording
from mingbai.tariffs.content import Allowances, Audience, Content, Kind, Price, PriceKind, Tier, Trial, Unit
from mingbai.tariffs.rules import Level, mentions
from mingbai.tariffs.tests.conftest import GOOD, changed

TODAY = date(2026, 11, 22)
GB = 1024


def found(content: Content) -> set[tuple[str, str, str]]:
    """(rule, field, level)."""
    return {(one.rule, one.field, one.level.value) for one in rules.check(content, TODAY)}


def allowed(**fields: Any) -> Allowances:
    return msgspec.structs.replace(GOOD.allowances, **fields)


def test_nothing_is_wrong_with_a_good_plan() -> None:
    assert rules.check(GOOD, TODAY) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # contradictions
        ({"name": "50G流量套餐", "allowances": allowed(data_mb=10 * GB)}, ("name_data", "allowances.data_mb", "error")),
        ({"name": "畅聊套餐69元"}, ("name_price", "prices", "error")),
        ({"name": "畅聊500分钟59元"}, ("name_voice", "allowances.voice_min", "error")),
        ({"name": "59元含100条短信"}, ("name_sms", "allowances.sms", "error")),
        ({"name": "59元融合300M宽带"}, ("name_only", "allowances.broadband_mbps", "error")),
        ({"name": "59元无限流量"}, ("unlimited_limit", "allowances.data_mb", "error")),
        (
            {"allowances": allowed(data_mb=None, unlimited=("data_mb",)), "notes": "达量限速1Mbps"},
            ("unlimited_limit", "notes", "error"),
        ),
        ({"allowances": allowed(unlimited=("data_mb",))}, ("unlimited_limit", "allowances.data_mb", "error")),
        ({"off_date": date(2026, 1, 1)}, ("dates", "off_date", "error")),
        ({"off_date": date(2026, 11, 21)}, ("off_sale", "off_date", "error")),
        ({"name": "59元24个月合约", "term_months": 12}, ("name_term", "term_months", "error")),
        ({"term": "有效期24个月", "term_months": 12}, ("name_term", "term", "error")),
        ({"name": "59元（广东）"}, ("name_region", "regions", "error")),
        # vague words where a value belongs, and beside
        ({"leave": "营业厅等渠道退订"}, ("vague", "leave", "error")),
        ({"penalty": "详询客服"}, ("vague", "penalty", "error")),
        ({"penalty": "詳 詢 客 服"}, ("vague", "penalty", "error")),
        ({"penalty": "/"}, ("vague", "penalty", "error")),
        ({"beyond": "见附件"}, ("vague", "beyond", "error")),
        ({"beyond": "待定"}, ("vague", "beyond", "error")),
        ({"leave": "同上"}, ("vague", "leave", "error")),
        ({"leave": "拨打客服热线咨询"}, ("vague", "leave", "error")),
        ({"name": "59元无限通话"}, ("unlimited_limit", "allowances.voice_min", "error")),
        ({"name": "59元合约两年"}, ("name_term", "term_months", "error")),
        (
            {"name": "59元无限流量", "allowances": allowed(voice_min=None, unlimited=("voice_min",))},
            ("unlimited_limit", "allowances.data_mb", "error"),
        ),
        (
            {"allowances": allowed(data_mb=None, unlimited=("data_mb",)), "beyond": "20GB后降至1Mbps"},
            ("unlimited_limit", "beyond", "error"),
        ),
        ({"beyond": "超出流量 0.29 元/MB，" * 100 + "用完为止"}, ("too_long", "beyond", "question")),
        ({"beyond": "以实际为准"}, ("vague", "beyond", "error")),
        ({"audience_text": "公众用户等"}, ("vague", "audience_text", "error")),
        ({"notes": "赠品以实际为准"}, ("vague", "notes", "question")),
        # prices and amounts in other words
        ({"name": "青山69档畅聊套餐"}, ("name_price", "prices", "error")),
        ({"name": "青山畅聊69块9套餐"}, ("name_price", "prices", "error")),
        ({"name": "青山畅聊59元9角套餐"}, ("name_price", "prices", "error")),
        ({"name": "青山畅聊69/月套餐"}, ("name_price", "prices", "error")),
        ({"name": "59元50个G套餐"}, ("name_data", "allowances.data_mb", "error")),
        ({"name": "59元20小时通话"}, ("name_voice", "allowances.voice_min", "error")),
        ({"name": "59元流量无上限"}, ("unlimited_limit", "allowances.data_mb", "error")),
        ({"name": "59元半年合约"}, ("name_term", "term_months", "error")),
        ({"name": "59元24月合约"}, ("name_term", "term_months", "error")),
        (  # the price beyond the allowance is not the plan's own
            {"name": "0.29元套餐"},
            ("name_price", "prices", "error"),
        ),
        (
            {"name": "59元两千兆宽带", "allowances": allowed(broadband_mbps=1000), "singles": ("26QS100002",)},
            ("name_broadband", "allowances.broadband_mbps", "error"),
        ),
        (
            {"name": "59元500M宽带50GB", "allowances": allowed(broadband_mbps=500), "singles": ("26QS100002",)},
            ("name_data", "allowances.data_mb", "error"),
        ),
        # a text says otherwise than its field
        ({"beyond": "超出流量 5元/GB，超出语音 0.25 元/分钟"}, ("beyond_price", "beyond", "error")),
        ({"beyond": "超出流量每MB0.3元"}, ("beyond_price", "beyond", "error")),
        ({"term": "无合约", "term_months": 24}, ("name_term", "term", "error")),
        ({"in_network": "办理后在网 24 个月"}, ("name_term", "in_network", "question")),
        ({"term": "2027年1月1日至2026年12月31日"}, ("dates", "term", "error")),
        ({"term": "有效期至2025-12-31"}, ("dates", "term", "error")),
        ({"name": "青山银发套餐59元"}, ("audience_other", "name", "question")),
        ({"audience_text": "在校学生"}, ("audience_other", "audience_text", "question")),
        # words that say nothing
        ({"leave": "营业厅、热线等多种方式退订"}, ("vague", "leave", "error")),
        ({"beyond": "根据实际情况收取"}, ("vague", "beyond", "error")),
        ({"penalty": "约50元"}, ("vague", "penalty", "error")),
        ({"leave": "更多详情扫码了解"}, ("vague", "leave", "error")),
        # what is missing
        ({"penalty": " "}, ("missing", "penalty", "error")),
        ({"regions": ()}, ("missing", "regions", "error")),
        ({"prices": ()}, ("missing", "prices", "error")),
        ({"prices": (Price(PriceKind.RECURRING, Unit.MONTH),)}, ("price_blank", "prices", "error")),
        ({"trial": Trial(30)}, ("trial_then", "trial", "error")),
        # questions
        ({"name": "59元流量包"}, ("name_kind", "kind", "question")),
        ({"name": "59元（秦皇岛）"}, ("name_region_part", "regions", "question")),
        ({"audience_text": "沧州市公众用户"}, ("audience_region", "audience_text", "question")),
        ({"audience_text": "公众用户（限"}, ("cut_off", "audience_text", "error")),
        ({"term_months": 24}, ("term_no_penalty", "penalty", "question")),
        ({"services": "视频会员首月免费"}, ("trial_unsaid", "services", "question")),
        ({"name": "首月9.9元，次月起59元"}, ("name_reduced", "trial", "question")),
        ({"name": "59元送5G流量"}, ("generation", "allowances.data_mb", "question")),
        ({"allowances": allowed(broadband_mbps=300)}, ("bundle", "singles", "question")),
        ({"audience_text": "公众专属"}, ("audience_narrow", "audience", "question")),
        ({"audience_text": "使用青山畅聊套餐59元的公众用户"}, ("needs_other", "audience_text", "question")),
        ({"audience_text": "办理99档及以上的公众用户"}, ("needs_other", "audience_text", "question")),
        ({"name": "青山畅聊套餐59元副卡（河北）"}, ("needs_other", "name", "question")),
        ({"audience_text": "公众用户中三个月出账收入提值的"}, ("inside_words", "audience_text", "question")),
        (
            {"name": "青山59元流量包", "kind": Kind.ADDON, "prices": (Price(PriceKind.RECURRING, Unit.MONTH, 5900),)},
            ("how_often", "prices", "question"),
        ),
        ({"name": "青山畅聊套餐59元（河北）-次月生效"}, ("begins_unsaid", "services", "question")),
        ({"name": "青山融合套餐59元（河北）"}, ("more_unsaid", "services", "question")),
        ({"inferred": ("regions",)}, ("inferred", "regions", "question")),
        (
            {"prices": (Price(PriceKind.USAGE, Unit.MB, tiers=(Tier(None, 10), Tier(5, 20))), *GOOD.prices)},
            ("tiers_order", "prices", "error"),
        ),
    ],
)
def test_a_careful_reader_stops_at(fields: dict[str, Any], expected: tuple[str, str, str]) -> None:
    assert expected in found(changed(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "青山5G畅聊套餐59元"},  # the network's generation
        {"name": "青山5G畅享套餐59元40GB"},
        {"name": "青山4G/5G套餐59元"},
        {"name": "59元40960MB套餐"},
        {"name": "59元套餐立减20元"},
        {"name": "59元套餐送10元话费"},
        {"name": "59元达量限速1M", "notes": ""},
        {"leave": "等级不限，营业厅随时退订"},
        {"leave": "退订后等待次月生效"},
        {"notes": "流量用完不限速"},
        {"name": "青山2026年版59元套餐"},
        {"audience_text": "前三个月平均消费 50 元及以上的公众用户"},
        {"name": "59元300M宽带", "allowances": allowed(broadband_mbps=300), "singles": ("26QS100002",)},
        {"name": "59元（石家庄）", "regions": ("石家庄",)},
        {"trial": Trial(30, "每月 9.90 元，须再次确认", 990), "name": "首月0元，次月59元"},
        {"name": "青山套餐原价99元现价59元"},
        {"name": "充100元享59元套餐"},
        {"name": "59元30G+10G套餐"},
        {"name": "59元套餐，超出0.29元/MB"},
        {"name": "59元5小时通话"},
        {"leave": "退订后等额退还，等待次月生效"},
        {"beyond": "每MB 0.29元，按实际使用量计"},
        {"term": "2026年2月9日至2029年12月31日"},
        {
            "name": "青山融合500M套餐59元",
            "allowances": allowed(broadband_mbps=500),
            "singles": ("26QS100002",),
            "services": "上门安装 0 元",
        },
    ],
)
def test_what_is_no_contradiction(fields: dict[str, Any]) -> None:
    assert rules.check(changed(**fields), TODAY) == []


@pytest.mark.parametrize(
    ("name", "mb"),
    [
        ("5G套餐", []),
        ("5GB套餐", [5120]),
        ("5g畅享10g", [10240]),
        ("100G流量", [102400]),
        ("1.5TB", [1572864]),
        ("500M流量包", [500]),
        ("100M宽带", []),
        ("宽带200M", []),
        ("每日1GB", []),
        ("50ＧＢ", [51200]),
        ("５０Ｇ", [51200]),
        ("五十G流量", [51200]),
        ("第五G", []),
    ],
)
def test_volumes_of_a_name(name: str, mb: list[int]) -> None:
    assert [one.value for one in mentions.data(name)] == mb


@pytest.mark.parametrize(
    ("name", "fen"),
    [
        ("59元", [5900]),
        ("¥59.9", [5990]),
        ("0.01元", [1]),
        ("减10元", []),
        ("满100元可办", []),
        ("含50元话费", []),
        ("5元50GB", [500]),
        ("首月1元", []),
        ("1,299元", [129900]),
        ("５９块", [5900]),
        ("RMB69", [6900]),
        ("一百二十九元", [12900]),
        ("三元区", []),
        ("多元一元", []),
    ],
)
def test_prices_of_a_name(name: str, fen: list[int]) -> None:
    assert [one.value for one in mentions.prices(name)] == fen


texts = st.text(st.sampled_from("青山套餐5049.元GBM分钟条个月年（）、等详询客服无限流量宽带首减送秦皇岛"), max_size=40)


@given(name=texts, leave=texts, price=st.integers(0, 10**6), mb=st.integers(0, 10**6))
def test_every_finding_has_words_and_a_key_of_its_own(name: str, leave: str, price: int, mb: int) -> None:
    content = changed(
        name=name, leave=leave, allowances=Allowances(data_mb=mb),
        prices=(Price(PriceKind.RECURRING, Unit.MONTH, price),), kind=Kind.PACKAGE, audience=Audience.PUBLIC,
    )  # fmt: skip
    all_found = rules.check(content, TODAY)
    assert len({rules.key(one) for one in all_found}) == len(all_found)
    assert all(wording.sentence(one)["zh"] for one in all_found)
    assert [one.level for one in all_found] == sorted(
        (one.level for one in all_found), key=lambda one: one != Level.ERROR
    )


@given(price=st.integers(1, 10**7))
def test_a_name_that_says_the_price_is_never_refused_for_it(price: int) -> None:
    name = f"青山套餐{price // 100}.{price % 100:02d}元"
    content = changed(name=name, prices=(Price(PriceKind.RECURRING, Unit.MONTH, price),))
    assert "name_price" not in {one.rule for one in rules.check(content, TODAY)}
    other = changed(name=name, prices=(Price(PriceKind.RECURRING, Unit.MONTH, price + 1),))
    assert "name_price" in {one.rule for one in rules.check(other, TODAY)}


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("河北省", "河北"), ("石家庄市", "石家庄"), ("河北省石家庄市", "石家庄"), ("河北石家庄", "石家庄"),
        ("吉林省吉林市", "吉林市"), ("广西壮族自治区南宁市", "南宁"), ("河北省广州市", "河北省广州市"),
        ("全网", "全国"),
    ],
)  # fmt: skip
def test_places_however_they_are_written(name: str, short: str) -> None:
    assert places.normal(name) == short
