"""One import from file to batch, and what becomes of one that was cut off."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from mingbai.consent import events, rules
from mingbai.consent.importing import job, writing
from mingbai.consent.models import Batch
from mingbai.consent.staging import faults
from mingbai.consent.staging.faults import BadRow
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Purpose
from mingbai.ledger import actions as ledger
from mingbai.ledger.batches import Tree, place
from mingbai.notices import queries as notices

WRITE = 10_000  # rows of one transaction: a refusal that arrives meanwhile waits for one of them at most
SHOWN = 1000  # bad rows in a report; all of them by `bad_rows`
_DROP = (
    "DELETE FROM consent_consent WHERE id IN"
    " (SELECT id FROM consent_consent WHERE batch_id = %s AND state = 'claimed' LIMIT %s)"
)
Progress = Callable[[str, int, int], None]  # stage ("reading", "checking", "writing"), done, of (0: not known yet)


@dataclass(frozen=True)
class Report:
    """What became of a file. `unchanged`: rows whose consent stood already. `bad`: the first thousand, by line.

    `accepted` is 0 when all or nothing was asked and a row was bad, or when no row was good; `state` is then rejected.
    """

    batch: int
    state: str
    rows: int
    accepted: int
    unchanged: int
    rejected: int
    bad: tuple[BadRow, ...]


def import_whitelist(
    path: Path,
    *,
    principal: int,
    purpose: str,
    keep_good: bool,
    progress: Progress | None = None,
    wording_sha256: bytes | None = None,
    file_name: str = "",
) -> Report:
    """Take a firm's file of consents. Bad rows are left out when `keep_good`, else one of them rejects the file.

    Raises Problem when the file as a whole cannot be read: then no batch is left but a rejected one.
    """
    rules.check_purpose(Purpose(purpose), refusal=False)
    batch = Batch.objects.create(
        principal_id=principal,
        purpose=purpose,
        file_name=(file_name or path.name)[:120],
        file_sha256=b"",  # found while the rows are being checked
        wording_sha256=wording_sha256,
        keep_good=keep_good,
        created_at=clock.now(),
    ).id
    with job.held(batch) as mine:
        assert mine
        job.clear(batch, reports=True)  # of a batch of this number in a database that was put back
        run = _Run(batch, progress or _silent)
        try:
            with job.Staging(batch, _job(path, principal, purpose)) as staging, writing.roomy():
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").digest()
                Batch.objects.filter(id=batch).update(file_sha256=digest)
                run.stage(iter(staging))
        except _AnyBad:
            pass
        except BaseException:
            _reject(batch)
            job.clear(batch)
            raise
        return run.finish()


def resume() -> list[Report]:
    """Bring imports to an end that a dead process left: go on where staging was complete, else reject. At start-up."""
    reports = []
    for batch in Batch.objects.filter(state=Batch.State.WRITING).order_by("id").values_list("id", flat=True):
        with job.held(batch) as mine:
            if not mine:
                continue
            left = job.staged(batch)
            if left is None:
                _reject(batch)
                reports.append(_report(batch, 0))
                continue
            run = _Run(batch, _silent)
            with contextlib.suppress(_AnyBad), writing.roomy():
                run.go_on(left)
            reports.append(run.finish())
    return reports


def bad_rows(batch: int, *, first: int = 0, limit: int = 1000) -> list[BadRow]:
    """The rows of an import that were not taken, by line, from place `first` on."""
    return _bad(batch)[first : first + limit]


def _bad(batch: int) -> list[BadRow]:
    place = job.folder(batch)
    found: list[tuple[int, int]] = []
    if (place / "bad.arrow").exists():
        with pa.memory_map(str(place / "bad.arrow")) as file:
            table = pa.ipc.open_file(file).read_all()
        found += zip(table["line"].to_numpy().tolist(), table["fault"].to_numpy().tolist(), strict=True)
    found += [(line, fault) for line, fault in _late(batch) if fault]
    return [faults.bad_row(line, fault) for line, fault in sorted(found)]


class _Run:
    """The writing side of one import."""

    def __init__(self, batch: int, progress: Progress) -> None:
        row = Batch.objects.get(id=batch)
        self.batch, self.progress, self.keep_good = batch, progress, row.keep_good
        self.done, self.good, self.seq = row.done, 0, 0
        self.values = {
            "batch": batch,
            "principal": row.principal_id,
            "purpose": row.purpose,
            "now": connection.ops.adapt_datetimefield_value(clock.now()),
        }

    def stage(self, told: Iterator[dict[str, Any]]) -> None:
        """Follow the staging process, writing each part as soon as it stands."""
        waiting: list[str] = []
        for line in told:
            if "read" in line:
                self.progress("reading", line["read"], 0)
            elif "checked" in line:
                self.checked(line["checked"])
            elif "part" in line:
                waiting.append(line["part"])
                if self.keep_good:
                    self.write(waiting.pop())
        self.write_all(waiting)

    def go_on(self, left: dict[str, Any]) -> None:
        """Write what a dead process had staged and not yet written."""
        self.checked(left)
        self.write_all(left["parts"])

    def checked(self, what: dict[str, Any]) -> None:
        """Every row has been looked at: note how many there are. Raises _AnyBad when that ends it."""
        self.good = what["good"]
        if not self.done:
            Batch.objects.filter(id=self.batch).update(rows=what["rows"], rejected=what["bad"])
        if not self.good or (what["bad"] and not self.keep_good):
            raise _AnyBad

    def write_all(self, parts: list[str]) -> None:
        """All or nothing looks for objections of the database in every part before it writes the first."""
        if not self.keep_good and not self.done:
            self._look(parts)
        for name in parts:
            self.write(name)

    def write(self, name: str) -> None:
        """Write one part in short transactions, each of which moves the batch's count along."""
        stage, size = writing.stage(self.batch, name, self.seq)
        for first in range(max(0, self.done - self.seq), size, WRITE):
            self._write(stage, name, first, min(first + WRITE, size))
            self.progress("writing", self.done, self.good)
        self.seq += size

    def _write(self, stage: Any, name: str, first: int, last: int) -> None:
        with transaction.atomic():
            came = writing.insert(stage, first, last, self.values)
            late = writing.left_out(stage, first, last, self.values) if came < last - first else []
            # Noted before the commit, so that a crash loses none; a line that is noted twice counts once.
            self._note(name, late)
            refused = sum(1 for row in late if row.fault)
            Batch.objects.filter(id=self.batch).update(
                done=self.done + last - first, accepted=F("accepted") + came, rejected=F("rejected") + refused
            )
        self.done += last - first
        if refused and not self.keep_good:
            raise _AnyBad

    def _look(self, parts: list[str]) -> None:
        seen, wrong = 0, 0
        for name in parts:
            stage, size = writing.stage(self.batch, name, seen)
            late = writing.objections(stage, 0, size, self.values)
            self._note(name, late, base=seen)
            seen, wrong = seen + size, wrong + len(late)
            self.progress("checking", seen, self.good)
        if wrong:
            Batch.objects.filter(id=self.batch).update(rejected=F("rejected") + wrong)
            raise _AnyBad

    def _note(self, name: str, late: list[writing.Late], *, base: int | None = None) -> None:
        """Keep what the database objected to."""
        if not any(row.fault for row in late):
            return
        where = writing.lines(self.batch, name)
        start = self.seq if base is None else base
        with (job.folder(self.batch) / "late.jsonl").open("a", encoding="ascii") as file:
            for row in late:
                if row.fault:
                    file.write(json.dumps([int(where[row.seq - start]), faults.number(row.fault)]) + "\n")

    def finish(self) -> Report:
        """Make the batch count, by one update in the transaction of its ledger entry, or reject it."""
        row = Batch.objects.get(id=self.batch)
        whole = self.done == self.good and (self.keep_good or not row.rejected)
        unchanged = self.done - row.accepted - len(_late(self.batch)) if whole else 0
        if whole and row.accepted:
            _validate(row)
        else:
            _reject(self.batch)
        job.clear(self.batch)
        return _report(self.batch, unchanged)


