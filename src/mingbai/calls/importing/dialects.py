"""What switches write: which columns stand where, and how a file of theirs is known.

Asterisk's cdr_csv writes no header; its 16 columns grow by uniqueid, by userfield, and by peeraccount, linkedid and
sequence, as cdr.conf says (18 and 21 with all). cdr_custom writes the 18 in another order, and databases' exports have
a header. FreeSWITCH's mod_cdr_csv writes what its template says. Which it is, is told by where the times stand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.text import Form
from mingbai.kernel.problems import Problem

_STAMP = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?|\d{10}(\.\d+)?")
_UNIQUE = re.compile(rb"(.+-)?\d{9,10}\.\d+")
_ANSWERED = frozenset({"answered", "answer"})
Row = Sequence[bytes]

# our name → theirs, several in the order in which they are asked
_ASTERISK = {
    "caller": ("src", "clid"), "callee": ("dst",), "start": ("start", "calldate", "starttime"), "answer": ("answer",),
    "end": ("end",), "duration": ("duration",), "talk": ("billsec",), "answered": ("disposition",),
    "call": ("linkedid", "uniqueid"), "cause": ("hangupcause",),
}  # fmt: skip
_FREESWITCH = {
    "caller": ("caller_id_number",), "callee": ("destination_number",),
    "start": ("start_stamp", "start_uepoch", "start_epoch"),
    "answer": ("answer_stamp", "answer_uepoch", "answer_epoch"),
    "end": ("end_stamp", "end_uepoch", "end_epoch"), "duration": ("duration",), "talk": ("billsec",),
    "cause": ("hangup_cause",), "call": ("uuid", "bleg_uuid", "call_uuid", "xml_cdr_uuid"),
}  # fmt: skip
_CDR_CSV = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags",
)  # fmt: skip
_CDR_CSV_MORE = ("peeraccount", "linkedid", "sequence")
_CDR_CUSTOM = (*_CDR_CSV[4:5], *_CDR_CSV[1:4], *_CDR_CSV[5:], "accountcode", "uniqueid", "userfield")
_FS_EXAMPLE = (
    "caller_id_name", "caller_id_number", "destination_number", "context", "start_stamp", "answer_stamp", "end_stamp",
    "duration", "billsec", "hangup_cause", "uuid", "bleg_uuid", "accountcode",
)  # fmt: skip
_FS_ASTERISK = (
    "accountcode", "caller_id_number", "destination_number", "context", "caller_id", "channel_name", "bridge_channel",
    "last_app", "last_arg", "start_stamp", "answer_stamp", "end_stamp", "duration", "billsec", "hangup_cause",
    "amaflags", "uuid", "userfield",
)  # fmt: skip

# Names by which a header of theirs is known.
NAMED = {
    form: frozenset(name for names in wanted.values() for name in names)
    for form, wanted in (("asterisk", _ASTERISK), ("freeswitch", _FREESWITCH))
}
_DISPOSITIONS = frozenset({b"ANSWERED", b"NO ANSWER", b"BUSY", b"FAILED", b"CONGESTION"})  # Asterisk's

# Names that a header of a generic file may use, in lower case without blanks, “_” and “-”.
_GENERIC = {
    "caller": (
        "caller", "callingnumber", "callernumber", "callingpartynumber", "callerid", "src", "source", "from", "ani",
        "anumber", "主叫", "主叫号码",
    ),
    "callee": (
        "callee", "callednumber", "calleenumber", "calledpartynumber", "calleeid", "dst", "target", "to",
        "destination", "bnumber", "被叫", "被叫号码",
    ),
    "start": (
        "start", "starttime", "startstamp", "begin", "begintime", "calldate", "at", "timestamp", "datetime", "time",
        "开始时间", "起始时间", "呼叫时间", "呼叫开始时间",
    ),
    "answer": ("answer", "answertime", "answerstamp", "answeredat", "connecttime", "应答时间", "接通时间"),
    "end": ("end", "endtime", "endstamp", "hanguptime", "disconnecttime", "结束时间", "挂断时间"),
    "talk": ("talk", "billsec", "talktime", "billseconds", "通话时长", "计费时长"),
    "ring": ("ring", "ringtime", "ringseconds", "振铃时长"),
    "duration": ("duration", "totalduration", "总时长"),
    "answered": ("answered", "disposition", "status", "是否接通", "接通状态"),
    "call": ("call", "callid", "uniqueid", "uuid", "呼叫标识", "话单号"),
    "cause": ("cause", "hangupcause", "q850", "挂断原因"),
    "trunk": ("trunk", "trunkname", "gateway", "中继", "中继名"),
}  # fmt: skip


def asterisk(header: Sequence[str] | None, sample: Sequence[Row]) -> Mapping[str, tuple[int, ...]]:
    """Our columns → places of theirs, in the order in which they are asked.

    `sample`: some of the first rows. Raises Problem for what Asterisk does not write.
    """
    if header is not None:
        return _by_name(_ASTERISK, header)
    for row in sample:
        if len(row) >= 16 and _STAMP.fullmatch(row[8]) and _STAMP.fullmatch(row[10]):
            return _by_name(_ASTERISK, _CDR_CUSTOM)
        if len(row) >= 16 and _STAMP.fullmatch(row[9]):
            return _by_name(_ASTERISK, _cdr_csv(sample, len(row)))
    raise _unknown("Asterisk's cdr_csv or cdr_custom")


def _cdr_csv(sample: Sequence[Row], width: int) -> tuple[str, ...]:
    """Names of the columns of cdr_csv: 16, then what cdr.conf adds."""
    more: dict[int, tuple[str, ...]] = {0: (), 1: ("uniqueid",), 2: ("uniqueid", "userfield")}
    known = width - 16
    tail: tuple[str, ...] = ()
    if known >= 3:
        known, tail = known - 3, _CDR_CSV_MORE
    if known not in more:
        raise _unknown("Asterisk's cdr_csv")
    if known == 1 and not all(_UNIQUE.fullmatch(row[16]) for row in sample if len(row) == width):
        more[1] = ("userfield",)
    return (*_CDR_CSV, *more[known], *tail)


def freeswitch(header: Sequence[str] | None, sample: Sequence[Row]) -> Mapping[str, tuple[int, ...]]:
    """As `asterisk`, for FreeSWITCH's templates example, snom, linksys, asterisk and sql."""
    if header is not None:
        return _by_name(_FREESWITCH, header)
    for row in sample:
        if len(row) >= 13 and _STAMP.fullmatch(row[4]) and _STAMP.fullmatch(row[6]):
            return _by_name(_FREESWITCH, _FS_EXAMPLE)
        if len(row) >= 17 and _STAMP.fullmatch(row[9]) and _STAMP.fullmatch(row[11]):
            if row[14].upper() in _DISPOSITIONS:
                raise Problem("calls.dialect", "Asterisk wrote this", mend="say --format asterisk")
            return _by_name(_FREESWITCH, _FS_ASTERISK)
    raise _unknown("one of FreeSWITCH's templates that name caller, called number and times")


