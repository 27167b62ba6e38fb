"""Child processes kept alive together, and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from mingbai.kernel import clock

_STEP = 0.1
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_STABLE_AFTER = 60.0
_GRACE = 10.0
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One child: how it is started, and how it has fared."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None  # where it runs; the supervisor's own when None
    quiet: bool = False  # what it prints is dropped; what it complains of is not
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    wait: float = _FIRST_WAIT
    due: float = 0.0

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C reaches the supervisor alone, which stops all in order."""
        self.process = subprocess.Popen(  # noqa: S603  # our own argv, no shell
            self.argv,
            env={**os.environ, **self.env},
            cwd=self.folder,
            stdout=subprocess.DEVNULL if self.quiet else None,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self.began = clock.monotonic()

    def signal(self, number: int) -> None:
        """Send a signal to the whole group; silence when it is gone already."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def clear(self) -> None:
        """End what a child that has ended left behind: workers of its own would keep its ports."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def die_with_parent() -> None:
    """On Linux the kernel ends a child whose supervisor was killed, so that no port stays taken."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Starts children, restarts one that ends (waiting longer each time), stops all on SIGTERM or SIGINT.

    A child that is added to the list later is started too.
    """

    def __init__(self, children: list[Child], say: Callable[[str], None] | None = None) -> None:
        self.children = children
        self.stopping = False
        self._say = say or (lambda text: click.echo(text, err=True))

    def run(self, ready: Callable[[], bool] | None = None) -> int:
        """Until a signal comes; `ready` is asked again and again until it is true. 1 when a child had to be killed."""
        before = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for child in self.children:
                child.start()
            while not self.stopping:
                self._look_after()
                if ready and ready():
                    ready = None
                clock.pause(_STEP)
        finally:
            code = self._end()
            for number, handler in before.items():
                signal.signal(number, handler)
        return code

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _look_after(self) -> None:
        now = clock.monotonic()
        for child in self.children:
            if child.process and child.process.poll() is not None:
                if now - child.began > _STABLE_AFTER:
                    child.wait = _FIRST_WAIT
                self._say(f"{child.name} ended with code {child.process.returncode}; again in {child.wait:g} s")
                child.clear()
                child.process, child.due = None, now + child.wait
                child.wait = min(child.wait * 2, _LONGEST_WAIT)
            elif child.process is None and now >= child.due:
                child.start()

    def _end(self) -> int:
        """Ask all to end, wait for them, kill what does not."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        until, code = clock.monotonic() + _GRACE, 0
        for child in self.children:
            if not child.process:
                continue
            try:
                child.process.wait(max(0.0, until - clock.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{child.name} did not end in {_GRACE:g} s and was killed")
                child.signal(signal.SIGKILL)
                child.process.wait()
                code = 1
            child.clear()
        return code
