"""What is wrong with the log, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Fault(NamedTuple):
    """A place (a file of the log, a row of the database, with the entry's index) and what is wrong there."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Report:
    """What was looked at, and every fault found (at most `limit`)."""

    size: int = 0
    waiting: int = 0
    unreadable: int = 0  # entries whose subject was shredded: their opening cannot be checked
    keys: int = 0
    checkpoints: int = 0
    files: int = 0
    batches: int = 0
    documents: int = 0
    faults: list[Fault] = field(default_factory=list)
    limit: int = 1000

    def fault(self, where: str, what: str) -> None:
        if len(self.faults) < self.limit:
            self.faults.append(Fault(where, what))

    @property
    def sound(self) -> bool:
        return not self.faults
