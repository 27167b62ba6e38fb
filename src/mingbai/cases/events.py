"""What the ledger says of appeals. Sealed under the key of who appealed; no entry holds a telephone number of ours.

`verdict` is a verdict's id (journal segment and row), `account` a staff account's id; `text` is what a person wrote.
"""

from __future__ import annotations

from mingbai.ledger import events

APPEALED = "cases.appealed"
ANSWERED = "cases.appeal_answered"
LOOKED = "cases.verdict_looked_at"


def register() -> None:
    """Give each kind its wording."""
    events.register(APPEALED, zh="对拦截判定提出申诉：{text}", en="A refused call was appealed: {text}")
    events.register(ANSWERED, zh="申诉已答复：{text}", en="The appeal was answered: {text}")
    events.register(
        LOOKED, zh="工作人员查看了一条呼叫判定，理由：{reason}", en="Staff looked at a call's verdict; reason: {reason}"
    )
