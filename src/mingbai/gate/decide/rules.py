"""The gate's rules: their stable names and codes, what each says to people, and what it stands on.

A name or code never changes its meaning once released: journal, ledger and other people's programs hold them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import Decision


class Code(IntEnum):
    """The rules in the order in which they are asked."""

    EMERGENCY_CALLED = 100
    CALLER_MALFORMED = 201
    CALLER_UNALLOCATED = 202
    CALLER_SPOOFED = 203
    CALLER_WITHHELD = 204
    NUMBER_SUSPENDED = 301
    NUMBER_CLOSED = 302
    HOLDER_SUSPENDED = 303
    NUMBER_RESTRICTED = 304
    NUMBER_SHUT = 305
    HOLDER_RESTRICTED = 306
    TRUNK_FOREIGN = 401
    CALLEE_BLOCKED = 501
    CALLEE_REFUSED = 502
    OUTBOUND_FORBIDDEN = 601
    CONSENT_MISSING = 602
    HOURS_OUTSIDE = 603
    CATEGORY_REFUSED = 604
    LIMIT_NUMBER = 701
    LIMIT_CONTRACT = 702
    LIMIT_MEASURE = 703
    LABELLED = 801
    LABELLED_CONFIRMED = 802
    LABELLED_NAMED = 803
    LABELLED_SUSPECTED = 804
    PASSED = 900
    FACTS_STALE = 951
    FACTS_MISSING = 952
    JOURNAL_UNWRITTEN = 953

    @property
    def rule(self) -> str:
        """“callee.refused”; the part before the point is the family that the profile's SIP codes go by."""
        return self.name.lower().replace("_", ".", 1)


class Basis(NamedTuple):
    """What a verdict stands on: the profile's setting (empty where the law itself or a person's word decides)."""

    setting: str
    source: str
    standing: str


class Sip(NamedTuple):
    code: int
    reason: str


class Verdict(NamedTuple):
    """判定. `reason` in zh and en; `consent` is the id of the consent or refusal cited, 0 none."""

    decision: Decision
    code: int
    rule: str
    reason: Mapping[str, str]
    basis: Basis
    label: str
    sip: Sip
    consent: int


LABELLING = frozenset({Code.LABELLED, Code.LABELLED_CONFIRMED, Code.LABELLED_NAMED, Code.LABELLED_SUSPECTED})
"""What is put through with a label; all but the first by the label of the number itself."""

REDIRECT = Sip(302, "Moved Temporarily")
_REGISTERED = Basis("", "工信部联信管〔2018〕138号：谁接入谁负责", "notice")
_PERSON = Basis("", "民法典 1033；消费者权益保护法 29", "law")
_CONTRACT = Basis("", "2018-11 推进方案：合同约定呼叫频次", "notice")
_MEASURE = Basis("", "工信部联信管〔2018〕138号；核实后处置，可申诉（反电信网络诈骗法 32）", "notice")
_NOTHING = Basis("", "no rule stands against it", "ours")


class Wording(NamedTuple):
    """One outcome: what is said, and the setting or law that it stands on."""

    code: Code
    zh: str
    en: str
    basis: str | Basis


