"""Good rows in the order of their keys, sealed, with the evidence of each, put down in parts that the writer takes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingbai.consent import filed
from mingbai.consent.staging.checks import DIGEST, Rows
from mingbai.consent.staging.moments import NONE, Seconds
from mingbai.kernel import columns
from mingbai.kernel.lookup import BLOCK, Lookup, Sealer

PART = 100_000
SALT = 32
MOMENT = 19  # “2026-01-31 09:30:00”
HASH = 32
_T, _SPACE = ord("T"), ord(" ")


@dataclass
class Sheet:
    """All good rows of a file, in the order of the keyed hashes of their numbers. `line`: where each stood."""

    number: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint8]  # n × 16
    given: Seconds
    expires: Seconds
    proof: npt.NDArray[np.uint8]  # n × 32
    reference: Any
    line: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number)

    def cut(self, first: int, last: int) -> Sheet:
        here = slice(first, last)
        return Sheet(
            self.number[here],
            self.hashes[here],
            self.given[here],
            self.expires[here],
            self.proof[here],
            self.reference.slice(first, last - first),
            self.line[here],
        )


def ordered(rows: Rows, lines: npt.NDArray[np.int64], lookup: Lookup) -> tuple[Sheet, npt.NDArray[np.int64]]:
    """The good rows by key, one for each number, and the lines of those that repeat an earlier row's number."""
    good = np.flatnonzero(rows.fault == 0)
    number = rows.number[good]
    hashes = columns.hashes(number, lookup)
    halves = np.ascontiguousarray(hashes).view(">u8").astype(np.uint64).reshape(-1, 2)
    order = np.argsort(halves[:, 0])
    if (np.diff(halves[order, 0]) == 0).any():  # of rows with one number the first of the file stays
        order = np.lexsort((np.arange(len(good)), halves[:, 1], halves[:, 0]))
    sorted_numbers = number[order]
    again = np.concatenate([np.zeros(min(1, len(order)), dtype=np.bool_), sorted_numbers[1:] == sorted_numbers[:-1]])
    repeated = lines[good[order[again]]]
    chosen = order[~again]
    at = good[chosen]
    sheet = Sheet(
        number[chosen],
        hashes[chosen],
        rows.given[at],
        rows.expires[at],
        rows.proof[at],
        rows.reference.take(pa.array(at)),
        lines[at],
    )
    return sheet, np.sort(repeated)


def write(
    sheet: Sheet, folder: Path, sealer: Sealer, *, principal: int, purpose: str
) -> Iterator[tuple[Path, int, Callable[[], bytes]]]:
    """Put the sheet down as Arrow files: (file, rows, what makes its leaf hashes), each complete when answered."""
    for place, first in enumerate(range(0, len(sheet), PART)):
        piece = sheet.cut(first, min(first + PART, len(sheet)))
        salts = os.urandom(SALT * len(piece))
        given, expires = moment_texts(piece.given), moment_texts(piece.expires)
        sealed = sealer.column(columns.blocks(piece.number, np.frombuffer(os.urandom(8 * len(piece)), dtype=">u8")))
        table = pa.table(
            {
                "lookup": fixed(piece.hashes.tobytes(), BLOCK),
                "sealed": fixed(sealed, BLOCK),
                "given_at": fixed(given.tobytes(), MOMENT),
                "expires_at": fixed(expires.tobytes(), MOMENT),
                "reference": piece.reference,
                "proof_sha256": fixed(piece.proof.tobytes(), DIGEST),
                "salt": fixed(salts, SALT),
                "line": pa.array(piece.line),
            }
        )
        path = folder / f"part-{place:05d}.arrow"
        beside = path.with_suffix(".new")
        with pa.OSFile(str(beside), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        beside.replace(path)
        texts = partial(contents, piece, given, expires, principal=principal, purpose=purpose)
        yield path, len(piece), partial(leaves, salts, texts)


def contents(
    piece: Sheet, given: npt.NDArray[np.uint8], expires: npt.NDArray[np.uint8], *, principal: int, purpose: str
) -> list[bytes]:
    """The canonical JSON of each row, as `filed.content` has it; `given`, `expires`: as moment_texts made them."""
    reference = pc.replace_substring(pc.replace_substring(piece.reference, "\\", "\\\\"), '"', '\\"')
    joined = pc.binary_join_element_wise(
        '{"expires_at":"',
        _json_moments(expires),
        '","given_at":"',
        _json_moments(given),
        '","number":"',
        pa.array(piece.number).cast(pa.string()),
        f'","principal":{principal},"proof_sha256":"',
        _hex(piece.proof),
        f'","purpose":"{purpose}","reference":"',
        reference,
        f'","v":{filed.VERSION}}}',
        "",
    )
    found: list[bytes] = joined.cast(pa.binary()).to_pylist()
    return found


def leaves(salts: bytes, texts: Callable[[], list[bytes]]) -> bytes:
    """Leaf hashes as ledger.batches.row_leaf makes them, end to end, written out here for a million rows."""
    sha = hashlib.sha256
    parts = (salts[at : at + SALT] for at in range(0, len(salts), SALT))
    return b"".join([sha(b"\0" + sha(s + t).digest()).digest() for s, t in zip(parts, texts(), strict=True)])


def moment_texts(at: Seconds) -> npt.NDArray[np.uint8]:
    """n × 19 characters “2026-01-31 09:30:00” UTC; blanks where there is none."""
    texts = pa.array(np.where(at == NONE, 0, at), pa.int64()).cast(pa.timestamp("s")).cast(pa.string())
    data: Any = texts.buffers()[2]
    found: npt.NDArray[np.uint8] = np.frombuffer(data, np.uint8)[: MOMENT * len(at)].reshape(-1, MOMENT).copy()
    found[at == NONE] = _SPACE
    return found


def fixed(data: bytes | memoryview, width: int) -> Any:
    """Bytes end to end as a column of `width` bytes each."""
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), len(data) // width, [None, pa.py_buffer(data)])


def _json_moments(texts: npt.NDArray[np.uint8]) -> Any:
    """“2026-01-31T09:30:00Z”, or "" for blanks."""
    wide = np.empty((len(texts), MOMENT + 1), dtype=np.uint8)
    wide[:, :MOMENT] = texts
    wide[:, 10] = _T
    wide[:, MOMENT] = ord("Z")
    none = texts[:, 0] == _SPACE
    column = _strings(wide)
    return pc.if_else(pa.array(none), "", column) if none.any() else column


def _hex(digests: npt.NDArray[np.uint8]) -> Any:
    wide = np.frombuffer(digests.tobytes().hex().encode(), dtype=np.uint8)
    return _strings(wide.reshape(len(digests), 2 * DIGEST))


def _strings(wide: npt.NDArray[np.uint8]) -> Any:
    """Rows of ASCII characters as a text column."""
    count, width = wide.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets.tobytes()), pa.py_buffer(wide.tobytes()))
