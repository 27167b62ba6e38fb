"""Numbers by the column: the same as `msisdn.parse` and `Lookup` row by row, millions a second.

For imports, scrubs and the lake. It loads NumPy and Arrow, so nothing that answers a single call imports it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingbai.kernel.lookup import BLOCK, TAG, Lookup
from mingbai.kernel.msisdn import of_digits, parse
from mingbai.kernel.msisdn.table import AREA_2, AREA_3, MOBILE_3, MOBILE_5
from mingbai.kernel.problems import Problem

Numbers = npt.NDArray[np.int64]
_COUNTRY = 86 * 10**11
_ROWS = 1 << 16  # of a piece; its working arrays stay in the processor's cache
_DIGITS = 11
_NATIONAL = 16  # most digits behind the country code
_POWERS = 10 ** np.arange(19, dtype=np.int64)
_FORMS = ((_DIGITS, b""), (_DIGITS + 2, b"86"), (_DIGITS + 3, b"+86"))


def _mobile_table() -> npt.NDArray[np.bool_]:
    """By the first five of eleven digits: is it a mobile number?"""
    table = np.zeros(100_000, dtype=np.bool_)
    for prefix in MOBILE_3:
        table[int(prefix) * 100 : int(prefix) * 100 + 100] = True
    table[[int(prefix) for prefix in MOBILE_5]] = True
    return table


_IS_MOBILE = _mobile_table()


def _fixed_table() -> npt.NDArray[np.bool_]:
    """By the first four of ten, then of eleven national digits: an area code and the begin of a local number?"""
    table = np.zeros((2, 10_000), dtype=np.bool_)
    for head in range(1_000, 10_000):
        text = str(head)
        table[:, head] = text[:3] in AREA_3 and "2" <= text[3] <= "8"
        table[0, head] |= text[:2] in AREA_2 and "2" <= text[2] <= "8"
    return table


_IS_FIXED = _fixed_table()


def normalise(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> Numbers:
    """The normal form of each row as an int64, 0 where there is no valid number.

    Takes strings and whole numbers of any Arrow type, plain or dictionary-encoded. Chinese mobile numbers written
    plainly go by column; every other distinct value goes once through `parse`. Raises Problem for other types.
    """
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_array(chunk) for chunk in chunks if len(chunk)]
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def may_subscribe(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """`Msisdn.may_subscribe` of each number that `normalise` gave; False for 0.

    Chinese mobile and fixed numbers are told by their ranges, the few others one by one.
    """
    national = numbers - _COUNTRY
    found: npt.NDArray[np.bool_] = _mobile(national) != 0
    rest = np.flatnonzero(~found & (numbers > 0))
    if len(rest):
        found[rest] = _fixed(numbers[rest])
        rest = rest[~found[rest]]
        values, places = np.unique(numbers[rest], return_inverse=True)
        found[rest] = np.array([_subscribes(str(one)) for one in values.tolist()], dtype=np.bool_)[places]
    return found


def near(one: Numbers, other: Numbers) -> npt.NDArray[np.int8]:
    """How many leading digits the national significant numbers share, row by row; 0 unless both lie behind 86.

    Takes normal forms as `normalise` gives them, 0 for no number.
    """
    left, right = _aligned(one), _aligned(other)
    found = np.zeros(len(left[0]), dtype=np.int8)
    alive = np.flatnonzero((left[1] > 0) & (right[1] > 0))
    fewest = np.minimum(left[1], right[1])
    for digits in range(1, _NATIONAL + 1):  # few rows are left after the first digits
        unit = 10 ** (_NATIONAL - digits)
        same = (left[0][alive] // unit == right[0][alive] // unit) & (fewest[alive] >= digits)
        alive = alive[same]
        if not len(alive):
            break
        found[alive] = digits
    return found


def _aligned(numbers: Numbers) -> tuple[Numbers, Numbers]:
    """National numbers filled up with 0 at the end to _NATIONAL digits, and how many they had; 0, 0 for others."""
    numbers = np.asarray(numbers, dtype=np.int64)
    sizes = np.searchsorted(_POWERS, numbers, side="right") - 2
    units = _POWERS[np.maximum(sizes, 0)]
    ours = (sizes > 0) & (numbers // units == 86)
    national = np.where(ours, numbers - 86 * units, 0)
    return national * _POWERS[_NATIONAL - np.where(ours, sizes, _NATIONAL)], np.where(ours, sizes, 0)


def _fixed(numbers: Numbers) -> npt.NDArray[np.bool_]:
    """Of valid numbers: plainly Chinese fixed lines, ten or eleven digits behind 86."""
    found = np.zeros(len(numbers), dtype=np.bool_)
    for place, digits in enumerate((10, 11)):
        national = numbers - 86 * 10**digits
        head = national // 10 ** (digits - 4)
        inside = (head >= 1_000) & (head < 10_000)
        found |= inside & _IS_FIXED[place, np.where(inside, head, 0)]
    return found


def _subscribes(digits: str) -> bool:
    """As `Msisdn.may_subscribe`; what is valid and neither behind 86 nor an SMS port is another country's."""
    return not digits.startswith(("86", "106")) or of_digits(digits).may_subscribe


