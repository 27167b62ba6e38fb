"""For the test suite: keys, a profile and a home of its own for every process, gone when the process ends."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path


def _own_home() -> str:
    """A temporary folder; a child process that was given one in MINGBAI_TEST_HOME uses that and leaves it."""
    if given := os.environ.get("MINGBAI_TEST_HOME"):
        return given
    made, maker = tempfile.mkdtemp(prefix="mingbai-test-"), os.getpid()

    def remove() -> None:
        if os.getpid() == maker:  # a forked child shares the folder and must leave it
            shutil.rmtree(made, ignore_errors=True)

    atexit.register(remove)
    return made


os.environ["MINGBAI_HOME"] = _own_home()

from mingbai.kernel import profile  # noqa: E402
from mingbai.kernel.home import Home  # noqa: E402

_home = Home.from_environment()
_home.make_keys()
if not _home.profile.exists():
    _home.profile.write_text(profile.packaged("cn-2018-whitelist"), "utf-8")

from mingbai.settings.base import *  # noqa: E402, F403
from mingbai.settings.base import DATABASES, HOME  # noqa: E402

FULFIL_URL = "sandbox"
LABEL_HOOKS_LOOPBACK = True
SECRET_KEY = HOME.key("django").hex()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"].setdefault("TEST", {"NAME": str(Path(HOME.root) / "test.sqlite3")})

# WhiteNoise warns of a folder that is not there, and warnings are errors here.
Path(HOME.root, "static").mkdir(exist_ok=True)
