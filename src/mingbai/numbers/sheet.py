"""A table of numbers as a firm sends it: bytes → rows with named cells, and what is wrong with them. Pure.

The first line names the columns, in English or Chinese, in any order:

| column | 中文 | holds |
|---|---|---|
| number | 号码 | one number; or instead: |
| first, last | 起始号码, 终止号码 | a range, both included |
| holder | 使用主体 | name of a registered organisation |
| principal | 委托方 | the same; empty when the holder calls for itself |
| use | 用途 | marketing 营销, service 客服, notification 通知, survey 调查, collection 催收, personal 个人 |
| industry | 行业 | a word of terms.Industry or its Chinese name; empty for the holder's own |
| label | 标注 | what a called phone shows |
| trunks | 中继 | names, divided by spaces, “;” or “|”; empty for any |
| per_minute, per_hour, per_day | 每分钟上限, 每小时上限, 每日上限 | calls at most; empty for contract or profile |
| committed | 书面承诺 | yes 是 when the written commitment for outbound calls is on file |
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Industry, Use

if TYPE_CHECKING:
    import _csv

MOST_ROWS = 50_000
MOST_BYTES = 32 * 1024 * 1024
_LONGEST_CELL = 200

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("号码",),
    "first": ("起始号码",),
    "last": ("终止号码",),
    "holder": ("使用主体", "接入方"),
    "principal": ("委托方",),
    "use": ("用途", "申报用途"),
    "industry": ("行业",),
    "label": ("标注", "号码标注"),
    "trunks": ("中继",),
    "per_minute": ("每分钟上限",),
    "per_hour": ("每小时上限",),
    "per_day": ("每日上限",),
    "committed": ("书面承诺",),
}
_NAMES = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}

USES: Mapping[str, Use] = {
    "营销": Use.MARKETING,
    "客服": Use.SERVICE,
    "通知": Use.NOTIFICATION,
    "调查": Use.SURVEY,
    "回访": Use.SURVEY,
    "催收": Use.COLLECTION,
    "个人": Use.PERSONAL,
    **{use.value: use for use in Use},
}
INDUSTRIES: Mapping[str, Industry] = {
    "贷款理财": Industry.LOANS,
    "保险": Industry.INSURANCE,
    "证券": Industry.SECURITIES,
    "房产": Industry.PROPERTY,
    "教育": Industry.EDUCATION,
    "医疗": Industry.HEALTH,
    "快递": Industry.DELIVERY,
    "零售": Industry.RETAIL,
    "通信": Industry.TELECOM,
    "政务": Industry.GOVERNMENT,
    "交通": Industry.TRANSPORT,
    "银行": Industry.BANK,
    "其他": Industry.OTHER,
    **{industry.value: industry for industry in Industry},
}
_YES = frozenset({"是", "yes", "y", "true", "1"})
_NO = frozenset({"", "否", "no", "n", "false", "0"})


class BadRow(NamedTuple):
    """A row that was not taken. `row`: its line in the file, the header being 1; `message` and `mend` in zh and en."""

    row: int
    column: str
    code: str
    message: Mapping[str, str]
    mend: Mapping[str, str]


class Report(NamedTuple):
    """What became of a file. `accepted` is 0 when all or nothing was asked and a row was bad."""

    rows: int
    accepted: int
    rejected: list[BadRow]
    ids: list[int]


class Row(NamedTuple):
    """One line with something in it: its number in the file, and its cells by column."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def read(data: bytes, *, holder_known: bool) -> list[Row]:
    """The rows of a CSV file in UTF-8 or GB 18030 (or UTF-16 with its mark), divided by commas, tabs or semicolons.

    Blank lines are skipped. Raises Problem when the file as a whole cannot be taken.
    """
    if len(data) > MOST_BYTES:
        raise Problem("numbers.file_too_large", f"at most {MOST_BYTES} bytes", mend="divide the file", status=413)
    text = decoded(data)
    header_line = next((line for line in text.splitlines() if line.strip()), "")
    divider = max(",\t;", key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider)
    try:
        return _rows(reader, holder_known=holder_known)
    except csv.Error as fault:
        raise Problem("numbers.file_unreadable", str(fault), where=f"row {reader.line_num}") from fault


