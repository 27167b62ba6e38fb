"""The gate over HTTP on one core, load from the other; beside it the same verdict from a plain Django view.

Both are served by the gate's own server, one process, one thread, on the same facts, journal and counters on; `wrk`
keeps 32 connections open and sends random attempts. Taken in turn, so that both see the same weather.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.performance import facts
from tests.performance.harness import TIMES, Row, main, row
from tests.ports import free_port

from mingbai.kernel import clock
from mingbai.kernel.home import Home

SECONDS = max(1, round(4 * min(facts.SCALE * 10, 1)))
SERVER_CORE, LOAD_CORE = "0", "1"
GATE, DJANGO = "mingbai.gate.hosts.http:application", "tests.performance.plain_django:application"
_ROOT = Path(__file__).resolve().parents[2]
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Run(NamedTuple):
    """What wrk saw: answers a second, milliseconds at the 99th percentile, answers that were no 200."""

    rate: float
    late_ms: float
    failed: int


def run() -> list[Row]:
    home = facts.home()
    rounds = [(_measure(home, GATE), _measure(home, DJANGO)) for _ in range(TIMES)]
    gate, django = ([pair[which] for pair in rounds] for which in (0, 1))
    if failed := sum(one.failed for one in [*gate, *django]):
        raise SystemExit(f"{failed} answers were no verdicts")
    rate, base = median(one.rate for one in gate), median(one.rate for one in django)
    late = median(one.late_ms for one in gate)
    what = f"HTTP gate, one core, 32 connections, {facts.CONSENTS:,} consents"
    return [
        row(f"{what}; beside a plain Django view", rate, "/s", baseline=base, target="≥ 5 ×", met=rate >= 5 * base),
        row(what, rate, "/s", target="≥ 30,000", met=rate >= 30_000),
        row(f"{what}; p99", late, "ms", target="≤ 3", met=late <= 3),
    ]


def _measure(home: Home, target: str) -> Run:
    shutil.rmtree(home.journal, ignore_errors=True)
    port = free_port()
    serve = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "mingbai.gate.hosts.server"]
    serve += ["--port", str(port), target]
    with subprocess.Popen(serve, cwd=_ROOT, env={**os.environ, "MINGBAI_HOME": str(home.root)}) as server:
        try:
            _wait(port)
            _load(port, 1)
            return _load(port, SECONDS)
        finally:
            server.terminate()
            try:
                server.wait(20)
            finally:
                server.kill()


def _wait(port: int) -> None:
    end = clock.monotonic() + 30
    while clock.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            clock.pause(0.05)
    raise SystemExit("the server does not answer")


def _load(port: int, seconds: int) -> Run:
    sizes = {name: str(getattr(facts, name)) for name in ("SUBSCRIBERS", "NUMBERS", "FIRMS", "KEY")}
    sizes |= {name: str(getattr(facts, name)) for name in ("FIRST_SUBSCRIBER", "FIRST_NUMBER")}
    wrk = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", "-c32", f"-d{seconds}s", "--latency"]
    wrk += ["-s", str(Path(__file__).with_name("calls.lua")), f"http://127.0.0.1:{port}"]
    said = subprocess.run(wrk, env={**os.environ, **sizes}, capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    assert rate
    assert late
    return Run(float(rate[1]), float(late[1]) * _UNITS[late[2]], int(bad[1]) if bad else 0)


if __name__ == "__main__":
    main(run)
