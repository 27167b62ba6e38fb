"""What the subscribers of one installation said, as columns: the form in which a list of millions is scrubbed.

LMDB answers one call in microseconds but is slow to walk through, so the consents are kept a second time as sorted
NumPy columns: for each principal the 8-byte keys of its subscribers, a code for *what* each said (a combination of
purpose, state and last day; there are few of those) and the consents' ids. Blocks are a table of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mingbai.gate.facts.records import ConsentFact, SubscriberFacts, unpack_subscriber

U64 = NDArray[np.uint64]
U32 = NDArray[np.uint32]
# one consent within a combination: purpose (3 bits), state (2), last day (16)
_STATE, _UNTIL, _BITS = 3, 5, 21
_ROW = np.dtype([("principal", "<u4"), ("purpose", "u1"), ("state", "u1"), ("until", "<u2"), ("consent", "<u8")])
_AT_ONCE = 500_000
_BLOCK = 1 << 18
NUMBER, PREFIX, FIRM, CATEGORIES = 1, 2, 3, 4


@dataclass(frozen=True)
class Consents:
    """The consents of one principal: `keys` ascending, one a subscriber; `codes` into Columns.combinations;
    consent j of subscriber i is `consents[starts[i] + j]`; `begin`: an index of the keys, where one is kept."""

    keys: U64
    codes: U32
    starts: U32
    consents: U64
    begin: U32 | None = None


@dataclass(frozen=True)
class Blocks:
    """Blocks, one a row, sorted by key. `values`: digits, a prefix's digits, organisation id, category mask."""

    keys: U64
    kinds: NDArray[np.uint8]
    values: U64


@dataclass(frozen=True)
class Columns:
    """All of it. `counter` is the feed's count of writes when it was taken; `combinations[code]` is what was said, the
    consents of a combination numbered 1, 2, … in place of their ids."""

    principals: dict[int, tuple[int, int]]
    keys: U64
    codes: U32
    starts: U32
    consents: U64
    blocks: Blocks
    combinations: list[tuple[ConsentFact, ...]]
    begins: dict[int, U32] = field(default_factory=dict)  # of principals with many subscribers

    def of(self, principal: int) -> Consents:
        """What was said to one principal; empty columns when nobody said anything."""
        begin, end = self.principals.get(principal, (0, 0))
        keys, index = self.keys[begin:end], self.begins.get(principal)
        return Consents(keys, self.codes[begin:end], self.starts[begin:end], self.consents, index)


def from_records(records: Iterable[tuple[bytes, bytes]]) -> Columns:
    """Columns of packed subscriber records (8-byte key, gate.facts.records form) in the order of their keys."""
    keys: list[U64] = []
    rows: list[NDArray[np.void]] = []
    blocks: list[tuple[int, int, int]] = []
    for part in _parts(records):
        part_keys, part_rows = _consents(part, blocks)
        keys.append(part_keys)
        rows.append(part_rows)
    return _arranged(
        np.concatenate(keys) if keys else np.empty(0, np.uint64),
        np.concatenate(rows) if rows else np.empty(0, _ROW),
        blocks,
    )


