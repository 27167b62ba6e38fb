"""One import from files to lake and ledger, and what is told of it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from django.db import transaction
from numpy.typing import NDArray

from mingbai.calls import events, lake
from mingbai.calls.importing import dialects, faults, sources, times
from mingbai.calls.importing.aside import Aside
from mingbai.calls.importing.begun import Begun, fresh
from mingbai.calls.importing.faults import BadRow
from mingbai.calls.importing.judging import Judged, Register, Window, judge
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.parts import Part
from mingbai.calls.importing.staging import Staging
from mingbai.calls.importing.trunks import TrunkIds, Trunks
from mingbai.calls.importing.xml import Documents
from mingbai.calls.models import Import, ImportedFile
from mingbai.calls.pseudonyms import quarter_of
from mingbai.kernel import clock, profile
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger
from mingbai.ledger.canonical import Json

_THREADS = 2
_ANY = ("csv", "parquet")  # formats that anything may stand in
_LOOKED_AT, _HARDLY_ANY = 20, 0.9  # rows, share of numbers that are none
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
Progress = Callable[[str, int, int], None]  # stage ("reading", "writing"), done, of


@dataclass(frozen=True)
class Report:
    """What became of the files: rows = good + bad + repeats. `good`: rows that are in the lake by this import.

    `done` False: nothing was kept, because all or nothing was asked and rows were bad, or nothing was good, or it was
    a dry run. `known`: files that had been imported before. `bad_rows`: the first thousand; `faults`: all, by code.
    `aside`: folder with every bad row as it stands and bad.csv, which says why; None when there is none.
    """

    name: str
    files: int
    known: int
    rows: int
    good: int
    bad: int
    repeats: int
    done: bool
    bad_rows: tuple[BadRow, ...] = ()
    faults: dict[str, int] = field(default_factory=dict)
    unknown_trunks: tuple[str, ...] = ()
    aside: Path | None = None


@dataclass(frozen=True)
class Choice:
    """How files are to be taken. `zone` and `offset_s` (s, added to each time) go before the mapping's; `trunk`: the id
    of the trunk of all rows; `source`: what the lake names as their source; `ids`: see `mapping.Layout`."""

    format: str
    layout: Layout | None = None
    zone: str = ""
    offset_s: float | None = None
    source: str = ""
    trunk: int = 0
    all_or_nothing: bool = False
    dry_run: bool = False
    ids: bool = False


def import_calls(
    home: Home,
    paths: Sequence[Path],
    choice: Choice,
    *,
    register: Register | None = None,
    trunks: Trunks | None = None,
    progress: Progress | None = None,
) -> Report:
    """Put switches' call records into the lake; files that were imported before are left out.

    Killed anywhere, a second call does the same again. Raises Problem when a file as a whole cannot be read (nothing
    of any is kept then), when another import is running, for choices that make no sense.
    """
    layout = _layout(home, choice)
    source = choice.source or choice.format
    if not _SOURCE.fullmatch(source) or source == "gate":
        mend = "write a short name in ASCII, such as msc-sh-1"
        raise Problem("calls.source", "this cannot be the name of a source", where="source", mend=mend)
    with _alone(home):
        found, known = fresh(paths)
        if not found:
            return Report("", 0, known, 0, 0, 0, 0, done=False)
        run = _Run(home, found, replace(choice, layout=layout, source=source), register, trunks, progress or _silent)
        try:
            return run.go(known)
        finally:
            run.staging.clear()
            run.aside.end()


def _layout(home: Home, choice: Choice) -> Layout:
    if choice.format not in sources.FORMATS:
        raise Problem("calls.format", f"formats are {', '.join(sources.FORMATS)}", where="format")
    layout = choice.layout or dialects.known(choice.format)
    layout = layout.with_clock(zone=choice.zone or layout.time.zone, offset_s=choice.offset_s)
    if not layout.time.zone:
        layout = layout.with_clock(zone=profile.load(home).gate.timezone, offset_s=None)
    times.zone_of(layout.time.zone)
    return replace(layout, ids=True) if choice.ids else layout


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    place = _folder(home)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(place / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Problem("calls.import_runs", "another import of call records is running", status=409) from None
    finally:
        os.close(handle)


def _folder(home: Home) -> Path:
    return home.files / "calls"


@dataclass
class _File:
    """What was counted in one file."""

    digest: str
    rows: int = 0
    good: int = 0
    bad: int = 0

    @property
    def segment(self) -> str:
        return "f" + self.digest[:31]


class _Run:
    """One import under way."""

    def __init__(
        self,
        home: Home,
        files: dict[str, Begun],
        choice: Choice,
        register: Register | None,
        trunks: Trunks | None,
        progress: Progress,
    ) -> None:
        self.home, self.begun, self.choice, self.progress = home, files, choice, progress
        self.name = "import-" + hashlib.sha256("".join(sorted(files)).encode()).hexdigest()[:25]
        zone = profile.load(home).gate.timezone
        self.staging = Staging(home, _folder(home) / f"{self.name}.part", zone, register)
        self.files = [_File(digest) for digest in files]
        self.window = _window(home, zone)
        self.trunks = TrunkIds(choice.trunk, trunks)
        self.aside = Aside(_folder(home) / self.name, (one.path for one in files.values()))
        self.faults: Counter[int] = Counter()

    def go(self, known: int) -> Report:
        total, before = sum(one.size for one in self.begun.values()), 0
        documents = Documents(self._judge_documents)
        for place, begun in enumerate(self.begun.values()):
            with _naming(begun):
                small = sources.small(begun.path, self.choice.format, self._layout, begun.size)
                if small is None:
                    self._read(place, begun, before, total)
                else:
                    documents.add(place, small)
            before += begun.size
            self.progress("reading", before, total)
        documents.end()
        bad, good = sum(one.bad for one in self.files), sum(one.good for one in self.files)
        kept = bool(good) and not self.choice.dry_run and not (bad and self.choice.all_or_nothing)
        repeats = self._keep(bad) if kept else 0
        aside = self.aside.end()
        return Report(
            name=self.name,
            files=len(self.files),
            known=known,
            rows=good + bad,
            good=good - repeats if kept or self.choice.dry_run else 0,
            bad=bad,
            repeats=repeats,
            done=kept,
            bad_rows=tuple(self.aside.shown),
            faults={faults.FAULTS[fault].code: count for fault, count in sorted(self.faults.items())},
            unknown_trunks=tuple(sorted(self.trunks.unknown)),
            aside=aside,
        )

    def _read(self, place: int, begun: Begun, before: int, total: int) -> None:
        layout, path = self._layout, begun.path
        source = sources.opened(path, self.choice.format, layout, begun.size)
        file, wrong = self.files[place], []
        for part, judged, tables in self._judged(source, place):
            bad = np.flatnonzero(judged.faults)
            if not file.rows and not layout.ids and self.choice.format in _ANY:
                _look_at_numbers(judged)
            file.rows += len(part.rows)
            file.bad += len(bad)
            if len(bad):
                self._faulty(path, source, part, judged, bad)
                wrong.append(part.rows[bad])
            file.good += self.staging.hold(tables)
            self.progress("reading", before + min(part.done, begun.size), total)
        if wrong and isinstance(source, sources.ParquetSource):
            source.aside(np.concatenate(wrong), self.aside.path(path, source))

    @property
    def _layout(self) -> Layout:
        assert self.choice.layout is not None
        return self.choice.layout

    def _judge_documents(self, part: Part, places: NDArray[np.int64], source: Any) -> None:
        """Documents of many files at once, each in the file of its place."""
        judged = judge(part.cells, part.spoiled, self._layout, self.window)
        self.staging.hold(self.staging.tables(judged, part.rows, places, self.trunks(part)))
        bad = judged.faults != 0
        for place, count in enumerate(np.bincount(places).tolist()):
            self.files[place].rows += count
            self.files[place].good += count
        paths = [begun.path for begun in self.begun.values()]
        for place in np.unique(places[bad]).tolist():
            those = np.flatnonzero(bad & (places == place))
            self.files[place].bad += len(those)
            self.files[place].good -= len(those)
            self._faulty(paths[place], source, part, judged, those)

    def _judged(self, source: Any, place: int) -> Iterator[tuple[Part, Judged, dict[int, pa.Table]]]:
        """The parts of a file with what was made of them, in their order; a few are in the making at once."""

        def made(part: Part, trunks: NDArray[np.int64]) -> tuple[Part, Judged, dict[int, pa.Table]]:
            judged = judge(part.cells, part.spoiled, source.layout, self.window)
            return part, judged, self.staging.tables(judged, part.rows, place, trunks)

        waiting: deque[Future[tuple[Part, Judged, dict[int, pa.Table]]]] = deque()
        with ThreadPoolExecutor(_THREADS) as pool:
            for part in source:
                waiting.append(pool.submit(made, part, self.trunks(part)))
                if len(waiting) > _THREADS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _faulty(self, path: Path, source: Any, part: Part, judged: Judged, bad: NDArray[np.int64]) -> None:
        self.faults.update(judged.faults[bad].tolist())
        self.aside.say(path, part.rows[bad], judged.faults[bad])
        if part.raw is not None:
            self.aside.rows(path, source, part.raw(bad))

    def _keep(self, bad: int) -> int:
        """Into the lake, then the ledger; how many were repeats."""
        segments = [one.segment for one in self.files]
        source = self.choice.source
        with lake.unfinished(self.home, self.name), self._whole():
            written = self.staging.write(
                self.name, segments, source, lambda done, total: self.progress("writing", done, total)
            )
            good = sum(one.good for one in self.files)
            content: dict[str, Json] = {
                "bad": bad,
                "files": len(self.files),
                "first_us": written.first_us,
                "format": self.choice.format,
                "good": written.written,
                "import": self.name,
                "last_us": written.last_us,
                "repeats": written.repeats,
                "rows": good + bad,
                "sha256": _joint([one.digest for one in self.files]),
                "source": source,
            }
            with transaction.atomic():
                self._done(content, ledger.append(events.IMPORTED, content))
        return written.repeats

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All or nothing where we can still act: an interrupt, a full disk. (A kill is mended by the next run.)"""
        try:
            yield
        except BaseException:
            if not Import.objects.filter(name=self.name[:32]).exists():
                self.staging.withdraw(self.name)
            raise

    def _done(self, content: dict[str, Any], entry: int) -> None:
        same = ("bad", "first_us", "format", "good", "last_us", "repeats", "rows", "source")
        batch = Import.objects.create(
            name=self.name[:32], entry=entry, made_at=clock.now(), **{name: content[name] for name in same}
        )
        ImportedFile.objects.bulk_create(
            [
                ImportedFile(
                    sha256=bytes.fromhex(one.digest), batch=batch, segment=one.segment, rows=one.rows, good=one.good,
                    bad=one.bad,
                )
                for one in self.files
            ],
            batch_size=500,
        )  # fmt: skip


