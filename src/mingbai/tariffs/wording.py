"""Findings and bad rows in sentences, zh and en."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mingbai.tariffs.rules import Finding

_Pair = tuple[str, str]

# Rule → what is found. {text}: the words; {other}: what they meet.
_FINDINGS: dict[str, _Pair] = {
    "missing": ("没有填写", "nothing is stated"),
    "price_blank": ("价格空着", "a price is blank"),
    "price_negative": ("价格是负数", "a price is negative"),
    "price_twice": ("同一项目写了两个价格：{other}", "one thing has two prices: {other}"),
    "tiers_order": ("阶梯没有从低到高排列", "the tiers do not go upwards"),
    "name_price": ("名称写“{text}”，资费标准是 {other} 元", "the name says “{text}”, the price is {other} yuan"),
    "name_reduced": (
        "名称写首期价“{text}”，没有写以后怎样收费",
        "the name gives a first price “{text}”; what follows is unsaid",
    ),
    "name_data": ("名称写“{text}”，流量字段是 {other}", "the name says “{text}”, the data field {other}"),
    "name_voice": ("名称写“{text}”，语音字段是 {other} 分钟", "the name says “{text}”, the field {other} minutes"),
    "name_sms": ("名称写“{text}”，短信字段是 {other} 条", "the name says “{text}”, the field {other} messages"),
    "name_broadband": ("名称写“{text}”，宽带字段是 {other} 兆", "the name says “{text}”, the field {other} Mbit/s"),
    "name_only": ("名称写“{text}”，字段里没有", "the name says “{text}”, the field nothing"),
    "name_term": ("写着“{text}”，合约期字段是 {other} 个月", "“{text}” is written, the term field says {other} months"),
    "beyond_price": (
        "超出资费写“{text}”，资费标准里是 {other} 元",
        "beyond the allowance it says “{text}”, the price field {other} yuan",
    ),
    "audience_other": (
        "“{text}”与适用人群“{other}”不一致",
        "“{text}” does not agree with the audience “{other}”",
    ),
    "name_region": ("名称写“{text}”，不在适用地区（{other}）内", "the name says “{text}”, which is outside {other}"),
    "name_region_part": (
        "名称只写“{text}”，适用地区是 {other}：到底哪里能办",
        "the name says “{text}” alone, the region is {other}: which holds?",
    ),
    "audience_region": (
        "适用范围写“{text}”，适用地区是 {other}：到底哪里能办",
        "the audience says “{text}”, the region is {other}: which holds?",
    ),
    "name_kind": ("名称写“{text}”，资费类型却是 {other}", "the name says “{text}”, the kind is {other}"),
    "audience_narrow": ("写着面向公众，又写“{text}”", "it is for everyone, yet “{text}” is written"),
    "generation": (
        "“{text}”是网络制式还是流量？流量字段是 {other}",
        "is “{text}” the network or a volume? The data field is {other}",
    ),
    "allowance_blank": ("套餐没有写流量，是没有还是漏了", "the package states no data: none, or forgotten?"),
    "unlimited_limit": ("写着“{text}”，又与“{other}”矛盾", "“{text}” contradicts “{other}”"),
    "dates": ("下线日期 {text} 早于上线日期 {other}", "on sale until {text}, which is before {other}"),
    "off_sale": ("下线日期 {text} 已过", "the last day of sale, {text}, is over"),
    "term_no_penalty": (
        "合约期 {other} 个月，违约责任写“{text}”：提前退订到底怎样",
        "it binds for {other} months, the penalty says “{text}”: what if somebody leaves early?",
    ),
    "trial_then": ("没有写试用结束后怎样", "what follows the trial is unsaid"),
    "trial_days": ("试用天数不是正数", "the trial has no days"),
    "trial_unsaid": (
        "写着“{text}”，没有填写试用期和以后怎样收费",
        "“{text}” is written; the trial and what follows are not",
    ),
    "free": ("价格为 0：一直免费，还是以后收费", "the price is 0: for ever, or does one follow?"),
    "bundle": (
        "捆绑了宽带（{text}），没有写可单独办理的单项",
        "broadband ({text}) is bundled; no single items are named",
    ),
    "needs_other": (
        "“{text}”：要先有别的资费才能办吗？写明是哪一项（方案编号）、合计多少钱",
        "“{text}”: does it need another tariff? Say which, by its code, and what both cost",
    ),
    "inside_words": (
        "“{text}”是内部用语，用户无从核对自己是否符合",
        "“{text}” are words of the house: nobody outside can tell whether they are meant",
    ),
    "how_often": (
        "“{text}”是一次性的，还是每月自动续订、每月扣费？用量按月给还是一共给",
        "“{text}”: once, or charged every month until somebody leaves? And is the allowance of each month or in all?",
    ),
    "begins_unsaid": (
        "名称写“{text}”，说明里没有写从哪天起算、当月怎样收费",
        "the name says “{text}”; from which day, and what the first month costs, is unsaid",
    ),
    "more_unsaid": (
        "名称写“{text}”，没有写另外包含什么、各多少钱",
        "the name says “{text}”; what else is in it, and at what price, is unsaid",
    ),
    "too_long": (
        "办理时要向用户说明 {text} 字，最多只能 {other} 字：这样公示以后无法办理，请缩短",
        "an offer has to tell {text} characters of it, and may tell {other}: as it is, nobody can order it",
    ),
    "vague": ("“{text}”说不清楚（……{other}……）", "“{text}” says nothing definite (…{other}…)"),
    "cut_off": ("文字好像没有写完：“……{text}”", "the text seems cut off: “…{text}”"),
    "inferred": ("从名称“{text}”里读出来的，请确认", "read from the name “{text}”: please confirm"),
}

# What a field holds, where a finding names it.
_VALUES: dict[str, _Pair] = {
    "package": ("套餐", "package"), "addon": ("加装包", "add-on"), "campaign": ("营销活动", "campaign"),
    "roaming": ("港澳台国际", "abroad"), "public": ("公众", "everyone"), "new": ("新入网", "new customers"),
    "existing": ("在网用户", "customers"), "young": ("校园、未成年", "the young"),
    "senior": ("银发", "seniors"), "business": ("政企", "business"),
}  # fmt: skip

_ROWS: dict[str, tuple[_Pair, _Pair]] = {
    "tariffs.row_code": (("没有方案编号", "the plan code is missing"), ("填写方案编号", "write the plan code")),
    "tariffs.row_name": (("没有名称", "the name is missing"), ("填写名称", "write the name")),
    "tariffs.row_fee": (("价格读不懂", "the price cannot be read"), ("写成 59 或 59元/月", "write 59 or 59元/月")),
    "tariffs.row_fen": (("价格小于一分", "the price has parts of a fen"), ("换一个计费单位", "choose another unit")),
    "tariffs.row_unit": (
        ("计费单位读不懂", "the unit of the price cannot be read"),
        ("写成 元/月、元/年、元/次、元/分钟、元/MB", "write 元/月, 元/年, 元/次, 元/分钟 or 元/MB"),
    ),
    "tariffs.row_volume": (
        ("流量读不懂", "the data volume cannot be read"),
        ("写成 50GB 或 不限量", "write 50GB or 不限量"),
    ),
    "tariffs.row_count": (
        ("数量读不懂", "the count cannot be read"),
        ("写整数或 不限", "write a whole number or 不限"),
    ),
    "tariffs.row_date": (
        ("日期读不懂", "the date cannot be read"),
        ("写成 20260722 或 2026-07-22", "write 2026-07-22"),
    ),
    "tariffs.row_kind": (
        ("资费类型不在列表中", "the kind is none of the list"),
        ("写 套餐、加装包、营销活动 或 港澳台国际", "write package, addon, campaign or roaming"),
    ),
    "tariffs.row_channel": (
        ("销售渠道读不懂", "a sales channel cannot be read"),
        (
            "写 营业厅、网上营业厅、手机营业厅、客服热线、短信、代理商、电商平台、上门",
            "write hall, web, app, hotline, sms, agent …",
        ),
    ),
    "tariffs.row_operator": (
        ("没有登记过这个运营商", "no operator of this name is registered"),
        ("核对名称，或先登记", "correct the name, or register it first"),
    ),
    "tariffs.row_foreign": (
        ("不是本运营商的资费", "this is another operator's tariff"),
        ("删去该行，或由该运营商导入", "remove the row, or have that operator import it"),
    ),
    "tariffs.row_twice": (
        ("与第 {other} 行的方案编号重复", "row {other} has the same plan code"),
        ("只保留一行", "keep one of the two"),
    ),
    "tariffs.row_long": (("内容太长", "the cell is too long"), ("缩短内容", "shorten it")),
    "tariffs.row_surplus": (
        ("该行的格子多于表头", "the row has more cells than the header"),
        ("检查多余的分隔符，含分隔符的内容加引号", "look for a stray divider; quote cells that contain one"),
    ),
    "tariffs.row_content": (
        ("内容不是资费方案的格式", "the content is no plan"),
        ("用公示区下载的格式", "use the form of the zone's own file"),
    ),
    "tariffs.in_review": (
        ("这个方案有一版正在复核", "a version of this plan is in review"),
        ("复核完再导入，或先退回", "import after the review, or have it sent back"),
    ),
    "tariffs.in_work": (
        ("别人正在改这个方案", "somebody else writes this plan just now"),
        ("稍后再导入", "import again in a moment"),
    ),
}


def rules() -> frozenset[str]:
    """Every rule that has a wording."""
    return frozenset(_FINDINGS)


def codes() -> frozenset[str]:
    """Every code that a row can be rejected with."""
    return frozenset(_ROWS)


def knows(code: str) -> bool:
    return code in _ROWS


def told(code: str, **values: object) -> tuple[dict[str, str], dict[str, str]]:
    """Message and mend of a bad row's code, each in zh and en."""
    (zh, en), (mend_zh, mend_en) = _ROWS[code]
    return {"zh": zh.format(**values), "en": en.format(**values)}, {"zh": mend_zh, "en": mend_en}


def sentence(found: Finding) -> dict[str, str]:
    """What a finding says, in zh and en."""
    zh, en = _FINDINGS[found.rule]
    other_zh, other_en = _VALUES.get(found.other, (found.other, found.other))
    return {"zh": zh.format(text=found.text, other=other_zh), "en": en.format(text=found.text, other=other_en)}
