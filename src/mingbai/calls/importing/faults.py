"""Why a row of call records is not taken, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Words = Mapping[str, str]  # zh, en


class Fault(NamedTuple):
    column: str
    code: str
    message: Words
    mend: Words


class BadRow(NamedTuple):
    """A row that was not taken. `row`: its line in a text file, the first being 1; its place, from 1, in another."""

    row: int
    column: str
    code: str
    message: Words
    mend: Words


def _fault(column: str, code: str, zh: str, en: str, mend_zh: str, mend_en: str) -> Fault:
    return Fault(column, f"calls.{code}", {"zh": zh, "en": en}, {"zh": mend_zh, "en": mend_en})


_NUMBER = (
    "写作13812345678、021-60876100、+86…或SIP地址",
    "write 13812345678, 021-60876100, +86… or a SIP address",
)
_TIME = ("在映射文件的 [time] 写明格式", "say the form in [time] of the mapping file")
_CLOCK = ("核对时区，或用 --offset 说明时钟偏差", "check the zone, or state the clock's error with --offset")
_UNIT = ("写成数字，单位在 [durations] 写明", "write a number, its unit in [durations]")

# A row's fault is its place in this list; 0 stands for none. Files of an import that waits hold it: append only.
FAULTS: tuple[Fault, ...] = (
    _fault("", "none", "", "", "", ""),
    _fault(
        "", "cells", "列数与其他行不同", "not as many cells as the other rows",
        "补齐列，含分隔符的值加引号", "give one cell for each column; quote values that hold the delimiter",
    ),
    _fault("", "quote", "引号没有闭合", "a quote is not closed", "补上引号", "close the quote"),
    _fault("", "long", "有一格超过512字节", "a cell has more than 512 bytes", "核对列", "check the columns"),
    _fault("caller", "caller_unreadable", "主叫不是号码", "the caller cannot be read as a number", *_NUMBER),
    _fault("callee", "callee_missing", "缺少被叫", "there is no called number", *_NUMBER),
    _fault("callee", "callee_unreadable", "被叫不是号码", "the called number cannot be read", *_NUMBER),
    _fault("start", "start_missing", "缺少开始时间", "there is no time of the call", *_TIME),
    _fault("start", "start_unreadable", "没有这个时间", "there is no such time", *_TIME),
    _fault("start", "start_future", "时间在将来", "the call lies in the future", *_CLOCK),
    _fault(
        "start", "start_past", "早于呼叫记录的保存期", "the call is older than records are kept",
        "过期的话单不再导入", "records past their time are not taken",
    ),
    _fault("answer", "answer_unreadable", "应答时间无法识别", "the time of answer cannot be read", *_TIME),
    _fault("end", "end_unreadable", "结束时间无法识别", "the time of the end cannot be read", *_TIME),
    _fault("answer", "answer_order", "应答早于开始或晚于结束", "answered before it began or after it ended", *_CLOCK),
    _fault("end", "end_order", "结束早于开始", "it ended before it began", *_CLOCK),
    _fault("talk", "talk_unreadable", "通话时长不是数字", "the time of talk is no number", *_UNIT),
    _fault("ring", "ring_unreadable", "振铃时长不是数字", "the time of ringing is no number", *_UNIT),
    _fault("duration", "duration_unreadable", "总时长不是数字", "the duration is no number", *_UNIT),
    _fault(
        "talk", "too_long", "时长为负或超过7天", "a duration is negative or longer than seven days",
        "核对时长的单位", "check the unit of durations",
    ),
    _fault(
        "answered", "answered_talk", "标为未接却有通话时长", "marked as not answered, yet there was talk",
        "核对 [answered] 的取值", "check the values in [answered]",
    ),
    _fault(
        "call", "call_long", "呼叫标识超过128字节", "the call id has more than 128 bytes",
        "核对列", "check the columns",
    ),
    _fault("", "xml", "不是完整的 cdr 文档", "this is no whole cdr document", "重新导出", "export it again"),
)  # fmt: skip

_BY_CODE = {fault.code: place for place, fault in enumerate(FAULTS)}


def number(code: str) -> int:
    """The place of a fault in the list, by its code without “calls.”."""
    return _BY_CODE[f"calls.{code}"]


def bad_row(row: int, fault: int) -> BadRow:
    """A row's fault as it is told."""
    return BadRow(row, *FAULTS[fault])
