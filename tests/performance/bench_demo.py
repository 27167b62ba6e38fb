"""How long a newcomer waits: `make demo` from nothing to the first page, caches warm."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.performance import harness

ROOT = Path(__file__).resolve().parents[2]
TARGET_S = 60
TIMES = 5
_OPEN = re.compile(r"http://127\.0\.0\.1:\d+/")


def seconds() -> float:
    """One run, its town made anew: from the command to the address, which is printed once the first page answers."""
    home = Path(tempfile.mkdtemp(prefix="mingbai-bench-demo-")) / "town"
    command = ["make", "demo", f"ARGS=--home {home} --web-port 18000 --gate-port 18500"]
    began = perf_counter()
    run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert run.stdout
        for line in run.stdout:
            if _OPEN.search(line):
                return perf_counter() - began
        raise RuntimeError(f"make demo ended with {run.wait()} before its first page")
    finally:
        os.killpg(run.pid, signal.SIGINT)
        run.wait(30)
        shutil.rmtree(home.parent, ignore_errors=True)


def run() -> list[dict[str, Any]]:
    """Median of five runs."""
    taken = median(seconds() for _ in range(TIMES))
    claim = "make demo to first page, caches warm"
    return [harness.row(claim, taken, "s", target=f"≤ {TARGET_S} s", met=taken <= TARGET_S)]


if __name__ == "__main__":
    harness.main(run)
