"""The files' side: bundles, tiles, checkpoint and batch trees against what the database says."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from mingbai.ledger import batches, merkle, note, order, tables, tiles
from mingbai.ledger.fsck.faults import Report

_TILE = re.compile(r"tile/(entries|\d+)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?")


class Files:
    """The tiles of a log of `size` entries, compared while the true hashes go by."""

    def __init__(self, report: Report, size: int) -> None:
        self.report, self.size = report, size
        self.truth: list[list[bytes]] = [[] for _ in range(max(1, tiles.levels(size)))]
        self.bundles: list[bytes] = []

    def leaves(self, commitments: Iterable[bytes | None], met: Callable[[merkle.Growing], None]) -> None:
        """Go through all entries; `met` sees the growing tree after each."""
        tree = merkle.Growing()
        met(tree)
        stream = iter(commitments)
        while block := list(islice(stream, tiles.WIDTH)):
            for leaf in self._block(tree.size // tiles.WIDTH, block):
                self.truth[0].append(leaf)
                tree.add(leaf)
                met(tree)

    def _block(self, n: int, block: list[bytes | None]) -> list[bytes]:
        """The true leaf hashes of one bundle: what at least two of database, bundle and tile agree on."""
        width = len(block)
        bundle = self._read(tiles.bundle_path(n, width), tiles.unpack, width)
        tile = self._read(tiles.tile_path(0, n, width), tiles.split, width)
        truth, right = [], []
        for i, commitment in enumerate(block):
            ours = merkle.leaf_hash(commitment) if commitment else None
            listed = merkle.leaf_hash(bundle[i]) if bundle else None
            hashed = tile[i] if tile else None
            true = listed if listed and listed == hashed else ours or listed or hashed or merkle.EMPTY
            self._differences(n * tiles.WIDTH + i, width, true, (ours, listed, hashed))
            truth.append(true)
            right.append(bundle[i] if bundle and listed == true else commitment or b"")
        self.bundles.append(tiles.pack(right))
        return truth

    def _differences(self, index: int, width: int, true: bytes, found: tuple[bytes | None, ...]) -> None:
        n = index // tiles.WIDTH
        places = ("database, ledger_entry", tiles.bundle_path(n, width), tiles.tile_path(0, n, width))
        for place, value in zip(places, found, strict=True):
            if value is not None and value != true:
                self.report.fault(f"{place}, entry {index}", "not what the log was signed with")

    def _read(self, path: str, parse: Callable[[bytes], list[bytes]], width: int) -> list[bytes] | None:
        self.report.files += 1
        try:
            found = parse(order.read(path))
        except (OSError, ValueError) as error:
            first = _first_entry(path)
            self.report.fault(f"{path}, from entry {first}", f"cannot be read: {error}")
            return None
        if len(found) != width:
            self.report.fault(f"{path}, from entry {_first_entry(path)}", f"holds {len(found)} instead of {width}")
            return None
        return found

    def upper(self) -> None:
        """The tiles above the leaves. Call after all leaves went by."""
        for level in range(1, tiles.levels(self.size)):
            below = self.truth[level - 1]
            full = range(0, len(below) - len(below) % tiles.WIDTH, tiles.WIDTH)
            self.truth[level] = [merkle.fold(below[at : at + tiles.WIDTH]) for at in full]
            for at in range(0, len(self.truth[level]), tiles.WIDTH):
                true = self.truth[level][at : at + tiles.WIDTH]
                path = tiles.tile_path(level, at // tiles.WIDTH, len(true))
                found = self._read(path, tiles.split, len(true)) or true
                for i in [i for i, (one, other) in enumerate(zip(found, true, strict=True)) if one != other]:
                    first = at + i << 8 * level
                    self.report.fault(
                        f"{path}, hash {i} over entries {first} to {first + (1 << 8 * level) - 1}", "not their hash"
                    )

    def others(self) -> None:
        """Files beside those of the present size: parts of tiles as they were served once."""
        folder, wanted = order.folder(), set(tiles.expected(self.size))
        for path in sorted(p for p in (folder / "tile").rglob("*") if p.is_file() and not p.name.startswith(".")):
            name = path.relative_to(folder).as_posix()
            if name not in wanted:
                self._other(name, path)

    def _other(self, name: str, path: Path) -> None:
        self.report.files += 1
        found = _TILE.fullmatch(name)
        n = int(re.sub(r"[x/]", "", found[2])) if found else 0
        width = int(found[3] or tiles.WIDTH) if found else 0
        level = 0 if not found or found[1] == "entries" else int(found[1])
        if not found or not 0 < width <= tiles.WIDTH:
            self.report.fault(name, "no file of the log")
        elif tiles.count(self.size, level, n) >= width:
            full = self.bundles[n] if found[1] == "entries" else b"".join(self._row(level, n))
            if tiles.narrow(name, full, width) != path.read_bytes():
                first = n * tiles.WIDTH << 8 * level
                self.report.fault(f"{name}, from entry {first}", "not what the log was signed with")
        elif (order.head()[0] >> 8 * level) < n * tiles.WIDTH + width:
            self.report.fault(name, "belongs to no signed tree")

    def _row(self, level: int, n: int) -> list[bytes]:
        return self.truth[level][n * tiles.WIDTH : (n + 1) * tiles.WIDTH]

    def checkpoint(self) -> None:
        """The served checkpoint is one that was signed, and the last but for one being written now."""
        try:
            text = order.read("checkpoint").decode()
            served = note.open_checkpoint(text, order.verifier())
        except FileNotFoundError:
            if self.size:
                self.report.fault("checkpoint", "is missing")
            return
        except ValueError as error:
            self.report.fault("checkpoint", str(error))
            return
        row = tables.one("SELECT note FROM ledger_checkpoint WHERE size = %s", served.size)
        if row is None or row[0] != text:
            self.report.fault("checkpoint", f"the database has not signed this one, of {served.size} entries")
        elif served.size < self.size:
            self.report.fault("checkpoint", f"has {served.size} entries, {self.size} were signed; integrate mends it")


def _first_entry(path: str) -> int:
    """The first entry that a tile or bundle is about."""
    found = _TILE.fullmatch(path)
    if not found:
        return 0
    level = 0 if found[1] == "entries" else int(found[1])
    return int(re.sub(r"[x/]", "", found[2])) * tiles.WIDTH << 8 * level


def batch_trees(report: Report, claimed: dict[str, tuple[int, str]]) -> None:
    """Every batch tree that an entry commits to, and every other that lies there."""
    folder = order.folder()
    seen = set()
    for path in sorted((folder / "batches").glob("*/*.tree")):
        report.batches += 1
        seen.add(path.stem)
        _batch_tree(report, path, path.relative_to(folder).as_posix())
    for root, (size, where) in claimed.items():
        path = batches.place(folder, b64decode(root))
        if path.stem not in seen:
            report.fault(f"{path.relative_to(folder).as_posix()}", f"is missing; needed by {where}")
        else:
            _claimed_size(report, path, size, where)


def _claimed_size(report: Report, path: Path, size: int, where: str) -> None:
    try:
        found = batches.Tree.open(path).size
    except (OSError, ValueError):
        return  # told already
    if found != size:
        report.fault(path.name, f"has {found} rows, {where} says {size}")


def _batch_tree(report: Report, path: Path, name: str) -> None:
    try:
        tree = batches.Tree.open(path)
        wrong = tree.check()
    except (OSError, ValueError) as error:
        report.fault(name, str(error))
        return
    if wrong:
        report.fault(name, wrong)
    elif tree.root.hex() != path.stem:
        last = f"rows 0 to {tree.size - 1}" if tree.size <= tiles.WIDTH else "the highest hashes"
        report.fault(name, f"{last} do not make the root that the batch was signed with")
