"""A hotline's reports as a file: CSV, JSON or JSON lines with 12321's fields → rows, and what is wrong with each. Pure.

| field | 中文 | holds |
|---|---|---|
| id | 编号 | the feed's own number of the report; without one, row and place among equal rows stand for it |
| reporter | 举报人号码 | who was called |
| verified | 已验证 | yes 是 when the hotline checked that number by an SMS code |
| number | 被举报号码 | who called |
| kind | 类型 | marketing 营销, malicious 骚扰, fraud 诈骗, or the hotline's own words |
| called_at | 来电时间 | ISO 8601, or 2026-11-20 15:30 in local time |
| duration | 时长 | seconds, 1:20, 1分20秒 |
| text | 内容 | what it was about |
| received_at | 受理时间 | when the hotline took it |
| device, contract, batch | 设备, 合同, 批次 | what links reporters; kept as keyed hashes |

Further columns are passed over.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from mingbai.cases.rules import reports as rules
from mingbai.kernel.msisdn import Msisdn, parse
from mingbai.kernel.problems import Problem

MOST_ROWS = 500_000
MOST_BYTES = 128 << 20
LONGEST_ID = 64
_LONGEST_CELL = 2_000
_MOST_SECONDS = 24 * 3600

FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "举报编号", "工单号", "受理号"),
    "reporter": ("举报人号码", "举报人", "举报人电话", "reporter number"),
    "verified": ("已验证", "短信验证", "验证"),
    "number": ("被举报号码", "被举报电话", "被举报人号码", "reported number", "reported"),
    "kind": ("类型", "举报类型", "type"),
    "called_at": ("来电时间", "通话时间", "时间", "time"),
    "duration": ("时长", "通话时长", "duration_s"),
    "text": ("内容", "描述", "说明", "举报内容", "description"),
    "received_at": ("受理时间", "举报时间", "登记时间"),
    "device": ("设备",),
    "contract": ("合同", "合同号"),
    "batch": ("批次",),
}
_NAMES = {alias: name for name, aliases in FIELDS.items() for alias in (name, *aliases)}
_YES, _NO = frozenset({"是", "yes", "y", "true", "1"}), frozenset({"", "否", "no", "n", "false", "0", "none"})
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_SPOKEN = re.compile(r"(?:(\d{1,2})(?:小时|时))?(?:(\d{1,4})(?:分钟|分))?(?:(\d{1,5})秒)?")
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d%H%M%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日%H时%M分")


class Row(NamedTuple):
    """One report as it stands in the file: `line` counts lines of a table, elements of a list, from 1.

    `cut`: the file ends within it, so nobody knows what else it says.
    """

    line: int
    cells: Mapping[str, str]
    cut: bool = False


class Bad(NamedTuple):
    """A row that cannot be taken: in which field, and why (a code)."""

    row: int
    column: str
    code: str


class Good(NamedTuple):
    """A row read. Times are aware; `number` has digits."""

    row: int
    id: str
    number: Msisdn
    reporter: Msisdn | None
    verified: bool
    kind: str
    called_at: datetime | None
    duration_s: int | None
    text: str
    received_at: datetime | None
    device: str
    contract: str
    batch: str


class _Fault(Exception):
    def __init__(self, column: str, code: str) -> None:
        self.column, self.code = column, code
        super().__init__(code)


def read(data: bytes) -> list[Row]:
    """The rows of a file. Raises Problem when it cannot be taken as a whole."""
    if len(data) > MOST_BYTES:
        raise Problem("reports.file_too_large", f"at most {MOST_BYTES} bytes", mend="divide the file", status=413)
    text = _decoded(data)
    rows = list(_json(text) if text.lstrip()[:1] in ("[", "{") else _table(text))
    if not rows:
        raise Problem("reports.file_empty", "there is no report in the file", where="file")
    if len(rows) > MOST_ROWS:
        raise Problem("reports.file_too_long", f"at most {MOST_ROWS} rows", mend="divide the file", status=413)
    return rows


def judge(rows: Iterable[Row], *, now: datetime, zone: str, country: str = "") -> tuple[list[Good], list[Bad]]:
    """Rows that can be taken, and those that cannot. `country`: digits put before numbers without a country code."""
    good: list[Good] = []
    bad: list[Bad] = []
    alike: Counter[str] = Counter()
    seen: dict[str, Mapping[str, str]] = {}
    for row in rows:
        try:
            one = _good(row, now, ZoneInfo(zone), country)
            if one.id and seen.setdefault(one.id, row.cells) != row.cells:
                raise _Fault("id", "reports.row_id_twice")
        except _Fault as fault:
            bad.append(Bad(row.line, fault.column, fault.code))
            continue
        if not one.id:
            digest = sha256(json.dumps(row.cells, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:40]
            alike[digest] += 1
            one = one._replace(id=f"{digest}#{alike[digest]}")
        good.append(one)
    return good, bad


def _good(row: Row, now: datetime, zone: ZoneInfo, country: str) -> Good:
    cells = row.cells
    if row.cut:
        raise _Fault("", "reports.row_cut")
    if any(len(cell) > _LONGEST_CELL for cell in cells.values()):
        raise _Fault("", "reports.row_long_cell")
    if len(cells.get("id", "")) > LONGEST_ID:
        raise _Fault("id", "reports.row_long_id")
    number = _number(cells.get("number", ""), country)
    if not number.digits:
        raise _Fault("number", "reports.row_number")
    reporter = _number(cells["reporter"], country) if cells.get("reporter") else None
    if reporter is not None and not reporter.may_subscribe:
        raise _Fault("reporter", "reports.row_reporter")
    if reporter is not None and reporter.digits == number.digits:
        raise _Fault("reporter", "reports.own")
    verified = cells.get("verified", "").lower()
    if verified not in _YES | _NO:
        raise _Fault("verified", "reports.row_yes_no")
    called, received = (_time(cells.get(name, ""), zone, name) for name in ("called_at", "received_at"))
    for name, moment in (("called_at", called), ("received_at", received)):
        if moment is not None and moment > now + timedelta(minutes=10):
            raise _Fault(name, "reports.future")
    text = cells.get("text", "").strip()
    kind = rules.kind_of(cells.get("kind", "")) if cells.get("kind") else rules.kind_of(text)
    if len(text) > rules.LONGEST_TEXT:
        raise _Fault("text", "reports.long")
    if len(cells.get("batch", "")) > 40:
        raise _Fault("batch", "reports.row_long_id")
    return Good(
        row.line, cells.get("id", ""), number, reporter, verified in _YES and reporter is not None, kind, called,
        _duration(cells.get("duration", "")), text, received, cells.get("device", ""), cells.get("contract", ""),
        cells.get("batch", ""),
    )  # fmt: skip


def _number(text: str, country: str) -> Msisdn:
    bare = text.strip()
    return parse(f"+{country}{bare}" if country and not bare.startswith(("+", "00")) else bare)


def _time(text: str, zone: ZoneInfo, column: str) -> datetime | None:
    bare = text.strip().replace("/", "-")
    if not bare:
        return None
    for form in _FORMS:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        raise _Fault(column, "reports.row_time") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _duration(text: str) -> int | None:
    bare = text.strip().removesuffix("s")
    if not bare:
        return None
    found = None if bare.isdecimal() else _CLOCK.fullmatch(bare) or _SPOKEN.fullmatch(bare)
    if not bare.isdecimal() and found is None:
        raise _Fault("duration", "reports.row_duration")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, int(bare[:9]))
    total = 3600 * hours + 60 * minutes + seconds
    if total > _MOST_SECONDS:
        raise _Fault("duration", "reports.row_duration")
    return total


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as fault:
            # Cut off within a character: what stands before it is no other encoding for that.
            if encoding != "utf-8-sig" or fault.reason != "unexpected end of data":
                continue
            text = data[: -len(fault.object[fault.start :])].decode(encoding)
        if "\0" not in text:
            return text
    raise Problem("reports.file_encoding", "the file is in no known encoding", mend="save it in UTF-8")


def _table(text: str) -> Iterator[Row]:
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=header.count))
    names: list[str] = []
    before, last = 0, 0 if text.endswith(("\n", "\r")) else text.count("\n") + 1
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                names = _header([cell.strip() for cell in cells])
                continue
            row = {name: _bare(cell) for name, cell in zip(names, cells, strict=False) if name}
            cut = len(cells) < len(names) and reader.line_num == last
            yield Row(line, {name: cell for name, cell in row.items() if cell}, cut)
    except csv.Error as fault:
        raise Problem("reports.file_unreadable", str(fault), where=f"row {reader.line_num}") from fault


def _header(cells: list[str]) -> list[str]:
    names = [_NAMES.get(cell.lower(), "") for cell in cells]
    known = [name for name in names if name]
    if "number" not in known or len(set(known)) != len(known):
        what = "no column of reported numbers" if "number" not in known else "a column stands twice"
        mend = "name the columns in the first line: " + ", ".join(FIELDS)
        raise Problem("reports.file_column", what, where="number", mend=mend)
    return names


def _bare(cell: str) -> str:
    """Without what spreadsheets put round numbers to keep them text."""
    text = cell.strip().strip("\u200b\u202a\u202c\ufeff\u00a0")
    return (text[2:-1] if text.startswith('="') and text.endswith('"') else text).removeprefix("'").strip()


def _json(text: str) -> Iterator[Row]:
    """A list of objects, an object that holds one, or an object a line."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise Problem("reports.file_unreadable", "brackets within brackets without end", where="file") from None
    except ValueError:
        found = [_object(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if isinstance(found, dict):
        inner = next((value for value in found.values() if isinstance(value, list)), None)
        found = [found] if inner is None else inner
    for number, one in enumerate(found, 1):
        if not isinstance(one, dict):
            raise Problem("reports.file_unreadable", "this is no object", where=f"row {number}")
        cells = {_NAMES.get(str(name).strip().lower(), ""): value for name, value in one.items()}
        yield Row(number, {name: _text(value) for name, value in cells.items() if name and _text(value)})


def _object(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise Problem("reports.file_unreadable", "this is no JSON", where=f"row {number}") from fault


def _text(value: object) -> str:
    if isinstance(value, (dict, list)) or value is None:
        return ""
    return str(value).strip()
