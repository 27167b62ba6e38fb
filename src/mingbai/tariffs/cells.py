"""What the cells of a tariff table mean: money, volumes, dates, kinds, channels, as operators write them. Pure.

Each function raises ValueError with a code of `wording` when a cell says something that cannot be read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from mingbai.tariffs import places
from mingbai.tariffs.content import Audience, Channel, Kind, Price, PriceKind, Unit

BLANK = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "null", "none", "n/a", "暂无", "见名称", "详见名称"}
)
_FREE = frozenset({"免费", "免收"})
_UNLIMITED = re.compile(r"^(?:无限|不限|不限量|无限量)$")
_NUMBER = r"(\d{1,12}(?:\.\d{1,4})?)"
_FEE = re.compile(r"^(?:[¥￥]|rmb)?\s*" + _NUMBER + r"\s*(元|分|yuan|fen)?\s*(?:[/每]\s*(.*))?$")
_EACH = re.compile(r"^每?\s*(\d*)\s*(?:个)?(天|日|月|季度?|年|次|分钟|条|mb|gb|m|g|兆)?$")
_VOLUME = re.compile(r"^" + _NUMBER + r"\s*(tb|gb|mb|kb|t|g|m|k|兆)?$")
_COUNT = re.compile(r"^(\d{1,9})(?:\.0+)?\s*(?:分钟|min|分|条|m|mbps|mbit/s|兆|mb)?$")
_DATE = re.compile(  # without dividers only eight digits are a date: 2026112 could be two
    r"^(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})(?:\.0)?)(?:[ t]\d.*)?$"
)
_MB = {"t": Decimal(1024 * 1024), "g": Decimal(1024), "m": Decimal(1), "兆": Decimal(1), "k": 1 / Decimal(1024)}

KINDS = {
    "套餐": Kind.PACKAGE, "主套餐": Kind.PACKAGE, "加装包": Kind.ADDON, "叠加包": Kind.ADDON, "增值业务": Kind.ADDON,
    "营销活动": Kind.CAMPAIGN, "优惠活动": Kind.CAMPAIGN, "港澳台国际": Kind.ROAMING, "国际及港澳台": Kind.ROAMING,
    "国际港澳台": Kind.ROAMING, "国际/港澳台": Kind.ROAMING, **{kind.value: kind for kind in Kind},
}  # fmt: skip
_CHANNELS: tuple[tuple[str, tuple[Channel, ...]], ...] = (
    ("手机营业厅", (Channel.APP,)), ("网上营业厅", (Channel.WEB,)), ("掌上营业厅", (Channel.APP,)),
    ("营业厅", (Channel.HALL,)), ("实体渠道", (Channel.HALL,)), ("自有厅", (Channel.HALL,)), ("线下", (Channel.HALL,)),
    ("网厅", (Channel.WEB,)), ("官网", (Channel.WEB,)), ("手厅", (Channel.APP,)), ("app", (Channel.APP,)),
    ("小程序", (Channel.APP,)), ("线上", (Channel.WEB, Channel.APP)), ("热线", (Channel.HOTLINE,)),
    ("10086", (Channel.HOTLINE,)), ("10010", (Channel.HOTLINE,)), ("10000", (Channel.HOTLINE,)),
    ("10099", (Channel.HOTLINE,)), ("短信", (Channel.SMS,)), ("代理", (Channel.AGENT,)), ("社会渠道", (Channel.AGENT,)),
    ("电商", (Channel.ONLINE_SHOP,)), ("互联网", (Channel.ONLINE_SHOP,)), ("上门", (Channel.DOOR,)),
    ("外呼", (Channel.DOOR,)), ("直销", (Channel.DOOR,)), ("客户经理", (Channel.DOOR,)),
    ("全渠道", tuple(Channel)), ("所有渠道", tuple(Channel)), *((one.value, (one,)) for one in Channel),
)  # fmt: skip
_AUDIENCES = (
    (Audience.YOUNG, ("校园", "学生", "未成年", "青少年")), (Audience.SENIOR, ("老年", "银发", "60岁", "60周岁")),
    (Audience.BUSINESS, ("政企", "集团", "单位用户", "企业用户")), (Audience.NEW, ("新入网", "新用户", "新客户")),
    (Audience.EXISTING, ("存量", "老用户", "在网用户", "在网客户")),
    (Audience.PUBLIC, ("公众", "所有用户", "全体", "个人用户", "不限")),
)  # fmt: skip
_EACH_UNITS = {
    "天": Unit.DAY, "日": Unit.DAY, "季": Unit.QUARTER, "季度": Unit.QUARTER, "年": Unit.YEAR, "次": Unit.ONCE,
    "分钟": Unit.MINUTE, "条": Unit.MESSAGE, "mb": Unit.MB, "m": Unit.MB, "兆": Unit.MB, "gb": Unit.GB, "g": Unit.GB,
}  # fmt: skip
_MONTHS = {1: Unit.MONTH, 3: Unit.QUARTER, 12: Unit.YEAR}


def _plain(cell: str) -> str:
    """A cell as it is compared: narrow letters and digits, lower case."""
    return unicodedata.normalize("NFKC", cell).strip().lower()


def fee(cell: str, *units: str) -> tuple[Price | None, bool]:
    """A price, and whether its unit was stated. `units`: what column and heading say, such as 元/每1月.

    None for a blank cell. A bare number without any unit counts as yuan a month.
    """
    text = _plain(cell).replace(",", "").replace("，", "")
    if text in BLANK:
        return None, True
    if text in _FREE:
        text = "0"
    hit = _FEE.match(text)
    if not hit:
        raise ValueError("tariffs.row_fee")
    hints = [one.strip().lower() for one in units if one.strip()]
    each = next((one for one in (hit[3] or "", *(_each(hint) for hint in hints)) if one), "")
    scale = _scale([hit[2] or "", *hints])
    exact = Decimal(hit[1]) * scale
    if exact != int(exact):
        raise ValueError("tariffs.row_fen")
    unit = period(each) if each else Unit.MONTH
    return Price(_kind_of(unit), unit, int(exact)), bool(each)


def _scale(words: list[str]) -> int:
    """Fen of one: 1 where the first word that names money says fen, else 100."""
    heads = [word.partition("/")[0] for word in words]
    money = next((head for head in heads if head in ("yuan", "fen") or "元" in head or "分" in head), "元")
    return 1 if money == "fen" or "分" in money else 100


def _each(hint: str) -> str:
    """What stands behind the stroke: 元/每1月 → 每1月."""
    return hint.partition("/")[2].strip()


def period(text: str) -> Unit:
    """“每1月”, “3个月”, “年”, “次” as a unit."""
    hit = _EACH.match(text.strip().lower())
    if not hit or not (hit[1] or hit[2]):
        raise ValueError("tariffs.row_unit")
    count, word = int(hit[1] or 1), hit[2] or "月"
    if word == "月" and count in _MONTHS:
        return _MONTHS[count]
    if count == 1 and word in _EACH_UNITS:
        return _EACH_UNITS[word]
    raise ValueError("tariffs.row_unit")


def _kind_of(unit: Unit) -> PriceKind:
    if unit == Unit.ONCE:
        return PriceKind.ONE_OFF
    return PriceKind.RECURRING if unit in (Unit.DAY, Unit.MONTH, Unit.QUARTER, Unit.YEAR) else PriceKind.USAGE


def volume(cell: str, hint: str = "") -> tuple[int | None, bool, bool]:
    """Data in MB, whether it is without limit, and whether its unit was stated (else GB is taken)."""
    text = _plain(cell).replace(",", "")
    if text in BLANK:
        return None, False, True
    if _UNLIMITED.match(text):
        return None, True, True
    hit = _VOLUME.match(text)
    if not hit:
        raise ValueError("tariffs.row_volume")
    unit = hit[2] or hint.strip().lower()
    exact = Decimal(hit[1]) * _MB.get(unit[:1], Decimal(1024))
    return int(exact.to_integral_value()), False, bool(unit) or exact == 0


def count(cell: str) -> tuple[int | None, bool]:
    """Minutes, messages or Mbit/s, and whether without limit."""
    text = _plain(cell).replace(",", "")
    if text in BLANK:
        return None, False
    if _UNLIMITED.match(text):
        return None, True
    if text in ("千兆", "1g", "1gbps"):
        return 1000, False
    hit = _COUNT.match(text)
    if not hit:
        raise ValueError("tariffs.row_count")
    return int(hit[1]), False


def day(cell: str) -> date | None:
    """20260722, 2026-7-22, 2026/07/22, 2026年7月22日; None for a blank cell and for “长期”."""
    text = _plain(cell)
    if text in BLANK or text in ("长期", "长期有效"):
        return None
    hit = _DATE.match(text)
    try:
        if hit:
            year, month, number = (one for one in hit.groups() if one)
            return date(int(year), int(month), int(number))
    except ValueError:
        pass
    raise ValueError("tariffs.row_date")


def kind(cell: str) -> Kind | None:
    text = _plain(cell)
    if not text:
        return None
    if text not in KINDS:
        raise ValueError("tariffs.row_kind")
    return KINDS[text]


def parts(cell: str) -> list[str]:
    """A cell that lists several, by any divider that people use."""
    return [one.strip() for one in re.split(r"[、,，;；|/\s]+", cell) if one.strip() and one.strip() not in BLANK]


def regions(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(places.normal(one)[:24] for one in parts(cell)))


def channels(cell: str) -> tuple[Channel, ...]:
    found: list[Channel] = []
    for part in parts(cell.lower()):
        hits = [(word, known) for word, known in _CHANNELS if word in part]
        if not hits or part.endswith(("等", "等渠道")):  # “等” would be lost without a word
            raise ValueError("tariffs.row_channel")
        found += hits[0][1]
        if {"线上", "线下"} <= {word for word, _ in hits}:
            found += dict(_CHANNELS)["线上"]
    return tuple(dict.fromkeys(found))


def audience(text: str) -> Audience | None:
    """Whom a text means, as far as filters go; CHOSEN when it names none of the known groups."""
    if not text.strip():
        return None
    return next((one for one, marks in _AUDIENCES if any(mark in text for mark in marks)), Audience.CHOSEN)