class _AnyBad(Exception):
    """All or nothing was asked, and it is nothing."""


def _late(batch: int) -> list[tuple[int, int]]:
    """What the database objected to: (line, fault), each line once."""
    path = job.folder(batch) / "late.jsonl"
    if not path.exists():
        return []
    return sorted({(line, fault) for line, fault in map(json.loads, path.read_text("ascii").splitlines())})


def _validate(row: Batch) -> None:
    tree = _tree(row.id)
    content: dict[str, Any] = {
        "accepted": row.accepted,
        "batch": row.id,
        "file_sha256": bytes(row.file_sha256).hex(),
        "keep_good": row.keep_good,
        "principal": row.principal_id,
        "purpose": row.purpose,
        "rejected": row.rejected,
        "rows": row.rows,
        "wording_sha256": bytes(row.wording_sha256).hex() if row.wording_sha256 else "",
    }
    with transaction.atomic():
        entry = ledger.append_batch(
            events.BATCH, content, tree=tree, subject=f"organisation:{row.principal_id}", ref=f"batch:{row.id}"
        )
        valid = Batch.objects.filter(id=row.id, state=Batch.State.WRITING)
        if not valid.update(state=Batch.State.VALID, entry=entry, valid_at=clock.now()):
            raise Problem("consent.batch_changed", "the batch is no longer being written", status=409)


def _tree(batch: int) -> Tree:
    """The tree over the staged rows; in the log already when a process died between moving it and its commit."""
    here = job.folder(batch) / "tree"
    if here.exists():
        return Tree.open(here)
    left = job.staged(batch)
    assert left is not None
    return Tree.open(place(settings.HOME.log, bytes.fromhex(left["root"])))


def _reject(batch: int) -> None:
    """Nothing of the batch counts; what was written goes, in short transactions."""
    with transaction.atomic():
        writing_one = Batch.objects.filter(id=batch, state=Batch.State.WRITING)
        if not writing_one.update(state=Batch.State.REJECTED, accepted=0):
            return
        row = Batch.objects.get(id=batch)
        content = {"batch": batch, "principal": row.principal_id, "rejected": row.rejected, "rows": row.rows}
        ledger.append(events.BATCH_REJECTED, content, subject=f"organisation:{row.principal_id}")
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [batch, WRITE])
        while cursor.rowcount == WRITE:
            cursor.execute(_DROP, [batch, WRITE])


def _report(batch: int, unchanged: int) -> Report:
    row = Batch.objects.get(id=batch)
    bad = tuple(bad_rows(batch, limit=SHOWN))
    return Report(batch, row.state, row.rows, row.accepted, unchanged, row.rejected, bad)


def _job(path: Path, principal: int, purpose: str) -> dict[str, Any]:
    profile = notices.profile()
    return {
        "home": str(settings.HOME.root),
        "source": str(path.resolve()),
        "zone": profile.gate.timezone,
        "now": clock.now_s(),
        "days": profile.consent.default_expiry_days,
        "principal": principal,
        "purpose": purpose,
    }


def _silent(stage: str, done: int, of: int) -> None:
    """Nobody watches."""
