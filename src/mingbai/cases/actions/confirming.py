"""Tell a reporter that their report was taken, and the number to follow it by."""

from __future__ import annotations

from mingbai.cases import told
from mingbai.cases.actions.reports import Filed
from mingbai.notices import actions as notices

RECEIVED = "report.received"


def confirm(filed: Filed, *, subscriber: int, number: str, page: str) -> None:
    """Write the SMS, once for a report. `number`: the reported one, masked; `page`: where to follow it."""
    if filed.new:
        text = told.received(filed.follow, number, page)
        notices.send(subscriber=subscriber, template=RECEIVED, text=text, context=f"report:{filed.id}")
