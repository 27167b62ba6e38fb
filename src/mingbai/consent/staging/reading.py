"""Whitelists as files: CSV as spreadsheets and machines write it, or Parquet, opened as blocks of columns."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv

from mingbai.kernel.problems import Problem

NAMES = {
    "msisdn": ("msisdn", "number", "phone", "mobile", "号码", "手机号", "手机号码", "电话", "电话号码"),
    "reference": ("reference", "proof_reference", "凭证编号", "证明编号", "凭证", "合同编号"),
    "proof_sha256": ("proof_sha256", "sha256", "证明哈希", "凭证哈希", "哈希"),
    "given_at": ("given_at", "agreed_at", "同意时间", "授权时间", "同意日期"),
    "expires_at": ("expires_at", "到期时间", "有效期至", "到期日期"),
}
_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_null)
_TIMES = ((pa.types.is_timestamp, pa.types.is_date), "text, dates or timestamps")
_KINDS: dict[str, tuple[tuple[Any, ...], str]] = {  # what else than _TEXT a column of Parquet may be, and in words
    "msisdn": ((pa.types.is_string_view, pa.types.is_integer), "text or whole numbers"),
    "reference": ((pa.types.is_string_view, pa.types.is_integer), "text"),
    "proof_sha256": ((pa.types.is_string_view, pa.types.is_fixed_size_binary), "64 digits or 32 bytes"),
    "given_at": _TIMES,
    "expires_at": _TIMES,
}
REQUIRED = ("msisdn", "reference", "proof_sha256", "given_at")
HEADER = "msisdn,reference,proof_sha256,given_at,expires_at"
REWRITTEN = "source.utf8"
_BLOCK = 16 << 20
_HEAD = 1 << 20
_MAGIC = b"PAR1"
_ZIP = b"PK\x03\x04"


class Source:
    """An opened whitelist. Iterating gives tables with the columns of NAMES that the file has, in the file's order.

    `skipped`: lines of a CSV, the header being 1, that have another number of cells than the header; `spoiled`: those
    of them that are not blank. Both complete once iteration has ended. `first`: the line of the first row.
    `folder`: where a file in another encoding is written again.
    """

    def __init__(self, path: Path, folder: Path) -> None:
        self.skipped: list[int] = []
        self.spoiled: list[int] = []
        self._folder = folder
        with path.open("rb") as file:
            start = file.read(4)
        if not start:
            raise Problem("import.empty", "the file is empty", where=path.name, mend=f"the first line is {HEADER}")
        if start == _ZIP:
            raise Problem("import.spreadsheet", "this is a spreadsheet file", where=path.name, mend="save it as CSV")
        self._path = path
        self._parquet = start == _MAGIC
        self.first = 1 if self._parquet else 2

    def __iter__(self) -> Iterator[pa.Table]:
        return self._parquet_blocks() if self._parquet else self._csv_blocks()

    def _parquet_blocks(self) -> Iterator[pa.Table]:
        from pyarrow.parquet import ParquetFile  # a fifth of a second, which a CSV need not wait for

        try:
            file = ParquetFile(self._path)
        except pa.ArrowInvalid as error:
            raise Problem("import.parquet", "this Parquet file cannot be read", where=self._path.name) from error
        found = _columns([str(name) for name in file.schema_arrow.names])
        for name, ours in found.items():
            _check_kind(name, ours, file.schema_arrow.field(name).type)
        try:
            for batch in file.iter_batches(batch_size=131_072, columns=list(found)):
                table = pa.Table.from_batches([batch])
                yield _digests(table.rename_columns([found[name] for name in table.column_names]))
        except (pa.ArrowInvalid, OSError) as error:
            raise Problem("import.parquet", "this Parquet file cannot be read", where=self._path.name) from error

    def _csv_blocks(self) -> Iterator[pa.Table]:
        encoding = _encoding(self._path)
        delimiter, header = _header(self._path, encoding)
        found = _columns(header)
        # Cells are taken as bytes: text that is not UTF-8 spoils its row, not the block.
        kinds = dict.fromkeys(found, pa.binary())
        try:
            reader = pyarrow.csv.open_csv(
                _utf8(self._path, encoding, self._folder),
                read_options=pyarrow.csv.ReadOptions(
                    block_size=_BLOCK, column_names=header, skip_rows=1, use_threads=False
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=self._skip,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=kinds, include_columns=list(found), strings_can_be_null=False
                ),
            )
            for batch in reader:
                table = pa.Table.from_batches([batch])
                yield table.rename_columns([found[name] for name in table.column_names])
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):  # a header and nothing below
                return
            raise Problem(
                "import.csv", "this CSV cannot be read", where=self._path.name, mend="check quotes"
            ) from error

    def _skip(self, row: Any) -> Literal["skip"]:
        self.skipped.append(row.number)
        if row.text.strip(' ,;"\t\r\n'):
            self.spoiled.append(row.number)
        return "skip"


def ahead(blocks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same blocks, the next one read while the last is worked on."""
    coming = iter(blocks)
    with ThreadPoolExecutor(max_workers=1) as pool:
        block = pool.submit(next, coming, None)
        while (table := block.result()) is not None:
            block = pool.submit(next, coming, None)
            yield table


