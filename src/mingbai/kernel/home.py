"""Where everything lies under MINGBAI_HOME, and the secrets kept there.

The only file of the kernel that touches the disk: the gate must find its keys without Django.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mingbai.kernel.problems import Problem

_KEYS = {"lookup": 32, "number": 32, "vault": 32, "ledger": 32, "django": 48, "redress": 32, "webhook": 32}


@dataclass(frozen=True)
class Home:
    """The layout of one installation's state. Paths only; nothing is made by asking for them."""

    root: Path

    @classmethod
    def from_environment(cls) -> Home:
        """MINGBAI_HOME, or `.mingbai` in the current folder."""
        return cls(Path(os.environ.get("MINGBAI_HOME", ".mingbai")).resolve())

    @cached_property
    def profile(self) -> Path:
        return self.root / "profile.toml"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def database(self) -> Path:
        return self.root / "mingbai.sqlite3"

    @property
    def facts(self) -> Path:
        """Folder of fact generations; the file `current` names the one in force."""
        return self.root / "facts"

    @property
    def counters(self) -> Path:
        return self.root / "counters.table"

    @property
    def meters(self) -> Path:
        """What the gate's processes did, for whoever watches them."""
        return self.root / "meters.table"

    @property
    def sip(self) -> Path:
        """Folder of what `mingbai run --sip` makes for the SIP proxy: its configuration, its socket."""
        return self.root / "sip"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def log(self) -> Path:
        """The evidence log as served: checkpoint, tile/…; and batches/ beside it."""
        return self.root / "log"

    @property
    def files(self) -> Path:
        """Uploaded and produced files: imports, exports, scrubbed lists."""
        return self.root / "files"

    @cached_property
    def _cache(self) -> dict[str, bytes]:
        return {}

    def key(self, name: str) -> bytes:
        """The secret called `name`; from the variable MINGBAI_KEY_<NAME> (hex) or the file keys/<name>.key (hex).

        Raises Problem when there is none (`mingbai init` makes them), or when what stands there is none.
        """
        if name not in self._cache:
            text = os.environ.get(f"MINGBAI_KEY_{name.upper()}", "")
            path = self.keys / f"{name}.key"
            if not text and path.exists():
                text = path.read_text("ascii", "replace")
            if not text:
                raise Problem("home.no_key", f"no key “{name}”", where=str(path), mend="run `mingbai init`", status=500)
            self._cache[name] = _secret(name, text, path)
        return self._cache[name]

    def make_keys(self) -> None:
        """Make every secret that is missing, readable by the owner alone; existing ones stay."""
        for name in _KEYS:
            self.make_key(name)

    def make_key(self, name: str) -> None:
        """Make one of the secrets if it is missing; of two processes that do so at once, one wins and both have its."""
        path = self.keys / f"{name}.key"
        if path.exists():
            return
        self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.keys / f".{name}.{secrets.token_hex(8)}.new"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(_KEYS[name]))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            fresh.unlink()


def _secret(name: str, text: str, path: Path) -> bytes:
    """Raises Problem for anything but hexadecimal digits, or for fewer than a key of this name has."""
    try:
        secret = bytes.fromhex(text.strip())
    except ValueError:
        secret = b""
    if len(secret) < max(1, _KEYS.get(name, 0)):
        mend = "put the key back from its backup; a new one opens nothing"
        raise Problem("home.bad_key", f"what stands there is no key “{name}”", where=str(path), mend=mend, status=500)
    return secret
