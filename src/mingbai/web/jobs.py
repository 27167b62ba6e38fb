"""Long work that a page starts: it can be left, survives a crash, and tells when it is done.

A job is a folder under MINGBAI_HOME/files/jobs: what is asked (`job.json`), the file that came (`input.…`), how far it
is (`state.json`), what came out. A marker in `waiting/` names each unfinished one. `python -m mingbai.web.jobs` does
them one after the other; the lock on the folder falls with the process that holds it, so a job that was cut off begins
anew.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.ids import uuid7
from mingbai.kernel.problems import Problem

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
DAYS = 7  # how long results are kept; the file that came goes as soon as its work is done
MOST_BYTES = 2 << 30
_SWEEP_S = 3600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """What is asked. `asked` are the form's choices, `suffix` that of the file that came."""

    id: str
    kind: str
    organisation: int
    account: int
    created_us: int
    file_name: str
    suffix: str
    asked: dict[str, Any]


@dataclass(frozen=True)
class State:
    """How far it is: `done` of `total`, in the unit that the work counts. `result` or `problem` once it has ended."""

    name: str = WAITING
    done: int = 0
    total: int = 0
    ended_us: int = 0
    result: dict[str, Any] = field(default_factory=dict)
    problem: dict[str, str] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return self.name in (DONE, FAILED)

    @property
    def percent(self) -> int:
        return 100 if self.name == DONE else min(99, 100 * self.done // self.total) if self.total else 0


Progress = Callable[[int, int], None]
Worker = Callable[["Place", Progress], Mapping[str, Any]]
_workers: dict[str, Worker] = {}


def register(kind: str, worker: Worker) -> None:
    """`worker(place, progress)` does jobs of `kind`; its answer is the result. A Problem ends it, told as it is."""
    _workers[kind] = worker


@dataclass(frozen=True)
class Place:
    """One job's folder."""

    home: Home
    job: Job

    @property
    def folder(self) -> Path:
        return self.home.files / "jobs" / str(self.job.organisation) / self.job.id

    @property
    def input(self) -> Path:
        return self.folder / f"input{self.job.suffix}"

    @property
    def output(self) -> Path:
        return self.folder / f"output{self.job.suffix}"

    @property
    def report(self) -> Path:
        return self.folder / "report.csv"

    def state(self) -> State:
        try:
            return State(**json.loads((self.folder / "state.json").read_text("utf-8")))
        except FileNotFoundError:
            return State()

    def tell(self, state: State) -> None:
        _write(self.folder / "state.json", asdict(state))


def submit(
    home: Home,
    *,
    kind: str,
    organisation: int,
    account: int,
    file_name: str,
    pieces: Iterable[bytes],
    asked: Mapping[str, Any],
) -> Job:
    """Keep the file, note the job, and let it wait for its worker. Raises Problem for a file beyond 2 GiB."""
    suffix = Path(file_name).suffix.lower()[:8]
    suffix = suffix if suffix in (".csv", ".parquet", ".pq", ".txt") else ".csv"
    job = Job(uuid7().hex, kind, organisation, account, clock.now_us(), Path(file_name).name[:120], suffix, dict(asked))
    place = Place(home, job)
    place.folder.mkdir(parents=True, mode=0o700)
    try:
        _keep(place.input, pieces)
    except BaseException:
        shutil.rmtree(place.folder, ignore_errors=True)
        raise
    _write(place.folder / "job.json", asdict(job))
    marker = _waiting(home) / f"{organisation}-{job.id}"
    marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker.touch()
    return job


def find(home: Home, organisation: int, ident: str) -> Place | None:
    """A job of this organisation; None for any other."""
    if not (len(ident) == 32 and ident.isalnum()):
        return None
    path = home.files / "jobs" / str(organisation) / ident / "job.json"
    if not path.exists():
        return None
    return Place(home, Job(**json.loads(path.read_text("utf-8"))))


def of_organisation(home: Home, organisation: int, kind: str, limit: int = 20) -> list[Place]:
    """The latest jobs of a kind, newest first."""
    folder = home.files / "jobs" / str(organisation)
    names = sorted((entry.name for entry in folder.iterdir()), reverse=True) if folder.exists() else []
    found = (find(home, organisation, name) for name in names)
    chosen = [place for place in found if place and place.job.kind == kind]
    return chosen[:limit]


def run_due(home: Home) -> int:
    """Do every waiting job that nobody else is doing; how many were done."""
    done = 0
    folder = _waiting(home)
    for marker in sorted(folder.iterdir()) if folder.exists() else []:
        organisation, _, ident = marker.name.partition("-")
        place = find(home, int(organisation), ident)
        if place is None:
            marker.unlink(missing_ok=True)
            continue
        with _locked(place.folder) as mine:
            if mine and marker.exists():
                _do(place)
                place.input.unlink(missing_ok=True)
                marker.unlink(missing_ok=True)
                done += 1
    return done


def forget(home: Home) -> int:
    """Remove jobs that ended more than DAYS days ago, with what came out of them; how many."""
    gone = 0
    for path in (home.files / "jobs").glob("*/*/state.json"):
        ended = State(**json.loads(path.read_text("utf-8"))).ended_us
        if ended and ended < clock.now_us() - DAYS * 86_400_000_000:
            shutil.rmtree(path.parent, ignore_errors=True)
            gone += 1
    return gone


def _do(place: Place) -> None:
    def progress(done: int, total: int) -> None:
        place.tell(State(RUNNING, done, total))

    progress(0, 0)
    try:
        result = _workers[place.job.kind](place, progress)
    except Problem as problem:
        told = {"code": problem.code, "what": str(problem.what), "where": str(problem.where), "mend": str(problem.mend)}
        place.tell(State(FAILED, ended_us=clock.now_us(), problem=told))
    except Exception:
        # What went wrong is for the operator's log; the page says that it was our fault. The file's content stays out.
        _log.exception("job %s (%s) failed", place.job.id, place.job.kind)
        place.tell(State(FAILED, ended_us=clock.now_us(), problem={"code": "web.job_failed"}))
    else:
        place.tell(State(DONE, 1, 1, clock.now_us(), dict(result)))


def _waiting(home: Home) -> Path:
    return home.files / "jobs" / "waiting"


def _keep(path: Path, pieces: Iterable[bytes]) -> None:
    size = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                raise Problem("web.file_too_large", where="file", status=413)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Whole or not at all."""
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    aside.replace(path)


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def main() -> None:
    """Do jobs as they come, for good."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mingbai.settings.production")
    import django

    django.setup()
    from django.conf import settings
    from django.db import close_old_connections

    from mingbai.web import jobs  # the module that workers registered with, which `-m` has under another name
    from mingbai.web.api import idempotency

    swept = 0.0
    while True:
        close_old_connections()
        if clock.monotonic() - swept > _SWEEP_S or not swept:
            swept = clock.monotonic()
            jobs.forget(settings.HOME)
            idempotency.forget(settings.HOME.files)
        if not jobs.run_due(settings.HOME):
            clock.pause(0.5)


if __name__ == "__main__":
    main()
