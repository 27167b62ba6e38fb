"""Calls on their way into the running window: from files of the lake, some hours at a time, and with what named their
origin put once aside."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mingbai.detection.hourly.pieces import HOUR_US, whole

_NAMED = ("segment", "source")
_BATCH = 250_000
_AT_ONCE = 1_000_000  # rows of some hours that are held before they are handed on
_HOURS_US = 2 * HOUR_US


class Origins:
    """Segment and source of calls, kept once each: a row has their number."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self.plain = [name for name in schema.names if name not in _NAMED]
        self.columns = [*self.plain, "origin"]
        self._numbers: dict[tuple[str, str], int] = {}

    def numbered(self, rows: pa.Table) -> pa.Table:
        """Rows of the schema, with `origin` in place of the texts."""
        texts = [cast_text(rows[name]).dictionary_encode() for name in _NAMED]
        coded = [np.asarray(text.indices, np.int64) for text in texts]
        values = [text.dictionary.to_pylist() for text in texts]
        wide = max(1, len(values[1]))
        pairs, places = np.unique(coded[0] * wide + coded[1], return_inverse=True)
        named = [(values[0][pair // wide], values[1][pair % wide]) for pair in pairs.tolist()]
        ids = np.array([self._numbers.setdefault(one, len(self._numbers)) for one in named], np.int32)
        return rows.select(self.plain).append_column("origin", pa.array(ids[places]))

    def named(self, rows: pa.Table) -> pa.Table:
        """The other way round."""
        found, places = np.unique(whole(rows["origin"]), return_inverse=True)
        every = list(self._numbers)
        for side, name in enumerate(_NAMED):
            words = pa.array([every[one][side] for one in found.tolist()], pa.string())
            column = words.take(places)
            rows = rows.append_column(name, column)
        return rows.select(self._schema.names)

    def empty(self) -> pa.Table:
        return self.numbered(self._schema.empty_table())


def cast_text(column: Any) -> Any:
    """Text that is never NULL, in one part."""
    joined = pc.fill_null(column.cast(pa.string()), "")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def read(files: Sequence[str], schema: pa.Schema, since_us: int, without: Collection[str]) -> Iterator[pa.Table]:
    """Rows of files of the lake at or after a time, but those of the segments `without`: each table's are of two hours.

    A file may hold a day, sorted otherwise; so that the old can go in time, hours are taken apart here.
    """
    held: dict[int, list[pa.Table]] = {}
    left_out = pa.array(sorted(without), pa.string())
    for rows in _inside(files, schema, since_us, left_out):
        for hours, part in _apart(rows):
            waiting = held.setdefault(hours, [])
            waiting.append(part)
            if sum(one.num_rows for one in waiting) >= _AT_ONCE:
                yield pa.concat_tables(held.pop(hours))
    for hours in sorted(held):
        yield pa.concat_tables(held[hours])


def _inside(files: Sequence[str], schema: pa.Schema, since_us: int, without: Any) -> Iterator[pa.Table]:
    for path in files:
        with pq.ParquetFile(path) as file:
            names = [name for name in schema.names if name in file.schema_arrow.names]
            for batch in file.iter_batches(_BATCH, columns=names):
                rows = pa.Table.from_batches([batch]).filter(pc.field("at_us") >= since_us)
                if len(without) and rows.num_rows:
                    rows = rows.filter(pc.invert(pc.is_in(rows["segment"].cast(pa.string()), value_set=without)))
                if rows.num_rows:
                    yield _shaped(rows, schema)


def _shaped(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """With every column of the schema: NULL where an older file has none."""
    columns = [
        rows[field.name].cast(field.type) if field.name in rows.column_names else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _apart(rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    hours = whole(rows["at_us"]) // _HOURS_US
    order = np.argsort(hours, kind="stable")
    ordered = rows.take(order)
    found, begins = np.unique(hours[order], return_index=True)
    ends = [*begins[1:].tolist(), len(order)]
    for one, begin, end in zip(found.tolist(), begins.tolist(), ends, strict=True):
        yield one, ordered.slice(begin, end - begin)
