"""The work of a scrub: read a piece, judge it, write it, several pieces at a time, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mingbai.gate.decide import Verdict
from mingbai.gate.facts import Reader
from mingbai.gate.scrub import snapshot, text
from mingbai.gate.scrub.campaigns import campaign
from mingbai.gate.scrub.judging import Judge
from mingbai.kernel import clock, columns, profile
from mingbai.kernel.home import Home
from mingbai.kernel.lookup import Lookup
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision, Use

COLUMNS = (
    "number",
    "phone",
    "mobile",
    "callee",
    "msisdn",
    "tel",
    "号码",
    "手机号",
    "手机号码",
    "电话",
    "电话号码",
    "被叫",
    "被叫号码",
)
CODES = {Decision.ALLOW: "allow", Decision.LABEL: "label", Decision.REFUSE: "refuse"}
BAD = "malformed"
_BAD_REASON = {"zh": "号码无法识别", "en": "This cannot be read as a telephone number"}
_ADDED = ("verdict", "reason", "consent")
_WORKERS = min(4, os.cpu_count() or 1)
_BATCH = 1 << 18
Progress = Callable[[int, int], None]  # bytes (CSV) or rows (Parquet) done, of how many
_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass
class ScrubReport:
    """What became of a list. `verdicts` counts rows by allow, label, refuse and malformed; `rules` by rule."""

    out: str
    rows: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    facts_position: int = -1
    facts_at_us: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def scrub(
    list_path: Path,
    *,
    organisation: int,
    purpose: Use,
    out: Path,
    home: Home,
    caller: str = "",
    trunk: str = "",
    at: datetime | None = None,
    column: str = "",
    language: str = "zh",
    progress: Progress = lambda done, total: None,
) -> ScrubReport:
    """Judge every number of a list (CSV, or Parquet by its ending) as `decide` would when asked, and write it to `out`.

    Rows, their order and their other columns stay as they are; `verdict`, `reason` (in `language`: zh or en) and
    `consent` come after them. A number that cannot be read gets the verdict “malformed”. Raises Problem when the list
    has no column of numbers, there are no facts, the number `caller` does not call for the organisation, or `out` is
    the list itself.
    """
    if out.exists() and out.samefile(list_path):
        raise Problem("scrub.out", "the list itself would be overwritten", where=str(out), mend="choose another --out")
    reader = Reader(home.facts, Lookup(home.key("lookup")))
    try:
        rules = profile.load(home)
        taken = snapshot.open_current(home, reader)
        with reader.view() as view:
            planned = campaign(view, rules, organisation=organisation, use=purpose, caller=caller, trunk=trunk, at=at)
            judge = Judge(planned, taken, view, home.key("lookup"))
            tally = _Tally(judge, language)
            with _beside(out) as aside:
                if list_path.suffix.lower() in (".parquet", ".pq"):
                    _parquet(list_path, aside, column, tally, progress)
                else:
                    _csv(list_path, aside, column, tally, progress)
            return tally.report(out)
    finally:
        reader.close()


class _Tally:
    """Judges pieces and counts; one for all threads."""

    def __init__(self, judge: Judge, language: str) -> None:
        self.judge, self._language = judge, language
        self._counts: dict[int, int] = {}

    def judged(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        return self.judge.judge(numbers)

    def count(self, verdicts: NDArray[np.int32], present: NDArray[np.bool_] | None = None) -> None:
        """Called in the order of the pieces, by one thread."""
        counted = np.bincount(verdicts if present is None else verdicts[present])
        for place, rows in enumerate(counted.tolist()):
            self._counts[place] = self._counts.get(place, 0) + rows

    def words(self) -> tuple[list[str], list[str]]:
        """Verdict and reason by place."""
        found = self.judge.verdicts[:]
        return [_verdict(each) for each in found], [_reason(each)[self._language] for each in found]

    def report(self, out: Path) -> ScrubReport:
        gathered = self.judge.gathered
        report = ScrubReport(str(out), facts_position=gathered.position, facts_at_us=gathered.synced_at)
        for place, rows in self._counts.items():
            if rows:
                verdict = self.judge.verdicts[place]
                rule = verdict.rule if verdict else "callee.malformed"
                report.rows += rows
                report.verdicts[_verdict(verdict)] = report.verdicts.get(_verdict(verdict), 0) + rows
                report.rules[rule] = report.rules.get(rule, 0) + rows
        return report


def _verdict(verdict: Verdict | None) -> str:
    return CODES[verdict.decision] if verdict else BAD


def _reason(verdict: Verdict | None) -> dict[str, str]:
    return dict(verdict.reason) if verdict else _BAD_REASON


def number_column(names: Iterable[str], wanted: str, *, file: str) -> int:
    """Which column holds the numbers: `wanted`, or the first with a usual name. Raises Problem naming those found."""
    found = list(names)
    lowered = [name.strip().lower() for name in found]
    for name in [wanted.strip().lower()] if wanted else COLUMNS:
        if name in lowered:
            return lowered.index(name)
    raise Problem(
        "list.no_numbers",
        f"no column “{wanted}”" if wanted else "no column of numbers",
        where=f"{file}, line 1",
        mend="the columns are "
        + ", ".join(f"“{name[:40]}”" for name in found[:20])
        + "; name the one that holds numbers",
        columns=found,
    )


def _added_names(names: Iterable[str]) -> list[str]:
    taken = {name.strip().lower() for name in names}
    return [name if name not in taken else f"{name}_{len(taken)}" for name in _ADDED]


def _csv(source: Path, out: Path, column: str, tally: _Tally, progress: Progress) -> None:
    layout = text.read_layout(source)
    place = number_column(layout.columns, column, file=source.name)
    total, done = source.stat().st_size, 0
    delimiter = chr(layout.delimiter)

    def work(piece: bytes) -> tuple[int, tuple[memoryview, bytes], NDArray[np.int32], NDArray[np.bool_]]:
        records = text.split(piece, layout.delimiter)
        verdicts, consents = tally.judged(columns.normalise(text.field(records, place)))
        present = records.ends > records.starts
        tails = _tails(verdicts, consents, present, tally.words(), delimiter, layout.encoding)
        return len(piece), text.appended(records, tails, layout.eol), verdicts, present

    with source.open("rb") as file, out.open("wb", buffering=0) as written:
        done += file.seek(layout.size)
        _write(written, layout.header + delimiter.join(["", *_added_names(layout.columns)]).encode() + layout.eol)
        for size, data, verdicts, present in _in_order(work, text.blocks(file)):
            for part in data:
                _write(written, part)
            tally.count(verdicts, present)
            done += size
            progress(done, total)


def _tails(
    verdicts: NDArray[np.int32],
    consents: NDArray[np.uint64],
    present: NDArray[np.bool_],
    words: tuple[list[str], list[str]],
    delimiter: str,
    encoding: str,
) -> list[text.Strings]:
    """The columns that are put behind each record; nothing behind a blank line."""
    fields = [
        delimiter.join(["", said, _quoted(why, delimiter), ""]).encode(encoding)
        for said, why in zip(*words, strict=True)
    ]
    heads: text.Strings = pa.array([*fields, b""], pa.large_binary())
    heads = heads.take(pa.array(np.where(present, verdicts, len(fields)).astype(np.int32)))
    if not consents.any():
        return [heads]
    return [heads, _ids(consents).cast(pa.large_string()).fill_null("").cast(pa.large_binary())]


def _ids(consents: NDArray[np.uint64]) -> Any:
    """A column of ids, null for 0."""
    return pa.array(consents.astype(np.int64), mask=consents == 0)


def _write(file: RawIOBase, data: memoryview | bytes) -> None:
    """All of it: an unbuffered write may take less than it was given."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]


