"""限制告知的文字: what whoever is restricted is told, in the parts that the notices room names. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mingbai.cases.rules.casework import Finding, Measure, Scope

PARTS = ("measure", "reason", "remedy", "materials", "appeal")
ZONE = "Asia/Shanghai"


class Said(NamedTuple):
    zh: str
    en: str


MEASURES: Mapping[str, Said] = {
    Measure.BLOCK: Said("为举报用户拦截来电", "calls to those who reported are blocked"),
    Measure.LABEL: Said("号码标注", "the number is labelled"),
    Measure.LIMIT: Said("限制呼叫频次", "how often it may call is limited"),
    Measure.SUSPEND: Said("暂停呼出", "outgoing calls are suspended"),
    Measure.SHUT: Said("关停号码", "the number is shut"),
    Measure.WARN: Said("按合同警告", "a warning under the contract"),
    Measure.END_CONTRACT: Said(
        "解除合同，停止其名下号码呼出", "the contract is ended, and calls from its numbers stop"
    ),
    Measure.BAR: Said("限制入网，不再受理新号码申请", "no new numbers are given"),
    Measure.POLICE: Said("移送公安机关", "handed to the police"),
}
SCOPES: Mapping[str, Said] = {
    Scope.NUMBER: Said("被举报号码", "the reported number"),
    Scope.HOLDER: Said("使用主体名下全部号码", "all numbers of the holder"),
    Scope.PRINCIPAL: Said("委托方的全部呼叫", "all calls for the principal"),
}
FINDINGS: Mapping[str, Said] = {
    Finding.MARKETING: Said("经核实，未经被叫用户同意拨打营销电话", "verified: marketing calls without consent"),
    Finding.AFTER_REFUSAL: Said("经核实，在用户明确拒绝后仍继续拨打", "verified: calls went on after a clear refusal"),
    Finding.MALICIOUS: Said("经核实，恶意骚扰他人", "verified: malicious calls"),
    Finding.FRAUD: Said("经核实，涉嫌诈骗", "verified: suspected fraud"),
    Finding.LEGITIMATE: Said("经核实，属正常业务联系", "verified: legitimate calls"),
    Finding.QUARREL: Said("属个人之间的纠纷", "a dispute between private persons"),
    Finding.NOT_PROVEN: Said("现有材料不足以认定", "not proven"),
}
OUTCOMES: Mapping[str, Said] = {
    "upheld": Said("成立，相关限制已全部解除", "Your appeal was upheld, every restriction is lifted"),
    "rejected": Said("未成立，限制继续有效", "Your appeal was rejected, the restriction stands"),
}
_BASIS: Mapping[str, Said] = {
    Finding.MARKETING: Said(
        "（《民法典》第1033条、工信部联信管〔2018〕138号）", " (民法典 1033; 工信部联信管〔2018〕138号)"
    ),
    Finding.AFTER_REFUSAL: Said(
        "（《消费者权益保护法》第29条、工信部联信管〔2018〕138号）", " (消费者权益保护法 29; 工信部联信管〔2018〕138号)"
    ),
    Finding.MALICIOUS: Said("（工信部联信管〔2018〕138号）", " (工信部联信管〔2018〕138号)"),
    Finding.FRAUD: Said("（《反电信网络诈骗法》第11条）", " (反电信网络诈骗法 11)"),
}
_REMEDY: Mapping[str, Said] = {
    Measure.LABEL: Said("停止违规呼叫，到期自动解除", "stop such calls; it ends by itself"),
    Measure.LIMIT: Said("按限定频次呼叫，到期自动解除", "call within the limit; it ends by itself"),
    Measure.WARN: Said("按合同整改，并保存整改记录", "mend it as the contract says, and keep a record"),
    Measure.BAR: Said("整改完成后申请复核", "mend it, then ask for a review"),
}
_STOP = Said("停止违规呼叫，提交整改说明后可提前解除", "stop such calls and say what you mended; it can end early")
_MATERIALS = Said(
    "用户同意凭证、通话录音、外呼名单来源说明", "proof of consent, call recordings, where the call list came from"
)
_PERSON = Said("本人身份证件、使用情况说明", "your identity document, and what the number is used for")
_APPEAL = Said("登录明白平台，在“限制告知”页提出申诉", "log in and appeal on the page of this notice")


def notice(
    kind: str, scope: str, finding: str, ends_at: datetime | None, *, person: bool = False
) -> dict[str, dict[str, str]]:
    """The parts of a notice by language; what a part says never depends on who reported."""
    made = {}
    for lang in ("zh", "en"):
        until = ends_at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d") if ends_at else ""
        last = (f"，至{until}" if lang == "zh" else f", until {until}") if until else ""
        between = "：" if lang == "zh" else ": "
        what = f"{_of(SCOPES[scope], lang)}{between}{_of(MEASURES[kind], lang)}{last}"
        reason = _of(FINDINGS[finding], lang) + _of(_BASIS.get(finding, Said("", "")), lang)
        made[lang] = {
            "measure": what,
            "reason": reason,
            "remedy": _of(_REMEDY.get(kind, _STOP), lang),
            "materials": _of(_PERSON if person else _MATERIALS, lang),
            "appeal": _of(_APPEAL, lang),
        }
    return made


def _of(said: Said, lang: str) -> str:
    return said.zh if lang == "zh" else said.en
