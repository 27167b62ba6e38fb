"""CSV as bytes: records, their cells, and nothing lost. Every non-blank line belongs to exactly one record.

Works on the bytes of every encoding in which delimiter, quote and line feed cannot be part of another character
(ASCII, UTF-8, GB 18030); others are written in UTF-8 on the way in (`opening`). A quote that is opened and not closed
spoils its own line and no other: records of call data fit on one line, but for a name that holds a line feed, so a
record may go on over a few lines when that closes its quotes and gives it as many cells as the others have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mingbai.calls.importing.opening import Bytes, Form, opened
from mingbai.kernel.problems import Problem

__all__ = ["BLOCK", "LONGEST", "Bytes", "Cells", "Form", "Records", "blocks", "opened", "split", "text_of", "windows"]

BLOCK = 8 << 20  # bytes: some 80,000 records, whose columns stay small beside those that wait to be written
LONGEST = 512  # bytes of a cell that is read
_LINES = 8  # that a record may go on over
_MOST = 64 << 20  # bytes without a line feed
_LF, _CR, _BLANK = 10, 13, 32

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Records:
    """Some whole records. Record i is data[starts[i]:ends[i]], without its line end, and begins in line `lines[i]`.

    `commas`: where delimiters outside quotes are. `open`: records whose quotes do not close.
    """

    data: NDArray[np.uint8]
    starts: Places
    ends: Places
    lines: Places
    commas: Places
    open: Mask
    quote: int

    def __len__(self) -> int:
        return len(self.starts)

    def raw(self, place: int) -> bytes:
        return self.data[self.starts[place] : self.ends[place]].tobytes()

    def only(self, chosen: Mask) -> Records:
        """Some of these records."""
        return replace(
            self, starts=self.starts[chosen], ends=self.ends[chosen], lines=self.lines[chosen], open=self.open[chosen]
        )

    def cells(self) -> Places:
        """How many cells each record has."""
        first = np.searchsorted(self.commas, self.starts)
        return np.searchsorted(self.commas, self.ends) - first + 1


def blocks(file: Bytes, form: Form, *, width: int = 0, line: int = 1, size: int = BLOCK) -> Iterator[Records]:
    """The records of the rest of the file, some at a time, blank lines left out.

    `width`: how many cells a record has, 0 when that is not known; `line`: number of the first line.
    Raises Problem for something that has no lines.
    """
    left = b""
    old: bool | None = None  # lines end as those of old Macs do
    while True:
        piece = file.read(size)
        end = not piece
        old = b"\r" in piece and b"\n" not in piece if old is None else old
        data = left + piece
        if not data:
            return
        data = data.replace(b"\r", b"\n") if old else data
        if len(data) > _MOST and b"\n" not in data:
            raise Problem("calls.no_lines", "the file has no lines", mend="choose the right --format")
        used, lines, records = split(data, form, width, line, end=end)
        if len(records):
            yield records
        left, line = data[used:], line + lines
        if end:
            return


def split(data: bytes, form: Form, width: int, line: int, *, end: bool) -> tuple[int, int, Records]:
    """(bytes, lines, records) that `data` begins with; without `end`, a last line that may go on is left alone."""
    bytes_ = np.frombuffer(data, np.uint8)
    feeds = np.flatnonzero(bytes_ == _LF)
    if end and data[-1:] != b"\n":
        feeds = np.append(feeds, len(data))
    starts = np.concatenate([[0], feeds[:-1] + 1]).astype(np.int64) if len(feeds) else np.empty(0, np.int64)
    ends = feeds.astype(np.int64)
    numbers = line + np.arange(len(starts), dtype=np.int64)
    used, lines = (int(feeds[-1]) + 1 if len(feeds) else 0), len(feeds)
    spoiled = np.zeros(len(starts), np.bool_)
    commas = np.flatnonzero(bytes_ == ord(form.delimiter))
    quote = ord(form.quote) if form.quote else -1
    if form.quote and form.quote.encode() in data:
        parity = np.cumsum(bytes_ == quote, dtype=np.uint8) & np.uint8(
            1
        )  # of 256 and more too: it wraps at an even number
        before = np.where(starts > 0, parity[np.maximum(starts - 1, 0)], 0)
        odd = before != np.where(ends > 0, parity[np.maximum(ends - 1, 0)], 0)
        if odd.any():
            last, spoiled, keep = _joined(parity, commas, starts, ends, odd, width, end)
            if last < len(starts):
                used, lines = int(starts[last]), int(numbers[last] - line)
            begun = np.flatnonzero(keep[:last])
            ends = ends[np.append(begun[1:], last) - 1] if len(begun) else ends[:0]
            starts, numbers, spoiled, before = starts[begun], numbers[begun], spoiled[begun], before[begun]
            owner = np.maximum(np.searchsorted(starts, commas, side="right") - 1, 0)
            inside = parity[commas] != (before[owner] if len(before) else 0)
        else:
            inside = parity[commas].astype(np.bool_)
        commas = commas[~inside]
    ends = ends - ((ends > starts) & (bytes_[np.maximum(ends - 1, 0)] == _CR))
    full = _not_blank(bytes_, starts, ends)
    if not full.all():
        starts, ends, numbers, spoiled = starts[full], ends[full], numbers[full], spoiled[full]
    return used, lines, Records(bytes_, starts, ends, numbers, commas, spoiled, quote)


def _joined(
    parity: NDArray[np.uint8], commas: Places, starts: Places, ends: Places, odd: Mask, width: int, end: bool
) -> tuple[int, Mask, Mask]:
    """Lines with an odd number of quotes: joined to one record up to the next such line where that gives `width`
    cells, else spoiled. Returns where what may go on in the next block begins, which are spoiled, which begin a record.
    """
    spoiled, keep = np.zeros(len(starts), np.bool_), np.ones(len(starts), np.bool_)
    places = np.flatnonzero(odd).tolist()
    skip = -1
    for index, place in enumerate(places):
        if place <= skip:
            continue
        following = places[index + 1] if index + 1 < len(places) else len(starts)
        if following == len(starts) and not end and len(starts) - place < _LINES:
            return place, spoiled, keep
        if following - place < _LINES and following < len(starts):
            begin = int(starts[place])
            first, last = np.searchsorted(commas, (begin, int(ends[following])))
            base = parity[begin - 1] if begin else 0
            cells = int((parity[commas[first:last]] == base).sum()) + 1
            if not width or cells == width:
                keep[place + 1 : following + 1] = False
                skip = following
                continue
        spoiled[place] = True
    return len(starts), spoiled, keep


def _not_blank(data: NDArray[np.uint8], starts: Places, ends: Places) -> Mask:
    """Whether a record has anything but blanks; only short ones are looked at closely."""
    full = ends > starts
    for place in np.flatnonzero(full & (ends - starts < 80) & (data[np.minimum(starts, len(data) - 1)] <= _BLANK)):
        full[place] = bool(data[starts[place] : ends[place]].tobytes().strip())
    return full


class Cells:
    """The cells of records that have `width` of them, by column; nothing is said of others' cells."""

    def __init__(self, records: Records, width: int) -> None:
        self._records, self._width = records, width
        table = self._table(records, width)
        if table is not None:
            self.wrong: Mask = np.zeros(len(records), np.bool_)
            self._fitting, self._commas = ~records.open, table
            return
        self.wrong = (records.cells() != width) & ~records.open
        self._fitting = fitting = ~self.wrong & ~records.open
        first = np.searchsorted(records.commas, records.starts)
        padded = np.append(records.commas, np.zeros(width, np.int64))
        spread = first[:, None] + np.arange(width - 1)
        self._commas = padded[np.where(fitting[:, None], spread, len(records.commas))]

    @staticmethod
    def _table(records: Records, width: int) -> Places | None:
        """Delimiters by record, where every record has as many as it should: mostly."""
        if len(records.commas) != len(records) * (width - 1) or records.open.any():
            return None
        table = records.commas.reshape(len(records), width - 1)
        if width > 1 and not ((table[:, 0] >= records.starts).all() and (table[:, -1] < records.ends).all()):
            return None
        return table

    def column(self, place: int) -> tuple[pa.LargeBinaryArray, Mask]:
        """Cell `place` of each record, without blanks and quotes around it, and which of them are too long to read."""
        records, data = self._records, self._records.data
        begin = records.starts if place == 0 else self._commas[:, place - 1] + 1
        end = records.ends if place == self._width - 1 else self._commas[:, place]
        begin, end = np.where(self._fitting, begin, 0), np.where(self._fitting, end, 0)
        begin, end = _trimmed(data, begin, end)
        quoted = (end - begin >= 2) & (data[begin] == records.quote) & (data[np.maximum(end - 1, 0)] == records.quote)
        if quoted.any():
            begin, end = _trimmed(data, begin + quoted, end - quoted)
        long = end - begin > LONGEST
        found = _slices(data, begin, np.where(long, begin, end))
        if quoted.any() and (text_of(found)[1] == records.quote).any():
            one = chr(records.quote)
            found = cast(Any, pc).replace_substring(found, one * 2, one)
        return found, long


