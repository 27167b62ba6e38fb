"""The rows of one block, checked by column: what each says, or its first fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingbai.consent.staging import faults, moments
from mingbai.consent.staging.moments import NONE, WRONG, Seconds
from mingbai.kernel import columns

REFERENCE_BYTES = 120
DIGEST = 32
_YEAR_2000 = 946_684_800
_TOMORROW = 86_400  # a firm's clock may run ahead, and a bare date is the firm's own day
_NIBBLE = np.full(256, 255, dtype=np.uint8)
_NIBBLE[np.frombuffer(b"0123456789", dtype=np.uint8)] = np.arange(10)
_NIBBLE[np.frombuffer(b"abcdef", dtype=np.uint8)] = np.arange(10, 16)
_NIBBLE[np.frombuffer(b"ABCDEF", dtype=np.uint8)] = np.arange(10, 16)
_CONTROL = r"[\x00-\x1f\x7f\x{fffd}]"


@dataclass
class Rows:
    """Checked rows. `fault`: 0 for a good one. `blank`: nothing stands in any cell; such a row is no row."""

    number: npt.NDArray[np.int64]
    given: Seconds
    expires: Seconds
    proof: npt.NDArray[np.uint8]  # n × 32
    reference: Any  # pa string
    fault: npt.NDArray[np.uint8]
    blank: npt.NDArray[np.bool_]


def check(block: pa.Table, *, zone: str, now: int, days: int) -> Rows:
    """Check a block. `now`: seconds; `days`: how long a consent lasts that names no term (0: for ever)."""
    cells = {name: _text(block[name].combine_chunks()) for name in block.column_names}
    size = block.num_rows
    fault = np.zeros(size, dtype=np.uint8)
    blank = np.ones(size, dtype=np.bool_)
    for cell in cells.values():
        blank &= _empty(cell)
    number = _numbers(cells["msisdn"], fault)
    reference = _references(cells["reference"], fault)
    proof = _proofs(cells["proof_sha256"], fault)
    given = moments.seconds(cells["given_at"], zone)
    _mark(fault, given == NONE, "given_missing")
    _mark(fault, given == WRONG, "given_unreadable")
    _mark(fault, given < _YEAR_2000, "given_early")
    _mark(fault, given > now + _TOMORROW, "given_future")
    expires = _expiries(cells.get("expires_at"), given, fault, zone=zone, now=now, days=days)
    return Rows(number, given, expires, proof, reference, fault, blank)


def _mark(fault: npt.NDArray[np.uint8], where: npt.NDArray[np.bool_], code: str) -> None:
    """A row keeps its first fault."""
    fault[(fault == 0) & where] = faults.number(code)


def _text(cell: Any) -> Any:
    """Bytes of a CSV as text; what is not UTF-8 becomes U+FFFD in its own row. Other types stay."""
    if isinstance(cell, pa.ChunkedArray):
        cell = pa.concat_arrays(cell.chunks) if cell.num_chunks else pa.array([], cell.type)
    if pa.types.is_dictionary(cell.type):
        cell = cell.dictionary_decode()
    if not pa.types.is_binary(cell.type):
        return cell
    try:
        return cell.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in cell.to_pylist()], pa.string())


def _empty(cell: Any) -> npt.NDArray[np.bool_]:
    if pa.types.is_string(cell.type) or pa.types.is_large_string(cell.type):
        return _bools(pc.fill_null(pc.equal(pc.binary_length(cell), pa.scalar(0)), True))
    return _bools(cell.is_null())


def _numbers(cell: Any, fault: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    number = columns.normalise(cell)
    if (number == 0).any():
        _mark(fault, _empty(cell), "msisdn_missing")
        _mark(fault, number == 0, "msisdn_unreadable")
    _mark(fault, ~columns.may_subscribe(number), "msisdn_service")
    return number


def _references(cell: Any, fault: npt.NDArray[np.uint8]) -> Any:
    text = pc.utf8_trim_whitespace(cell.cast(pa.string())).fill_null("")
    sizes = pc.binary_length(text).to_numpy(zero_copy_only=False)
    _mark(fault, sizes == 0, "reference_missing")
    _mark(fault, (sizes > REFERENCE_BYTES) | _bools(pc.match_substring_regex(text, _CONTROL)), "reference_unreadable")
    return text


def _proofs(cell: Any, fault: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Hexadecimal text, or 32 bytes from Parquet, as n × 32; zeros where there is none."""
    found = np.zeros((len(cell), DIGEST), dtype=np.uint8)
    if pa.types.is_fixed_size_binary(cell.type):
        cell = cell.cast(pa.binary()) if cell.type.byte_width == DIGEST else cell
        raw = [value if value is not None and len(value) == DIGEST else b"" for value in cell.to_pylist()]
        good = np.array([len(value) == DIGEST for value in raw], dtype=np.bool_)
        found[good] = np.frombuffer(b"".join(raw), dtype=np.uint8).reshape(-1, DIGEST)
        _mark(fault, _bools(cell.is_null()), "proof_missing")
        _mark(fault, ~good, "proof_unreadable")
        return found
    text = pc.utf8_trim_whitespace(cell.cast(pa.string())).fill_null("")
    sizes = pc.binary_length(text).to_numpy(zero_copy_only=False)
    _mark(fault, sizes == 0, "proof_missing")
    if (sizes == 2 * DIGEST).all() and _plain_hex(text, found):
        return found
    rows = np.flatnonzero(sizes == 2 * DIGEST)
    chosen = text if len(rows) == len(text) else text.take(pa.array(rows))
    nibbles = _NIBBLE[_bytes(chosen).reshape(-1, 2 * DIGEST)]
    found[rows] = nibbles[:, 0::2] << 4 | nibbles[:, 1::2] & 15
    wrong = np.ones(len(cell), dtype=np.bool_)
    wrong[rows] = nibbles.max(axis=1, initial=0) > 15
    _mark(fault, wrong, "proof_unreadable")
    return found


def _plain_hex(text: Any, found: npt.NDArray[np.uint8]) -> bool:
    """Decode a column of nothing but hashes at once; False when one is none."""
    try:
        raw = bytes.fromhex(_bytes(text).tobytes().decode("ascii"))
    except ValueError:
        return False
    if len(raw) != found.size:
        return False
    found[:] = np.frombuffer(raw, dtype=np.uint8).reshape(-1, DIGEST)
    return True


def _expiries(
    cell: Any | None, given: Seconds, fault: npt.NDArray[np.uint8], *, zone: str, now: int, days: int
) -> Seconds:
    """The end of each consent: as written, else the profile's term after it was given; NONE for no end."""
    if cell is None:
        expires = np.full(len(given), NONE, dtype=np.int64)
    else:
        expires = moments.seconds(cell, zone, day_ends=True)
        _mark(fault, expires == WRONG, "expires_unreadable")
        _mark(fault, (expires > WRONG) & (expires <= given), "expires_before")
    if days:
        expires = np.where((expires == NONE) & (given > WRONG), given + days * moments.DAY, expires)
    _mark(fault, (expires > WRONG) & (expires <= now), "expired")
    return expires


def _bytes(text: Any) -> npt.NDArray[np.uint8]:
    """The characters of a text column that has no nulls, end to end."""
    _, offsets, data = text.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32, count=len(text) + 1, offset=text.offset * 4)
    if data is None:
        return np.empty(0, dtype=np.uint8)
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]


def _bools(column: Any) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = column.to_numpy(zero_copy_only=False)
    return found