@contextmanager
def _naming(begun: Begun) -> Iterator[None]:
    """What is wrong with a file names it, and so does a file that is not the same any more."""
    name = begun.path.name
    try:
        yield
    except Problem as problem:
        if name in problem.where:
            raise
        where = f"{name}: {problem.where}" if problem.where else name
        raise Problem(problem.code, problem.what, where=where, mend=problem.mend, status=problem.status) from None
    if not begun.same():
        raise Problem("calls.changed", "it was changed while it was read", where=name, mend="import a copy of it")


def _look_at_numbers(judged: Judged) -> None:
    """Raises Problem where hardly any caller and called number of a file's begin is one."""
    if len(judged.faults) < _LOOKED_AT:
        return
    for kinds in (judged.caller_kind, judged.callee_kind):
        if np.isin(kinds, (Kind.UNALLOCATED, Kind.MALFORMED)).mean() < _HARDLY_ANY:
            return
    mend = "say --ids for ids of a data set; for local numbers give their area in the mapping file"
    raise Problem("calls.no_numbers", "callers and called are no telephone numbers", mend=mend)


def _joint(digests: list[str]) -> str:
    """The digest of one file; of several, that of their digests in order."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _window(home: Home, zone: str) -> Window:
    """From the first day of the oldest quarter whose numbers are kept until a little after now."""
    calls = profile.load(home).calls
    oldest = quarter_of(clock.now().date() - timedelta(days=calls.retention_days))
    first = date(int(oldest[:4]), 3 * int(oldest[5]) - 2, 1)
    since = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
    return Window(int(since.timestamp() * 1e6), clock.now_us() + calls.clock_ahead_s * 1_000_000)


def _silent(stage: str, done: int, of: int) -> None:
    """Nobody watches."""
