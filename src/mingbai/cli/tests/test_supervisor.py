"""Children are started again when they end, and none outlives the supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mingbai.cli.supervisor import Child, Supervisor
from mingbai.kernel import clock

LIMIT_S = 20

GUARDED = """
import sys
from mingbai.cli.supervisor import Child, Supervisor
child = Child("sleeper", ["sleep", "600"])
def ready():
    print(child.process.pid, flush=True)
    return True
sys.exit(Supervisor([child]).run(ready))
"""


def _until(condition: Callable[[], object], limit: float = LIMIT_S) -> bool:
    end = clock.monotonic() + limit
    while clock.monotonic() < end:
        if condition():
            return True
        clock.pause(0.02)
    return False


def _gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_child_that_ends_is_started_again(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    child = Child("short", [sys.executable, "-c", f"open({str(marks)!r}, 'a').write('x'); raise SystemExit(3)"])
    said: list[str] = []
    supervisor = Supervisor([child], said.append)
    end = clock.monotonic() + LIMIT_S

    def seen_twice() -> bool:
        supervisor.stopping = (marks.exists() and len(marks.read_text()) >= 2) or clock.monotonic() > end
        return supervisor.stopping

    assert supervisor.run(seen_twice) == 0
    assert len(marks.read_text()) >= 2
    assert said[0] == "short ended with code 3; again in 0.5 s"
    assert child.wait > 0.5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_the_supervisor(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", GUARDED], stdout=subprocess.PIPE, text=True) as guard:
        assert guard.stdout
        sleeper = int(guard.stdout.readline())
        os.kill(guard.pid, number)
        code = guard.wait(LIMIT_S)
    assert code == (0 if number is not signal.SIGKILL else -9)
    assert _until(lambda: _gone(sleeper))


def test_a_child_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mingbai.cli.supervisor._GRACE", 0.5)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    )
    child = Child("stubborn", [sys.executable, "-c", stubborn])
    supervisor = Supervisor([child], lambda text: None)

    def stop_once_deaf() -> bool:
        assert child.process
        status = Path(f"/proc/{child.process.pid}/status").read_text()
        ignored = int(next(line for line in status.splitlines() if line.startswith("SigIgn")).split()[1], 16)
        supervisor.stopping = bool(ignored >> (signal.SIGTERM - 1) & 1)
        return supervisor.stopping

    assert supervisor.run(stop_once_deaf) == 1
    assert child.process
    assert child.process.returncode == -signal.SIGKILL
