"""What the ledger says of appeals. Sealed under the key of who appealed; no entry holds a telephone number of ours.

`verdict` is a verdict's id (journal segment and row), `account` a staff account's id; `text` is what a person wrote.
"""

from __future__ import annotations

from mingbai.ledger import events

APPEALED = "cases.appealed"
ANSWERED = "cases.appeal_answered"
LOOKED = "cases.verdict_looked_at"
REPORTED = "cases.reported"
COUNTS = "cases.report_counts"
ASIDE = "cases.report_set_aside"
JOINED = "cases.report_joined"
REPORT_ANSWERED = "cases.report_answered"
CONTESTED = "cases.report_contested"
TOLD = "cases.report_told"
CLOCK_MISSED = "cases.clock_missed"
FEED = "cases.feed_imported"
DIRECTED = "cases.directed"
EVIDENCE = "cases.evidence_added"
EVIDENCE_SEEN = "cases.evidence_seen"
DIRECTIVE_ANSWERED = "cases.directive_answered"


def register() -> None:
    """Give each kind its wording."""
    events.register(APPEALED, zh="对拦截判定提出申诉：{text}", en="A refused call was appealed: {text}")
    events.register(ANSWERED, zh="申诉已答复：{text}", en="The appeal was answered: {text}")
    events.register(REPORTED, zh="举报 {number}：{text}", en="{number} was reported: {text}")
    events.register(COUNTS, zh="举报计入：{zh}", en="The report counts: {en}")
    events.register(ASIDE, zh="举报存而不计：{zh}", en="The report was set aside: {en}")
    events.register(JOINED, zh="与此前的举报合并", en="The report was joined to an earlier one")
    events.register(REPORT_ANSWERED, zh="举报已答复：{zh}{text}", en="The report was answered: {en} {text}")
    events.register(
        CONTESTED, zh="举报人不同意答复，请人工复核：{text}", en="The reporter asked that a person looks again: {text}"
    )
    events.register(TOLD, zh="已将处理结果告知转来举报的单位", en="Who handed the report in was told")
    events.register(CLOCK_MISSED, zh="超过办理时限：{stage}，{due}", en="A deadline was missed: {stage}, {due}")
    events.register(
        FEED, zh="接收举报数据 {feed}：新增 {new} 件", en="Reports of {feed} were taken in: {new} of them new"
    )
    events.register(DIRECTED, zh="主管部门督办 {reference}：{text}", en="Directive {reference}: {text}")
    events.register(
        DIRECTIVE_ANSWERED, zh="督办 {reference} 已答复：{text}", en="Directive {reference} was answered: {text}"
    )
    events.register(EVIDENCE, zh="举报人补充凭证：{kind}", en="The reporter added evidence: {kind}")
    events.register(
        EVIDENCE_SEEN, zh="核实人员查看举报凭证，理由：{reason}", en="Evidence was looked at; reason: {reason}"
    )
    events.register(
        LOOKED, zh="工作人员查看了一条呼叫判定，理由：{reason}", en="Staff looked at a call's verdict; reason: {reason}"
    )
