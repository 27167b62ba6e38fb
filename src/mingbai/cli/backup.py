"""`mingbai backup`: a copy of a running installation, taken in the one order in which nothing of it contradicts.

Whatever a later part relies on is copied after it could have been relied on:

1. the log's checkpoint, then its tiles: a log older than the database is grown again from it, never the other way
2. the journal: what moves to the lake meanwhile is in the lake when that is copied, and found done in the database
3. the database, at one moment, while nothing is added to the lake or merged there
4. the lake, then what entries point to: batch trees, files, the profile
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from mingbai.cli import preflight
from mingbai.cli.django import setup
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

# from the database, or from nothing
_MADE_AGAIN = {"facts", "counters.table", "counters.table.copy", "meters.table", "sip"}
_APART = {"keys"}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy the installation into the new FOLDER, while it runs. keys/ stays out: keep a copy of it elsewhere."""
    home = Home.from_environment()
    preflight.home_is_made(home)
    setup()
    preflight.database_is_migrated()
    _is_ours_to_copy()
    try:
        folder.mkdir(parents=True, mode=0o700)
    except FileExistsError:
        raise Problem("backup.folder", "it is there already", where=str(folder), mend="name a new folder") from None
    take(home, folder)
    click.echo(f"{folder}: everything but {home.keys}, without which nothing of it can be opened")


def take(home: Home, folder: Path) -> None:
    """Copy the home, as above."""
    from mingbai.calls import actions as calls

    _copy(home.log / "checkpoint", folder / "log" / "checkpoint")
    _copy(home.log, folder / "log", leave={"batches"})
    _copy(home.journal, folder / "journal")
    with calls.lake_held(home):
        _copy_database(home.database, folder / home.database.name)
        _copy(home.lake, folder / "lake")
    done = {"log", "journal", "lake"} | _MADE_AGAIN | _APART
    _copy(home.log / "batches", folder / "log" / "batches")
    for entry in sorted(home.root.iterdir()):
        if entry.name not in done and not entry.name.startswith(home.database.name):
            _copy(entry, folder / entry.name)
    os.sync()


def _is_ours_to_copy() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        what, mend = "the database is PostgreSQL's to back up", "stop the service; see docs/operations.md"
        raise Problem("backup.database", what, where="DATABASE_URL", mend=mend)


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own copy of one moment; writers go on."""
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
    target.chmod(0o600)


def _copy(source: Path, target: Path, *, leave: set[str] | frozenset[str] = frozenset()) -> None:
    """Copy a file or a folder. What vanishes meanwhile is looked for again, as something else stands for it then."""
    while not _pass(source, target, leave):
        pass


def _pass(source: Path, target: Path, leave: set[str] | frozenset[str]) -> bool:
    """Copy what is not copied yet; whether all that was met was still there."""
    whole = True
    for path in _files(source, leave):
        to = target / path.relative_to(source) if path != source else target
        if to.exists():
            continue
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            shutil.copy2(path, to)
        except FileNotFoundError:
            to.unlink(missing_ok=True)
            whole = False
    return whole


def _files(source: Path, leave: set[str] | frozenset[str]) -> Iterator[Path]:
    if source.is_file():
        yield source
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(set(folders) - leave)
        found = (Path(folder) / name for name in sorted(names) if not name.startswith("."))  # locks, half-written files
        yield from (path for path in found if path.is_file())
