"""CSV as bytes: find one field in every record, and put fields at the end of every record.

Nothing but that field is read, and no other byte of the file changes: quoting, leading zeros, spaces and the encoding
stay as they came. Works for every encoding in which comma, quote and line feed cannot be part of another character
(ASCII, UTF-8, GB 18030).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.kernel.problems import Problem

Strings = Any  # an Arrow column of text or bytes; the stubs do not know large ones
BOM = b"\xef\xbb\xbf"
_LF, _CR, _QUOTE = 10, 13, 34
_BLOCK = 4 << 20  # small enough that what is worked out of it stays near the processor
_WINDOW = 64
_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class Layout:
    """What the header says: its bytes without line end, the columns, the delimiter, the encoding, the line end; `size`
    counts its bytes with the line end."""

    header: bytes
    columns: tuple[str, ...]
    delimiter: int
    encoding: str
    eol: bytes
    size: int


@dataclass(frozen=True)
class Records:
    """Some whole records: record i without its line end is data[starts[i]:ends[i]]; `commas`: where delimiters are."""

    data: NDArray[np.uint8]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    commas: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts)


def read_layout(path: Path) -> Layout:
    """The layout told by the first line. Raises Problem when the file is empty or its header cannot be read."""
    with path.open("rb") as file:
        line = file.readline(_LONGEST_LINE)
        while line.count(b'"') % 2 and (more := file.readline(_LONGEST_LINE)) and len(line) < _LONGEST_LINE:
            line += more  # a line feed within a quoted name
        sample = line + file.read(1 << 16)
    bare = line.rstrip(b"\r\n").removeprefix(BOM)
    if not bare.strip():
        raise Problem("list.empty", "the file has no header line", where=path.name, mend="put column names in line 1")
    encoding = "utf-8" if _is_utf8(sample) else "gb18030"
    try:
        text = bare.decode(encoding)
    except UnicodeDecodeError:
        raise Problem(
            "list.encoding", "the header is neither UTF-8 nor GB 18030", where="line 1", mend="save the file as UTF-8"
        ) from None
    delimiter = max(",\t;", key=text.count)
    columns = tuple(name.strip() for name in next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    eol = b"\r\n" if line.endswith(b"\r\n") else b"\n"
    return Layout(line.rstrip(b"\r\n"), columns, ord(delimiter), encoding, eol, len(line))


def _is_utf8(sample: bytes) -> bool:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # a character cut at the end of the sample says nothing
        return error.start > len(sample) - 4 and len(sample) >= 1 << 16
    return True


def blocks(file: BinaryIO, *, size: int = _BLOCK) -> Iterator[bytes]:
    """The rest of the file in pieces of whole records, about `size` bytes each; the last may lack its line end.

    Raises Problem when a quote is opened and not closed within 64 MB.
    """
    left = b""
    while piece := file.read(size):
        piece = left + piece if left else piece
        cut = _last_record_end(piece)
        if cut == 0 and len(piece) > 64 << 20:
            raise Problem("list.quote", "a quoted field does not end", mend="close every quote")
        if cut:
            yield piece[:cut]
        left = piece[cut:]
    if left:
        yield left


def _last_record_end(piece: bytes) -> int:
    """Where the last whole record ends, given that the piece starts with one; 0 when none does."""
    end = piece.rfind(b"\n") + 1
    if b'"' not in piece:
        return end
    data = np.frombuffer(piece, np.uint8)
    quotes = np.flatnonzero(data == _QUOTE)
    lines = np.flatnonzero(data == _LF)
    outside = lines[np.searchsorted(quotes, lines) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def split(piece: bytes, delimiter: int) -> Records:
    """Records of a piece of whole records. A line feed or delimiter inside quotes belongs to its field."""
    data = np.frombuffer(piece, np.uint8)
    lines = np.flatnonzero(data == _LF)
    commas = np.flatnonzero(data == delimiter)
    if b'"' in piece:
        quotes = np.flatnonzero(data == _QUOTE)
        lines = lines[np.searchsorted(quotes, lines) % 2 == 0]
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
    starts = np.concatenate([[0], lines + 1])
    ends = np.append(lines, len(data))
    if starts[-1] >= len(data):
        starts, ends = starts[:-1], ends[:-1]
    returns = (ends > starts) & (data[np.maximum(ends - 1, 0)] == _CR)
    return Records(data, starts, ends - returns, commas)


def field(records: Records, column: int) -> Strings:
    """Field `column` of every record, without quotes and blanks around it; null where a record has no such field."""
    comma = _comma(records)
    begin = records.starts if column == 0 else comma(column - 1) + 1
    missing = begin > records.ends
    begin = np.where(missing, records.starts, begin)
    end = np.where(missing, begin, np.minimum(comma(column), records.ends))
    quoted = (end - begin >= 2) & (records.data[np.minimum(begin, len(records.data) - 1)] == _QUOTE)
    return _slices(records.data, begin + quoted, end - quoted, missing)


def _comma(records: Records) -> Callable[[int], NDArray[np.int64]]:
    """Where delimiter number i of each record is; past the record's end when it has fewer."""
    count, starts = len(records), records.starts
    if count and len(records.commas) % count == 0:  # mostly, every record has as many: no need to look for its first
        table = records.commas.reshape(count, -1)
        width = table.shape[1]
        if width and (table[:, 0] >= starts).all() and (table[:, -1] < records.ends).all():
            return lambda index: table[:, index] if index < width else records.ends
    first = np.searchsorted(records.commas, starts)
    beyond = np.append(records.commas, len(records.data) + 1)
    return lambda index: beyond[np.minimum(first + index, len(beyond) - 1)]


