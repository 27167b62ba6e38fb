"""A table of tariffs as operators send it: bytes → rows with named cells. Pure.

CSV (UTF-8 with or without mark, GB 18030, UTF-16 with mark; commas, tabs or semicolons) or JSON (a list of objects, or
what the zone's own JSON file gives). Columns are known by their English or Chinese names, in any order; a unit in
brackets behind a name holds for the column: 通用流量（GB）. Titles above the header are passed over; it may have a
second line, below merged cells.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mingbai.kernel.problems import Problem

MOST_ROWS = 30_000
MOST_BYTES = 64 * 1024 * 1024
LONGEST_CELL = 4000

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "operator": ("运营商", "企业名称", "经营主体"),
    "code": ("方案编号", "方案号", "资费编号", "资费方案编号", "备案号", "report_no", "plan_code"),
    "name": ("名称", "方案名称", "资费名称", "套餐名称", "产品名称"),
    "kind": ("资费类型", "类型", "类别", "type"),
    "fee": ("资费标准", "月费", "套餐月费", "月基本费", "月功能费", "资费", "价格", "monthly_fee", "price"),
    "fee_unit": ("资费单位", "计费单位", "价格单位", "unit"),
    "voice_min": ("语音", "语音分钟数", "国内语音", "通话时长", "voice"),
    "data_mb": ("通用流量", "流量", "国内流量", "国内通用流量", "data"),
    "directed_mb": ("定向流量", "directed_data"),
    "directed_to": ("定向应用", "定向流量范围"),
    "sms": ("短信", "短信条数", "短彩信"),
    "broadband_mbps": ("宽带", "带宽", "宽带速率", "broadband"),
    "audience_text": ("适用范围", "适用人群", "适用用户", "audience"),
    "regions": ("适用地区", "适用区域", "地区", "region"),
    "channels": ("销售渠道", "办理渠道", "渠道", "channel"),
    "on_date": ("上线日期", "上线时间", "online"),
    "off_date": ("下线日期", "下线时间", "offline"),
    "term": ("有效期限", "有效期"),
    "in_network": ("在网要求", "在网时长要求"),
    "leave": ("退订方式", "退订说明"),
    "penalty": ("违约责任",),
    "beyond": ("超出资费说明", "超出资费", "套外资费"),
    "services": ("其他服务内容", "其他内容", "服务内容"),
    "notes": ("其他说明", "备注", "说明"),
}
_NAMES = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
_GAPS = re.compile(r"[\s*＊]+")  # in a heading: spaces, line breaks, the mark of what must be filled in
_LOOKED_AT = 12  # lines among which the header may stand
_FEE_WORDS = ("金额", "标准", "价格", "数值", "元")
_HINT = re.compile(r"^(.*?)\s*[（(](.*?)[）)]\s*$")
_SUFFIX = re.compile(r"^(.*?)_(yuan|fen|gb|mb|min)$")


class Row(NamedTuple):
    """One line: its number in the file (the header being 1; in JSON the place), cells and units by column.

    `content`: the whole content where the file is the zone's own JSON.
    """

    line: int
    cells: Mapping[str, str]
    units: Mapping[str, str]
    content: Any = None

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


def read(data: bytes) -> list[Row]:
    """The rows of a file. Raises Problem when the file as a whole cannot be taken."""
    if len(data) > MOST_BYTES:
        raise Problem("tariffs.file_too_large", f"at most {MOST_BYTES} bytes", mend="divide the file", status=413)
    text = _decoded(data)
    rows = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text)
    if not rows:
        raise Problem("tariffs.file_empty", "the file is empty", mend="write the columns' names in the first line")
    if len(rows) > MOST_ROWS:
        raise Problem("tariffs.file_too_long", f"at most {MOST_ROWS} rows", mend="divide the file")
    return rows


def _decoded(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Problem("tariffs.file_encoding", "the file is in no known encoding", mend="save it as CSV in UTF-8")


def _csv(text: str) -> list[Row]:
    first = "\n".join([line for line in text.splitlines()[:_LOOKED_AT] if line.strip()])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    found: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            bare = [_bare(cell) for cell in cells]
            if any(bare):
                found.append((line, bare))
    except csv.Error as fault:
        raise Problem("tariffs.file_unreadable", str(fault), where=f"row {reader.line_num}") from fault
    if not found:
        return []
    place = next((n for n, (_line, cells) in enumerate(found[:_LOOKED_AT]) if _is_header(cells)), 0)
    header = _header(found[place][1])
    if place + 1 < len(found) and (below := _below(header, found[place + 1][1])):
        header, place = below, place + 1
    return [_row(line, header, cells) for line, cells in found[place + 1 :]]


def _is_header(cells: Iterable[str]) -> bool:
    """Titles and notes may stand above the line that names the columns."""
    return {"code", "name"} <= {column(cell)[0] for cell in cells}


def _below(header: Sequence[tuple[str, str]], cells: Sequence[str]) -> list[tuple[str, str]] | None:
    """The header with its second line, where cells of the first were merged: 资费标准 over 金额 and 单位, 包含 over
    流量 and 语音. None when the line below is no header."""
    said = [*cells, *[""] * (len(header) - len(cells))]
    empty = all(not cell for (name, _), cell in zip(header, said, strict=False) if name in ("code", "name"))
    if not empty or any(char.isdecimal() for cell in cells for char in cell):
        return None
    made: list[tuple[str, str]] = []
    over = ("", "")
    for place, cell in enumerate(said):
        own = header[place] if place < len(header) else ("other ", "")
        over = own if own[0] != "other " else over  # a merged cell stands at its first place alone
        made.append(_under(over, cell) if cell else own)
    fresh = [one for place, one in enumerate(made) if place >= len(header) or one != header[place]]
    names = [name for name, _ in made if not name.startswith("other ")]
    known = any(not name.startswith("other ") for name, _ in fresh)
    return made if known and len(set(names)) == len(names) else None


def _under(over: tuple[str, str], cell: str) -> tuple[str, str]:
    own = column(cell)
    if own[0] == "fee_unit" or (over[0] == "fee" and "单位" in cell):
        return "fee_unit", ""
    if over[0] == "fee" and own[0].startswith("other ") and cell in _FEE_WORDS:
        return over
    return own


def _row(line: int, header: Sequence[tuple[str, str]], cells: Sequence[str]) -> Row:
    named = dict(zip((name for name, _ in header), cells, strict=False))
    if any(cells[len(header) :]):
        named["surplus"] = cells[len(header)]
    return Row(line, named, {name: unit for name, unit in header if unit})


def _bare(cell: str) -> str:
    text = cell.strip().strip("\u200b\u202a\u202c\ufeff\u00a0")
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.removeprefix("'").strip()


def _header(cells: Iterable[str]) -> list[tuple[str, str]]:
    """Names and units. A column that nobody knows is kept aside; one that stands twice is refused."""
    found = [column(cell) for cell in cells]
    names = [name for name, _ in found if not name.startswith("other ")]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise Problem("tariffs.file_column", f"column “{twice}” stands twice", where=twice)
    for needed in ("code", "name"):
        if needed not in names:
            mend = "columns are " + ", ".join(f"{one} {COLUMNS[one][0]}" for one in COLUMNS)
            raise Problem("tariffs.file_column", f"column missing: {needed}", where=needed, mend=mend)
    return found


def column(cell: str) -> tuple[str, str]:
    """The column that a heading names, and its unit: 月费（元） → fee, 元; monthly_fee_yuan → fee, yuan."""
    text = _GAPS.sub("", unicodedata.normalize("NFKC", cell)).lower()
    hint = _HINT.match(text) or _SUFFIX.match(text)
    if text in _NAMES:
        return _NAMES[text], _own_unit(text)
    if hint and hint[1] in _NAMES:
        own = "" if "/" in hint[2] or "每" in hint[2] else _own_unit(hint[1])
        return _NAMES[hint[1]], f"{hint[2]}{own}"
    return f"other {cell.strip()[:40]}", ""


def _own_unit(name: str) -> str:
    return "/月" if name.startswith(("月", "套餐月", "monthly")) else {"voice_min": "min"}.get(name, "")


def _json(text: str) -> list[Row]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Problem("tariffs.file_unreadable", "this is no JSON", where="file") from fault
    listed = value.get("tariffs") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Problem("tariffs.file_unreadable", "a list of objects is expected", where="file")
    return [_object(place, one) for place, one in enumerate(listed, 1)]


def _object(place: int, value: Mapping[str, Any]) -> Row:
    if isinstance(value.get("content"), dict):
        return Row(place, {"operator": str(value.get("operator", ""))}, {}, value["content"])
    named = [(column(str(key)), one) for key, one in value.items()]
    cells = {name: "、".join(map(str, one)) if isinstance(one, list) else _bare("" if one is None else str(one))
             for (name, _), one in named}  # fmt: skip
    return Row(place, cells, {name: unit for (name, unit), _ in named if unit})
