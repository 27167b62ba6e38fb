"""Canonical JSON: the same value, the same bytes; RFC 8785's own examples among them."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.ledger import canonical

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_the_examples_of_the_rfc() -> None:
    # 3.2.3: sorted by UTF-16 units, so that U+1F600 comes before U+FB33.
    keys = {"€": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One"}
    keys |= {"\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "ö": "Latin Small Letter O With Diaeresis"}
    names = list(json.loads(canonical.dumps(keys)).values())
    assert [name.split()[0] for name in names] == ["Carriage", "One", "Control", "Latin", "Euro", "Emoji:", "Hebrew"]
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical.dumps(text) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    assert canonical.dumps({"b": [True, False, None], "a": {}}) == b'{"a":{},"b":[true,false,null]}'


@given(VALUES)
def test_it_reads_back_and_is_the_same_again(value: canonical.Json) -> None:
    data = canonical.dumps(value)
    assert json.loads(data) == value
    assert canonical.dumps(json.loads(data)) == data


def test_what_is_not_the_same_everywhere_is_refused() -> None:
    for wrong in (1.5, b"x", {1: 2}, {1, 2}, object(), {"a": [0.1]}):
        with pytest.raises(TypeError):
            canonical.dumps(wrong)  # type: ignore[arg-type]
    for value in (2**53, -(2**53), {"a": 2**60}):
        with pytest.raises(ValueError, match="whole number"):
            canonical.dumps(value)
    with pytest.raises(UnicodeEncodeError):
        canonical.dumps("\ud800")


def test_enumerations_are_their_words_and_numbers() -> None:
    class Word(StrEnum):
        ONE = "one"

    class Number(IntEnum):
        ONE = 1

    assert canonical.dumps({"w": Word.ONE, "n": Number.ONE, Word.ONE: ()}) == b'{"n":1,"one":[],"w":"one"}'
