"""What a plan version says: every field that the disclosure zone must show, typed. Pure.

Fields after operators' live zones (practice) and 工信部 2025-04-30 明白办、放心用 (notice). Money is whole fen, data
whole MB (1 GB = 1024 MB), terms whole months. None means that nothing was stated; “无” in a text means that there is
none. The hash of a version is SHA-256 over the canonical JSON (RFC 8785) of its content, so anybody can compute it.
"""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from mingbai.kernel.problems import Problem
from mingbai.ledger import canonical

GB = 1024  # MB


class Kind(StrEnum):
    """资费类型."""

    PACKAGE = "package"  # 套餐
    ADDON = "addon"  # 加装包
    CAMPAIGN = "campaign"  # 营销活动
    ROAMING = "roaming"  # 港澳台国际


class Audience(StrEnum):
    """适用范围, as far as it can be filtered by; the text says the rest."""

    PUBLIC = "public"  # 公众
    NEW = "new"  # 新入网
    EXISTING = "existing"  # 在网、存量
    YOUNG = "young"  # 校园、未成年
    SENIOR = "senior"  # 银发
    BUSINESS = "business"  # 政企、集团
    CHOSEN = "chosen"  # 特定用户


class Channel(StrEnum):
    """销售渠道."""

    HALL = "hall"  # 营业厅
    WEB = "web"  # 网上营业厅
    APP = "app"  # 手机营业厅
    HOTLINE = "hotline"  # 客服热线
    SMS = "sms"  # 短信
    AGENT = "agent"  # 代理商
    ONLINE_SHOP = "online_shop"  # 电商平台
    DOOR = "door"  # 上门、外呼


class PriceKind(StrEnum):
    RECURRING = "recurring"
    ONE_OFF = "one_off"
    USAGE = "usage"


class Unit(StrEnum):
    """What a price is for: a period, once, or an amount used."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ONCE = "once"
    MINUTE = "minute"
    MB = "mb"
    GB = "gb"
    MESSAGE = "message"


PERIODS = (Unit.DAY, Unit.MONTH, Unit.QUARTER, Unit.YEAR)
UNITS = {
    PriceKind.RECURRING: PERIODS,
    PriceKind.ONE_OFF: (Unit.ONCE,),
    PriceKind.USAGE: (Unit.MINUTE, Unit.MB, Unit.GB, Unit.MESSAGE),
}


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`fen` a unit up to `upto` units in all; `upto` None: for all above."""

    upto: int | None
    fen: int


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`fen` for one `unit`; None while nothing was stated. A usage price may have tiers in its place."""

    kind: PriceKind
    unit: Unit
    fen: int | None = None
    what: str = ""
    tiers: tuple[Tier, ...] = ()


class Allowances(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a period includes. `unlimited`: names of the fields here without a limit."""

    voice_min: int | None = None
    data_mb: int | None = None
    directed_mb: int | None = None
    directed_to: str = ""
    sms: int | None = None
    broadband_mbps: int | None = None
    unlimited: tuple[str, ...] = ()


class Trial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A free or reduced time, and what follows it: `then` in words, `then_fen` a month (None: it ends)."""

    days: int
    then: str = ""
    then_fen: int | None = None


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of a plan. `inferred`: fields that an import read from the name, which nobody has confirmed."""

    code: str  # 方案编号
    name: str
    kind: Kind | None = None
    prices: tuple[Price, ...] = ()
    allowances: Allowances = Allowances()
    audience: Audience | None = None
    audience_text: str = ""
    regions: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    on_date: date | None = None
    off_date: date | None = None
    term: str = ""  # 有效期限
    term_months: int | None = None
    in_network: str = ""  # 在网要求
    leave: str = ""  # 退订方式
    penalty: str = ""  # 违约责任
    beyond: str = ""  # 超出资费说明
    caps_fen: tuple[int, ...] = ()  # 封顶档位
    trial: Trial | None = None
    singles: tuple[str, ...] = ()  # codes under which the parts of a bundle are offered singly
    services: str = ""  # 其他服务内容
    notes: str = ""  # 其他说明
    inferred: tuple[str, ...] = ()

    def sold_on(self, day: date) -> bool:
        """Whether the day lies between the dates of sale, both included."""
        return not (self.on_date and day < self.on_date) and not (self.off_date and self.off_date < day)


