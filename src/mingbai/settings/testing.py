"""For the test suite: keys of its own, a home of its own for every process."""

import os
import tempfile
from pathlib import Path

os.environ["MINGBAI_HOME"] = os.environ.get("MINGBAI_TEST_HOME") or tempfile.mkdtemp(prefix="mingbai-test-")

from mingbai.kernel.home import Home

Home.from_environment().make_keys()

from mingbai.settings.base import *  # noqa: E402, F403
from mingbai.settings.base import DATABASES, HOME  # noqa: E402

SECRET_KEY = HOME.key("django").hex()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"].setdefault("TEST", {"NAME": str(Path(HOME.root) / "test.sqlite3")})
