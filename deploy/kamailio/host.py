"""What Kamailio's app_python3 loads: it finds the packages and hands over to mingbai.gate.hosts.kamailio.

Kamailio puts this file's folder first in sys.path, Debian's own packages stand there too, and those of an environment
that was active when it was started: only .venv-sip, the code and the standard library are left, so that nothing else on
the machine changes a verdict.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_PACKAGES = os.environ.get("MINGBAI_SIP_PACKAGES") or str(_ROOT / ".venv-sip" / "lib" / _VERSION / "site-packages")
_OTHERS = (str(Path(__file__).resolve().parent), "dist-packages", "site-packages")

sys.path[:] = [path for path in sys.path if path and not path.endswith(_OTHERS)]
sys.path[:0] = [str(_ROOT / "src"), _PACKAGES]
os.environ.setdefault("MINGBAI_COMPILED", "auto")


class Absent:
    """Stands in when the gate cannot even be loaded: the script goes by sip.failed_ordinary, calls for help pass."""

    def child_init(self, _rank: int) -> int:
        return 0

    def call(self, _message: object) -> int:
        return -2

    def repeated(self, _message: object) -> int:
        return 1

    def unread(self, _message: object) -> int:
        return 1

    def refresh(self, _message: object) -> int:
        return 1


def mod_init() -> object:
    """What Kamailio asks for: an object with `child_init` and the functions that its script calls."""
    try:
        from mingbai.gate.hosts import kamailio

        return kamailio.mod_init()
    except Exception as error:
        print(f"mingbai: the gate cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return Absent()
