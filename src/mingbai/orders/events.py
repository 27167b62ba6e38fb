"""What the ledger says of orders; all sealed under the subscriber's key. No entry holds a telephone number."""

from __future__ import annotations

from mingbai.ledger import events

PROPOSED = "orders.proposed"
CONFIRMED = "orders.confirmed"
FULFILLED = "orders.fulfilled"
FAILED = "orders.failed"
DECLINED = "orders.declined"
CANCELLED = "orders.cancelled"
EXPIRED = "orders.expired"
LAPSED = "orders.lapsed"
LEAVING = "orders.leaving"
STAYED = "orders.stayed"
WITHDRAWN = "orders.withdrawn"
ENDED = "orders.ended"
KEPT = "orders.kept"
REFUSED = "orders.refused"
PAPER_SEEN = "orders.paper_seen"

_WORDING = {
    PROPOSED: ("办理邀约：{name}（{code}），{price}", "Offered: {name} ({code}), {price}"),
    CONFIRMED: ("用户确认办理：{name}（{code}），方式：{how}", "The user confirmed: {name} ({code}), by {how}"),
    FULFILLED: ("办理成功：{name}（{code}）", "Done: {name} ({code})"),
    FAILED: ("办理失败：{name}（{code}）：{detail}", "Not done: {name} ({code}): {detail}"),
    DECLINED: ("用户不办理：{name}（{code}）", "The user declined: {name} ({code})"),
    CANCELLED: ("邀约撤回：{name}（{code}）：{detail}", "The offer was taken back: {name} ({code}): {detail}"),
    EXPIRED: ("邀约到期未确认，未办理：{name}（{code}）", "Not confirmed in time, nothing done: {name} ({code})"),
    LAPSED: ("不再可售，未办理：{name}（{code}）", "No longer on sale, nothing done: {name} ({code})"),
    LEAVING: ("申请退订：{name}（{code}）", "Asked to leave: {name} ({code})"),
    STAYED: ("退订未成：{name}（{code}）：{detail}", "Leaving failed: {name} ({code}): {detail}"),
    WITHDRAWN: ("已退订：{name}（{code}）", "Left: {name} ({code})"),
    ENDED: ("试用到期，已终止：{name}（{code}）", "The trial is over and ended: {name} ({code})"),
    REFUSED: ("不予受理的邀约：方案 {code}，原因：{why}", "An offer was refused: tariff {code}, {why}"),
    PAPER_SEEN: ("工作人员查看签字文件，理由：{reason}", "Staff looked at the signed paper; reason: {reason}"),
    KEPT: ("办理记录保存期定为 {months} 个月", "Orders are kept for {months} months"),
}


def register() -> None:
    """Give each kind its wording."""
    for kind, (zh, en) in _WORDING.items():
        events.register(kind, zh=zh, en=en)
