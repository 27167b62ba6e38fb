"""Why a row of call records is not taken, and what mends it."""

from __future__ import annotations

from mingbai.kernel.faults import BadRow as BadRow
from mingbai.kernel.faults import Faults

_NUMBER = (
    "写作13812345678、021-60876100、+86…或SIP地址",
    "write 13812345678, 021-60876100, +86… or a SIP address",
)
_TIME = ("在映射文件的 [time] 写明格式", "say the form in [time] of the mapping file")
_CLOCK = ("核对时区，或用 --offset 说明时钟偏差", "check the zone, or state the clock's error with --offset")
_UNIT = ("写成数字，单位在 [durations] 写明", "write a number, its unit in [durations]")

# A row's fault is its place in this list; 0 stands for none. Files of an import that waits hold it: append only.
_FAULTS = Faults(
    "calls",
    (
        "", "cells", "列数与其他行不同", "not as many cells as the other rows",
        "补齐列，含分隔符的值加引号", "give one cell for each column; quote values that hold the delimiter",
    ),
    ("", "quote", "引号没有闭合", "a quote is not closed", "补上引号", "close the quote"),
    ("", "long", "有一格超过512字节", "a cell has more than 512 bytes", "核对列", "check the columns"),
    ("caller", "caller_unreadable", "主叫不是号码", "the caller cannot be read as a number", *_NUMBER),
    ("callee", "callee_missing", "缺少被叫", "there is no called number", *_NUMBER),
    ("callee", "callee_unreadable", "被叫不是号码", "the called number cannot be read", *_NUMBER),
    ("start", "start_missing", "缺少开始时间", "there is no time of the call", *_TIME),
    ("start", "start_unreadable", "没有这个时间", "there is no such time", *_TIME),
    ("start", "start_future", "时间在将来", "the call lies in the future", *_CLOCK),
    (
        "start", "start_past", "早于呼叫记录的保存期", "the call is older than records are kept",
        "过期的话单不再导入", "records past their time are not taken",
    ),
    ("answer", "answer_unreadable", "应答时间无法识别", "the time of answer cannot be read", *_TIME),
    ("end", "end_unreadable", "结束时间无法识别", "the time of the end cannot be read", *_TIME),
    ("answer", "answer_order", "应答早于开始或晚于结束", "answered before it began or after it ended", *_CLOCK),
    ("end", "end_order", "结束早于开始", "it ended before it began", *_CLOCK),
    ("talk", "talk_unreadable", "通话时长不是数字", "the time of talk is no number", *_UNIT),
    ("ring", "ring_unreadable", "振铃时长不是数字", "the time of ringing is no number", *_UNIT),
    ("duration", "duration_unreadable", "总时长不是数字", "the duration is no number", *_UNIT),
    (
        "talk", "too_long", "时长为负或超过7天", "a duration is negative or longer than seven days",
        "核对时长的单位", "check the unit of durations",
    ),
    (
        "answered", "answered_talk", "标为未接却有通话时长", "marked as not answered, yet there was talk",
        "核对 [answered] 的取值", "check the values in [answered]",
    ),
    (
        "call", "call_long", "呼叫标识超过128字节", "the call id has more than 128 bytes",
        "核对列", "check the columns",
    ),
    ("", "xml", "不是完整的 cdr 文档", "this is no whole cdr document", "重新导出", "export it again"),
)  # fmt: skip

FAULTS, number, bad_row = _FAULTS.listed, _FAULTS.number, _FAULTS.bad_row
