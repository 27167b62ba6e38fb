"""What people's ledger entries say, and what of them is private."""

from __future__ import annotations

from mingbai.ledger import events

RECYCLED = "people.number_recycled"
BEGAN = "people.tenure_began"
RETAINED = "people.retention_noted"
RESTRICTED = "people.subscriber_restricted"
LOOKED = "people.subscriber_looked_at"
ORGANISATION = "people.organisation_made"
ORGANISATION_STATE = "people.organisation_state"
ACCOUNT = "people.account_made"
ACCOUNT_STATE = "people.account_state"
API_KEY = "people.api_key_made"
API_KEY_REVOKED = "people.api_key_revoked"


def register() -> None:
    """Give each kind its wording. No entry of this room holds a telephone number, a key or a password."""
    events.register(
        RECYCLED,
        zh="号码已收回，原用户的一切记录不再适用",
        en="The number was taken back; nothing of its user applies to the next",
    )
    events.register(BEGAN, zh="号码分配给新用户", en="The number was given to a new user")
    events.register(
        RETAINED, zh="依法须保存至 {until}，理由：{reason}", en="The law wants the records kept until {until}: {reason}"
    )
    events.register(
        RESTRICTED,
        zh="限制处理：除存储外不作任何处理，{until} 后删除，理由：{reason}",
        en="Restricted: stored and nothing else until {until}, then erased; reason: {reason}",
    )
    events.register(
        LOOKED, zh="工作人员查看了完整号码，理由：{reason}", en="Staff looked at the full number; reason: {reason}"
    )
    events.register(ORGANISATION, zh="登记主体：{name}", en="Organisation registered: {name}")
    events.register(
        ORGANISATION_STATE, zh="主体状态变为 {state}，原因：{reason}", en="Organisation is now {state}: {reason}"
    )
    events.register(ACCOUNT, zh="开设账号，角色 {role}", en="Account made with role {role}")
    events.register(ACCOUNT_STATE, zh="账号状态变为 {state}", en="Account is now {state}")
    events.register(API_KEY, zh="签发接口密钥，尾号 {hint}", en="API key issued, ending in {hint}")
    events.register(API_KEY_REVOKED, zh="接口密钥已作废，尾号 {hint}", en="API key revoked, ending in {hint}")