def _quoted(value: str, delimiter: str) -> str:
    return '"' + value.replace('"', '""') + '"' if delimiter in value or '"' in value else value


def _parquet(source: Path, out: Path, column: str, tally: _Tally, progress: Progress) -> None:
    try:
        file = pq.ParquetFile(source)
    except pa.ArrowInvalid:
        raise Problem("list.parquet", "this is no Parquet file", where=source.name) from None
    names = file.schema_arrow.names
    place = number_column(names, column, file=source.name)
    schema = file.schema_arrow
    for name, kind in zip(_added_names(names), (pa.string(), pa.string(), pa.int64()), strict=True):
        schema = schema.append(pa.field(name, kind))
    total, done = file.metadata.num_rows, 0

    def work(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, NDArray[np.int32]]:
        verdicts, consents = tally.judged(columns.normalise(batch.column(place)))
        said, why = tally.words()
        places: Any = pa.array(verdicts)
        added: list[Any] = [pa.array(said).take(places), pa.array(why).take(places), _ids(consents)]
        return pa.RecordBatch.from_arrays([*batch.columns, *added], schema=schema), verdicts

    with file, pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch, verdicts in _in_order(work, file.iter_batches(_BATCH)):
            writer.write_batch(batch)
            tally.count(verdicts)
            done += len(batch)
            progress(done, total)


def _in_order(work: Callable[[_In], _Out], pieces: Iterable[_In]) -> Iterator[_Out]:
    """Results of `work` in the order of the pieces, some at a time; never more than a few pieces are held."""
    waiting: deque[Future[_Out]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        for piece in pieces:
            waiting.append(pool.submit(work, piece))
            if len(waiting) > _WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A file to write that becomes `out` when all went well, readable by the owner alone."""
    aside = out.with_name(f".{out.name}.{clock.now_us()}")
    aside.touch(mode=0o600)
    try:
        yield aside
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)
