"""What the ledger says of cases, each step of them. No entry holds a number, or what somebody wrote: it holds its hash.

`account` is a staff account's id, 0 the house; `text_sha256` the hash of a text that stands in the case. What a holder
or a person was told or asked is sealed under their key, everything else under the house's.
"""

from __future__ import annotations

from mingbai.ledger import events

OPENED = "cases.case_opened"
ATTACHED = "cases.case_attached"
TAKEN_UP = "cases.case_taken_up"
HANDED_OVER = "cases.case_handed_over"
CHECKED = "cases.case_checked"
SAMPLED = "cases.sample_added"
LISTENED = "cases.sample_heard"
ASKED = "cases.holder_asked"
ANSWERED_QUESTION = "cases.holder_answered"
FOUND = "cases.case_found"
CLOSED = "cases.case_closed"
PROPOSED = "cases.measure_proposed"
APPROVED = "cases.measure_approved"
DECLINED = "cases.measure_declined"
DROPPED = "cases.measure_dropped"
BEGAN = "cases.measure_began"
ENDED = "cases.measure_ended"
LIFTED = "cases.measure_lifted"
NOTIFIED = "cases.holder_notified"
READ = "cases.notice_read"
CASE_APPEALED = "cases.case_appealed"
UPHELD = "cases.appeal_upheld"
REJECTED = "cases.appeal_rejected"
PARTNER_TOLD = "cases.partner_told"
COMPENSATED = "cases.record_compensated"


def register() -> None:
    """Give each kind its wording."""
    events.register(OPENED, zh="立案，依据：{ground}", en="A case was opened on {ground}")
    events.register(ATTACHED, zh="并入新线索：{ground}", en="Something new came to the case: {ground}")
    events.register(TAKEN_UP, zh="工作人员开始核实", en="Somebody began to verify")
    events.register(HANDED_OVER, zh="核实人变更", en="Somebody else verifies now")
    events.register(CHECKED, zh="核实 {check}：{seen}", en="Checked {check}: {seen}")
    events.register(SAMPLED, zh="收到录音样本，来源：{source}", en="A recording was added, from {source}")
    events.register(LISTENED, zh="调听录音，理由：{reason}", en="A recording was heard; reason: {reason}")
    events.register(ASKED, zh="要求说明情况，期限 {due_at}", en="Asked to explain, by {due_at}")
    events.register(ANSWERED_QUESTION, zh="已说明情况", en="The question was answered")
    events.register(FOUND, zh="核实结论：{finding}", en="Found: {finding}")
    events.register(CLOSED, zh="结案", en="The case was closed")
    events.register(PROPOSED, zh="拟采取措施 {kind}，对象 {scope}", en="Measure proposed: {kind} of the {scope}")
    events.register(APPROVED, zh="措施 {kind} 经第二人复核同意", en="A second person approved the measure {kind}")
    events.register(DECLINED, zh="措施 {kind} 未获复核同意", en="A second person declined the measure {kind}")
    events.register(DROPPED, zh="撤回拟采取的措施 {kind}", en="The proposed measure {kind} was taken back")
    events.register(BEGAN, zh="措施 {kind} 生效，至 {ends_at}", en="The measure {kind} stands until {ends_at}")
    events.register(ENDED, zh="措施 {kind} 到期结束", en="The measure {kind} ended by itself")
    events.register(LIFTED, zh="措施 {kind} 解除", en="The measure {kind} was lifted")
    events.register(NOTIFIED, zh="限制告知：{kind}", en="Told of the restriction {kind}")
    events.register(READ, zh="限制告知已阅", en="The notice was read")
    events.register(CASE_APPEALED, zh="对处置提出申诉", en="What was done was appealed")
    events.register(UPHELD, zh="申诉成立，结论更正为 {finding}", en="The appeal was upheld; now found: {finding}")
    events.register(REJECTED, zh="申诉未成立", en="The appeal was rejected")
    events.register(
        PARTNER_TOLD, zh="告知合作方：一条号码标注有误，已撤下", en="Told: a label was wrong and is off the list"
    )
    events.register(
        COMPENSATED,
        zh="记录已更正：举报 {reports} 件，标注 {labels} 条，通知合作方 {partners} 家",
        en="The record was put right: {reports} reports, {labels} labels, {partners} partners told",
    )
