"""Canonical JSON (RFC 8785) for the types that the log holds: text, whole numbers, booleans, null, lists, objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_LARGEST = 2**53 - 1  # beyond it a JSON number is not the same everywhere (RFC 8785 3.2.2.3)
_text = json.encoder.encode_basestring
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False).encode


def dumps(value: Json) -> bytes:
    """`value` as canonical JSON in UTF-8: the same value always gives the same bytes.

    Raises TypeError for other types (floats too), ValueError for whole numbers beyond ±(2⁵³−1) and for text that is
    not Unicode (lone surrogates).
    """
    return _dumps(_ordered(value)).encode()


def text(value: str) -> bytes:
    """dumps() of a text."""
    return _text(value).encode()


def _ordered(value: object) -> object:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        if not -_LARGEST <= value <= _LARGEST:  # type: ignore[operator]
            raise ValueError("a whole number in the log lies within ±(2**53 − 1)")
        return value
    return _compound(value)


def _compound(value: object) -> object:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError("an object's keys are text")
        # RFC 8785 sorts by UTF-16 units, which differs from code points beyond the basic plane.
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return {str(key): _ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, str):  # an enumeration's word
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return _ordered(int(value))
    raise TypeError(f"the log does not hold {type(value).__name__}")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
