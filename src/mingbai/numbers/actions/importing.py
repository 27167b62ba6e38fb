"""Numbers registered from a file: every row that cannot be taken is told with its line, column and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from django.db import transaction

from mingbai.kernel import msisdn
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.problems import Problem
from mingbai.numbers import sheet, wording
from mingbai.numbers.actions import registering
from mingbai.numbers.models import NumberResource, Trunk
from mingbai.numbers.rules import Taken
from mingbai.numbers.sheet import BadRow, Report, Row
from mingbai.people import queries as people
from mingbai.people.queries import OrganisationView

_AT_ONCE = 200  # rows of one transaction, so that others wait but a moment
MOST_ALL_OR_NOTHING = 5_000  # rows: on SQLite nobody else writes meanwhile, and that stays within a second or two

Progress = Callable[[int, int], None]


class _Ready(NamedTuple):
    line: int
    resource: NumberResource
    trunks: tuple[int, ...]


def import_numbers(
    file: str | Path | bytes | IO[bytes],
    *,
    keep_good: bool,
    holder: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Register the numbers of a CSV file (columns: see numbers.sheet).

    `keep_good`: take the good rows and report the bad ones; otherwise all or nothing, in one transaction and with at
    most MOST_ALL_OR_NOTHING rows. `holder`: the firm whose file it is; the column may then be left out, and rows of
    others are refused. `progress(done, of)` is called after each part. Raises Problem when the file as a whole cannot
    be read.
    """
    rows = sheet.read(_bytes(file), holder_known=holder is not None)
    if not keep_good and len(rows) > MOST_ALL_OR_NOTHING:
        mend = "write runs of numbers as ranges, divide the file, or have the good rows kept"
        raise Problem("numbers.file_too_long", f"all or nothing takes at most {MOST_ALL_OR_NOTHING} rows", mend=mend)
    checker = _Checker(holder)
    ready = [found for row in rows if (found := checker.check(row)) is not None]
    if keep_good:
        ids = _keep_good(ready, checker, progress or (lambda done, of: None))
    else:
        ids = [] if checker.rejected else _all_or_nothing(ready, checker)
    return Report(len(rows), len(ids), sorted(checker.rejected, key=lambda bad: bad.row), ids)


def _bytes(file: str | Path | bytes | IO[bytes]) -> bytes:
    if isinstance(file, bytes):
        return file
    if isinstance(file, str | Path):
        return Path(file).read_bytes()
    return file.read(sheet.MOST_BYTES + 1)


class _Checker:
    """Checks rows one after the other; remembers names looked up, numbers taken, rows rejected."""

    def __init__(self, holder: int | None) -> None:
        self.rejected: list[BadRow] = []
        self._holder = None if holder is None else registering.organisation(holder, "holder")
        self._taken = Taken()
        self._organisations: dict[str, OrganisationView | None] = {}
        self._trunks: dict[str, int] = dict(Trunk.objects.values_list("name", "id"))

    def check(self, row: Row) -> _Ready | None:
        """The row ready to be stored; None when it was rejected."""
        if fault := sheet.fault(row):
            self.reject(row.line, *fault)
            return None
        numbers = self._numbers(row)
        holder = self._organisation(row, "holder")
        principal = self._organisation(row, "principal") if row.get("principal") else holder
        trunks = self._trunk_ids(row)
        if numbers is None or holder is None or principal is None or trunks is None:
            return None
        try:
            resource = registering.prepare(
                first=numbers[0], last=numbers[1], holder=holder, principal=principal,
                use=sheet.USES[row.get("use")], industry=sheet.INDUSTRIES.get(row.get("industry"), ""),
                label=row.get("label"), outbound_committed=sheet.committed(row),
                limits=(sheet.limit(row, "per_minute"), sheet.limit(row, "per_hour"), sheet.limit(row, "per_day")),
            )  # fmt: skip
        except Problem as problem:
            self.reject(row.line, problem.where, problem.code)
            return None
        other = self._taken.add(resource.first, resource.last, row.line)
        if other is not None:
            self.reject(row.line, _number_column(row), "numbers.row_duplicate", other=other)
            return None
        return _Ready(row.line, resource, trunks)

    def reject(self, line: int, column: str, code: str, **values: object) -> None:
        message, mend = wording.told(code, **values)
        self.rejected.append(BadRow(line, column, code, message, mend))

    def _numbers(self, row: Row) -> tuple[Msisdn, Msisdn] | None:
        columns = ("number", "number") if row.get("number") else ("first", "last")
        found = []
        for column in columns:
            number = msisdn.parse(row.get(column))
            if not number.valid:
                self.reject(row.line, column, _UNREADABLE[number.kind])
                return None
            found.append(number)
        return found[0], found[1]

    def _organisation(self, row: Row, column: str) -> OrganisationView | None:
        """The organisation named in the row's `column`, or whose file it is where none is named; else rejected."""
        name = row.get(column)
        found = self._named(name) if name else self._holder
        if found is None:
            self.reject(row.line, column, "numbers.unknown_organisation")
        elif found.state != "active":
            self.reject(row.line, column, "numbers.organisation_state")
        elif column == "holder" and self._holder is not None and found.id != self._holder.id:
            self.reject(row.line, column, "numbers.foreign_holder")
        else:
            return found
        return None

    def _named(self, name: str) -> OrganisationView | None:
        if name not in self._organisations:
            self._organisations[name] = people.organisation_by_name(name)
        return self._organisations[name]

    def _trunk_ids(self, row: Row) -> tuple[int, ...] | None:
        names = sheet.trunk_names(row)
        if any(name not in self._trunks for name in names):
            self.reject(row.line, "trunks", "numbers.unknown_trunk")
            return None
        return tuple(dict.fromkeys(self._trunks[name] for name in names))


_UNREADABLE = {
    Kind.WITHHELD: "numbers.no_number",
    Kind.MALFORMED: "numbers.malformed",
    Kind.UNALLOCATED: "numbers.unallocated",
}


def _number_column(row: Row) -> str:
    return "number" if row.get("number") else "first"


def _keep_good(ready: Sequence[_Ready], checker: _Checker, progress: Progress) -> list[int]:
    ids: list[int] = []
    done = 0
    for part in _parts(ready):
        with transaction.atomic():
            registering.lock()
            free = [one for one in part if _free(one, checker)]
            registering.store([(one.resource, one.trunks) for one in free])
        ids += [one.resource.id for one in free]
        done += len(part)
        progress(done, len(ready))
    return ids


def _all_or_nothing(ready: Sequence[_Ready], checker: _Checker) -> list[int]:
    with transaction.atomic():
        registering.lock()
        taken = [one for one in ready if not _free(one, checker)]  # all of them: the report names every one
        if taken:
            return []
        for part in _parts(ready):
            registering.store([(one.resource, one.trunks) for one in part])
    return [one.resource.id for one in ready]


def _free(one: _Ready, checker: _Checker) -> bool:
    try:
        registering.check_free(one.resource.first, one.resource.last)
    except Problem as problem:
        checker.reject(one.line, problem.where, problem.code)
        return False
    return True


def _parts(ready: Sequence[_Ready]) -> Iterator[Sequence[_Ready]]:
    for first in range(0, len(ready), _AT_ONCE):
        yield ready[first : first + _AT_ONCE]
