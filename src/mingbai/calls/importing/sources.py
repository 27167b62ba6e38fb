"""Files of call records as parts of some ten thousand rows: cells by our names, what is spoiled, rows as they stand."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing import dialects, opening, text
from mingbai.calls.importing.cells import words
from mingbai.calls.importing.faults import number as fault
from mingbai.calls.importing.judging import require_columns
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.parts import Part
from mingbai.calls.importing.times import Clock, read
from mingbai.calls.importing.xml import XmlSource
from mingbai.kernel.problems import Problem

FORMATS = ("asterisk", "freeswitch", "csv", "parquet")
_SAMPLE = 50
_SMALL = 1 << 20  # bytes of a file that is read whole, with others
_SEP = re.compile(rb"[sS]ep=([,;|\t])\r?")  # what Excel writes above a CSV
_BATCH = 131_072
_PLACES = Mapping[str, tuple[int, ...]]


class CsvSource:
    """A CSV of any dialect. Raises Problem when its columns are not known. `size`: so much of the file, else all."""

    suffix = ".csv"

    def __init__(self, path: Path, format_: str, layout: Layout, size: int | None = None) -> None:
        self._path, self._format, self._size = path, format_, size
        self.layout = layout
        if not layout.form.delimiter:
            self.layout = layout = _with_delimiter(layout, path)
        with text.opened(path, layout.form, size) as file:
            first = next(text.blocks(file, layout.form, size=1 << 20), None)
            mark = codecs.BOM_UTF8 if file.recoded else b""  # so that what is put aside is read as what it is
        if first is None:
            raise Problem("calls.empty", "the file is empty", where=path.name)
        sample = [_row(first.raw(place), layout) for place in range(min(len(first), _SAMPLE))]
        self._skip = 1 if _SEP.fullmatch(first.raw(0)) else 0
        header = _header(sample[self._skip :], layout, format_)
        self._skip += header is not None
        self.head = mark + (first.raw(self._skip - 1) + b"\n" if header is not None else b"")
        self._width = _width(first, self._skip, sample[self._skip :], header)
        self._header = None if header is None else header[: self._width]
        self._columns = self._places([row for row in sample[self._skip :] if len(row) == self._width])
        self._others: dict[int, _PLACES | None] = {}

    def _places(self, body: Sequence[Sequence[bytes]]) -> _PLACES:
        if self._format == "asterisk":
            places = dialects.asterisk(self._header, body)
        elif self._format == "freeswitch":
            places = dialects.freeswitch(self._header, body)
        elif self.layout.columns:
            places = dialects.mapped(self.layout, self._header, self._width)
        else:
            places = dialects.generic(self._header)
        require_columns(places)
        return places

    def __iter__(self) -> Iterator[Part]:
        skip = self._skip
        with text.opened(self._path, self.layout.form, self._size) as file:
            for records in text.blocks(file, self.layout.form, width=self._width):
                if skip:
                    records, skip = records.only(np.arange(len(records)) >= skip), max(skip - len(records), 0)
                for part in self._parts(records, file.done):
                    if len(part.rows):
                        yield part

    def _parts(self, records: text.Records, done: int) -> Iterator[Part]:
        """The records; Asterisk's that have another layout's columns by themselves: cdr.conf may change in a file."""
        cells = text.Cells(records, self._width)
        if self._format != "asterisk" or self._header is not None or not cells.wrong.any():
            yield self._part(records, cells, self._columns, done)
            return
        sizes = np.where(records.open, self._width, records.cells())
        usual = np.ones(len(records), np.bool_)
        for width in np.unique(sizes).tolist():
            if width != self._width and (places := self._other(records, sizes == width, width)) is not None:
                usual &= sizes != width
                odd = records.only(sizes == width)
                yield self._part(odd, text.Cells(odd, width), places, done)
        rest = records.only(usual)
        yield self._part(rest, text.Cells(rest, self._width), self._columns, done)

    def _other(self, records: text.Records, those: NDArray[np.bool_], width: int) -> _PLACES | None:
        if width not in self._others:
            body = [_row(records.raw(int(place)), self.layout) for place in np.flatnonzero(those)[:_SAMPLE]]
            try:
                self._others[width] = dialects.asterisk(None, body)
            except Problem:
                self._others[width] = None
        return self._others[width]

    def _part(self, records: text.Records, cells: text.Cells, columns: _PLACES, done: int) -> Part:
        spoiled = np.where(cells.wrong, fault("cells"), np.where(records.open, fault("quote"), 0)).astype(np.uint8)
        found = {}
        for ours, places in columns.items():
            column, long = cells.column(places[0])
            spoiled[long & (spoiled == 0)] = fault("long")
            for place in places[1:]:
                other, _ = cells.column(place)
                column = _merged(ours, self._format, column, other)
            found[ours] = column

        def raw(chosen: NDArray[np.int64]) -> bytes:
            return b"".join(records.raw(int(place)) + b"\n" for place in chosen)

        return Part(found, spoiled, records.lines, done, raw)


class ParquetSource:
    """A Parquet file. Raises Problem when it is none, or has not the columns."""

    suffix = ".parquet"
    head = b""

    def __init__(self, path: Path, layout: Layout) -> None:
        self._path, self.layout = path, layout
        self._file = _parquet(path)
        header = [str(name) for name in self._file.schema_arrow.names]
        places = dialects.mapped(layout, header, len(header)) if layout.columns else dialects.generic(header)
        require_columns(places)
        self._ours = {ours: [header[place] for place in chosen] for ours, chosen in places.items()}
        self._names = list(dict.fromkeys(name for chosen in self._ours.values() for name in chosen))
        if twice := next((name for name in self._names if header.count(name) > 1), ""):
            raise Problem("calls.column_twice", f"the file has several columns of one name: {twice}", where=path.name)

    def __iter__(self) -> Iterator[Part]:
        size, total, row = self._path.stat().st_size, max(self._file.metadata.num_rows, 1), 1
        for batch in _batches(self._file, self._names, self._path):
            count = batch.num_rows
            cells = {ours: _together([batch.column(one) for one in theirs]) for ours, theirs in self._ours.items()}
            row += count
            done = size * (row - 1) // total
            yield Part(cells, np.zeros(count, np.uint8), np.arange(row - count, row, dtype=np.int64), done)

    def aside(self, rows: NDArray[np.int64], path: Path) -> None:
        """Write some rows, by number, with all their columns, to a file of their own."""
        from pyarrow.parquet import ParquetWriter

        row = 1
        with ParquetWriter(path, self._file.schema_arrow) as writer:
            for batch in _batches(self._file, None, self._path):
                chosen = rows[(rows >= row) & (rows < row + batch.num_rows)] - row
                if len(chosen):
                    writer.write_batch(batch.take(pa.array(chosen)))
                row += batch.num_rows


def _together(columns: Sequence[Any]) -> Any:
    """One column; of date and time both as text."""
    found = columns[0]
    for other in columns[1:]:
        found = _merged("start", "csv", *(words(one).cast(pa.large_binary()) for one in (found, other)))
    return found


def _parquet(path: Path) -> Any:
    from pyarrow.parquet import ParquetFile

    try:
        return ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Problem("calls.parquet", "this Parquet file cannot be read", where=path.name) from error


def _batches(file: Any, names: list[str] | None, path: Path) -> Iterator[Any]:
    try:
        yield from file.iter_batches(batch_size=_BATCH, columns=names)
    except (pa.ArrowInvalid, OSError) as error:
        raise Problem("calls.parquet", "this Parquet file cannot be read", where=path.name) from error


def _with_delimiter(layout: Layout, path: Path) -> Layout:
    """What stands most often between the cells of the first line, outside quotes; or what a spreadsheet says it is."""
    with text.opened(path, layout.form) as file:
        line = next((one for one in file.read(1 << 16).splitlines() if one.strip()), b"")
    said = _SEP.fullmatch(line)
    bare = re.sub(rb'"[^"]*"', b"", line)
    best = said[1].decode() if said else max(",;\t|", key=lambda one: bare.count(one.encode()))
    return replace(layout, form=replace(layout.form, delimiter=best))


def _row(raw: bytes, layout: Layout) -> list[bytes]:
    """The cells of one row."""
    form = layout.form
    quoting: Any = {"quotechar": form.quote} if form.quote else {"quoting": csv.QUOTE_NONE}
    try:
        lines = csv.reader([raw.decode("latin-1")], delimiter=form.delimiter, skipinitialspace=True, **quoting)
        return [cell.strip().encode("latin-1") for cell in next(iter(lines), [])]
    except csv.Error:
        return []


def _header(sample: Sequence[Sequence[bytes]], layout: Layout, format_: str) -> list[str] | None:
    """The names in the first row; None when it is a row like the others."""
    if layout.header is False or not sample:
        return None
    names = [_name(cell) for cell in sample[0]]
    if layout.header or any(isinstance(one, str) for one in layout.columns.values()):
        return names
    if format_ in dialects.NAMED:  # the begin of a file may be cut off, and is no header
        return names if len(dialects.NAMED[format_].intersection(name.lower() for name in names)) > 1 else None
    bare = [cell for cell in sample[0] if cell]
    times = read(pa.array(bare, pa.large_binary()), Clock("UTC")) if bare else np.empty(0, np.int64)
    digits = sum(cell.isdigit() for cell in bare)
    if (times > 0).any() or digits > 1:  # a time, or some numbers: a row like the others
        return None
    return names


def _name(cell: bytes) -> str:
    try:
        return cell.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return cell.decode("gb18030", "replace").strip()


def _width(first: text.Records, skip: int, body: Sequence[Sequence[bytes]], header: Sequence[str] | None) -> int:
    """How many cells the rows have: as the header says, but for a delimiter at the end of header or rows alone."""
    sizes = first.cells()[skip:]
    if not len(sizes):
        return len(header or ())
    counts, often = np.unique(sizes, return_counts=True)
    usual = int(counts[int(np.argmax(often))])
    if header is None:
        return usual
    rows = [row for row in body if len(row) == usual]
    if usual > len(header) and rows and not any(cell for row in rows for cell in row[len(header) :]):
        return usual
    return usual if usual < len(header) and not any(header[usual:]) else len(header)


def _merged(ours: str, format_: str, column: Any, other: Any) -> Any:
    """Of two columns for one thing: the other where the first is empty; of FreeSWITCH's two legs the smaller id; date
    and time of a mapping together."""
    if format_ == "csv":
        blank = pa.scalar(b"", column.type)
        there = pc.and_(pc.not_equal(column, blank), pc.not_equal(other, blank))
        joined = pc.binary_join_element_wise(column, other, pa.scalar(b" ", column.type))
        return pc.if_else(there, joined, blank)
    if ours == "caller":  # a name without a number says no more than nothing does
        other = pc.if_else(pc.match_substring_regex(other, "[0-9]"), other, pa.scalar(b"", other.type))
    empty = pc.equal(column, pa.scalar(b"", column.type))
    if ours == "call" and format_ == "freeswitch":
        empty = pc.or_(empty, pc.and_(pc.not_equal(other, pa.scalar(b"", column.type)), pc.less(other, column)))
    return pc.if_else(empty, other, column)


def opened(path: Path, format_: str, layout: Layout, size: int | None = None) -> Any:
    """The source of a file, or of its first `size` bytes. Raises Problem when it cannot be one of `format_`."""
    head = opening.begin(path)
    if head[:4] == b"PAR1" or (format_ == "parquet" and head):
        return ParquetSource(path, layout)
    opening.refuse_packed(head, path.name)
    if format_ == "freeswitch" and head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        return XmlSource(path, layout, size)
    return CsvSource(path, format_, layout, size)


def small(path: Path, format_: str, layout: Layout, size: int) -> XmlSource | None:
    """A file of a document or a few, as FreeSWITCH writes one for each call; None for anything else."""
    if format_ != "freeswitch" or size > _SMALL:
        return None
    found = opened(path, format_, layout, size)
    return found if isinstance(found, XmlSource) else None
