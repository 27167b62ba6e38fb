"""By the column as row by row."""

from __future__ import annotations

from itertools import takewhile

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingbai.kernel import columns
from mingbai.kernel.lookup import Lookup, Sealer
from mingbai.kernel.msisdn import parse
from mingbai.kernel.problems import Problem

KEY = bytes(range(32))
MOBILE = st.from_regex(r"(\+86|86|0086|)1[3-9][0-9]{9}", fullmatch=True)
NEARLY = st.from_regex(r"(\+86|86|)1[0-9:/ ]{10}", fullmatch=True)
OTHER = st.sampled_from(
    ["95533", "021-60876100", "+12125550123", "", "anonymous", "17401234567", "１３８００００００００"]
)
NATIONAL = st.from_regex(
    r"(\+86|86|0086|086|0|\+|00|)[ -]?(1[0-9]{2}|[2-9][0-9]{1,2})[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}", fullmatch=True
)
URI = st.from_regex(
    r"(\"?[a-z:@ ]{0,3}\"? ?<?)(sip:|sips:|tel:|SIP:|)(\+86|086|0|)1[38][0-9]{9}"
    r"(@h|;user=phone|:pw@h|>|@h>;tag=1|)?(;phone-context=\+1|)",
    fullmatch=True,
)
CELLS = st.one_of(st.none(), MOBILE, NEARLY, OTHER, NATIONAL, URI, st.text(max_size=20))


def one(cell: str | int | None) -> int:
    found = parse("" if cell is None else str(cell))
    return int(found.digits) if found.valid else 0


@given(st.lists(CELLS, max_size=30), st.integers(0, 5))
def test_strings_as_parse_reads_them(cells: list[str | None], skip: int) -> None:
    expected = [one(cell) for cell in cells][skip:]
    column = pa.array(cells, pa.string())
    assert columns.normalise(column[skip:]).tolist() == expected
    numbers, kinds = columns.classify(column[skip:])
    parsed = [parse(cell or "") for cell in cells][skip:]
    assert numbers.tolist() == [int(number.digits or 0) for number in parsed]
    assert kinds.tolist() == [number.kind for number in parsed]
    assert columns.normalise(column.cast(pa.large_string())[skip:]).tolist() == expected
    assert columns.normalise(column.cast(pa.string_view())[skip:]).tolist() == expected
    assert columns.normalise(column.dictionary_encode()[skip:]).tolist() == expected
    assert columns.normalise(pa.chunked_array([column[:skip], column[skip:]])).tolist()[skip:] == expected


INTEGERS = st.one_of(
    st.none(), st.integers(0, 2**63 - 1), st.integers(13_000_000_000, 20_000_000_000),
    st.integers(8_613_000_000_000, 8_620_000_000_000), st.sampled_from([0, 95533, 110, 2160876100, 862160876100]),
)  # fmt: skip


@given(st.lists(INTEGERS, max_size=30))
def test_whole_numbers_as_parse_reads_them(cells: list[int | None]) -> None:
    expected = [one(cell) if cell else 0 for cell in cells]
    assert columns.normalise(pa.array(cells, pa.int64())).tolist() == expected
    assert columns.normalise(pa.array(cells, pa.uint64())).tolist() == expected


WRITTEN = st.one_of(
    CELLS,
    st.from_regex(r"0?[1-9][0-9]{2,11}", fullmatch=True),
    st.from_regex(r"0(10|2[0-9]|[3-9][0-9]{2})(9|1)?[0-9]{5,8}", fullmatch=True),
    st.sampled_from(["110", "95588", "10086", "12345", "4008109889", "1069095599", "861069095599", "021-96110123"]),
)


@settings(max_examples=500)
@given(st.lists(WRITTEN, max_size=30))
def test_who_may_subscribe_as_parse_tells_it(cells: list[str | None]) -> None:
    expected = [found.valid and found.may_subscribe for found in (parse(cell or "") for cell in cells)]
    assert columns.may_subscribe(columns.normalise(pa.array(cells, pa.string()))).tolist() == expected


def test_what_no_int64_holds_and_negative_numbers_are_none() -> None:
    assert columns.normalise(pa.array([2**64 - 1, 13812345678], pa.uint64())).tolist() == [0, 8613812345678]
    assert columns.normalise(pa.array([-13812345678, -1], pa.int64())).tolist() == [0, 0]


def test_nothing_and_nulls() -> None:
    assert columns.normalise(pa.array([], pa.string())).tolist() == []
    assert columns.normalise(pa.chunked_array([], pa.string())).tolist() == []
    assert columns.normalise(pa.nulls(2)).tolist() == [0, 0]
    with pytest.raises(Problem, match="holds no numbers"):
        columns.normalise(pa.array([1.5]))


def test_more_rows_than_one_piece_holds() -> None:
    rng = np.random.default_rng(7)
    numbers = 13_000_000_000 + rng.integers(0, 10**9, 200_000)
    texts = [str(number) if row % 7 else f"+86{number}" for row, number in enumerate(numbers)]
    assert (columns.normalise(pa.array(texts)) == numbers + 86 * 10**11).all()


@given(st.lists(st.integers(1, 10**18 - 1), max_size=20))
def test_keys_and_hashes_as_lookup_makes_them(numbers: list[int]) -> None:
    lookup = Lookup(KEY)
    column = np.array(numbers, dtype=np.int64)
    hashes = columns.hashes(column, lookup)
    assert hashes.shape == (len(numbers), 16)
    assert [row.tobytes() for row in hashes] == [lookup.of(str(number)) for number in numbers]
    keys = [int(key).to_bytes(8, "big") for key in columns.keys(column, lookup)]
    assert keys == [lookup.key(str(number)) for number in numbers]


@given(st.lists(st.tuples(st.integers(1, 10**18 - 1), st.binary(min_size=8, max_size=8)), min_size=1, max_size=20))
def test_blocks_sealed_by_the_column_open_one_by_one(rows: list[tuple[int, bytes]]) -> None:
    sealer = Sealer(KEY)
    tags = np.frombuffer(b"".join(tag for _, tag in rows), dtype=np.uint8).reshape(-1, 8)
    sealed = sealer.column(columns.blocks(np.array([number for number, _ in rows], dtype=np.int64), tags))
    for place, (number, _) in enumerate(rows):
        assert sealer.open(sealed[place * 16 : place * 16 + 16]) == str(number)


_NORMAL = st.one_of(
    st.sampled_from([0, 110, 8695533, 8695588, 8613812345678, 8613812345679, 442071838750, 1069095599, 862160876100]),
    st.integers(0, 10**18 - 1),
    st.integers(8_613_800_000_000, 8_613_800_100_000),
)


@given(st.lists(st.tuples(_NORMAL, _NORMAL), max_size=30))
def test_near_counts_the_leading_digits_that_two_national_numbers_share(pairs: list[tuple[int, int]]) -> None:
    def shared(one: int, other: int) -> int:
        left, right = str(one), str(other)
        if not (left.startswith("86") and right.startswith("86")):
            return 0
        pairs = zip(left[2:], right[2:], strict=False)
        return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))

    one, other = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    assert columns.near(one, other).tolist() == [shared(*pair) for pair in pairs]
