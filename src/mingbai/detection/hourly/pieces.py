"""Calls found by who called and who was called, however many there are.

They lie in pieces sorted by caller, each with its callees sorted beside it: whoever is looked for is found in each
piece by halving, so that what a batch costs goes with the calls it is about and hardly with all that are kept. New
calls make small pieces; small ones are merged, a few times each, into whole ones, which are written to disk and mapped:
what nobody looks for leaves memory when it is wanted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
HOUR_US = 3_600_000_000
WHOLE = 1_000_000
"""Rows from which a piece lies on disk."""
_LONGEST_US = 2 * HOUR_US  # of what one piece holds, so that the old goes in time
_CALLEE, _PLACE, _MARKED = "sorted_callee", "callee_place", "marked"


class Span(NamedTuple):
    """For each of some numbers, where its rows begin and end in a piece."""

    begin: Ints
    end: Ints

    @property
    def sizes(self) -> Ints:
        return self.end - self.begin

    def places(self) -> Ints:
        """The places between, of all numbers, one after the other."""
        sizes = self.sizes
        first = np.repeat(self.begin - np.cumsum(sizes) + sizes, sizes)
        return first + np.arange(int(sizes.sum()))


class Piece:
    """Rows that do not change, but for those that are `gone`."""

    def __init__(self, table: pa.Table) -> None:
        """`table`: rows by caller, with what `_sorted` put beside them."""
        self.rows = table.drop_columns([_CALLEE, _PLACE, _MARKED])
        self.callers = whole(table["caller"])
        self._callees, self._places = whole(table[_CALLEE]), whole(table[_PLACE])
        self.marked = np.flatnonzero(whole(table[_MARKED]))
        self.marked_callers = self.callers[self.marked]
        self.holders = filled(table["holder"].take(self.marked))
        at_us = whole(table["at_us"])
        self.begin_us, self.end_us = int(at_us.min()), int(at_us.max())
        self.gone: set[int] = set()
        self._table = table

    @classmethod
    def of(cls, rows: pa.Table, marked: Bools) -> Piece:
        return cls(_sorted(rows.append_column(_MARKED, pa.array(marked.astype(np.int8)))))

    @classmethod
    def joined(cls, parts: Sequence[Piece]) -> Piece:
        tables = [part._standing().drop_columns([_CALLEE, _PLACE]) for part in parts]
        return cls(_sorted(pa.concat_tables(tables)))

    def _standing(self) -> pa.Table:
        """Without the rows that are gone."""
        if not self.gone:
            return self._table
        stays = np.ones(len(self), np.bool_)
        stays[list(self.gone)] = False
        return self._table.filter(pa.array(stays))

    def on_disk(self, path: Path) -> Piece:
        """The same, mapped from a file. Raises OSError when it cannot be written."""
        table = self._standing().drop_columns([_CALLEE, _PLACE])
        table = _sorted(table) if self.gone else self._table
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        path.chmod(0o600)
        return Piece(pa.ipc.open_file(pa.memory_map(str(path))).read_all())

    def __len__(self) -> int:
        return len(self.callers)

    def by_caller(self, numbers: Ints) -> Span:
        """`numbers` ascending."""
        return _span(self.callers, numbers)

    def by_callee(self, numbers: Ints) -> Span:
        return _span(self._callees, numbers)

    def rows_to(self, span: Span) -> Ints:
        """Places of the rows that a span of `by_callee` means."""
        return np.asarray(self._places[span.places()], np.int64)

    def standing(self, places: Ints) -> Ints:
        """Of these places, those whose rows are not gone."""
        return places[~np.isin(places, np.fromiter(self.gone, np.int64))] if self.gone else places

    def take(self, places: Ints, names: Sequence[str]) -> pa.Table:
        """Those columns of the rows at these places, but of those that are gone."""
        return self.rows.select(list(names)).take(self.standing(places))


class Pieces:
    """All of them; `folder` takes the whole ones."""

    def __init__(self, folder: Path, *, whole_rows: int = WHOLE) -> None:
        self._folder, self._whole = folder, whole_rows
        self._large: list[Piece] = []
        self._small: list[Piece] = []
        self._files: dict[int, Path] = {}
        self._made = 0

    def __iter__(self) -> Iterator[Piece]:
        yield from self._large
        yield from self._small

    def count(self) -> int:
        """How many calls they hold."""
        return sum(len(piece) - len(piece.gone) for piece in self)

    def add(self, rows: pa.Table, marked: Bools) -> None:
        """`rows` in any order, with `at_us`, `caller`, `callee`, `holder`; `marked`: found by `Piece.marked` too."""
        if not rows.num_rows:
            return
        piece = Piece.of(rows, marked)
        if len(piece) >= self._whole:
            self._keep(piece)
            return
        if self._small and piece.end_us - min(one.begin_us for one in self._small) > _LONGEST_US:
            self._seal()
        self._small.append(piece)
        while len(self._small) > 1 and len(self._small[-2]) <= 3 * len(self._small[-1]):
            last = [self._small.pop(), self._small.pop()]
            self._small.append(Piece.joined(last[::-1]))
        if len(self._small[0]) >= self._whole:
            self._keep(self._small[0])
            self._small.pop(0)

    def since(self, at_us: int) -> list[Piece]:
        """Those that hold a call at or after a time."""
        return [piece for piece in self if piece.end_us >= at_us]

    def forget(self, before_us: int) -> None:
        """Let go of the pieces whose calls are all older."""
        for piece in [one for one in self._large if one.end_us < before_us]:
            self._large.remove(piece)
            path = self._files.pop(id(piece), None)
            if path is not None:
                path.unlink(missing_ok=True)
        self._small = [piece for piece in self._small if piece.end_us >= before_us]

    def _seal(self) -> None:
        if self._small:
            self._keep(Piece.joined(self._small) if len(self._small) > 1 else self._small[0])
            self._small = []

    def _keep(self, piece: Piece) -> None:
        """As one of the large ones; in memory when the disk is full."""
        self._made += 1
        path = self._folder / f"{self._made}.arrow"
        try:
            piece = piece.on_disk(path)
        except OSError:
            path.unlink(missing_ok=True)
        else:
            self._files[id(piece)] = path
        self._large.append(piece)


def whole(column: Any) -> Any:
    """A column without NULLs as an array, not copied when it lies in one part."""
    joined = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.chunk(0)
    return joined.to_numpy(zero_copy_only=False)


def filled(column: Any) -> Ints:
    """A column of whole numbers, 0 where it is NULL."""
    return np.asarray(whole(cast(Any, column).fill_null(0)), np.int64)


def _sorted(rows: pa.Table) -> pa.Table:
    """By caller, with the callees in their order and where each of them stands."""
    order = np.argsort(whole(rows["caller"]), kind="stable")
    found = rows.take(order).combine_chunks()
    callees = whole(found["callee"])
    places = np.argsort(callees, kind="stable").astype(np.int32)
    return found.append_column(_CALLEE, pa.array(callees[places])).append_column(_PLACE, pa.array(places))


def _span(keys: Ints, numbers: Ints) -> Span:
    return Span(np.searchsorted(keys, numbers, side="left"), np.searchsorted(keys, numbers, side="right"))
