"""The real Kamailio with a home of its own on free ports, and a caller that speaks plain SIP to it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from mingbai.cli import sip
from mingbai.cli.supervisor import die_with_parent
from mingbai.gate import journal
from mingbai.kernel import clock
from mingbai.kernel.home import Home

STARTS_WITHIN_S = 20.0
Process = subprocess.Popen[bytes]
_numbers = itertools.count(1)


def started(command: Sequence[str], folder: Path, log: Path, env: Mapping[str, str] | None = None) -> Process:
    """A program in a process group of its own, which ends with whoever runs the tests, however that ends."""
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def ended(process: Process, number: int = signal.SIGTERM, *, patience: float = 20.0) -> None:
    """End it and everything that it started. Whoever does not end of itself is killed, a worker as well as its parent:
    Kamailio waits for its workers, and workers whose parent is killed live on."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Proxy:
    """Kamailio with the gate, started from deploy/kamailio/kamailio.cfg."""

    def __init__(self, home: Home, port: int) -> None:
        self.home, self.port = home, port
        self.log = home.root / "kamailio.log"
        self.process: Process | None = None
        self._prepared: Path | None = None

    def prepare(self) -> None:
        """Make it ready now, for a start when the home is no longer whole."""
        self._prepared = sip.prepare(self.home)

    def start(self, *, host: Path = sip.HOST, before: tuple[str, ...] = (), **more: str) -> None:
        """Start it and wait until it answers OPTIONS.

        `host` is what app_python3 loads, `before` a command that runs the proxy's, `more` goes into its environment.
        """
        folder = self._prepared or sip.prepare(self.home, host=host)
        kept = {key: value for key, value in os.environ.items() if not key.startswith("MINGBAI_")}
        env = {**kept, "MINGBAI_HOME": str(self.home.root), **more}
        self.process = started([*before, *sip.command(folder)], folder, self.log, env)
        end = clock.monotonic() + STARTS_WITHIN_S
        while clock.monotonic() < end and self.process.poll() is None:
            if self._answers(tcp=False) and self._answers(tcp=True):
                return
        self.stop()
        raise RuntimeError("the proxy did not start:\n" + self.log.read_text("utf-8", "replace"))

    def _answers(self, *, tcp: bool) -> bool:
        try:
            with Caller(self.port, tcp=tcp, timeout=0.2) as caller:
                return status(caller.ask(caller.request("OPTIONS"))) == 200
        except ConnectionError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it and all its children."""
        process, self.process = self.process, None
        if process is not None:
            ended(process, number)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Caller:
    """A switch on loopback: sends over UDP, or over TCP when asked to, and reads what comes back."""

    def __init__(
        self, port: int, *, tcp: bool = False, timeout: float = 3.0, source: int = 0, ip: str = "127.0.0.1"
    ) -> None:
        self.tcp, self.ip = tcp, ip
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
        self.socket.settimeout(timeout)
        self.socket.bind((ip, source))
        self.socket.connect(("127.0.0.1", port))
        self.port = int(self.socket.getsockname()[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(
        self,
        method: str = "INVITE",
        uri: str = "sip:13900000001@127.0.0.1",
        caller: str = "<sip:13800000001@caller.example>",
        headers: str = "",
        *,
        to_tag: str = "",
        max_forwards: str = "70",
    ) -> bytes:
        """A request as RFC 3261 wants it, with a branch and a Call-ID of its own."""
        number = f"{os.getpid()}-{next(_numbers)}"
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{'TCP' if self.tcp else 'UDP'} {self.ip}:{self.port};branch=z9hG4bK{number}",
            f"Max-Forwards: {max_forwards}",
            f"From: {caller};tag=a{number}",
            f"To: <sip:somebody@127.0.0.1>{to_tag}",
            f"Call-ID: {number}@caller.example",
            f"CSeq: 1 {method}",
            f"Contact: <sip:switch@127.0.0.1:{self.port}>",
            f"{headers}Content-Length: 0",
        )
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n"

    def send(self, message: bytes) -> None:
        self.socket.sendall(message)

    def receive(self) -> str:
        """The next message, "" when none comes in time."""
        try:
            found = self.socket.recv(65535)
            while self.tcp and found and b"\r\n\r\n" not in found:
                found += self.socket.recv(65535)
        except (TimeoutError, ConnectionError):
            return ""
        return found.decode("utf-8", "replace")

    def receive_now(self) -> str:
        """The next message if one is there within a moment."""
        before = self.socket.gettimeout()
        self.socket.settimeout(0.01)
        try:
            return self.receive()
        finally:
            self.socket.settimeout(before)

    def ask(self, message: bytes) -> str:
        """Send a request and read the response to it."""
        with contextlib.suppress(ConnectionError):
            self.send(message)
            return self.receive()
        return ""

    def call(self, caller: str, callee: str, headers: str = "") -> str:
        """An INVITE between two numbers; the response."""
        return self.ask(self.request(uri=f"sip:{callee}@127.0.0.1", caller=f"<sip:{caller}@h>", headers=headers))


def status(response: str) -> int:
    """The code of a response, 0 for none."""
    return int(response[8:11]) if response.startswith("SIP/2.0 ") else 0


def header(response: str, name: str) -> str:
    """The value of a header, "" when absent."""
    for line in response.split("\r\n\r\n")[0].split("\r\n"):
        if line.lower().startswith(name.lower() + ":"):
            return line.partition(":")[2].strip()
    return ""


def write_settings(home: Home, text: str) -> None:
    """The home's sip.toml."""
    Path(home.root / "sip.toml").write_text(text, "utf-8")


def journalled(home: Home) -> list[journal.Record]:
    """Every record that stands in the home's journal, by no order."""
    paths = [*journal.open_segments(home.journal), *journal.closed_segments(home.journal)]
    return [record for path in paths for _, record in journal.read_segment(path)]


class Load(threading.Thread):
    """Calls that go on, one every `pause` seconds, each to another number; `answers` has the code of each.

    Nothing is sent twice: a call without an answer is lost.
    """

    def __init__(
        self, port: int, caller: str, callees: Iterator[str], *, pause: float = 0.002, patience: float = 2.0
    ) -> None:
        super().__init__(daemon=True)
        self.patience = patience
        self.port, self.caller, self.callees, self.pause = port, caller, callees, pause
        self.answers: dict[str, int] = {}
        self._over = threading.Event()

    def run(self) -> None:
        with Caller(self.port, timeout=self.patience) as switch:
            while not self._over.is_set():
                callee = next(self.callees)
                self.answers[callee] = status(switch.call(self.caller, callee))
                clock.pause(self.pause)

    def stop(self) -> dict[str, int]:
        self._over.set()
        self.join(30)
        return self.answers

    def reached(self, wanted: Callable[[dict[str, int]], bool], within: float = 30.0) -> bool:
        """Wait until the answers so far are as wanted."""
        end = clock.monotonic() + within
        while clock.monotonic() < end:
            if wanted(dict(self.answers)):
                return True
            clock.pause(0.02)
        return False


def eventually(holds: Callable[[], bool], within: float = 30.0) -> bool:
    """Ask again and again until it is so, or time is over."""
    end = clock.monotonic() + within
    while clock.monotonic() < end:
        if holds():
            return True
        clock.pause(0.05)
    return False
