"""The proxy before the gate (deploy/kamailio/redirecting.cfg), for real, and the switch that calls go on to."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from tests.ports import free_port
from tests.sip.harness import STARTS_WITHIN_S, Caller, ended, header, started

from mingbai.cli import sip
from mingbai.kernel import clock

CONFIGURATION = Path(__file__).resolve().parents[2] / "deploy" / "kamailio" / "redirecting.cfg"
ECHOED = ("via:", "from:", "call-id:", "cseq:", "record-route:")


class Upstream:
    """Kamailio with redirecting.cfg on a free port, asking `gates` (ports) and leading calls to `next_hop` (a port)."""

    def __init__(self, folder: Path, gates: Sequence[int], next_hop: int, *, gate_ms: int = 300) -> None:
        self.port = free_port()
        folder.mkdir()
        listed = folder / "gates.list"
        listed.write_text("".join(f"1 sip:127.0.0.1:{gate}\n" for gate in gates), "ascii")
        defines = {
            "LISTEN": f"udp:127.0.0.1:{self.port}",
            "GATES": f'"{listed}"',
            "NEXT_HOP": f'"sip:127.0.0.1:{next_hop}"',
            "GATE_MS": str(gate_ms),
        }
        command = [sip.kamailio(), "-f", str(CONFIGURATION), "-DD", "-E", "-Y", str(folder), "-m", "64", "-M", "8"]
        for name, value in defines.items():
            command += ["-A", f"{name}={value}"]
        self.log = folder / "kamailio.log"
        self.process = started(command, folder, self.log)
        self._wait()

    def _wait(self) -> None:
        end = clock.monotonic() + STARTS_WITHIN_S
        while clock.monotonic() < end and self.process.poll() is None:
            with Caller(self.port, timeout=0.2) as caller:
                if caller.ask(caller.request("OPTIONS")).startswith("SIP/2.0 200"):
                    return
        self.stop()
        raise RuntimeError("the upstream proxy did not start:\n" + self.log.read_text("utf-8", "replace"))

    def stop(self) -> None:
        ended(self.process)


class Phone:
    """Where calls arrive: takes INVITEs over UDP, answers each with 200, remembers them as they came."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(5)
        self.port = int(self.socket.getsockname()[1])

    def close(self) -> None:
        self.socket.close()

    def rings(self) -> str:
        """The next INVITE, as text; it is answered. "" when none comes within five seconds."""
        while True:
            try:
                data, sender = self.socket.recvfrom(65535)
            except TimeoutError:
                return ""
            text = data.decode("utf-8")
            if text.startswith("INVITE "):
                lines = [line for line in text.split("\r\n") if line.lower().startswith(ECHOED)]
                to = next(line for line in text.split("\r\n") if line.lower().startswith("to:"))
                lines += [f"{to};tag=phone", f"Contact: <sip:phone@127.0.0.1:{self.port}>", "Content-Length: 0"]
                self.socket.sendto(("SIP/2.0 200 OK\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode(), sender)
                return text

    def asked(self) -> set[str]:
        """The Call-IDs of INVITEs that came and were not taken by `rings`."""
        found: set[str] = set()
        self.socket.setblocking(False)
        try:
            while True:
                text = self.socket.recv(65535).decode("utf-8")
                if text.startswith("INVITE "):
                    found.add(header(text, "Call-ID"))
        except BlockingIOError:
            return found
        finally:
            self.socket.settimeout(5)

    def silent(self) -> bool:
        """Whether no INVITE has come; asked when the call's answer is there already."""
        return not self.asked()


def final(caller: Caller) -> str:
    """The next response that is no 1xx."""
    while (response := caller.receive()).startswith("SIP/2.0 1"):
        pass
    return response
