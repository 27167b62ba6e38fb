"""What the native script knows of its place in the network, kept up to date while calls go on.

Importable inside Kamailio alone. In shared memory one process writes and all read: `native.table` is its form.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import KSR

from mingbai.gate.hosts.sip import native
from mingbai.gate.hosts.sip.config import FILE, Config, load, stamp
from mingbai.kernel import profile
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem

_AT_START = ("listen", "children", "metrics")


class Place:
    """The table as it stands. Made as the proxy starts, right after `native.write` wrote what it holds first."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stamps: object = None
        self._first: Config | None = None
        self._table: dict[str, str] = {}
        with suppress(Problem, OSError):
            stamps = self._stamps_now()
            self._first, self._table = self._read()
            self._stamps = stamps

    def refresh(self) -> Iterator[str]:
        """Take up sip.toml and the profile if they changed. Yields what an operator must be told.

        A file with a fault changes nothing.
        """
        stamps = self._stamps_now()
        if stamps == self._stamps:
            return
        self._stamps = stamps
        try:
            config, table = self._read()
        except Problem as problem:
            yield f"sip.toml and the profile stay as they were: {problem}"
            return
        self._write(table)
        first = self._first = self._first or config
        for name in _AT_START:
            if getattr(config, name) != getattr(first, name):
                yield f"{FILE}: “{name}” holds from the next start of the proxy, everything else from now on"

    def _stamps_now(self) -> object:
        rules = self._home.profile.stat()
        return stamp(self._home), rules.st_mtime_ns, rules.st_size, rules.st_ino

    def _read(self) -> tuple[Config, dict[str, str]]:
        policy = profile.load(self._home)
        config = load(self._home, policy)
        return config, native.table(config, policy)

    def _write(self, table: dict[str, str]) -> None:
        for key, value in table.items():
            if self._table.get(key) != value:
                KSR.htable.sht_sets(native.TABLE, key, value)
        for key in self._table.keys() - table.keys():
            KSR.htable.sht_rm(native.TABLE, key)
        self._table = table
