"""What Kamailio's app_python3 loads: it finds the packages and hands over to mingbai.gate.hosts.kamailio.

Kamailio puts this file's folder first in sys.path, and Debian's own packages stand there too: only .venv-sip, the
code and the standard library are left, so that nothing installed on the machine changes a verdict.
"""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
_PACKAGES = os.environ.get("MINGBAI_SIP_PACKAGES") or str(_ROOT / ".venv-sip" / "lib" / _VERSION / "site-packages")
_OTHERS = (str(Path(__file__).resolve().parent), "dist-packages")

sys.path[:] = [path for path in sys.path if path and not path.endswith(_OTHERS)]
sys.path[:0] = [str(_ROOT / "src"), _PACKAGES]

from mingbai.gate.hosts.kamailio import mod_init  # noqa: E402

__all__ = ["mod_init"]