def _parts(records: Iterable[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    iterator = iter(records)
    while part := list(islice(iterator, _AT_ONCE)):
        yield part


def _consents(part: list[tuple[bytes, bytes]], blocks: list[tuple[int, int, int]]) -> tuple[U64, NDArray[np.void]]:
    """Keys and consents of some records, keys repeated; their blocks are added to `blocks`."""
    names, values = zip(*part, strict=True)
    keys = np.frombuffer(b"".join(names), ">u8").astype(np.uint64)
    counts = np.frombuffer(b"".join(value[:2] for value in values), "<u2")
    with_blocks = np.flatnonzero(counts & 0x8000)
    counts = (counts & 0x7FFF).astype(np.int64)
    for i in with_blocks.tolist():
        blocks.extend((int(keys[i]), kind, value) for kind, value in _block_rows(unpack_subscriber(values[i])))
    raw = b"".join(value[2 : 2 + 16 * count] for value, count in zip(values, counts.tolist(), strict=True))
    return np.repeat(keys, counts), np.frombuffer(raw, _ROW)


def _block_rows(facts: SubscriberFacts) -> Iterator[tuple[int, int]]:
    yield from ((NUMBER, number) for number in facts.blocked_numbers)
    yield from ((PREFIX, int(prefix)) for prefix in facts.blocked_prefixes)
    yield from ((FIRM, firm) for firm in facts.blocked_firms)
    if facts.blocked_categories:
        yield CATEGORIES, facts.blocked_categories


def _arranged(keys: U64, rows: NDArray[np.void], blocks: list[tuple[int, int, int]]) -> Columns:
    principal = rows["principal"]
    if len(principal) and (principal != principal[0]).any():
        order = np.argsort(principal, kind="stable")
        keys, rows = keys[order], rows[order]
        principal = rows["principal"]
    packed = rows["purpose"] | rows["state"].astype(np.uint32) << _STATE | rows["until"].astype(np.uint32) << _UNTIL
    new = np.ones(len(keys), bool)
    new[1:] = (keys[1:] != keys[:-1]) | (principal[1:] != principal[:-1])
    starts = np.flatnonzero(new)
    codes, combinations = _codes(packed, starts)
    ids, first = np.unique(principal[starts], return_index=True)
    bounds = [*first.tolist(), len(starts)]
    table = np.array(sorted(blocks), np.uint64).reshape(-1, 3)
    return Columns(
        {int(p): (bounds[i], bounds[i + 1]) for i, p in enumerate(ids)},
        keys[starts],
        codes,
        starts.astype(np.uint32),
        rows["consent"].copy(),
        Blocks(table[:, 0].copy(), table[:, 1].astype(np.uint8), table[:, 2].copy()),
        combinations,
    )


def _codes(packed: U32, starts: NDArray[np.int64]) -> tuple[U32, list[tuple[ConsentFact, ...]]]:
    """A code for each subscriber's combination, and what the codes mean. Combinations grow by one consent a round."""
    seen = np.zeros(1 << _BITS, bool)
    seen[packed[starts]] = True
    singles = np.flatnonzero(seen)
    place = np.zeros(1 << _BITS, np.uint32)
    place[singles] = np.arange(len(singles), dtype=np.uint32)
    codes = place[packed[starts]]
    meaning: list[tuple[int, ...]] = [(int(one),) for one in singles]
    counts = np.diff(np.append(starts, len(packed)))
    for j in range(1, int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > j)
        pairs = codes[longer].astype(np.uint64) << np.uint64(_BITS) | packed[starts[longer] + j]
        found, back = np.unique(pairs, return_inverse=True)
        codes[longer] = (len(meaning) + back).astype(np.uint32)
        meaning += [(*meaning[int(pair) >> _BITS], int(pair) & ((1 << _BITS) - 1)) for pair in found]
    return codes, [_combination(each) for each in meaning]


def _combination(packed: tuple[int, ...]) -> tuple[ConsentFact, ...]:
    return tuple(
        ConsentFact(0, one & 7, one >> _STATE & 3, one >> _UNTIL, number) for number, one in enumerate(packed, 1)
    )


_INDEXED = 1 << 16  # subscribers of a principal from which on their index is worth keeping
_BEGIN = "begin_"
_ARRAYS = ("keys", "codes", "starts", "consents")
_BLOCK_ARRAYS = ("keys", "kinds", "values")


def save(columns: Columns, folder: Path) -> None:
    """Write columns into a folder that exists, as .npy files and what.json."""
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(columns, name))
    for name in _BLOCK_ARRAYS:
        np.save(folder / f"block_{name}.npy", getattr(columns.blocks, name))
    for principal, (begin, end) in columns.principals.items():
        if end - begin >= _INDEXED:
            np.save(folder / f"{_BEGIN}{principal}.npy", begins_of(columns.keys[begin:end]))
    what = {"principals": columns.principals, "combinations": columns.combinations}
    (folder / "what.json").write_text(json.dumps(what))


def load(folder: Path) -> Columns:
    """Columns as saved, mapped into memory rather than read."""
    what = json.loads((folder / "what.json").read_bytes())
    keys, codes, starts, consents = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS)
    blocks = Blocks(*(np.load(folder / f"block_{name}.npy") for name in _BLOCK_ARRAYS))
    combinations = [tuple(ConsentFact(*fact) for fact in each) for each in what["combinations"]]
    return Columns(
        {int(p): (b, e) for p, (b, e) in what["principals"].items()},
        keys,
        codes,
        starts,
        consents,
        blocks,
        combinations,
        {int(path.stem.removeprefix(_BEGIN)): np.load(path, mmap_mode="r") for path in folder.glob(f"{_BEGIN}*.npy")},
    )


def begins_of(keys: U64) -> U32:
    """Where the keys begin that share their first bits: an index of an ascending column."""
    shift = np.uint64(64 - _index_bits(keys))
    counts = np.zeros((1 << _index_bits(keys)) + 1, np.uint32)
    for at in range(0, len(keys), _BLOCK):  # ascending, so that a block falls into a few neighbouring places
        places = keys[at : at + _BLOCK] >> shift
        first = int(places[0])
        found = np.bincount((places - places[0]).astype(np.int64))
        counts[first + 1 : first + 1 + len(found)] += found.astype(np.uint32)
    return np.cumsum(counts, dtype=np.uint32)


def _index_bits(keys: U64) -> int:
    return max(1, len(keys).bit_length() - 1)


class Finder:
    """Finds keys in an ascending column of them. They are hashes, evenly spread: the first bits tell the place."""

    def __init__(self, keys: U64, begin: U32 | None = None) -> None:
        self.keys = keys
        self._shift = np.uint64(64 - _index_bits(keys))
        self._begin = begins_of(keys) if begin is None else begin

    def find(self, wanted: U64) -> NDArray[np.int64]:
        """The place of each wanted key, -1 where there is none."""
        size = len(self.keys)
        if not size:
            return np.full(len(wanted), -1, np.int64)
        place = self._begin[(wanted >> self._shift).astype(np.int64)].astype(np.int64)
        below = np.flatnonzero(self.keys.take(place, mode="clip") < wanted)
        while len(below):
            place[below] += 1
            below = below[place[below] < size]
            below = below[self.keys.take(place[below]) < wanted[below]]
        found = self.keys.take(place, mode="clip") == wanted
        return np.where(found, np.minimum(place, size - 1), -1)
