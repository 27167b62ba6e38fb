"""Numbers found without being written down, and numbers sealed."""

from __future__ import annotations

from contextlib import suppress

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from mingbai.kernel.lookup import BLOCK, TAG, Lookup, Sealer

KEY = bytes(range(32))
OTHER = bytes(range(1, 33))
DIGITS = st.integers(1, 10**18 - 1).map(str)


@given(DIGITS)
def test_a_hash_is_one_aes_block_of_number_and_tag(digits: str) -> None:
    block = Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update(int(digits).to_bytes(8, "big") + TAG)
    lookup = Lookup(KEY)
    assert lookup.of(digits) == block
    assert lookup.key(digits) == block[:8]
    assert len(block) == BLOCK


def test_known_hash() -> None:
    """Facts and databases hold these: a change of the function loses every subscriber."""
    assert Lookup(KEY).of("8613812345678").hex() == "aea1454d3a68bf9c99ea40dd6eb177a7"


def test_another_key_another_hash() -> None:
    assert Lookup(KEY).of("8613812345678") != Lookup(OTHER).of("8613812345678")


@given(DIGITS)
def test_what_is_sealed_opens_and_never_looks_the_same(digits: str) -> None:
    sealer = Sealer(KEY)
    first, second = sealer.seal(digits), sealer.seal(digits)
    assert sealer.open(first) == sealer.open(second) == digits
    assert first != second
    assert len(first) == BLOCK


@given(DIGITS, st.integers(0, BLOCK * 8 - 1))
def test_a_changed_bit_shows(digits: str, bit: int) -> None:
    sealed = bytearray(Sealer(KEY).seal(digits))
    sealed[bit // 8] ^= 1 << bit % 8
    with suppress(ValueError):
        assert Sealer(KEY).open(bytes(sealed)) != digits


def test_under_another_key_nearly_none_opens() -> None:
    opened = 0
    for _ in range(1_000):
        with suppress(ValueError):
            assert Sealer(OTHER).open(Sealer(KEY).seal("8613812345678")) != "8613812345678"
            opened += 1
    assert opened < 120  # 54 are expected


@given(st.lists(DIGITS, min_size=1, max_size=20))
def test_by_the_column_as_one_by_one(numbers: list[str]) -> None:
    blocks = b"".join(int(number).to_bytes(8, "big") + TAG for number in numbers)
    lookup = Lookup(KEY)
    assert lookup.column(blocks) == b"".join(lookup.of(number) for number in numbers)
    sealer = Sealer(KEY)
    sealed = sealer.column(blocks)
    assert [sealer.open(sealed[at : at + BLOCK]) for at in range(0, len(sealed), BLOCK)] == numbers
