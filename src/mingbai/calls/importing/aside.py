"""Bad rows of an import, put aside to be mended."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingbai.calls.importing import faults
from mingbai.calls.importing.faults import BadRow

SHOWN = 1_000  # bad rows in a report; all of them stand in bad.csv


class Aside:
    """Bad rows in a folder of the import: as they stand, to be mended, and a list of why."""

    def __init__(self, place: Path, paths: Iterable[Path] = ()) -> None:
        self._place = place
        names = Counter(path.name for path in paths)
        self._alike = {name for name, count in names.items() if count > 1}
        self.shown: list[BadRow] = []
        self._names: dict[Path, str] = {}
        self._list: Any = None
        self._file: Any = None

    def name(self, path: Path) -> str:
        """What a file is called where rows are told: as given, where two have one name."""
        return str(path) if path.name in self._alike else path.name

    def path(self, path: Path, source: Any) -> Path:
        """Where the bad rows of a file go."""
        self._make()
        name = self._names.get(path)
        if name is None:
            taken = {*self._names.values()}
            name = next(
                one
                for n in range(len(taken) + 1)
                if (one := f"{path.stem}{f'-{n}' if n else ''}.bad{source.suffix}") not in taken  # of two folders
            )
            self._names[path] = name
        return self._place / name

    def _make(self) -> None:
        if self._list is None:
            self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = (self._place / "bad.csv").open("w", encoding="utf-8", newline="")
            self._list = csv.writer(self._file)
            self._list.writerow(("file", "row", "column", "code", "reason", "原因", "mend", "如何改正"))

    def say(self, path: Path, rows: NDArray[np.int64], found: NDArray[np.uint8]) -> None:
        self._make()
        for row, fault in zip(rows.tolist(), found.tolist(), strict=True):
            what = faults.FAULTS[fault]
            said = (what.message["en"], what.message["zh"], what.mend["en"], what.mend["zh"])
            self._list.writerow((self.name(path), row, what.column, what.code, *said))
        for row, fault in zip(rows[: SHOWN - len(self.shown)].tolist(), found.tolist(), strict=False):
            self.shown.append(faults.bad_row(row, fault)._replace(file=self.name(path)))

    def rows(self, path: Path, source: Any, data: bytes) -> None:
        begun = path in self._names
        with self.path(path, source).open("ab" if begun else "wb") as file:
            file.write(data if begun else source.head + data)

    def end(self) -> Path | None:
        """Close the list; the folder, None when nothing was put aside."""
        if self._file is None:
            return None
        self._file.close()
        return self._place


def forget(place: Path, before_s: float) -> int:
    """Remove what imports put aside, or left behind when they were killed, and nobody has touched since `before_s`
    (seconds since 1970): clear numbers are kept no longer than those of the lake. How many imports' it was."""
    gone = 0
    for one in place.glob("import-*"):
        if max(path.stat().st_mtime for path in (one, *one.rglob("*"))) < before_s:
            shutil.rmtree(one, ignore_errors=True)
            gone += 1
    return gone
