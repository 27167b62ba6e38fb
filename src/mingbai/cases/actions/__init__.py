"""What can be done in cases: appeal, report, triage, answer, direct."""

from mingbai.cases.actions.answers import answer_report, answer_reports, contest, feed_told, told
from mingbai.cases.actions.appeals import answer, appeal, forget, look
from mingbai.cases.actions.casework import (
    Wish,
    add_sample,
    answer_question,
    appeal_case,
    approve,
    ask_holder,
    check,
    close,
    decide_appeal,
    decline,
    drop,
    find,
    hand_over,
    lift,
    listen,
    measures_due,
    open_case,
    propose,
    read_notice,
    take_up,
)
from mingbai.cases.actions.confirming import confirm
from mingbai.cases.actions.directives import answer_directive, direct
from mingbai.cases.actions.evidence import add_recording, add_sms, open_evidence
from mingbai.cases.actions.feeds import Taken, import_feed, link
from mingbai.cases.actions.reports import Filed, Said, report, report_call
from mingbai.cases.actions.reports import forget as forget_reporter
from mingbai.cases.actions.reviewing import reinstate, set_aside
from mingbai.cases.actions.triage import count_stale, forget_old, triage
from mingbai.cases.actions.watching import watch_calendar, watch_clocks

__all__ = [
    "Filed",
    "Said",
    "Taken",
    "Wish",
    "add_recording",
    "add_sample",
    "add_sms",
    "answer",
    "answer_directive",
    "answer_question",
    "answer_report",
    "answer_reports",
    "appeal",
    "appeal_case",
    "approve",
    "ask_holder",
    "check",
    "close",
    "confirm",
    "contest",
    "count_stale",
    "decide_appeal",
    "decline",
    "direct",
    "drop",
    "feed_told",
    "find",
    "forget",
    "forget_old",
    "forget_reporter",
    "hand_over",
    "import_feed",
    "lift",
    "link",
    "listen",
    "look",
    "measures_due",
    "open_case",
    "open_evidence",
    "propose",
    "read_notice",
    "reinstate",
    "report",
    "report_call",
    "set_aside",
    "take_up",
    "told",
    "triage",
    "watch_calendar",
    "watch_clocks",
]
