"""What the ledger says of sellers. Sealed under the organisation's key; no entry holds a person's name."""

from __future__ import annotations

from mingbai.ledger import events

REGISTERED = "channels.seller_registered"
STATE = "channels.seller_state"
GRANTED = "channels.scope_granted"
REVOKED = "channels.scope_revoked"
STAFF = "channels.staff_added"
STAFF_ENDED = "channels.staff_ended"

_WORDING = {
    REGISTERED: ("登记代理商", "Seller registered"),
    STATE: ("代理商状态变为 {state}，原因：{reason}", "The seller is now {state}: {reason}"),
    GRANTED: ("授权销售，自 {from} 起", "Authorised to sell from {from} on"),
    REVOKED: ("撤销销售授权，原因：{reason}", "Authorisation to sell revoked: {reason}"),
    STAFF: ("登记销售人员，工号 {number}", "Sales staff registered, number {number}"),
    STAFF_ENDED: ("销售人员离岗，工号 {number}", "Sales staff left, number {number}"),
}


def register() -> None:
    """Give each kind its wording."""
    for kind, (zh, en) in _WORDING.items():
        events.register(kind, zh=zh, en=en)
