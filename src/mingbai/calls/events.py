"""The ledger entry kinds of this room."""

from __future__ import annotations

from mingbai.ledger import events

SEGMENT = "gate.segment"
FORGOTTEN = "calls.forgotten"


def register() -> None:
    events.register(SEGMENT, zh="封存呼叫判定日志一段", en="A segment of the gate's journal was sealed")
    events.register(FORGOTTEN, zh="销毁一个季度的呼叫记录密钥", en="The key of a quarter's call records was destroyed")
