"""What the ledger says of number resources, and what of it is private.

Numbers stand in the sealed content alone, under the holder's key, never in `ref` or `subject`.
"""

from __future__ import annotations

from mingbai.ledger import events

TRUNK = "numbers.trunk_made"
REGISTERED = "numbers.registered"
STATE = "numbers.state"
PRINCIPAL = "numbers.principal"
PRINCIPAL_ENDED = "numbers.principal_ended"
LABEL = "numbers.label"
LIMITS = "numbers.limits"
TRUNKS = "numbers.trunks"
COMMITTED = "numbers.committed"
CONTRACT = "numbers.contract"
REFILED = "numbers.refiled"
ENDED = "numbers.ended"
RESTRICTED = "numbers.restricted"
RESTRICTION_BEGAN = "numbers.restriction_began"
RESTRICTION_ENDED = "numbers.restriction_ended"
LIFTED = "numbers.restriction_lifted"
LABELLED = "numbers.labelled"
LABEL_FADED = "numbers.label_faded"
LABEL_ENDED = "numbers.label_ended"
CORRECTION_ASKED = "numbers.label_correction_asked"
CORRECTION_ANSWERED = "numbers.label_correction_answered"
HOOK_SET = "numbers.label_hook_set"
PARTNER_TOLD = "numbers.label_partner_told"


def register() -> None:
    """Give each kind its wording."""
    _registrations()
    _restrictions()
    _labels()


def _registrations() -> None:
    events.register(TRUNK, zh="登记中继 {name}", en="Trunk registered: {name}")
    events.register(
        REGISTERED,
        zh="登记码号 {first} 至 {last}，用途 {use}",
        en="Numbers {first} to {last} registered for {use}",
    )
    events.register(STATE, zh="码号状态变为 {state}，原因：{reason}", en="Number is now {state}: {reason}")
    events.register(
        PRINCIPAL,
        zh="码号在中继 {trunk} 上改为代 {principal} 呼出",
        en="On trunk {trunk} the number now calls for {principal}",
    )
    events.register(
        PRINCIPAL_ENDED,
        zh="码号在中继 {trunk} 上恢复登记的委托方",
        en="On trunk {trunk} the number calls for its registered principal again",
    )
    events.register(LABEL, zh="号码标注改为“{label}”", en="Label is now “{label}”")
    events.register(
        LIMITS,
        zh="呼叫频次上限：每分钟 {per_minute}，每小时 {per_hour}，每日 {per_day}",
        en="Call limits: {per_minute} a minute, {per_hour} an hour, {per_day} a day",
    )
    events.register(TRUNKS, zh="码号可用中继已变更", en="The trunks of the number have changed")
    events.register(
        COMMITTED,
        zh="码号外呼书面承诺：{committed}",
        en="Written commitment for outbound calls: {committed}",
    )
    events.register(
        REFILED,
        zh="码号登记变更：代 {principal} 呼出，用途 {use}，行业 {industry}",
        en="Registration changed: calls for {principal}, use {use}, industry {industry}",
    )
    events.register(
        ENDED,
        zh="码号收回（{how}），静默至 {rests_until}，原因：{reason}",
        en="Numbers taken back ({how}), resting until {rests_until}: {reason}",
    )
    events.register(
        CONTRACT,
        zh="合同约定频次上限：每分钟 {per_minute}，每小时 {per_hour}，每日 {per_day}",
        en="Contract limits: {per_minute} a minute, {per_hour} an hour, {per_day} a day",
    )


def _restrictions() -> None:
    events.register(
        RESTRICTED, zh="限制 {kind}，{begins_at} 至 {ends_at}", en="Restricted: {kind}, {begins_at} to {ends_at}"
    )
    events.register(RESTRICTION_BEGAN, zh="限制 {kind} 开始", en="The restriction “{kind}” began")
    events.register(
        RESTRICTION_ENDED, zh="限制 {kind} 到期结束：{reason}", en="The restriction “{kind}” ended: {reason}"
    )
    events.register(LIFTED, zh="限制 {kind} 已解除：{reason}", en="The restriction “{kind}” was lifted: {reason}")


def _labels() -> None:
    events.register(
        LABELLED,
        zh="号码标注 {kind}“{text}”，{count} 人，来源 {source}",
        en="Number labelled {kind} “{text}”, {count} people, by {source}",
    )
    events.register(
        LABEL_FADED, zh="号码标注 {kind} 减为 {count} 人", en="The label {kind} has faded to {count} people"
    )
    events.register(
        LABEL_ENDED, zh="号码标注 {kind} 结束（{ending}）：{reason}", en="The label {kind} ended ({ending}): {reason}"
    )
    events.register(CORRECTION_ASKED, zh="申请纠正号码标注：{text}", en="A label is said to be wrong: {text}")
    events.register(
        CORRECTION_ANSWERED,
        zh="号码标注纠正申请的答复（{state}）：{text}",
        en="Answer to a request to correct a label ({state}): {text}",
    )
    events.register(
        HOOK_SET,
        zh="设置标注更正的通知地址：{set}",
        en="Where to be told of corrected labels: {set}",
    )
    events.register(
        PARTNER_TOLD,
        zh="标注更正已通知合作方：应答 {answered}，发送 {tries} 次",
        en="A partner was told of a corrected label: answered {answered}, sent {tries} times",
    )