def decoded(data: bytes) -> str:
    """Text of a file as office programs write it. Raises Problem when it is in no encoding that they use."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # no text has it: this is UTF-16 without its mark, and no database stores it
            return text
    raise Problem("numbers.file_encoding", "the file is in no known encoding", mend="save it as CSV in UTF-8")


def _rows(reader: _csv.Reader, *, holder_known: bool) -> list[Row]:
    names: list[str] = []
    rows: list[Row] = []
    before = 0
    for cells in reader:
        line, before = before + 1, reader.line_num
        stripped = [_bare(cell) for cell in cells]
        if not any(stripped):
            continue
        if not names:
            names = _header(stripped, holder_known=holder_known)
            continue
        if len(rows) == MOST_ROWS:
            mend = "divide the file, or write runs of numbers as ranges"
            raise Problem("numbers.file_too_long", f"at most {MOST_ROWS} rows", where=f"row {line}", mend=mend)
        rows.append(Row(line, dict(zip(names, stripped, strict=False)) | _surplus(names, stripped)))
    if not names:
        raise Problem("numbers.file_empty", "the file is empty", mend="write the columns' names in the first line")
    return rows


def _bare(cell: str) -> str:
    """Without what spreadsheets put round numbers to keep them text: '95533 and ="95533"."""
    text = cell.strip().strip("\u200b\u202a\u202c\ufeff\u00a0")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def _surplus(names: list[str], cells: list[str]) -> dict[str, str]:
    return {"": cells[len(names)]} if any(cells[len(names) :]) else {}


def _header(cells: list[str], *, holder_known: bool) -> list[str]:
    names: list[str] = []
    for cell in cells:
        name = _NAMES.get(cell.lower(), "")
        if (cell and not name) or name in names:
            what = f"column “{cell[:40]}” is unknown or stands twice"
            mend = "columns are " + ", ".join(COLUMNS)
            raise Problem("numbers.file_column", what, where=cell[:40], mend=mend)
        names.append(name or f"blank {len(names)}")
    needed = {"use"} if holder_known else {"holder", "use"}
    lacking = sorted(needed - set(names))
    if "number" not in names and not {"first", "last"} <= set(names):
        lacking.append("number")
    if lacking:
        what = "column missing: " + ", ".join(lacking)
        raise Problem("numbers.file_column", what, where=lacking[0], mend="columns are " + ", ".join(COLUMNS))
    return names


def fault(row: Row) -> tuple[str, str] | None:
    """(column, code) of what can be seen to be wrong without knowing any organisation; None when nothing is."""
    if "" in row.cells:
        return "", "numbers.row_surplus"
    for column, cell in row.cells.items():
        if len(cell) > _LONGEST_CELL:
            return column, "numbers.row_long_cell"
    if row.get("number") and (row.get("first") or row.get("last")):
        return "number", "numbers.row_both"
    if row.get("use") not in USES:
        return "use", "numbers.unknown_use"
    if row.get("industry") and row.get("industry") not in INDUSTRIES:
        return "industry", "numbers.unknown_industry"
    if row.get("committed").lower() not in _YES | _NO:
        return "committed", "numbers.row_yes_no"
    for column in ("per_minute", "per_hour", "per_day"):
        if not re.fullmatch(r"[0-9]{0,9}", row.get(column)):
            return column, "numbers.limit"
    return None


def limit(row: Row, column: str) -> int | None:
    """A limit of a row without fault; None when the cell is empty."""
    return int(row.get(column)) if row.get(column) else None


def committed(row: Row) -> bool:
    return row.get("committed").lower() in _YES


def trunk_names(row: Row) -> list[str]:
    return [name for name in re.split(r"[\s;|；、]+", row.get("trunks")) if name]
