"""The ledger entry kinds of this room."""

from __future__ import annotations

from mingbai.ledger import events

SEGMENT = "gate.segment"
FORGOTTEN = "calls.forgotten"
OPENED = "calls.opened"
IMPORTED = "calls.imported"


def register() -> None:
    events.register(SEGMENT, zh="封存呼叫判定日志一段", en="A segment of the gate's journal was sealed")
    events.register(FORGOTTEN, zh="销毁一个季度的呼叫记录密钥", en="The key of a quarter's call records was destroyed")
    events.register(OPENED, zh="从呼叫记录中打开号码", en="Numbers of the call records were opened")
    events.register(IMPORTED, zh="导入交换机话单", en="Call records of a switch were imported")
