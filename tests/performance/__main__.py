"""`python -m tests.performance [NAME …]`: every benchmark, or those named (`actions` for bench_actions.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.performance import harness


def main(names: list[str]) -> int:
    """Run each benchmark in a process of its own, then print one table; 1 when any failed or missed its target."""
    os.environ.setdefault("MINGBAI_COMPILED", "auto")  # as every process does that serves verdicts
    here = Path(__file__).parent
    chosen = [f"bench_{name}" for name in names] or sorted(path.stem for path in here.glob("bench_*.py"))
    if not names:
        harness.RESULTS.unlink(missing_ok=True)
    failed = []
    for name in chosen:
        print(f"… {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.performance.{name}"], check=False).returncode:
            failed.append(name)
    if harness.RESULTS.exists():
        print("\n" + harness.table(json.loads(harness.RESULTS.read_text("utf-8"))))
    if failed:
        print("missed or failed: " + ", ".join(failed))
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
