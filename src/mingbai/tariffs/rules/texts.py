"""Words that say nothing where a value belongs, and texts that end too early. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from mingbai.tariffs.content import TEXTS, Content

if TYPE_CHECKING:
    from mingbai.tariffs.rules.findings import Finding


class Make(Protocol):
    def __call__(self, rule: str, field: str, text: str, *, error: bool, other: str = "") -> Finding: ...


_ASIDE = frozenset({"services", "notes"})  # no value belongs there: a vague word is asked about, not refused
_VAGUE = (
    # “等” anywhere but in words of its own: 等于, 等级, 同等, 等待.
    re.compile(r"(?<![同平相对高中初均上下优头特])等(?![待于级额值同价比候效量距次到份宽长你我座奖])"),
    re.compile(
        r"详询|详情(?:请)?(?:咨询|见|询|扫|点击|查看|以)|请?咨询(?:客服|当地|营业厅|10\d{3})|联系客服|请询|洽询|请洽|电询"
        r"|扫码(?:了解|咨询|查看|获取)|更多详情"
    ),
    re.compile(r"(?:具体|最终)?(?:以|按).{0,16}(?:为准|公告|公示|规定执行|标准执行)"),
    re.compile(
        r"另行(?:通知|约定|协商|公告|公布|计费|收费)|视(?:具体|实际)?情况|实际情况|据实(?:收|结|计)|酌情|不定期|原则上"
        r"|相关规定|有关规定|按规定|左右|大约|(?<![合签履违预特])约(?=\s*\d)|可能会|部分(?:地区|用户|机型)|若干|协商确定"
    ),
    re.compile(r"(?:元|GB|分钟)起(?!止|始|点)"),
    re.compile(
        r"(?:详见|参见|参考|见)(?:附件|公告|公示|官网|官方|网站|网页|页面|活动|营业厅|协议|合同|规则|细则|宣传)"
    ),
    re.compile(r"(?:拨打|致电|联系).{0,12}?(?:咨询|了解|查询)|待定|待补充|国家规定|TBD", re.IGNORECASE),
)
# What stands alone in a field and says nothing; “无” says that there is none.
_PLACEHOLDER = re.compile(
    r"(?:[-—–/\\.…。、*?？xX_]+|n/?a|null|none|略|同上|见上|如上|暂无|暂未确定|未定|其他|不详|未知|空|有)",
    re.IGNORECASE,
)
_TRADITIONAL = str.maketrans("詳詢請諮視況實際為準據規戶業務時間營廳見", "详询请咨视况实际为准据规户业务时间营厅见")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])")
_OPEN, _CLOSE = "（(【[《“", "）)】]》”"
_ENDS_EARLY = re.compile(r"[、，,（(【《“：:和及或]$")


def _written(content: Content) -> Iterator[tuple[str, str]]:
    yield "name", content.name
    for field in TEXTS:
        yield field, getattr(content, field)
    for price in content.prices:
        yield "prices", price.what
    if content.trial is not None:
        yield "trial", content.trial.then
    yield "regions", "、".join(content.regions)


def vague(content: Content, make: Make) -> Iterator[Finding]:
    """A finding for each vague word, with the words around it."""
    for field in TEXTS:
        if field not in _ASIDE and _PLACEHOLDER.fullmatch(bare := getattr(content, field).strip()):
            yield make("vague", field, bare, error=True, other=bare)
    for field, written in _written(content):
        text = _GAP.sub("", written.translate(_TRADITIONAL))
        for pattern in _VAGUE:
            for hit in pattern.finditer(text):
                around = text[max(0, hit.start() - 8) : hit.end() + 4]
                yield make("vague", field, hit[0], error=field not in _ASIDE, other=around)


def cut_off(content: Content, make: Make) -> Iterator[Finding]:
    """Brackets that never close, or an end in the middle of a list: the text was cut, or a restriction is lost."""
    for field, text in _written(content):
        bare = text.strip()
        opened = sum(bare.count(one) for one in _OPEN) - sum(bare.count(one) for one in _CLOSE)
        if opened > 0 or _ENDS_EARLY.search(bare):
            yield make("cut_off", field, bare[-24:], error=field not in _ASIDE)