FIELDS: tuple[str, ...] = tuple(name for name in Content.__struct_fields__ if name != "inferred")
TEXTS = ("audience_text", "term", "in_network", "leave", "penalty", "beyond", "services", "notes")


def builtins(content: Content) -> dict[str, Any]:
    """As JSON carries it."""
    made: dict[str, Any] = msgspec.to_builtins(content)
    return made


def body(content: Content) -> bytes:
    """Canonical JSON in UTF-8: what is stored, published and hashed."""
    return canonical.dumps(builtins(content))


def digest(stored: bytes) -> str:
    """SHA-256 of a stored body, in hex."""
    return hashlib.sha256(stored).hexdigest()


def parse(stored: bytes | str) -> Content:
    """The content of a stored body. Raises Problem for JSON that is none."""
    try:
        return _decoder.decode(stored)
    except msgspec.ValidationError as fault:
        raise Problem("tariffs.unreadable", str(fault)[:200], where="content") from fault
    except msgspec.DecodeError as fault:
        raise Problem("tariffs.unreadable", "this is no JSON", where="content") from fault


def of_builtins(value: object) -> Content:
    """The content of what JSON carried. Raises Problem as `parse`."""
    try:
        return msgspec.convert(value, Content)
    except msgspec.ValidationError as fault:
        raise Problem("tariffs.unreadable", str(fault)[:200], where="content") from fault


_decoder = msgspec.json.Decoder(Content)


_MOST_FEN = 10**11
_MOST = 10**9  # minutes, MB, messages, Mbit/s, months, days
_MOST_LISTED = 100
_LIMITLESS = frozenset({"voice_min", "data_mb", "directed_mb", "sms", "broadband_mbps"})


def out_of_bounds(content: Content) -> str:
    """The first field that holds what no tariff can: a price by the month that is one of use, less than nothing, more
    than all the money there is. "" when there is none. What is only wrong (a negative price) is for the findings."""
    allowed = content.allowances
    amounts = [getattr(allowed, name) for name in sorted(_LIMITLESS)]
    if not set(allowed.unlimited) <= _LIMITLESS or any(not 0 <= one <= _MOST for one in amounts if one is not None):
        return "allowances"
    if any(one.unit not in UNITS[one.kind] for one in content.prices) or any(
        abs(fen) > _MOST_FEN for one in content.prices for fen in (one.fen or 0, *(tier.fen for tier in one.tiers))
    ):
        return "prices"
    if any(tier.upto is not None and not 0 < tier.upto <= _MOST for one in content.prices for tier in one.tiers):
        return "prices"
    if not 0 <= (content.term_months or 0) <= _MOST:
        return "term_months"
    if any(not 0 <= fen <= _MOST_FEN for fen in content.caps_fen):
        return "caps_fen"
    trial = content.trial
    if trial is not None and not (abs(trial.days) <= _MOST and 0 <= (trial.then_fen or 0) <= _MOST_FEN):
        return "trial"
    if any(not region.strip() for region in content.regions):
        return "regions"
    lists = ("prices", "regions", "channels", "caps_fen", "singles")
    return next((name for name in lists if len(getattr(content, name)) > _MOST_LISTED), "")


def month_fen(content: Content) -> int | None:
    """What the plan costs in a month whether it is used or not: recurring prices, longer periods by their month.

    None when no recurring price is stated, or one of them is blank.
    """
    months = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
    total = 0
    found = False
    for price in content.prices:
        if price.kind != PriceKind.RECURRING:
            continue
        if price.fen is None:
            return None
        found = True
        total += price.fen * 30 if price.unit == Unit.DAY else -(-price.fen // months[price.unit])
    return total if found else None


def headline_fen(content: Content) -> int | None:
    """The price that lists are sorted by: of a month, or else the first that is stated."""
    month = month_fen(content)
    if month is not None:
        return month
    stated = [price.tiers[0].fen if price.fen is None and price.tiers else price.fen for price in content.prices]
    return next((fen for fen in stated if fen is not None), None)
