"""Which call a record is of: the switch's id under a key, so that the lake tells calls apart and names none."""

from __future__ import annotations

from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from mingbai.calls.importing.text import text_of, windows
from mingbai.calls.pseudonyms import Pseudonyms

_BLOCK = 16


def of_ids(ids: Any, pseudonyms: Pseudonyms, quarter: str) -> NDArray[np.int64]:
    """A keyed hash of each id (large_binary, at most some hundred bytes); it goes when the quarter's key goes.

    CBC-MAC with AES-256 over the length and the id: the length stands first, so that no id is the begin of another.
    """
    offsets, text = text_of(ids)
    sizes = np.diff(offsets)
    widest = int(sizes.max(initial=0))
    width = -(-(widest + 2) // _BLOCK) * _BLOCK
    rows = np.zeros((len(sizes), width), np.uint8)
    rows[:, 0], rows[:, 1] = sizes >> 8, sizes & 0xFF
    if widest:
        chars = windows(text, np.minimum(offsets[:-1], max(len(text) - 1, 0)), widest)
        rows[:, 2 : 2 + widest] = np.where(np.arange(widest) < sizes[:, None], chars, 0)
    return _mac(rows, -(-(sizes + 2) // _BLOCK), pseudonyms, quarter)


def of_calls(
    at_us: NDArray[np.int64],
    callers: NDArray[np.int64],
    callees: NDArray[np.int64],
    pseudonyms: Pseudonyms,
    quarter: str,
) -> NDArray[np.int64]:
    """For records without an id: a keyed hash of time and both numbers."""
    words = np.zeros((len(at_us), 4), np.int64)
    words[:, 0] = -1  # no length is so long: never what an id gives
    words[:, 1], words[:, 2], words[:, 3] = at_us, callers, callees
    rows = words.view(np.uint8).reshape(len(at_us), 32)
    return _mac(rows, np.full(len(at_us), 2), pseudonyms, quarter)


def _mac(rows: NDArray[np.uint8], blocks: NDArray[np.int64], pseudonyms: Pseudonyms, quarter: str) -> NDArray[np.int64]:
    key = pseudonyms.derive(quarter, b"call")
    cipher = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # the mode is made here, by column
    state = np.zeros((len(rows), _BLOCK), np.uint8)
    for place in range(rows.shape[1] // _BLOCK):
        mixed = np.bitwise_xor(state, rows[:, place * _BLOCK : (place + 1) * _BLOCK])
        done = np.frombuffer(cipher.encryptor().update(mixed.tobytes()), np.uint8).reshape(-1, _BLOCK)
        state = done if place < int(blocks.min(initial=0)) else np.where((place < blocks)[:, None], done, state)
    halves: NDArray[np.int64] = np.ascontiguousarray(state[:, :8]).view("<i8").reshape(-1).astype(np.int64)
    return halves


def keys(call: NDArray[np.int64], caller: NDArray[np.int64], callee: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for a call between two: what repeats and legs of it have in common."""
    with np.errstate(over="ignore"):
        mixed = call.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= caller.view(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed ^= (callee.view(np.uint64) ^ (mixed >> np.uint64(29))) * np.uint64(0x165667B19E3779F9)
    return mixed.view(np.int64)
