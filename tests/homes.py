"""A home as `mingbai init` makes it, made once for a whole run of the suite: it takes seconds, a copy none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROFILE, ORIGIN = "cn-2018-whitelist", "log.example.cn"


def environment(home: Path) -> dict[str, str]:
    """What a command on this home is run with: nothing of the suite's own settings."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MINGBAI_", "DJANGO_", "DATABASE_"))}
    return {**kept, "MINGBAI_HOME": str(home)}


def copy_of_a_new_one(home: Path, factory: pytest.TempPathFactory) -> None:
    """`home`, which is not there yet, becomes a home without anybody in it."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # of all workers
    made = root / "new-home"
    with (root / "new-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            beside = root / "new-home.making"
            shutil.rmtree(beside, ignore_errors=True)
            command = [sys.executable, "-m", "mingbai.cli", "init", "--profile", PROFILE, "--origin", ORIGIN]
            subprocess.run(command, env=environment(beside), capture_output=True, timeout=120, check=True)
            beside.rename(made)
    shutil.copytree(made, home)
