"""The way of a call as machine code: the very modules that stand in this package, compiled by mypyc.

`make compiled` makes it. It is used by processes that serve verdicts, which set MINGBAI_COMPILED to “auto”: where it
was made of these very sources and for this very Python, else the sources themselves are run. “require” makes its
absence an error; anything else runs the sources, as tests, commands and pages do.

All modules or none: they know each other's innards once compiled.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

MODULES = (
    "mingbai.kernel.lookup",
    "mingbai.kernel.msisdn.parsing",
    "mingbai.kernel.msisdn.reading",
    "mingbai.gate.facts.records",
    "mingbai.gate.facts.reader",
    "mingbai.gate.counters",
    "mingbai.gate.journal",
    "mingbai.gate.meters",
    "mingbai.gate.decide.policy",
    "mingbai.gate.decide.judge",
    "mingbai.gate.check",
    "mingbai.gate.hosts.keys",
    "mingbai.gate.hosts.wire",
    "mingbai.gate.hosts.http",
    "mingbai.gate.hosts.connection",
    "mingbai.gate.hosts.sip.config",
    "mingbai.gate.hosts.sip.spelling",
    "mingbai.gate.hosts.sip.reading",
    "mingbai.gate.hosts.sip.answers",
    "mingbai.gate.hosts.sip.worker",
)
GROUP = "mingbai_verdict"
_SHARED = f"{GROUP}__mypyc"
SETTING = "MINGBAI_COMPILED"
_PACKAGE = Path(__file__).resolve().parent
FOLDER = _PACKAGE.parents[1] / ".compiled"
_SUFFIX = str(sysconfig.get_config_var("EXT_SUFFIX"))


def sources() -> list[Path]:
    """Everything that the compiled modules may have taken a type or a constant from."""
    found = [path for room in ("kernel", "gate") for path in (_PACKAGE / room).rglob("*.py")]
    kept = (path for path in found if not {"tests", "feed"} & set(path.relative_to(_PACKAGE).parts))
    return [Path(__file__), *sorted(kept)]


def folder() -> Path:
    """Where these sources are compiled to, for this Python."""
    digest = hashlib.sha256(_SUFFIX.encode())
    for path in sources():
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return FOLDER / digest.hexdigest()[:24]


def path_of(module: str, place: Path) -> Path:
    """The file of a compiled module, below `folder`."""
    return place / (module.replace(".", "/") + _SUFFIX)


def ready() -> bool:
    """Whether these sources are compiled for this Python."""
    place = folder()
    return all(path_of(name, place).exists() for name in (_SHARED, *MODULES))


class Finder:
    """Finds the compiled modules before their sources are."""

    def __init__(self, place: Path) -> None:
        self._files = {name: str(path_of(name, place)) for name in (_SHARED, *MODULES)}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        file = self._files.get(name)
        return None if file is None else importlib.util.spec_from_file_location(name, file)


def use() -> bool:
    """Let this process run what is compiled, if it is asked to and can; call it before any of MODULES is imported.

    Raises ImportError when it is required and not there.
    """
    wish = os.environ.get(SETTING, "")
    if wish not in ("auto", "require"):
        return False
    if not ready() or any(name in sys.modules for name in MODULES):
        if wish == "require":
            raise ImportError("the verdict path is not compiled from these sources: make compiled")
        return False
    sys.meta_path.insert(0, Finder(folder()))
    return True


def wished() -> dict[str, str]:
    """The environment of a process that serves verdicts, as far as it does not say otherwise itself."""
    return {SETTING: os.environ.get(SETTING, "auto")}


def in_use() -> bool:
    """Whether this process runs what is compiled."""
    return any(isinstance(finder, Finder) for finder in sys.meta_path)
