"""The log's files in C2SP tlog-tiles layout: where each lies, what grows when entries are added, how hashes are read.

A tile is up to 256 hashes of one level (0 leaves, 1 the roots of 256 leaves …); a bundle is up to 256 entries, each
with its length as big-endian uint16. No file of another size than `count(...)` says is ever served.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mingbai.ledger import merkle

WIDTH = 256
HASH = merkle.HASH

Read = Callable[[str], bytes]
"""The bytes of a file of the log by its path below `log/`. Raises OSError when there is none."""


def number(n: int) -> str:
    """`n` in three-digit groups, all but the last prefixed x: 1234067 → x001/x234/067."""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.append(f"x{n % 1000:03d}")
    return "/".join(reversed(groups))


def tile_path(level: int, n: int, width: int = WIDTH) -> str:
    """The path of hash tile `n` of `level` holding `width` (1–256) hashes."""
    return f"tile/{level}/{number(n)}{_partial(width)}"


def bundle_path(n: int, width: int = WIDTH) -> str:
    """The path of entry bundle `n` holding `width` (1–256) entries."""
    return f"tile/entries/{number(n)}{_partial(width)}"


def _partial(width: int) -> str:
    if not 1 <= width <= WIDTH:
        raise ValueError(f"a tile holds 1 to {WIDTH}, not {width}")
    return "" if width == WIDTH else f".p/{width}"


def count(size: int, level: int, n: int) -> int:
    """How many hashes tile `n` of `level` holds in a tree of `size` entries; 0 when there is no such tile."""
    return max(0, min((size >> 8 * level) - n * WIDTH, WIDTH))


def levels(size: int) -> int:
    """How many levels of tiles a tree of `size` has."""
    return (size.bit_length() + 7) // 8


def expected(size: int) -> list[str]:
    """Every file that a log of `size` entries needs, smallest number first: bundles, then tiles by level."""
    paths = [bundle_path(n, count(size, 0, n)) for n in range(-(-size // WIDTH))]
    for level in range(levels(size)):
        width = -(-(size >> 8 * level) // WIDTH)
        paths += [tile_path(level, n, count(size, level, n)) for n in range(width)]
    return paths


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle of entries, at most 65,535 bytes each."""
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def unpack(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when it ends within one."""
    entries: list[bytes] = []
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2])
        if at + 2 > len(bundle) or end > len(bundle):
            raise ValueError(f"the bundle ends within entry {len(entries)}")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


def narrow(path: str, data: bytes, width: int) -> bytes:
    """The first `width` of what the tile or bundle at `path` holds."""
    if path.startswith("tile/entries/"):
        return pack(unpack(data)[:width])
    return data[: width * HASH]


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile. Raises ValueError when its length is no multiple of 32."""
    if len(tile) % HASH:
        raise ValueError(f"a tile of {len(tile)} bytes")
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


@dataclass(frozen=True)
class Edge:
    """The right edge of a log: all that must be known to grow it."""

    size: int
    entries: list[bytes]  # of the last bundle, when it is not full
    hashes: list[list[bytes]]  # of the last tile of each level, when it is not full

    @cached_property
    def root(self) -> bytes:
        """The root of the whole log."""
        top: list[bytes] = []
        for row in self.hashes:
            row = [*row, *top]
            top = [merkle.fold(row)] if row else []
        return top[0] if top else merkle.EMPTY

    def sound(self) -> bool:
        """Whether the entries are those of the leaf hashes beside them."""
        return [merkle.leaf_hash(entry) for entry in self.entries] == (self.hashes[0] if self.hashes else [])


EDGE_OF_NOTHING = Edge(0, [], [])


def edge(size: int, read: Read) -> Edge:
    """The right edge of the log of `size` entries as it lies in its files. Raises OSError or ValueError."""
    entries: list[bytes] = []
    if size % WIDTH:
        entries = unpack(read(bundle_path(size // WIDTH, size % WIDTH)))
    hashes = []
    for level in range(levels(size)):
        n, width = divmod(size >> 8 * level, WIDTH)
        hashes.append(split(read(tile_path(level, n, width))) if width else [])
    if len(entries) != size % WIDTH or any(len(r) != (size >> 8 * i) % WIDTH for i, r in enumerate(hashes)):
        raise ValueError("a tile or bundle at the right edge has another width than its name says")
    return Edge(size, entries, hashes)


def grow(before: Edge, entries: Sequence[bytes]) -> tuple[Edge, dict[str, bytes]]:
    """The edge after `entries` were added, and the files that are new."""
    files: dict[str, bytes] = {}
    size = before.size + len(entries)
    waiting = [*before.entries, *entries]
    for at in range(0, len(waiting), WIDTH):
        part = waiting[at : at + WIDTH]
        files[bundle_path(before.size // WIDTH + at // WIDTH, len(part))] = pack(part)
    rest = waiting[len(waiting) - len(waiting) % WIDTH :]
    hashes: list[list[bytes]] = []
    new = [merkle.leaf_hash(entry) for entry in entries]
    for level in range(levels(size)):
        row = [*(before.hashes[level] if level < len(before.hashes) else []), *new]
        if new:
            first = (before.size >> 8 * level) // WIDTH
            for at in range(0, len(row), WIDTH):
                part = row[at : at + WIDTH]
                files[tile_path(level, first + at // WIDTH, len(part))] = b"".join(part)
        full = len(row) - len(row) % WIDTH
        hashes.append(row[full:])
        new = [merkle.fold(row[at : at + WIDTH]) for at in range(0, full, WIDTH)]
    return Edge(size, rest, hashes), files


def nodes(size: int, read: Read) -> merkle.Node:
    """Reads the hashes of perfect subtrees of a log of `size` from its tiles; each tile is read once."""

    @lru_cache(maxsize=64)
    def tile(level: int, n: int) -> list[bytes]:
        width = count(size, level, n)
        row = split(read(tile_path(level, n, width)))
        if len(row) != width:
            raise ValueError(f"{tile_path(level, n, width)} holds {len(row)} hashes")
        return row

    def node(level: int, i: int) -> bytes:
        high, low = divmod(level, 8)
        first = i << low
        row = tile(high, first // WIDTH)
        return merkle.fold(row[first % WIDTH : first % WIDTH + (1 << low)])

    return node
