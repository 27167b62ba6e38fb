"""A house of its own for each story, and the real gate before it."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.ports import free_port

from mingbai.cli import run
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.town.line import Line

STARTS_WITHIN_S = 30
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class RunningGate:
    """The HTTP gate in a process of its own, as `mingbai run` starts it (or as `mingbai demo` does, by its target)."""

    def __init__(self, home: Home, target: str) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        (served,) = run.gate(host="127.0.0.1", port=port, workers=1, target=target)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MINGBAI_")}
        env = {**kept, "MINGBAI_HOME": str(home.root)}
        self.process = subprocess.Popen(served.argv, env=env, start_new_session=True)
        self._wait()

    def line(self, key: str) -> Line:
        """An exchange's connection to it."""
        return Line(self.address, key)

    def stop(self) -> None:
        """End it as an operator would; its journal segment is closed then."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def _wait(self) -> None:
        end = clock.monotonic() + STARTS_WITHIN_S
        while clock.monotonic() < end and self.process.poll() is None:
            connection = http.client.HTTPConnection(self.address, timeout=2)
            try:
                connection.request("GET", "/gate/v1/health")
                connection.getresponse().read()
            except OSError:
                clock.pause(0.05)
            else:
                return
            finally:
                connection.close()
        self.stop()
        raise RuntimeError("the gate did not start")


@pytest.fixture
def house(tmp_path: Path, settings: Any) -> Home:
    """An empty home under the suite's keys and profile, in force for this test."""
    made = Home(tmp_path / "house")
    made.root.mkdir(mode=0o700)
    shutil.copytree(settings.HOME.keys, made.keys)
    shutil.copy(settings.HOME.profile, made.profile)
    for folder in (made.files, made.log, made.journal, made.lake):
        folder.mkdir(mode=0o700)
    settings.HOME = made
    return made


@pytest.fixture
def open_gate(house: Home) -> Iterator[Callable[..., RunningGate]]:
    """Opens gates of the house; all are closed when the test ends."""
    with ExitStack() as stack:

        def opened(target: str = "mingbai.gate.hosts.http:application") -> RunningGate:
            gate = RunningGate(house, target)
            stack.callback(gate.stop)
            return gate

        yield opened


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The one headless browser of this process: Playwright's synchronous interface runs once in a thread."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}: apt-get install chromium, or set CHROMIUM")
    # Playwright's synchronous interface runs an event loop in this thread; Django would refuse its own database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    sandbox = () if os.geteuid() else ("--no-sandbox",)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        yield browser
        browser.close()
