"""What bench_sip needs around the proxy: Kamailio on one core, calls from the other, what a worker holds in memory."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.performance import facts
from tests.ports import free_port

from mingbai.cli import sip as cli
from mingbai.kernel import clock
from mingbai.kernel.home import Home

PROXY_CORE, LOAD_CORE = "0", "1"
_HERE = Path(__file__).resolve().parent
_BUILD = _HERE.parents[1] / "build"
_SIPLOAD = _BUILD / "sipload"
_SIPP_CALLS = 100_000  # different pairs of caller and callee


class Load(NamedTuple):
    """What sipload saw. `rate`: answers a second; `late`: answered after more than a second; times in ms."""

    sent: int
    answered: int
    lost: int
    late: int
    rate: float
    p50_ms: float
    p99_ms: float
    codes: dict[str, int]

    @property
    def whole(self) -> bool:
        """Every call was answered within a second."""
        return self.lost == self.late == 0


class Sipp(NamedTuple):
    """What SIPp says of its run: calls a second, calls that did not end well, messages it had to send again."""

    rate: float
    failed: int
    retransmissions: int


def build() -> None:
    """The load generator, by Debian's Go."""
    if not shutil.which("go"):
        raise SystemExit("the load generator is made by Go: scripts/system-packages test")
    _BUILD.mkdir(exist_ok=True)
    sources = [str(path) for path in sorted((_HERE / "sipload").glob("*.go"))]
    subprocess.run(["go", "build", "-o", str(_SIPLOAD), *sources], check=True)


class Server(NamedTuple):
    """One that listens on loopback."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """The processes below its first one."""
        found = [self.pid]
        for each in found:
            for task in Path(f"/proc/{each}/task").glob("*/children"):
                found += [int(child) for child in task.read_text("ascii").split()]
        return found[1:]


Proxy = AbstractContextManager[Server]


@contextmanager
def _server(port: int, command: Sequence[str], folder: Path | None = None, **more: str) -> Iterator[Server]:
    """It runs on its core, in a group of its own, and has answered once; ended with all its children."""
    command = ["taskset", "-c", PROXY_CORE, *command]
    with subprocess.Popen(command, env={**os.environ, **more}, cwd=folder, start_new_session=True) as server:
        try:
            _answering(port)
            yield Server(port, server.pid)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


@contextmanager
def bare(*, as_shipped: bool = False) -> Iterator[Server]:
    """The baseline: a Kamailio that answers every INVITE alike; `as_shipped`: with the allocator it has by default."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = ["kamailio", "-f", str(_HERE / "bare.cfg"), "-DD", "-E", "-l", f"udp:127.0.0.1:{port}"]
        command += ["-Y", folder, "-w", folder, "-m", str(cli.SHARED_MIB), "-M", str(cli.PRIVATE_MIB)]
        with _server(port, command if as_shipped else [*command, *cli.ALLOCATOR]) as server:
            yield server


@contextmanager
def gate(home: Home) -> Iterator[Server]:
    """The gate as `mingbai run --sip` starts it, with one worker."""
    port = free_port()
    folder = cli.prepare(home, cli.settings_of(home, listen=(f"udp:127.0.0.1:{port}",), children=1))
    with _server(port, cli.command(folder), folder, MINGBAI_HOME=str(home.root)) as server:
        yield server


@contextmanager
def echo() -> Iterator[Server]:
    """The cheapest server there can be, to find what the load generator can do."""
    port = free_port()
    with _server(port, [str(_SIPLOAD), "-echo", f"127.0.0.1:{port}"]) as server:
        yield server


