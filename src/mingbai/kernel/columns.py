"""Numbers by the column: the same as `msisdn.parse` and `Lookup` row by row, millions a second.

For imports, scrubs and the lake. It loads NumPy and Arrow, so nothing that answers a single call imports it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mingbai.kernel.lookup import BLOCK, TAG, Lookup
from mingbai.kernel.msisdn import Kind, of_digits, parse
from mingbai.kernel.msisdn.table import AREA_2, AREA_3, EIGHT_ONLY, MOBILE_3, MOBILE_5
from mingbai.kernel.problems import Problem

Numbers = npt.NDArray[np.int64]
Kinds = npt.NDArray[np.int8]
_COUNTRY = 86 * 10**11
_ROWS = 1 << 16  # of a piece; its working arrays stay in the processor's cache
_IS_PLAIN = np.isin(np.arange(10), (2, 3, 5, 6, 7))  # first digits of area codes that nothing else begins with
_USER = (  # "Name" <sip:user@host>;tag=1, "Name" <user>, sip:user@host
    r"^(?:[^<>:]*<(?:sips?|tel):(?P<one>\+?[0-9]+)(?:[@;?][^<>]*)?>[^<>]*"
    r"|[^<>:]*<(?P<two>\+?[0-9]+)>[^<>]*|(?:sips?|tel):(?P<three>\+?[0-9]+)(?:[@;?][^<>]*)?)$"
)
_DIGITS = 11
_WRITTEN = 24  # bytes of a number with its blanks and hyphens, at most
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


def _long_table() -> npt.NDArray[np.bool_]:
    """As `_IS_FIXED`, without seven-digit local numbers where all have eight."""
    table = _IS_FIXED.copy()
    for area in EIGHT_ONLY:
        table[0, int(area) * 10 : int(area) * 10 + 10] = False
    return table


_IS_LONG_FIXED = _long_table()


def normalise(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> Numbers:
    """The normal form of each row as an int64, 0 where there is no valid number.

    Takes strings and whole numbers of any Arrow type, plain or dictionary-encoded. Chinese mobile and fixed numbers go
    by column in most forms that networks write; every other distinct value goes once through `parse`. Raises Problem
    for other types.
    """
    numbers, kinds = classify(column)
    return np.where(kinds < Kind.WITHHELD, numbers, 0)


def classify(column: pa.Array[Any] | pa.ChunkedArray[Any]) -> tuple[Numbers, Kinds]:
    """`Msisdn.digits` as an int64, 0 for none, and `Msisdn.kind` of each row; a number that is not allocated keeps its
    digits. Takes what `normalise` takes; an empty cell is WITHHELD."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    parts = [_array(chunk) for chunk in chunks if len(chunk)]
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int8)
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


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


def _array(chunk: pa.Array[Any]) -> tuple[Numbers, Kinds]:
    kind = chunk.type
    if pa.types.is_dictionary(kind):
        return _dictionary(chunk)
    if pa.types.is_integer(kind):
        return _integers(chunk)
    if pa.types.is_null(kind):
        return np.zeros(len(chunk), dtype=np.int64), np.full(len(chunk), Kind.WITHHELD, dtype=np.int8)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _strings(chunk.cast(pa.large_string()))
    raise Problem("column.kind", f"a column of {kind} holds no numbers", mend="write it as text or whole numbers")


def _dictionary(chunk: Any) -> tuple[Numbers, Kinds]:
    numbers, kinds = _array(chunk.dictionary)
    places = chunk.indices.fill_null(len(numbers)).to_numpy(zero_copy_only=False)
    return np.append(numbers, 0)[places], np.append(kinds, np.int8(Kind.WITHHELD))[places]


def _integers(chunk: Any) -> tuple[Numbers, Kinds]:
    if pa.types.is_uint64(chunk.type):  # what no int64 holds is no number either
        chunk = pc.if_else(pc.greater(chunk, pa.scalar(2**63 - 1, pa.uint64())), pa.scalar(0, pa.uint64()), chunk)
    given = chunk.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    numbers = _mobile(np.where(given >= _COUNTRY, given - _COUNTRY, given))
    kinds = np.where(numbers != 0, Kind.MOBILE, Kind.WITHHELD).astype(np.int8)
    _by_parse(numbers, kinds, np.flatnonzero((numbers == 0) & (given > 0)), pa.array(given).cast(pa.string()))
    return numbers, kinds


def _strings(chunk: Any) -> tuple[Numbers, Kinds]:
    """`chunk`: large_string, perhaps with an offset and nulls."""
    _, offset_buffer, data = chunk.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64, count=len(chunk) + 1, offset=chunk.offset * 8)
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    numbers = np.empty(len(chunk), dtype=np.int64)
    for first in range(0, len(chunk), _ROWS):
        numbers[first : first + _ROWS] = _plain_mobile(text, offsets[first : first + _ROWS + 1])
    if chunk.null_count:
        numbers[chunk.is_null().to_numpy(zero_copy_only=False)] = 0
    kinds = np.where(numbers != 0, Kind.MOBILE, Kind.WITHHELD).astype(np.int8)
    rest = np.flatnonzero((numbers == 0) & (np.diff(offsets) > 0))
    if chunk.null_count:
        rest = rest[chunk.is_valid().to_numpy(zero_copy_only=False)[rest]]
    for first in range(0, len(rest), _ROWS):
        piece = rest[first : first + _ROWS]
        numbers[piece], kinds[piece] = _national(text, offsets[piece], offsets[piece + 1])
    _of_uris(numbers, kinds, rest[kinds[rest] == Kind.WITHHELD], chunk)
    return numbers, kinds