OUTCOMES: dict[str, Wording] = {
    "emergency": Wording(
        Code.EMERGENCY_CALLED,
        "被叫是紧急或公益号码，始终接通",
        "Emergency and public-interest numbers can always be called",
        "gate.always_pass_kinds",
    ),
    "malformed": Wording(
        Code.CALLER_MALFORMED, "主叫号码不成号码", "The calling number is no number", "gate.spoof_kinds"
    ),
    "unallocated": Wording(
        Code.CALLER_UNALLOCATED,
        "主叫号码未分配，疑为虚假主叫",
        "The calling number is not allocated: likely a spoofed one",
        "gate.spoof_kinds",
    ),
    "spoofed": Wording(
        Code.CALLER_SPOOFED,
        "该中继未登记发送此类主叫号码，疑为冒用",
        "This trunk is not registered to send such a calling number: likely a spoofed one",
        "gate.spoof_kinds",
    ),
    "withheld": Wording(Code.CALLER_WITHHELD, "主叫号码未显示", "The calling number is withheld", "gate.withheld"),
    "suspended": Wording(Code.NUMBER_SUSPENDED, "主叫号码已暂停使用", "The calling number is suspended", _REGISTERED),
    "closed": Wording(Code.NUMBER_CLOSED, "主叫号码已停止使用", "The calling number is closed", _REGISTERED),
    "holder": Wording(
        Code.HOLDER_SUSPENDED,
        "主叫号码的使用单位已暂停",
        "The organisation that calls, or for which it calls, is suspended",
        _REGISTERED,
    ),
    "restricted": Wording(
        Code.NUMBER_RESTRICTED,
        "主叫号码经核实已被停呼",
        "Calls from this number are suspended after verification",
        _MEASURE,
    ),
    "shut": Wording(Code.NUMBER_SHUT, "主叫号码经核实已被关停", "This number is shut after verification", _MEASURE),
    "holder_restricted": Wording(
        Code.HOLDER_RESTRICTED,
        "主叫号码的使用单位或委托方经核实已被停呼",
        "Calls by or for this organisation are suspended after verification",
        _MEASURE,
    ),
    "foreign": Wording(
        Code.TRUNK_FOREIGN,
        "主叫号码不应从该中继发起呼叫",
        "The calling number does not belong to this trunk",
        _REGISTERED,
    ),
    "blocked": Wording(
        Code.CALLEE_BLOCKED, "被叫用户拦截了该号码或单位", "The called person blocked this number or firm", _PERSON
    ),
    "refused": Wording(
        Code.CALLEE_REFUSED, "被叫用户拒绝该单位来电", "The called person refused calls from this firm", _PERSON
    ),
    "forbidden": Wording(
        Code.OUTBOUND_FORBIDDEN,
        "此类用途不得外呼",
        "Outbound calls for this purpose are not allowed",
        "gate.outbound_uses_forbidden",
    ),
    "uncommitted": Wording(
        Code.OUTBOUND_FORBIDDEN,
        "该号码未书面承诺，不得外呼",
        "This kind of number may not call out without a written commitment",
        "gate.outbound_needs_commitment_kinds",
    ),
    "unconsented": Wording(
        Code.CONSENT_MISSING,
        "被叫用户未同意该单位的此类来电",
        "The called person never agreed to such calls from this firm",
        "gate.consent_required_uses",
    ),
    "hours": Wording(
        Code.HOURS_OUTSIDE, "不在允许呼叫的时段", "Outside the hours in which such calls are allowed", "gate.hours"
    ),
    "category": Wording(
        Code.CATEGORY_REFUSED,
        "被叫用户拒绝该行业来电",
        "The called person refused calls from this industry",
        "gate.category_opt_out",
    ),
    "number_limit": Wording(
        Code.LIMIT_NUMBER, "该号码呼叫过于频繁", "This number has called more often than it may", "gate.limits"
    ),
    "contract_limit": Wording(
        Code.LIMIT_CONTRACT,
        "该单位呼叫超出合同约定的频次",
        "This organisation has called more often than its contract allows",
        _CONTRACT,
    ),
    "measure_limit": Wording(
        Code.LIMIT_MEASURE,
        "呼叫超出核实后限定的频次",
        "More calls than a measure taken after verification allows",
        _MEASURE,
    ),
    "labelled": Wording(Code.LABELLED, "接通并标注来电单位和用途", "Put through, labelled", "gate.labels"),
    "labelled_given": Wording(
        Code.LABELLED,
        "被叫用户已同意，接通并标注",
        "The called person agreed: put through, labelled",
        "gate.consent_required_uses",
    ),
    "labelled_claimed": Wording(
        Code.LABELLED,
        "企业申报被叫用户已同意（未经用户确认），接通并标注",
        "The firm claims that the called person agreed, who has not confirmed it: put through, labelled",
        "consent.claimed_counts",
    ),
    "labelled_withheld": Wording(
        Code.LABELLED,
        "主叫号码未显示，接通并标注",
        "The calling number is withheld: put through, labelled",
        "gate.withheld",
    ),
    "marked_suspected": Wording(
        Code.LABELLED_SUSPECTED,
        "多人举报该号码，尚待核实，接通并标注",
        "People reported this number, which is not verified yet: put through, labelled",
        "labels.precedence",
    ),
    "marked_confirmed": Wording(
        Code.LABELLED_CONFIRMED,
        "该号码经核实有骚扰行为，接通并标注",
        "This number is verified to be a nuisance: put through, labelled",
        "labels.precedence",
    ),
    "marked_named": Wording(
        Code.LABELLED_NAMED,
        "接通并标注登记的名称",
        "Put through, labelled with the name on record",
        "labels.precedence",
    ),
    "passed": Wording(Code.PASSED, "接通", "Put through", _NOTHING),
    "stale_pass": Wording(
        Code.FACTS_STALE,
        "数据已过期，普通来电照常接通",
        "The facts are too old; ordinary calls are put through",
        "gate.stale_ordinary",
    ),
    "stale_refuse": Wording(
        Code.FACTS_STALE,
        "数据已过期，无法核实，不予接通",
        "The facts are too old to check this call",
        "gate.stale_ordinary",
    ),
    "stale_marketing_pass": Wording(
        Code.FACTS_STALE,
        "数据已过期，按规则接通",
        "The facts are too old; the profile lets such calls pass",
        "gate.stale_marketing",
    ),
    "stale_marketing_refuse": Wording(
        Code.FACTS_STALE,
        "数据已过期，无法核实同意，营销来电不予接通",
        "The facts are too old to cite a consent",
        "gate.stale_marketing",
    ),
    "missing_pass": Wording(
        Code.FACTS_MISSING,
        "暂无数据，普通来电照常接通",
        "There are no facts; ordinary calls are put through",
        "gate.missing_ordinary",
    ),
    "missing_refuse": Wording(
        Code.FACTS_MISSING,
        "暂无数据，无法核实，不予接通",
        "There are no facts to check this call",
        "gate.missing_ordinary",
    ),
    "missing_marketing_pass": Wording(
        Code.FACTS_MISSING,
        "暂无数据，按规则接通",
        "There are no facts; the profile lets such calls pass",
        "gate.missing_marketing",
    ),
    "missing_marketing_refuse": Wording(
        Code.FACTS_MISSING,
        "暂无数据，无法核实同意，营销来电不予接通",
        "There are no facts to cite a consent",
        "gate.missing_marketing",
    ),
    "unjournalled_refuse": Wording(
        Code.JOURNAL_UNWRITTEN,
        "呼叫记录无法写入，不予接通",
        "The call cannot be recorded",
        "gate.unjournalled_ordinary",
    ),
    "unjournalled_marketing_refuse": Wording(
        Code.JOURNAL_UNWRITTEN,
        "呼叫记录无法写入，营销来电不予接通",
        "The call cannot be recorded, and marketing is not put through without a record",
        "gate.unjournalled_marketing",
    ),
}

_ALLOWING = {"emergency", "passed", "stale_pass", "stale_marketing_pass", "missing_pass", "missing_marketing_pass"}


def verdicts(profile: Profile) -> dict[str, Verdict]:
    """Every outcome as a verdict under a profile, without label and consent."""
    return {name: _verdict(name, wording, profile) for name, wording in OUTCOMES.items()}


def _verdict(name: str, wording: Wording, profile: Profile) -> Verdict:
    code, zh, en, basis = wording
    if isinstance(basis, str):
        setting = profile.settings.get(basis)
        basis = Basis(basis, setting.source, setting.standing) if setting else Basis(basis, "", "ours")
    decision = Decision.LABEL if code in LABELLING else Decision.ALLOW if name in _ALLOWING else Decision.REFUSE
    sip = REDIRECT
    if decision is Decision.REFUSE:
        sip = Sip(*profile.gate.sip_codes.get(code.rule.split(".")[0], (403, "Forbidden")))
    return Verdict(decision, int(code), code.rule, {"zh": zh, "en": en}, basis, "", sip, 0)