class Caller:
    """One telephone: sends an INVITE and waits for its final answer."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(1)
        self._socket.connect(("127.0.0.1", port))
        self._own = "{}:{}".format(*self._socket.getsockname())
        self._port, self._count, self._name = port, 0, os.urandom(4).hex()

    def code(self, caller: str, callee: str) -> int:
        """The code of the final answer, 0 for none. `caller` and `callee` as they stand in the URIs."""
        self._count += 1
        name = f"{self._name}{self._count:06x}"
        lines = [
            f"INVITE sip:{callee}@127.0.0.1:{self._port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._own};branch=z9hG4bK{name}",
            "Max-Forwards: 70",
            f"From: <sip:{caller}@{self._own}>;tag={name}",
            f"To: <sip:{callee}@127.0.0.1:{self._port}>",
            f"Call-ID: {name}@{self._own}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:{self._own}>",
            f"P-Asserted-Identity: <sip:{caller}@{self._own}>",
            "Feature-Caps: *;+sip.608",
            "Content-Length: 0",
        ]
        try:
            self._socket.send(("\r\n".join(lines) + "\r\n\r\n").encode())
            while True:
                answer = self._socket.recv(65536)
                if name.encode() not in answer:
                    continue
                code = re.match(rb"SIP/2\.0 ([2-6]\d\d) ", answer)
                if code or answer.startswith(b"INVITE"):  # an echo's
                    return int(code[1]) if code else 0
        except OSError:
            return -1

    def close(self) -> None:
        self._socket.close()


def _answering(port: int) -> None:
    """Wait until the server answers, half a minute at most."""
    end, caller = clock.monotonic() + 30, Caller(port)
    while clock.monotonic() < end:
        if caller.code("+8613800000000", "+8613800000001") >= 0:
            return caller.close()
        clock.pause(0.05)
    raise SystemExit("the proxy does not answer")


def _command(port: int, *arguments: str) -> list[str]:
    ranges = ["SUBSCRIBERS", "NUMBERS", "FIRMS", "FIRST_SUBSCRIBER", "FIRST_NUMBER"]
    sizes = [text for name in ranges for text in ("-" + name.lower().replace("_", "-"), str(getattr(facts, name)))]
    return ["taskset", "-c", LOAD_CORE, str(_SIPLOAD), "-to", f"127.0.0.1:{port}", *sizes, *arguments]


def load(port: int, seconds: float, *arguments: str) -> Load:
    """Calls for so long. `-window 64` outstanding, or `-rate 10000` a second."""
    command = _command(port, "-seconds", str(seconds), *arguments)
    return _told(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


@contextmanager
def load_meanwhile(port: int, *arguments: str) -> Iterator[list[Load]]:
    """Calls while the body runs; the list holds what was seen once it has ended."""
    seen: list[Load] = []
    with subprocess.Popen(_command(port, "-seconds", "600", *arguments), stdout=subprocess.PIPE) as process:
        try:
            yield seen
        finally:
            process.terminate()
            said, _ = process.communicate()
    seen.append(_told(said))


def _told(said: bytes) -> Load:
    told = json.loads(said)
    return Load(**{name: told[name] for name in Load._fields})


def sipp(port: int, rate: int, seconds: int) -> Sipp:
    """Calls by SIPp, each with its ACK."""
    if not shutil.which("sipp"):
        raise SystemExit("SIPp is not here: scripts/system-packages test")
    with tempfile.TemporaryDirectory() as folder:
        chance, calls, stat = random.Random(1), Path(folder, "calls.csv"), Path(folder, "stat.csv")
        pairs = ((chance.randrange(facts.NUMBERS), chance.randrange(facts.SUBSCRIBERS)) for _ in range(_SIPP_CALLS))
        rows = (f"{facts.FIRST_NUMBER + number};{facts.FIRST_SUBSCRIBER + who}\n" for number, who in pairs)
        calls.write_text("RANDOM\n" + "".join(rows), "ascii")
        command = ["taskset", "-c", LOAD_CORE, "sipp", f"127.0.0.1:{port}", "-sf", str(_HERE / "calls.xml")]
        command += ["-inf", str(calls), "-i", "127.0.0.1", "-p", str(free_port()), "-nostdin", "-l", "10000"]
        command += ["-r", str(rate), "-m", str(rate * seconds), "-buff_size", str(4 << 20)]
        command += ["-trace_stat", "-stf", str(stat), "-fd", "1"]
        ended = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=20 * seconds)
        if not stat.exists():
            raise SystemExit(f"SIPp ended with {ended.returncode}: {ended.stderr.decode(errors='replace')[-500:]}")
        with stat.open(encoding="ascii") as file:
            last = list(csv.DictReader(file, delimiter=";"))[-1]
    return Sipp(float(last["CallRate(C)"]), int(last["FailedCall(C)"]), int(last["Retransmissions(C)"]))


def private_bytes(pid: int, shared: Path) -> int:
    """What a process has in memory for itself alone, beside the files in a folder that all workers map."""
    total, counts = 0, True
    for line in Path(f"/proc/{pid}/smaps").read_text("utf-8").splitlines():
        name, *rest = line.split(None, 5)
        if "-" in name and not name.endswith(":"):
            counts = not (len(rest) == 5 and rest[4].startswith(str(shared)))
        elif counts and name in ("Private_Clean:", "Private_Dirty:"):
            total += int(rest[0]) * 1024
    return total
