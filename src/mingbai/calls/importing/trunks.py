"""Over which trunk each call came, by id."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingbai.calls.importing.cells import words
from mingbai.calls.importing.parts import Part
from mingbai.calls.importing.times import NOTHING

_TOLD, _KEPT, _LONGEST = 1_000, 100_000, 60
_FIGURES = re.compile(r"\d{5,}")

Trunks = Callable[[str], int]
"""A trunk's name → its id, 0 when there is none such."""


class TrunkIds:
    """The trunk of each row, by id: one for all, or by the name that the row has."""

    def __init__(self, fixed: int, find: Trunks | None) -> None:
        self._fixed, self._find = fixed, find
        self._ids: dict[str, int] = {"": fixed}
        self.unknown: set[str] = set()  # as they are told: figures that may be a telephone number are hidden

    def __call__(self, part: Part) -> NDArray[np.int64]:
        names = part.cells.get("trunk")
        if names is None or self._find is None:
            return np.full(len(part.rows), self._fixed, np.int64)
        coded: Any = words(names).dictionary_encode()
        ids = np.array([self._id(name) for name in coded.dictionary.to_pylist()] or [0], np.int64)
        found: NDArray[np.int64] = ids[coded.indices.to_numpy(zero_copy_only=False)]
        return found

    def _id(self, name: str) -> int:
        if name not in self._ids:
            assert self._find is not None
            found = self._fixed if name.lower() in NOTHING else self._find(name)
            if not found and name.lower() not in NOTHING and len(self.unknown) < _TOLD:
                self.unknown.add(_FIGURES.sub("…", name)[:_LONGEST])
            if len(self._ids) > _KEPT:  # a column of something else
                return found
            self._ids[name] = found
        return self._ids[name]
