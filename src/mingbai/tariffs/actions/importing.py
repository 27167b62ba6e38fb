"""Plans written from a file: what is new, what changed, what cannot be read, by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from django.db import transaction

from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.tariffs import content as contents
from mingbai.tariffs import diff, queries, reading, rules, sheet, wording
from mingbai.tariffs.actions import drafting
from mingbai.tariffs.content import Content
from mingbai.tariffs.models import Imported, Version
from mingbai.tariffs.sheet import Row

_AT_ONCE = 100  # rows of one transaction, so that others wait but a moment
MOST_ALL_OR_NOTHING = 2_000

Progress = Callable[[int, int], None]


class BadRow(NamedTuple):
    """A row that was not taken; `message` and `mend` in zh and en."""

    row: int
    column: str
    code: str
    message: Mapping[str, str]
    mend: Mapping[str, str]


class Taken(NamedTuple):
    """A row that was. `outcome`: new, changed or unchanged; `changes` against what stood before."""

    row: int
    code: str
    name: str
    outcome: str
    version: int
    changes: list[diff.Change]
    findings: list[rules.Finding]


class Report(NamedTuple):
    """What became of a file. Nothing is taken when all or nothing was asked and a row was bad."""

    rows: int
    taken: list[Taken]
    rejected: list[BadRow]

    def count(self, outcome: str) -> int:
        return sum(one.outcome == outcome for one in self.taken)


class _Ready(NamedTuple):
    row: int
    operator: int
    content: Content


def import_tariffs(
    file: bytes, *, account: int, keep_good: bool, operator: int | None = None, progress: Progress | None = None
) -> Report:
    """Write a draft for each plan of the file that is new or changed (columns: tariffs.sheet).

    A plan is known by operator and code. A row that says what the last import said of its plan changes nothing, and
    where it says something else, only those fields change: what people wrote since stays. `operator`: whose file it
    is; rows of others are then refused. Raises Problem when the file as a whole cannot be read.
    """
    rows = sheet.read(file)
    if not keep_good and len(rows) > MOST_ALL_OR_NOTHING:
        mend = "divide the file, or have the good rows kept"
        raise Problem("tariffs.file_too_long", f"all or nothing takes at most {MOST_ALL_OR_NOTHING} rows", mend=mend)
    checker = _Checker(operator)
    ready = [one for row in rows if (one := checker.check(row)) is not None]
    taken: list[Taken] = []
    if keep_good:
        for part in _parts(ready):
            with transaction.atomic():
                taken += _take_all(part, account, checker)
            if progress:
                progress(len(taken), len(ready))
    elif not checker.rejected:
        with transaction.atomic():
            taken = _take_all(ready, account, checker)
            if checker.rejected:
                taken = []
                transaction.set_rollback(True)
    return Report(len(rows), taken, sorted(checker.rejected, key=lambda bad: bad.row))


class _Checker:
    """Reads rows one after the other; remembers operators looked up, codes met, rows rejected."""

    def __init__(self, operator: int | None) -> None:
        self.rejected: list[BadRow] = []
        self._own = None if operator is None else people.organisation(operator)
        self._names: dict[str, int | None] = {}
        self._met: dict[tuple[int, str], int] = {}

    def check(self, row: Row) -> _Ready | None:
        try:
            content = reading.content(row)
        except reading.Unreadable as fault:
            self.reject(row.line, fault.column, fault.code)
            return None
        operator = self._operator(row)
        if operator is None:
            return None
        other = self._met.setdefault((operator, content.code), row.line)
        if other != row.line:
            self.reject(row.line, "code", "tariffs.row_twice", other=other)
            return None
        return _Ready(row.line, operator, content)

    def reject(self, line: int, column: str, code: str, **values: object) -> None:
        message, mend = wording.told(code, **values)
        self.rejected.append(BadRow(line, column, code, message, mend))

    def _operator(self, row: Row) -> int | None:
        name = row.get("operator")
        if not name:
            if self._own is not None:
                return self._own.id
            self.reject(row.line, "operator", "tariffs.row_operator")
            return None
        if self._own is not None:
            if name == self._own.name:
                return self._own.id
            self.reject(row.line, "operator", "tariffs.row_foreign")
            return None
        if name not in self._names:
            found = people.organisation_by_name(name)
            self._names[name] = found.id if found and found.kind == "operator" else None
        if self._names[name] is None:
            self.reject(row.line, "operator", "tariffs.row_operator")
            return None
        return self._names[name]


def _take_all(ready: Sequence[_Ready], account: int, checker: _Checker) -> list[Taken]:
    return [one for row in ready if (one := _take(row, account, checker)) is not None]


def _take(ready: _Ready, account: int, checker: _Checker) -> Taken | None:
    """Write the row's plan. None when it was rejected after all."""
    latest = Version.objects.filter(plan__operator_id=ready.operator, plan__code=ready.content.code)
    row = latest.exclude(state="discarded").order_by("-number").select_related("body").first()
    told = Imported.objects.filter(plan__operator_id=ready.operator, plan__code=ready.content.code).first()
    before = contents.parse(row.body.text) if row else None
    after = ready.content
    if before is not None and row is not None:
        after = _merged(contents.parse(told.text) if told else before, ready.content, before)
        if after == before:
            return Taken(ready.row, before.code, before.name, "unchanged", row.id, [], [])
    try:
        version = drafting.draft(operator=ready.operator, content=after, account=account)
    except Problem as problem:
        checker.reject(ready.row, problem.where, problem.code if wording.knows(problem.code) else "tariffs.row_content")
        return None
    plan = Version.objects.values_list("plan_id", flat=True).get(id=version)
    Imported.objects.update_or_create(plan_id=plan, defaults={"text": contents.body(ready.content).decode()})
    changes = diff.between(before, after) if before else []
    findings = rules.check(after, queries.today())
    return Taken(ready.row, after.code, after.name, "changed" if before else "new", version, changes, findings)


def _merged(told: Content, now: Content, present: Content) -> Content:
    """What stands, with the fields that the file says otherwise than it did last time."""
    fields = {name: getattr(now, name) for name in contents.FIELDS if getattr(now, name) != getattr(told, name)}
    still = [name for name in present.inferred if name.partition(".")[0] not in fields]
    fresh = [name for name in now.inferred if name.partition(".")[0] in fields]
    return msgspec.structs.replace(present, **fields, inferred=tuple(dict.fromkeys([*still, *fresh])))


def _parts(ready: Sequence[_Ready]) -> Iterator[Sequence[_Ready]]:
    for first in range(0, len(ready), _AT_ONCE):
        yield ready[first : first + _AT_ONCE]
