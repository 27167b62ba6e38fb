"""Closed journal segments → the lake and the ledger; then the plain file, with its numbers in the clear, goes."""

from __future__ import annotations

import logging
from pathlib import Path

from mingbai.calls import actions as calls
from mingbai.gate import journal
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

AT_ONCE = 1  # a large one takes most of a second, and messages wait for it
_log = logging.getLogger(__name__)


def collect(home: Home) -> int:
    """Store and anchor up to AT_ONCE closed segments, those of workers that died too; how many.

    May be killed at any moment and called again: no record is lost or doubled. A file that is no segment is set aside
    as `<name>.unreadable`.
    """
    if not home.journal.exists():
        return 0
    journal.recover(home.journal)
    done = 0
    for path in journal.closed_segments(home.journal)[:AT_ONCE]:
        done += _stored(home, path)
    return done


def _stored(home: Home, path: Path) -> bool:
    try:
        unreadable = calls.store_segment(home, path)
    except Problem as problem:
        if problem.code != "calls.no_segment":
            raise
        _log.error("journal segment %s was set aside: %s", path.name, problem.what)
        path.rename(path.with_suffix(".unreadable"))
        return False
    if unreadable:
        _log.error("journal segment %s: %d records could not be read", path.name, unreadable)
    path.unlink()
    return True
