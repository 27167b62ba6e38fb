"""Files of call records as parts of some ten thousand rows: cells by our names, what is spoiled, rows as they stand."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing import dialects, text
from mingbai.calls.importing.faults import number as fault
from mingbai.calls.importing.judging import require_columns
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.parts import Part
from mingbai.calls.importing.times import Clock, read
from mingbai.calls.importing.xml import XmlSource
from mingbai.kernel.problems import Problem

FORMATS = ("asterisk", "freeswitch", "csv", "parquet")
_SAMPLE = 50
_BATCH = 131_072
_PLACES = Mapping[str, tuple[int, ...]]


class CsvSource:
    """A CSV of any dialect. Raises Problem when its columns are not known."""

    suffix = ".csv"

    def __init__(self, path: Path, format_: str, layout: Layout) -> None:
        self._path, self._format = path, format_
        self.layout = layout
        if not layout.form.delimiter:
            self.layout = layout = _with_delimiter(layout, path)
        with text.opened(path, layout.form) as file:
            first = next(text.blocks(file, layout.form, size=1 << 20), None)
        if first is None:
            raise Problem("calls.empty", "the file is empty", where=path.name)
        sample = [_row(first.raw(place), layout) for place in range(min(len(first), _SAMPLE))]
        self._header = _header(sample, layout, format_)
        self.head = first.raw(0) + b"\n" if self._header is not None else b""
        body = sample[1:] if self._header is not None else sample
        self._width = len(sample[0]) if self._header is not None else _usual(first)
        places = self._places([row for row in body if len(row) == self._width])
        require_columns(places)
        self._columns = places

    def _places(self, body: Sequence[Sequence[bytes]]) -> _PLACES:
        if self._format == "asterisk":
            return dialects.asterisk(self._header, body)
        if self._format == "freeswitch":
            return dialects.freeswitch(self._header, body)
        if self.layout.columns:
            return dialects.mapped(self.layout, self._header, self._width)
        return dialects.generic(self._header)

    def __iter__(self) -> Iterator[Part]:
        skip = self._header is not None
        with text.opened(self._path, self.layout.form) as opened_:
            file = _Counted(opened_)
            for records in text.blocks(file, self.layout.form, width=self._width):
                part = self._part(records, file.done)
                if skip:
                    part, skip = _behind(part, 1), False
                if len(part.rows):
                    yield part

    def _part(self, records: text.Records, done: int) -> Part:
        cells = text.Cells(records, self._width)
        spoiled = np.where(cells.wrong, fault("cells"), np.where(records.open, fault("quote"), 0)).astype(np.uint8)
        found = {}
        for ours, places in self._columns.items():
            column, long = cells.column(places[0])
            spoiled[long & (spoiled == 0)] = fault("long")
            for place in places[1:]:
                other, long = cells.column(place)
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
        self._names = {header[chosen[0]]: ours for ours, chosen in places.items()}
        self._ours = {ours: header[chosen[0]] for ours, chosen in places.items()}

    def __iter__(self) -> Iterator[Part]:
        size, total, row = self._path.stat().st_size, max(self._file.metadata.num_rows, 1), 1
        for batch in _batches(self._file, list(self._names), self._path):
            count = batch.num_rows
            cells = {ours: batch.column(theirs) for ours, theirs in self._ours.items()}
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


class _Counted:
    """A file that counts what was read of it."""

    def __init__(self, file: text.Bytes) -> None:
        self._file, self.done = file, 0

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        self.done += len(data)
        return data


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
    with text.opened(path, layout.form) as file:
        line = file.read(1 << 16).partition(b"\n")[0]
    best = max(",;\t|", key=lambda one: line.count(one.encode()))
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


def _usual(records: text.Records) -> int:
    """How many cells most rows have."""
    counts, often = np.unique(records.cells(), return_counts=True)
    return int(counts[int(np.argmax(often))])


def _merged(ours: str, format_: str, column: Any, other: Any) -> Any:
    """Of two columns for one thing: the other where the first is empty; of FreeSWITCH's two legs the smaller id."""
    empty = pc.equal(column, pa.scalar(b"", column.type))
    if ours == "call" and format_ == "freeswitch":
        empty = pc.or_(empty, pc.and_(pc.not_equal(other, pa.scalar(b"", column.type)), pc.less(other, column)))
    return pc.if_else(empty, other, column)


def _behind(part: Part, rows: int) -> Part:
    """A part without its first rows."""
    raw = part.raw
    return Part(
        {name: column.slice(rows) for name, column in part.cells.items()},
        part.spoiled[rows:],
        part.rows[rows:],
        part.done,
        None if raw is None else lambda chosen: raw(chosen + rows),
    )


def opened(path: Path, format_: str, layout: Layout) -> Any:
    """The source of a file. Raises Problem when it cannot be one of `format_`."""
    with text.opened(path, replace(layout.form, delimiter=",")) as file:
        start = file.read(64).lstrip()
    if start[:4] == b"PAR1" or format_ == "parquet":
        return ParquetSource(path, layout)
    if format_ == "freeswitch" and start[:1] == b"<":
        return XmlSource(path, layout)
    if start[:4] == b"PK\x03\x04":
        raise Problem("calls.spreadsheet", "this is a spreadsheet file", where=path.name, mend="save it as CSV")
    return CsvSource(path, format_, layout)
