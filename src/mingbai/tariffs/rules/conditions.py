"""What a reader has to know before the price means anything: another tariff that is needed, how often it is charged,
when it begins, what else is in it, whether anybody outside the house can tell if it is for them. Pure.

All are questions: the words may be right, but somebody has to have looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mingbai.tariffs.content import TEXTS, Content, Kind, PriceKind
from mingbai.tariffs.rules.texts import Make

if TYPE_CHECKING:
    from mingbai.tariffs.rules.findings import Finding

# Another tariff: by its grade (299档), by a package with its price (套餐59元), by having to use or take one first.
_OTHER_PLAN = (
    re.compile(r"\d+\s*元?档(?:及以上|以上)?"),
    re.compile(r"套餐\s*\d+\s*元"),
    re.compile(r"(?:使用|办理|订购|开通|已办|在用)[^，。；、]{0,30}?(?:套餐|版|业务|产品)"),
)
_PART_OF = re.compile(r"套内|主卡|副卡|专用|叠加包|叠加")
_INSIDE = (
    "账户级", "出账", "提档", "提值", "ARPU", "MOU", "DOU", "存增量", "异网", "单转融", "三无用户",
    "目标清单", "白名单用户", "客群", "续费率",
)  # fmt: skip
_PACKS = ("流量包", "语音包", "短信包", "加油包", "叠加包", "加装包", "加餐包", "权益包")
_EVERY = ("月包", "/月", "每月", "按月", "包月", "元月", "日包", "/日", "每日", "季包", "年包", "/年", "每年")
_RENEWS = (*_EVERY, "续订", "续费", "一次性", "当月", "到期", "失效", "自动")
_BEGINS = re.compile(r"(?:立即|次月|次日|当月|下月|下个?账期)[起]?生效")
_MORE = ("智家", "融合", "全家", "合家", "家庭", "宽带", "光宽")


def conditions(content: Content, make: Make) -> Iterator[Finding]:
    yield from _needs_other(content, make)
    yield from _inside_words(content, make)
    yield from _how_often(content, make)
    begins = _BEGINS.search(content.name)
    if begins and not any("生效" in getattr(content, field) for field in ("term", "services", "notes")):
        yield make("begins_unsaid", "services", begins[0], error=False)
    more = next((word for word in _MORE if word in content.name), "")
    if more and content.allowances.broadband_mbps is None and not content.services.strip():
        yield make("more_unsaid", "services", more, error=False)


def _needs_other(content: Content, make: Make) -> Iterator[Finding]:
    """It can be had only with another tariff, whose price then is part of what it costs."""
    for pattern in _OTHER_PLAN:
        if hit := pattern.search(content.audience_text):
            yield make("needs_other", "audience_text", hit[0], error=False)
            return
    if hit := _PART_OF.search(content.name):
        yield make("needs_other", "name", hit[0], error=False)


def _inside_words(content: Content, make: Make) -> Iterator[Finding]:
    for field in ("audience_text", *(one for one in TEXTS if one != "audience_text")):
        found = [word for word in _INSIDE if word in getattr(content, field)]
        if found:
            yield make("inside_words", field, "、".join(found), error=False)


def _how_often(content: Content, make: Make) -> Iterator[Finding]:
    """A pack for so much: once, or every month until somebody leaves? And what it gives, each month or in all?"""
    pack = next((word for word in _PACKS if word in content.name), "")
    if not pack and content.kind != Kind.ADDON:
        return
    if not any(price.kind == PriceKind.RECURRING for price in content.prices):
        return
    said = [content.name, *(price.what for price in content.prices)]
    if any(word in text for text in said for word in (*_EVERY, "月功能费", "月费", "月租")):
        return
    if any(word in getattr(content, field) for field in TEXTS for word in _RENEWS):
        return
    yield make("how_often", "prices", pack or content.name[:24], error=False)
