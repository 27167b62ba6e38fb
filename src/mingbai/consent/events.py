"""What consent's ledger entries say. All are sealed under the subscriber's key, but a batch's, which is the firm's.

`principal` is an organisation's id, `purpose` and `how` words of the glossary, hashes hexadecimal; no entry holds a
telephone number.
"""

from __future__ import annotations

from mingbai.ledger import events

GIVEN = "consent.given"
CLAIMED = "consent.claimed"
REFUSED = "consent.refused"
WITHDRAWN = "consent.withdrawn"
EXPIRED = "consent.expired"
DISPUTED = "consent.disputed"
PROOF_SHOWN = "consent.proof_shown"
PROOF_FAILED = "consent.proof_failed"
PROOF_SHOWN_LATE = "consent.proof_shown_late"
BLOCKED = "consent.blocked"
UNBLOCKED = "consent.unblocked"
BATCH = "consent.batch_imported"
BATCH_SUSPENDED = "consent.batch_suspended"
BATCH_RESTORE_ASKED = "consent.batch_restore_asked"
BATCH_RESTORED = "consent.batch_restored"
BATCH_REJECTED = "consent.batch_rejected"
EXPORTED = "consent.exported"

_WORDING = {
    GIVEN: ("用户同意：{purpose}（方式：{how}）", "The user agreed: {purpose} ({how})"),
    CLAIMED: (
        "企业声称用户已同意：{purpose}（待证）",
        "A firm claims that the user agreed: {purpose} (not yet proved)",
    ),
    REFUSED: ("用户拒绝：{purpose}（方式：{how}）", "The user refused: {purpose} ({how})"),
    WITHDRAWN: ("用户撤回同意：{purpose}（方式：{how}）", "The user withdrew: {purpose} ({how})"),
    EXPIRED: ("同意到期：{purpose}", "The consent expired: {purpose}"),
    DISPUTED: ("用户表示从未同意，要求企业举证", "The user says they never agreed; the firm was asked for its proof"),
    PROOF_SHOWN: ("企业已出示证明，哈希与备案一致", "The firm showed its proof; its hash is the filed one"),
    PROOF_FAILED: ("企业逾期未出示证明", "The firm did not show its proof in time"),
    PROOF_SHOWN_LATE: (
        "企业逾期后才出示证明，哈希与备案一致",
        "The firm showed its proof after its time; its hash is the filed one",
    ),
    BLOCKED: ("用户设置个人拦截（{kind}）", "The user set a personal block ({kind})"),
    UNBLOCKED: ("用户取消个人拦截（{kind}）", "The user lifted a personal block ({kind})"),
    BATCH: ("白名单导入生效，共 {accepted} 行", "A whitelist import took effect: {accepted} rows"),
    BATCH_SUSPENDED: ("该批白名单已暂停：{reason}", "The whitelist batch is suspended: {reason}"),
    BATCH_RESTORE_ASKED: ("申请恢复该批白名单：{reason}", "Somebody asked to restore the whitelist batch: {reason}"),
    BATCH_RESTORED: ("经复核，该批白名单已恢复：{reason}", "After a second look the batch is restored: {reason}"),
    BATCH_REJECTED: ("白名单导入未通过", "A whitelist import was rejected"),
    EXPORTED: ("导出名单，共 {rows} 行", "A list was exported: {rows} rows"),
}


def register() -> None:
    """Give each kind its wording."""
    for kind, (zh, en) in _WORDING.items():
        events.register(kind, zh=zh, en=en)