def _slices(
    data: NDArray[np.uint8], begin: NDArray[np.int64], end: NDArray[np.int64], missing: NDArray[np.bool_]
) -> Strings:
    """The bytes data[begin[i]:end[i]] as a string column; bytes that are no ASCII become “?”, as no number has any."""
    lengths = np.maximum(end - begin, 0)
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    widest = int(lengths.max(initial=0))
    if 0 < widest <= _WINDOW:
        padded = np.concatenate([data, np.zeros(widest, np.uint8)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, widest)[begin]
        picked = windows.ravel() if int(offsets[-1]) == windows.size else windows[np.arange(widest) < lengths[:, None]]
    else:
        picked = data[np.repeat(begin - offsets[:-1], lengths) + np.arange(offsets[-1])]
    picked = np.where(picked < 128, picked, np.uint8(ord("?")))
    text = pa.Array.from_buffers(pa.large_string(), len(lengths), [None, _buffer(offsets), _buffer(picked)])
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.large_string()), text) if missing.any() else text


def appended(records: Records, tails: Sequence[Strings], eol: bytes) -> tuple[memoryview, bytes]:
    """The records again, each with its tails (columns of bytes) behind it and its line end; `eol` if the last has none.

    In two pieces, to be written one after the other.
    """
    ends = records.ends
    offsets = np.concatenate([[0], ends]).astype(np.int64)
    # element i holds the line end of record i-1 and record i: contiguous slices, so nothing is copied here
    heads = pa.Array.from_buffers(pa.large_binary(), len(records), [None, _buffer(offsets), _buffer(records.data)])
    joined = join(heads, *tails)
    _, bounds, data = joined.buffers()
    places = np.frombuffer(bounds, np.int64)[joined.offset : joined.offset + len(joined) + 1]
    last = records.data[int(ends[-1]) :].tobytes()
    return memoryview(data)[int(places[0]) : int(places[-1])], last or eol


def join(*parts: Strings) -> Strings:
    """Columns of large_binary put together row by row."""
    pieces: tuple[Any, ...] = (*parts, pa.scalar(b"", pa.large_binary()))
    return pc.binary_join_element_wise(*pieces)


def _buffer(array: NDArray[Any]) -> pa.Buffer:
    raw: Any = array
    return pa.py_buffer(raw)
