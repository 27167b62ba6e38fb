"""What the ledger says of admission. Sealed under the firm's key; no entry holds an address, a name or an account."""

from __future__ import annotations

from mingbai.ledger import events

ENTERED = "admission.entered"
PAPER = "admission.paper"
SUBMITTED = "admission.submitted"
WITHDRAWN = "admission.withdrawn"
FINDINGS = "admission.findings"
REFUSED = "admission.refused"
APPROVED = "admission.approved"
SIGNED = "admission.signed"
ALLOCATED = "admission.allocated"
RETURNED = "admission.returned"
DOUBTED = "admission.doubted"
SETTLED = "admission.settled"
LIKENESS = "admission.likeness"
LIKENESS_DECIDED = "admission.likeness_decided"
IDENTIFIED = "admission.identified"
LIMITED = "admission.limited"
LIMIT_LIFTED = "admission.limit_lifted"
SIM_SCREENED = "admission.sim_screened"
SIM_DECIDED = "admission.sim_decided"
PLACE = "admission.place"
PAPERS_OPENED = "admission.paper_opened"
PAPERS_DESTROYED = "admission.papers_destroyed"

_WORDING = {
    ENTERED: ("登记入网申请 {application}，用途 {use}", "Application {application} entered, for {use}"),
    PAPER: ("提交材料：{paper}，有效期至 {expires_on}", "Paper handed in: {paper}, holds until {expires_on}"),
    SUBMITTED: ("提交入网申请 {application}", "Application {application} submitted"),
    WITHDRAWN: ("撤回入网申请 {application}", "Application {application} withdrawn"),
    FINDINGS: ("申请 {application} 退回补正：{reason}", "Application {application} sent back: {reason}"),
    REFUSED: ("申请 {application} 不予通过：{reason}", "Application {application} refused: {reason}"),
    APPROVED: ("申请 {application} 审核通过", "Application {application} approved"),
    SIGNED: ("签署入网合同，申请 {application}", "Contract of application {application} signed"),
    ALLOCATED: ("申请 {application} 的码号已分配", "Allocated for application {application}"),
    RETURNED: (
        "码号收回（{how}），静默至 {rests_until}，原因：{reason}",
        "Given back ({how}), resting until {rests_until}: {reason}",
    ),
    DOUBTED: ("复核发现：{kind} {about}", "A look found: {kind} {about}"),
    SETTLED: ("复核发现已处理：{kind}，{decision}", "What a look found was settled: {kind}, {decision}"),
    LIKENESS: (
        "申请 {application} 与受限主体相似，{score} 分",
        "Application {application} is like a firm kept out: {score}",
    ),
    LIKENESS_DECIDED: ("相似判定：{state}，理由：{reason}", "Likeness decided: {state}, {reason}"),
    IDENTIFIED: ("登记主体识别要素：{traits}", "By what the firm is known again was filed: {traits}"),
    LIMITED: ("列入入网限制：{ground}", "Kept from coming back: {ground}"),
    LIMIT_LIFTED: ("解除入网限制：{reason}", "No longer kept out: {reason}"),
    SIM_SCREENED: ("网上订卡 {reference}：{cards} 张，{state}", "SIM order {reference}: {cards} cards, {state}"),
    SIM_DECIDED: ("网上订卡 {reference} 判定：{state}，理由：{reason}", "SIM order {reference}: {state}, {reason}"),
    PLACE: ("收货地址名单变更：{act}", "Listed places changed: {act}"),
    PAPERS_OPENED: ("工作人员查看材料：{paper}", "A member of staff opened a paper: {paper}"),
    PAPERS_DESTROYED: ("保存期满，销毁材料 {count} 份", "{count} papers destroyed, their time being over"),
}


def register() -> None:
    """Give each kind its wording."""
    for kind, (zh, en) in _WORDING.items():
        events.register(kind, zh=zh, en=en)
