"""Nothing that the tests start outlives them: not a worker that hears nothing, not whoever is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sip.harness import ended, eventually
from tests.sip.upstream import Upstream

pytestmark = pytest.mark.sip

STARTING = """
import pathlib, sys
from tests.sip.upstream import Upstream
made = Upstream(pathlib.Path(sys.argv[1]) / "proxy", [9], 9)
print(made.process.pid, flush=True)
sys.stdin.read()
"""


def group_of(leader: int) -> list[int]:
    """The processes of a group, dead ones left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = path.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) == leader and state != "Z":
            found.append(int(path.parent.name))
    return sorted(found)


def test_a_worker_that_hears_nothing_is_killed_with_its_proxy(tmp_path: Path) -> None:
    made = Upstream(tmp_path / "proxy", [9], 9)
    assert eventually(lambda: len(group_of(made.process.pid)) > 3)  # they are forked one after the other
    leader, *workers = group_of(made.process.pid)
    os.kill(workers[1], signal.SIGSTOP)
    ended(made.process, patience=0.5)
    assert eventually(lambda: not group_of(leader))


def test_who_is_killed_in_the_middle_leaves_no_proxy(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}"}
    command = [sys.executable, "-c", STARTING, str(tmp_path)]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as tests:
        assert tests.stdout is not None
        leader = int(tests.stdout.readline())
        assert eventually(lambda: len(group_of(leader)) > 2)
        tests.kill()
        tests.wait()
        assert eventually(lambda: not group_of(leader))
