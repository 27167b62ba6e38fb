"""Why a row of a file is not taken, and what mends it: in two languages, and kept as a number while an import runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Words = Mapping[str, str]  # zh, en


class Fault(NamedTuple):
    """`code` is stable for ever; `column` as the file's header should say it, "" for the whole row."""

    column: str
    code: str
    message: Words
    mend: Words


class BadRow(NamedTuple):
    """A row that was not taken. `row`: its line in a text file, the first being 1; its place, from 1, in another.
    `file`: its name, where there may be several."""

    row: int
    column: str
    code: str
    message: Words
    mend: Words
    file: str = ""


class Faults:
    """The faults of one sort of file. A fault is stored as its place in `listed`: append only. Place 0 means none."""

    def __init__(self, prefix: str, *rows: tuple[str, str, str, str, str, str]) -> None:
        """A row: column, code without the prefix, what is wrong in zh and en, what mends it in zh and en."""
        none = ("", "none", "", "", "", "")
        self.listed: tuple[Fault, ...] = tuple(
            Fault(column, f"{prefix}.{code}", {"zh": zh, "en": en}, {"zh": mend_zh, "en": mend_en})
            for column, code, zh, en, mend_zh, mend_en in (none, *rows)
        )
        self._places = {code: place for place, (_column, code, *_words) in enumerate((none, *rows))}

    def number(self, code: str) -> int:
        """The place of a fault, by its code without the prefix."""
        return self._places[code]

    def bad_row(self, row: int, fault: int) -> BadRow:
        """A row's fault as it is told."""
        return BadRow(row, *self.listed[fault])