def _trimmed(data: NDArray[np.uint8], begin: Places, end: Places) -> tuple[Places, Places]:
    """Without blanks around."""
    for _ in range(LONGEST):
        blank = (begin < end) & (data[np.minimum(begin, len(data) - 1)] <= _BLANK)
        if not blank.any():
            break
        begin = begin + blank
    for _ in range(LONGEST):
        blank = (begin < end) & (data[np.maximum(end - 1, 0)] <= _BLANK)
        if not blank.any():
            break
        end = end - blank
    return np.minimum(begin, len(data) - 1), end


def _slices(data: NDArray[np.uint8], begin: Places, end: Places) -> pa.LargeBinaryArray:
    lengths = np.maximum(end - begin, 0)
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    widest = int(lengths.max(initial=0))
    if widest == 0:
        picked = np.empty(0, np.uint8)
    elif int(offsets[-1]) == widest * len(lengths):
        picked = windows(data, begin, widest).ravel()
    else:
        picked = windows(data, begin, widest)[np.arange(widest) < lengths[:, None]]
    buffers = [None, pa.py_buffer(cast(Any, offsets)), pa.py_buffer(cast(Any, np.ascontiguousarray(picked)))]
    return cast(pa.LargeBinaryArray, pa.Array.from_buffers(pa.large_binary(), len(lengths), buffers))


def text_of(column: pa.Array[Any]) -> tuple[Places, NDArray[np.uint8]]:
    """Offsets and bytes of a column of large_binary or large_string without empty places."""
    _, bounds, data = column.buffers()
    offsets = np.frombuffer(cast(Any, bounds), np.int64, len(column) + 1, column.offset * 8)
    text = np.frombuffer(cast(Any, data), np.uint8) if data is not None else np.empty(0, np.uint8)
    return offsets, text


def windows(data: NDArray[np.uint8], begin: Places, width: int) -> NDArray[np.uint8]:
    """`width` bytes from each place on, filled up with zeros after the end."""
    if len(begin) and int(begin.max()) + width > len(data):
        data = np.concatenate([data, np.zeros(width, np.uint8)])
    found: NDArray[np.uint8] = np.lib.stride_tricks.sliding_window_view(data, width)[begin]
    return found