def _columns(header: list[str]) -> dict[str, str]:
    """The file's names of the columns that are wanted → ours. Raises Problem when one is missing or stands twice."""
    found: dict[str, str] = {}
    for ours, names in NAMES.items():
        here = [name for name in header if _plain(name) in names]
        if len(here) > 1:
            raise Problem("import.column_twice", f"several columns for {ours}: {', '.join(here)}", where="line 1")
        if here:
            found[here[0]] = ours
        elif ours in REQUIRED:
            raise Problem(
                "import.header",
                f"the first line names no column {ours}",
                where="line 1",
                mend=f"let the first line be {HEADER}",
            )
    return found


def _check_kind(name: str, ours: str, kind: Any) -> None:
    """Raises Problem for a column of Parquet of a type that says nothing, such as numbers with a decimal point."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    more, wanted = _KINDS[ours]
    if not any(is_one(kind) for is_one in (*_TEXT, *more)):
        raise Problem("import.column_type", f"a column of {kind}", where=name, mend=f"write it as {wanted}")


def _digests(table: pa.Table) -> pa.Table:
    """Hashes as bytes are written as bytes of any length by most; where each has 32 they are taken as such."""
    place = table.column_names.index("proof_sha256")
    if pa.types.is_binary(table.column(place).type):
        with contextlib.suppress(pa.ArrowInvalid):
            return table.set_column(place, "proof_sha256", table.column(place).cast(pa.binary(32)))
    return table


def _plain(name: str) -> str:
    return name.partition("#")[0].strip().strip("\ufeff").lower().replace(" ", "_")


def _encoding(path: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with a mark, else GB18030, which holds GBK and GB2312."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _utf8(path: Path, encoding: str, folder: Path) -> str:
    """The file in UTF-8: itself, or written again in `folder`; what has no meaning becomes U+FFFD."""
    if encoding == "utf-8":
        return str(path)
    there = folder / REWRITTEN
    with path.open("r", encoding=encoding, errors="replace", newline="") as old, there.open("wb") as new:
        while text := old.read(_HEAD):
            new.write(text.encode())
    return str(there)


def _header(path: Path, encoding: str) -> tuple[str, list[str]]:
    """The delimiter and the names in the first line; a name that stands again is given a “#”."""
    with path.open(
        "r", encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline=""
    ) as file:
        line = file.readline(100_000)
    delimiter = max(",;\t", key=line.count)
    names = next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        seen[name] = seen.get(name, -1) + 1
        if seen[name]:
            names[place] = f"{name}#{place}"
    return delimiter, names
