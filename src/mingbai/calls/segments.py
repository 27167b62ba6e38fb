"""A journal segment as columns: read, checked, made into rows of the lake and into the leaves of its tree."""

from __future__ import annotations

import hashlib
import hmac
from binascii import crc32
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls import lake
from mingbai.calls.pseudonyms import Pseudonyms, quarter_of
from mingbai.gate import journal
from mingbai.kernel import columns
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision
from mingbai.ledger import batches, canonical
from mingbai.ledger.canonical import Json

RECORD = np.dtype(list(journal.FIELDS))
Records = NDArray[np.void]
assert RECORD.fields is not None, "a record has fields"
_BODY = RECORD.fields["sequence"][1]
_AT_ONCE = 256  # records that who follows a file reads first; then ever more
UNREADABLE: Mapping[str, Json] = {"unreadable": True, "v": 1}
SOURCE = "gate"
# Words for what is recorded as numbers. A number without a word must not keep a segment from being anchored.
_KINDS = {int(kind): kind.name.lower() for kind in Kind}
_DECISIONS = {int(decision): decision.name.lower() for decision in Decision}
_USES = {index: use.value for index, use in enumerate(USES)}


class Segment(NamedTuple):
    """`records` as written, one a row from row `first` on; `whole` says which of them can be relied on."""

    name: str
    records: Records
    whole: NDArray[np.bool_]
    first: int = 0


def read(path: Path, *, check: bool = True) -> Segment:
    """Every record up to the last one written. Raises ValueError for another kind of file, FileNotFoundError.

    Without `check` a record counts as whole when it stands in its place; `sound` looks at those that are shown.
    """
    data = path.read_bytes()
    journal.check_head(data, path)
    end = journal.HEADER + (len(data) - journal.HEADER) // journal.RECORD * journal.RECORD
    records = np.frombuffer(data[journal.HEADER : end], RECORD)
    written = np.flatnonzero(records["sequence"])
    records = records[: written[-1] + 1] if len(written) else records[:0]
    whole = records["sequence"] == np.arange(1, len(records) + 1)
    return Segment(journal.segment_of(path), records, whole & sound(records) if check else whole)


