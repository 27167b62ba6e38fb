"""Files of an import as they were when it began: by digest, without those that were imported before."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from mingbai.calls.models import ImportedFile


def fresh(paths: Sequence[Path]) -> tuple[dict[str, Begun], int]:
    """Files by digest, without those that were imported before; and how many were."""
    found: dict[str, Begun] = {}
    for path in paths:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            found.setdefault(digest, Begun(path, file.tell(), os.fstat(file.fileno()), digest))
    digests = [bytes.fromhex(one) for one in found]
    there = {one.hex() for one in _known(digests)}
    return {digest: begun for digest, begun in found.items() if digest not in there}, len(there)


class Begun(NamedTuple):
    """A file as it was when its digest was taken: so many bytes of it are read, however it grows meanwhile."""

    path: Path
    size: int
    state: os.stat_result
    digest: str

    def same(self) -> bool:
        """Whether these bytes are still what they were."""
        with self.path.open("rb") as file:
            now = os.fstat(file.fileno())
            if (now.st_size, now.st_mtime_ns, now.st_ino) == (self.size, self.state.st_mtime_ns, self.state.st_ino):
                return True
            found, left = hashlib.sha256(), self.size
            while left and (piece := file.read(min(left, 1 << 20))):
                found.update(piece)
                left -= len(piece)
        return found.hexdigest() == self.digest


def _known(digests: Sequence[bytes]) -> Iterator[bytes]:
    for first in range(0, len(digests), 500):
        rows = ImportedFile.objects.filter(sha256__in=digests[first : first + 500])
        yield from map(bytes, rows.values_list("sha256", flat=True))