def _of_uris(numbers: Numbers, kinds: Kinds, rest: npt.NDArray[np.int64], chunk: Any) -> None:
    """Fill the rows `rest`: the plain user part of SIP and tel URIs and of name-addr forms by column, others singly."""
    if not len(rest):
        return
    texts = chunk.take(pa.array(rest))
    found = pc.extract_regex(texts, _USER)
    groups: list[Any] = [pc.struct_field(found, name) for name in ("one", "two", "three")]
    groups.append(pa.scalar("", pa.large_string()))
    users = pc.binary_join_element_wise(*groups)  # a group that did not match is empty
    short = pc.less_equal(pc.binary_length(texts), pa.scalar(512, pa.int64()))
    plain = pc.and_(pc.is_valid(users), pc.and_(short, pc.invert(pc.match_substring(texts, "phone-context"))))
    chosen = plain.to_numpy(zero_copy_only=False)
    if chosen.any():
        numbers[rest[chosen]], kinds[rest[chosen]] = _strings(users.filter(plain).cast(pa.large_string()))
    _by_parse(numbers, kinds, rest[~chosen], chunk)


def _national(text: npt.NDArray[np.uint8], starts: Numbers, ends: Numbers) -> tuple[Numbers, Kinds]:
    """Mobile and fixed numbers behind +86, 0086, 086, 86 or 0, with blanks and hyphens between; WITHHELD for others.

    Only what `parse` reads alike: a number whose first digits may mean something else is left to it.
    """
    numbers = np.zeros(len(starts), dtype=np.int64)
    kinds = np.full(len(starts), Kind.WITHHELD, dtype=np.int8)
    rows = np.flatnonzero(ends - starts <= _WRITTEN)
    if not len(rows):
        return numbers, kinds
    widest = int((ends - starts)[rows].max())
    places = starts[rows, None] + np.arange(widest)
    chars = text[np.minimum(places, len(text) - 1)]
    chars[places >= ends[rows, None]] = ord(" ")
    value, digits, zeros, sound = _figures(np.ascontiguousarray(chars.T))
    abroad = (value // 10 ** np.maximum(digits - 2, 0) == 86) & (digits >= 12) & (zeros <= 2)
    plus = chars[:, 0] == ord("+")
    sound &= ~plus | (abroad & (zeros == 0))
    national = np.where(abroad, value - 86 * 10 ** np.maximum(digits - 2, 0), value)
    size = np.where(abroad, digits - 2, digits)
    mobile = _mobile(np.where(size == _DIGITS, national, 0)) != 0
    mobile &= sound & (abroad | (zeros <= 1))
    first = national // 10 ** np.maximum(size - 1, 0)
    fixed = sound & _is_fixed(national, size) & np.where(abroad, _IS_PLAIN[first], zeros == 1)
    found = mobile | fixed
    numbers[rows] = np.where(found, 86 * 10 ** np.where(found, size, 0) + national, 0)
    kinds[rows] = np.where(mobile, Kind.MOBILE, np.where(found, Kind.FIXED, Kind.WITHHELD))
    return numbers, kinds


def _figures(chars: npt.NDArray[np.uint8]) -> tuple[Numbers, Numbers, Numbers, npt.NDArray[np.bool_]]:
    """(value, its digits, zeros before it, sound) of texts of digits, blanks and hyphens, a + perhaps first; a row of
    `chars` for each place."""
    count = chars.shape[1]
    value, digits, zeros = (np.zeros(count, dtype=np.int64) for _ in range(3))
    sound = np.ones(count, dtype=np.bool_)
    for place, column in enumerate(chars):
        figure = column - np.uint8(48)
        is_figure = figure <= 9
        sound &= is_figure | (column == ord(" ")) | (column == ord("-")) | ((column == ord("+")) & (place == 0))
        value = np.where(is_figure & (digits < _NATIONAL), value * 10 + figure, value)
        digits += is_figure & (value > 0)
        zeros += is_figure & (value == 0)
    return value, digits, zeros, sound & (digits <= _NATIONAL) & (digits > 0)


def _is_fixed(national: Numbers, size: Numbers) -> npt.NDArray[np.bool_]:
    """Ten or eleven digits that are an area code and a local number as long as the area's are."""
    head = national // 10 ** np.maximum(size - 4, 0)
    inside = ((size == 10) | (size == 11)) & (head >= 1_000) & (head < 10_000)
    found: npt.NDArray[np.bool_] = inside & _IS_LONG_FIXED[np.where(size == 11, 1, 0), np.where(inside, head, 0)]
    return found


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


def _by_parse(numbers: Numbers, kinds: Kinds, rest: npt.NDArray[np.int64], texts: Any) -> None:
    """Fill the rows `rest` from their texts by way of `parse`, once for each distinct text."""
    if len(rest):
        coded = texts.take(pa.array(rest)).dictionary_encode()
        found = [parse(text) for text in coded.dictionary.to_pylist()]
        places = coded.indices.to_numpy(zero_copy_only=False)
        numbers[rest] = np.array([int(one.digits or 0) for one in found], dtype=np.int64)[places]
        kinds[rest] = np.array([one.kind for one in found], dtype=np.int8)[places]