def since(path: Path, first: int) -> Segment:
    """What was written from a row on; all of it counts as whole when it stands in its place, see `sound`.

    Reads little more than that, however long the file is. Raises ValueError for another file, FileNotFoundError.
    """
    parts, size = [], journal.RECORD * _AT_ONCE
    with path.open("rb", buffering=0) as file:
        journal.check_head(file.read(journal.HEADER), path)
        file.seek(journal.HEADER + journal.RECORD * first)
        while data := file.read(size):
            parts.append(data[: len(data) // journal.RECORD * journal.RECORD])
            if not any(data[-journal.RECORD :]):  # records stand one after another: here they end
                break
            size = min(4 * size, journal.RECORD * 16_384)
    records = np.frombuffer(b"".join(parts), RECORD)
    written = np.flatnonzero(records["sequence"])
    records = records[: written[-1] + 1] if len(written) else records[:0]
    whole = records["sequence"] == np.arange(first + 1, first + len(records) + 1)
    return Segment(journal.segment_of(path), records, whole, first)


def one(path: Path, row: int) -> Records | None:
    """The record at `row` of an open or closed segment, as an array of one; None where no whole one stands.

    Reads two records' worth of the file, however long that is. Raises FileNotFoundError, ValueError for another file.
    """
    with path.open("rb", buffering=0) as file:
        journal.check_head(file.read(journal.HEADER), path)
        file.seek(journal.HEADER + journal.RECORD * row)
        data = file.read(journal.RECORD)
    if len(data) < journal.RECORD:
        return None
    record = np.frombuffer(data, RECORD)
    return record if record["sequence"][0] == row + 1 and sound(record)[0] else None


def sound(records: Records) -> NDArray[np.bool_]:
    """Which records have a right CRC."""
    size = journal.RECORD
    raw = records.tobytes()
    sums = [
        crc32(raw[at : at + _BODY], sequence)
        for at, sequence in zip(range(0, len(raw), size), records["sequence"].tolist(), strict=True)
    ]
    right: NDArray[np.bool_] = records["crc"] == np.array(sums, np.uint32)
    return right


def rows_by_day(segment: Segment, zone: str, pseudonyms: Pseudonyms) -> dict[date, pa.Table]:
    """The whole records as rows of the lake, by local day. Makes the keys of their quarters when there are none."""
    rows = np.flatnonzero(segment.whole)
    days = lake.local_days(segment.records["at_us"][rows], zone)
    found = {}
    for ordinal in np.unique(days):
        day = date.fromordinal(int(ordinal))
        quarter = quarter_of(day)
        pseudonyms.make(quarter)
        found[day] = _table(segment, rows[days == ordinal], pseudonyms, quarter)
    return found


def _table(segment: Segment, rows: NDArray[np.int64], pseudonyms: Pseudonyms, quarter: str) -> pa.Table:
    records = segment.records[rows]
    caller, caller_tail = pseudonyms.column(records["caller"], quarter)
    callee, callee_tail = pseudonyms.column(records["callee"], quarter)
    purpose = np.ma.masked_equal(records["purpose"].astype(np.int16), journal.NO_PURPOSE)
    found: dict[str, Any] = {
        "caller": caller,
        "caller_tail": caller_tail,
        "callee": callee,
        "callee_tail": callee_tail,
        "purpose": pa.array(purpose.data, mask=np.ma.getmaskarray(purpose)),
        "segment": pa.array([segment.name] * len(rows)),
        "row": segment.first + rows,
        "source": pa.array([SOURCE] * len(rows)),
        "near": columns.near(records["caller"], records["callee"]),
        "seen": np.full(len(rows), lake.GATE, np.int8),
    }
    arrays = []
    for field in lake.SCHEMA:
        if field.name in found:
            values = found[field.name]
        elif field.name in (RECORD.names or ()):
            values = records[field.name].astype(np.int64)
        else:
            values = pa.nulls(len(rows))
        arrays.append((values if isinstance(values, pa.Array) else pa.array(values)).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=lake.SCHEMA)


def content(row: Mapping[str, Any]) -> dict[str, Json]:
    """What a row's receipt says: canonical, so that the same attempt always gives the same bytes.

    `row`: the journal's fields by name, as integers.
    """
    purpose = -1 if row["purpose"] is None else row["purpose"]
    return {
        "age_ms": row["age_ms"],
        "at_us": row["at_us"],
        "callee": str(row["callee"] or ""),
        "callee_kind": _KINDS.get(row["callee_kind"], "unknown"),
        "caller": str(row["caller"] or ""),
        "caller_kind": _KINDS.get(row["caller_kind"], "unknown"),
        "code": row["code"],
        "consent": row["consent"],
        "decision": _DECISIONS.get(row["decision"], "unknown"),
        "holder": row["holder"],
        "position": row["position"],
        "principal": row["principal"],
        "purpose": _USES.get(purpose, ""),
        "resource": row["resource"],
        "sip": row["sip"],
        "trunk": row["trunk"],
        "use": _USES.get(row["use"], ""),
        "v": 1,
    }


def secret(pseudonyms: Pseudonyms, quarter: str, name: str) -> bytes:
    """What the salts of a segment's rows derive from. It stands nowhere: it goes with its quarter's key."""
    return pseudonyms.derive(quarter, b"segment:" + name.encode())


def salt(segment_secret: bytes, row: int) -> bytes:
    return hmac.digest(segment_secret, row.to_bytes(8, "big"), hashlib.sha256)


def leaves(segment: Segment, segment_secret: bytes) -> bytes:
    """The leaf hashes of all rows; one that cannot be read commits to saying so, which keeps the others' places."""
    names = [name for name, _ in journal.FIELDS[:-3]]
    unreadable = canonical.dumps(UNREADABLE)
    found = []
    for row, (values, whole) in enumerate(zip(segment.records[names].tolist(), segment.whole.tolist(), strict=True)):
        text = canonical.dumps(content(dict(zip(names, values, strict=True)))) if whole else unreadable
        found.append(batches.row_leaf(salt(segment_secret, row), text))
    return b"".join(found)