def generic(header: Sequence[str] | None) -> Mapping[str, tuple[int, ...]]:
    """Columns of a file without a mapping, by usual names; a duration that stands alone is that of the talk. Raises
    Problem when it has no header."""
    if header is None:
        raise Problem("calls.header", "the file has no header", mend="name its columns in a mapping file")
    plain = [re.sub(r"[\s_\-]", "", name).lower() for name in header]
    found = {}
    for ours, names in _GENERIC.items():
        if theirs := next((name for name in names if name in plain), ""):
            found[ours] = (_place(plain, theirs, ours),)
    if "duration" in found and found.keys().isdisjoint(("talk", "ring", "answer", "end", "answered")):
        found["talk"] = found.pop("duration")  # as operators' bills and data sets mean it
    return found


def mapped(layout: Layout, header: Sequence[str] | None, width: int) -> Mapping[str, tuple[int, ...]]:
    """Columns as a mapping file names them. Raises Problem for one that is not there."""
    return {
        ours: tuple(_mapped(ours, one, header, width) for one in (theirs if isinstance(theirs, tuple) else (theirs,)))
        for ours, theirs in layout.columns.items()
    }


def _mapped(ours: str, theirs: str | int, header: Sequence[str] | None, width: int) -> int:
    where = f"columns.{ours}"
    if isinstance(theirs, int):
        if theirs >= width:
            raise Problem("calls.column_missing", f"the file has {width} columns", where=where)
        return theirs
    if header is None or theirs not in header:
        what = "the file has no such column" if header is not None else "the file has no header"
        raise Problem("calls.column_missing", f"{what}: {theirs}", where=where)
    return _place(header, theirs, where)


def _place(header: Sequence[str], name: str, where: str) -> int:
    if header.count(name) > 1:
        mend = "give its place, counted from 0, in a mapping file"
        raise Problem("calls.column_twice", f"the file has several columns of one name: {name}", where=where, mend=mend)
    return header.index(name)


def known(name: str) -> Layout:
    """How a dialect tells times, durations and answers."""
    made = Layout(columns={}, form=Form("", '"', ""))
    return replace(made, answered=_ANSWERED, unanswered=None) if name == "asterisk" else made


def _by_name(wanted: Mapping[str, tuple[str, ...]], header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    names = [name.strip().lower() for name in header]
    found = {ours: tuple(names.index(name) for name in theirs if name in names) for ours, theirs in wanted.items()}
    return {ours: places for ours, places in found.items() if places}


def _unknown(what: str) -> Problem:
    mend = "use --format csv with a mapping file, see docs/calls.md"
    return Problem("calls.dialect", f"these are not the columns of {what}", mend=mend)
