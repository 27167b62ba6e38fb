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
_FEE = re.compile(r"^(?:[¥￥]|rmb)?\s*" + _NUMBER + r"\s*(元|圆|块|角|分|厘|yuan|fen|rmb)?整?\s*(?:[/每]\s*(.*))?$")
_EACH_FIRST = re.compile(r"^每\s*(\d*\s*个?\s*(?:天|日|月|季度?|年|次|分钟|条))\s*(?=[\d¥￥])")
_FEN: dict[str, Decimal | int] = {
    "元": 100, "圆": 100, "块": 100, "人民币": 100, "人民币元": 100, "yuan": 100, "rmb": 100, "cny": 100,
    "角": 10, "分": 1, "fen": 1, "厘": Decimal("0.1"),
}  # fmt: skip
_HINT = re.compile(r"^([^/每]*)(?:[/每]+(.*))?$")
_MONEY_WORDS = ("元", "角", "厘", "币", "刀", "usd", "eur", "hkd")  # of a unit that may not be passed over
_EACH = re.compile(r"^每?\s*(\d*)\s*(?:个)?(天|日|月|季度?|年|次|分钟|条|mb|gb|m|g|兆)?$")
_MONTHLY = re.compile(r"^每个?月\s*(?=\d)|(?<=[a-z\d兆钟条])\s*(?:/|每)\s*1?个?月$")
_VOLUME = re.compile(r"^" + _NUMBER + r"\s*(tb|gb|mb|kb|t|g|m|k|兆)?$")
_VOLUME_UNIT = re.compile(r"^(tb|gb|mb|kb|t|g|m|k|兆)(?:(?:/|每)1?个?月)?$")
_COUNT = re.compile(r"^(\d{1,9})(?:\.0+)?\s*(?:分钟|min|分|条|m|mbps|mbit/s|兆|mb)?$")
_MANY = re.compile(r"^(\d{1,6}(?:\.\d)?)\s*(小时|个小时|h|g|gbps|gb)$")
_TIMES = {"小": 60, "个": 60, "h": 60, "g": 1000}
_WORDS_OF_SPEED = {"百兆": 100, "千兆": 1000, "两千兆": 2000, "万兆": 10_000}
_DATE = re.compile(  # without dividers only eight digits are a date: 2026112 could be two
    r"^(?:(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{4})(\d{2})(\d{2})(?:\.0)?)(?:[ t]\d.*)?$"
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
    if first := _EACH_FIRST.match(text):  # 每月59元
        text = f"{text[first.end() :]}/{first[1]}"
    hit = _FEE.match(text)
    if not hit:
        raise ValueError("tariffs.row_fee")
    hints = [_plain(one) for one in units if one.strip()]
    each = next((one for one in (hit[3] or "", *(_each(hint) for hint in hints)) if one), "")
    scale = _scale([hit[2] or "", *hints])
    exact = Decimal(hit[1]) * scale
    if exact != int(exact):
        raise ValueError("tariffs.row_fen")
    unit = period(each) if each else Unit.MONTH
    return Price(_kind_of(unit), unit, int(exact)), bool(each)


def _scale(units: list[str]) -> Decimal:
    """Fen of one, by the first unit that names money; yuan where none does. Raises ValueError for money not known
    here (美元), which must not count as yuan."""
    for unit in units:
        hit = _HINT.match(unit)
        head = hit[1].strip() if hit else unit
        if head in _FEN:
            return Decimal(_FEN[head])
        if any(word in head for word in _MONEY_WORDS):
            raise ValueError("tariffs.row_unit")
    return Decimal(100)


def _each(hint: str) -> str:
    """What stands behind the stroke: 元/每1月 → 1月."""
    hit = _HINT.match(hint)
    return (hit[2] or "").strip() if hit else ""


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
    text = _MONTHLY.sub("", _plain(cell).replace(",", ""))
    if text in BLANK:
        return None, False, True
    if _UNLIMITED.match(text):
        return None, True, True
    hit, column = _VOLUME.match(text), _plain(hint)
    if not hit or column.endswith(("/日", "/天", "每日", "每天")):  # an allowance is of a month
        raise ValueError("tariffs.row_volume")
    known = _VOLUME_UNIT.match(column)
    unit = hit[2] or (known[1] if known else "")
    exact = Decimal(hit[1]) * _MB.get(unit[:1], Decimal(1024))
    return int(exact.to_integral_value()), False, bool(unit) or exact == 0


def count(cell: str, hint: str = "") -> tuple[int | None, bool]:
    """Minutes, messages or Mbit/s, and whether without limit. `hint`: the column's unit, such as 小时 or Gbps."""
    text = _MONTHLY.sub("", _plain(cell).replace(",", ""))
    if text in BLANK:
        return None, False
    if _UNLIMITED.match(text):
        return None, True
    if text in _WORDS_OF_SPEED:
        return _WORDS_OF_SPEED[text], False
    if many := _MANY.match(text) or _MANY.match(f"{text}{_plain(hint)}"):
        return int(Decimal(many[1]) * _TIMES[many[2][0]]), False
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