def blocks(numbers: Numbers, tag: bytes | npt.NDArray[Any] = TAG) -> bytes:
    """16-byte blocks for `Lookup.column` or `Sealer.column`: the number, big-endian, then the tag.

    `tag`: the same 8 bytes for all, or an array with 8 bytes of its own for each row.
    """
    pairs = np.empty((len(numbers), 2), dtype=">u8")
    pairs[:, 0] = numbers
    if isinstance(tag, bytes):
        pairs[:, 1] = int.from_bytes(tag, "big")
    else:
        pairs[:, 1] = np.ascontiguousarray(tag).view(">u8").reshape(len(numbers))
    return pairs.tobytes()


def hashes(numbers: Numbers, lookup: Lookup) -> npt.NDArray[np.uint8]:
    """`Lookup.of` each number, as rows of 16 bytes."""
    return np.frombuffer(lookup.column(blocks(numbers)), dtype=np.uint8).reshape(len(numbers), BLOCK)


def keys(numbers: Numbers, lookup: Lookup) -> npt.NDArray[np.uint64]:
    """`Lookup.key` of each number, the 8 bytes read big-endian."""
    halves = np.frombuffer(lookup.column(blocks(numbers)), dtype=">u8")
    return halves[::2].astype(np.uint64)


def _array(chunk: pa.Array[Any]) -> Numbers:
    kind = chunk.type
    if pa.types.is_dictionary(kind):
        return _dictionary(chunk)
    if pa.types.is_integer(kind):
        return _integers(chunk)
    if pa.types.is_null(kind):
        return np.zeros(len(chunk), dtype=np.int64)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _strings(chunk.cast(pa.large_string()))
    raise Problem("column.kind", f"a column of {kind} holds no numbers", mend="write it as text or whole numbers")


def _dictionary(chunk: Any) -> Numbers:
    values: Numbers = np.append(_array(chunk.dictionary), 0)
    places = chunk.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)
    found: Numbers = values[places]
    return found


def _integers(chunk: Any) -> Numbers:
    if pa.types.is_uint64(chunk.type):  # what no int64 holds is no number either
        chunk = pc.if_else(pc.greater(chunk, pa.scalar(2**63 - 1, pa.uint64())), pa.scalar(0, pa.uint64()), chunk)
    given = chunk.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    numbers = _mobile(np.where(given >= _COUNTRY, given - _COUNTRY, given))
    rest = np.flatnonzero((numbers == 0) & (given > 0))
    return _by_parse(numbers, rest, pa.array(given[rest]).cast(pa.string()))


def _strings(chunk: Any) -> Numbers:
    """`chunk`: large_string, perhaps with an offset and nulls."""
    _, offset_buffer, data = chunk.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64, count=len(chunk) + 1, offset=chunk.offset * 8)
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    numbers = np.empty(len(chunk), dtype=np.int64)
    for first in range(0, len(chunk), _ROWS):
        numbers[first : first + _ROWS] = _plain_mobile(text, offsets[first : first + _ROWS + 1])
    if chunk.null_count:
        numbers[chunk.is_null().to_numpy(zero_copy_only=False)] = 0
    rest = np.flatnonzero(numbers == 0)
    return _by_parse(numbers, rest, chunk.take(pa.array(rest)))


def _plain_mobile(text: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> Numbers:
    """Mobile numbers of one piece that are written as 11 digits, alone or after 86 or +86; 0 elsewhere."""
    numbers = np.zeros(len(offsets) - 1, dtype=np.int64)
    lengths = np.diff(offsets)
    for size, prefix in _FORMS:
        rows = np.flatnonzero(lengths == size)
        if not len(rows):
            continue
        starts = offsets[rows]
        if len(rows) == len(numbers):  # one form throughout, as in most files: no gathering
            digits = text[starts[0] : starts[0] + size * len(rows)].reshape(len(rows), size)
        else:
            digits = text[starts[:, None] + np.arange(size)]
        numbers[rows] = _read(digits, prefix)
    return numbers


def _read(digits: npt.NDArray[np.uint8], prefix: bytes) -> Numbers:
    """Rows of ASCII `prefix` and 11 digits, as mobile numbers in normal form; 0 for what is none."""
    begun = np.ones(len(digits), dtype=np.bool_)
    for place, char in enumerate(prefix):
        begun &= digits[:, place] == char
    values = np.subtract(digits[:, len(prefix) :].T, 48, order="C")  # a row for each place, wraps below "0"
    begun &= values.max(axis=0) <= 9
    number = np.zeros(len(digits), dtype=np.int64)
    for place in values:
        number *= 10
        number += place
    return np.where(begun, _mobile(np.where(begun, number, 0)), 0)


def _mobile(national: Numbers) -> Numbers:
    """Normal form of 11-digit mobile numbers; 0 for any other number."""
    head = national // 1_000_000
    inside = (head >= 10_000) & (head < 100_000)
    return np.where(inside & _IS_MOBILE[np.where(inside, head, 0)], national + _COUNTRY, 0)


def _by_parse(numbers: Numbers, rest: npt.NDArray[np.int64], texts: Any) -> Numbers:
    """Fill the rows `rest`, whose texts are `texts`, by way of `parse`, once for each distinct text."""
    if len(rest):
        coded = texts.dictionary_encode()
        values = np.array([*_parsed(coded.dictionary.to_pylist()), 0], dtype=np.int64)
        numbers[rest] = values[coded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)]
    return numbers


def _parsed(texts: Iterable[str]) -> Iterable[int]:
    for text in texts:
        found = parse(text)
        yield int(found.digits) if found.valid else 0
