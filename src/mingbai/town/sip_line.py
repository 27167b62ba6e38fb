"""A telephone exchange's side of the gate over SIP (RFC 3261): it sends INVITEs over UDP and reads the answers.

What a real exchange does with a 302 is to send the INVITE on to its Contact; here the call ends with the answer, and
what the phone would have shown is read from it.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote

from mingbai.kernel import clock

TRUNK_HEADER = "X-Trunk"
T1_S = 0.5
"""Timer A begins here and doubles (RFC 3261 17.1.1.2); a loopback needs no more."""

_WAIT_S = 5.0
_MOST_BYTES = 65_535
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_REASON = re.compile(r'call-reason="((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r"<([^<>]*)>")
_CARD = re.compile(r"/redress/([0-9a-f]{32}-\d+)\.jws>")


class Final(NamedTuple):
    """A final answer. `headers`: names in small letters, as they came; several of a name joined by commas."""

    code: int
    reason: str
    headers: dict[str, str]


class SipLine:
    """Sends call attempts to a SIP gate at `host:port`. One call at a time; safe for one thread."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self.address = host.strip("[]"), int(port)
        family = socket.AF_INET6 if ":" in self.address[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.connect(self.address)
        own_host, own_port = self._socket.getsockname()[:2]
        self._own = f"[{own_host}]:{own_port}" if family == socket.AF_INET6 else f"{own_host}:{own_port}"
        self._target = address

    def call(self, caller: str, callee: str, trunk: str) -> dict[str, Any]:
        """One attempt; what the gate answered, as town.line tells it. Raises OSError when nothing answers."""
        final = self.invite(caller, callee, trunk)
        label = label_of(final)
        decision = "refuse" if final.code >= 400 else "label" if label else "allow"
        told: dict[str, Any] = {"decision": decision, "sip": {"code": final.code, "reason": final.reason}}
        if label:
            told["label"] = label
        if found := _CARD.search(final.headers.get("call-info", "")):
            told["receipt_id"] = found[1]
        return told

    def calls(self, attempts: Iterable[dict[str, str]]) -> list[dict[str, Any]]:
        """Many attempts, one after the other: caller, callee, trunk of each."""
        return [self.call(**attempt) for attempt in attempts]

    def answers(self) -> bool:
        """Whether a proxy is there (OPTIONS), asked once and waited for shortly."""
        try:
            return self._ask("OPTIONS", self._request("OPTIONS", f"sip:{self._target}", "", "", ""), 0.3).code == 200
        except OSError:
            return False

    def invite(self, caller: str, callee: str, trunk: str) -> Final:
        """The final answer to one INVITE, acknowledged (17.1.1.3)."""
        uri = f"sip:{callee}@{self._target};user=phone"
        request = self._request("INVITE", uri, caller, callee, trunk)
        return self._ask("INVITE", request, _WAIT_S)

    def close(self) -> None:
        self._socket.close()

    def _request(self, method: str, uri: str, caller: str, callee: str, trunk: str) -> dict[str, str]:
        """A request's parts, in the order in which they are sent; "" is its first line."""
        number = caller or "anonymous"
        identity = f"<sip:{number}@{self._own};user=phone>"
        parts = {
            "": f"{method} {uri} SIP/2.0",
            "Via": f"SIP/2.0/UDP {self._own};branch=z9hG4bK{secrets.token_hex(12)};rport",
            "Max-Forwards": "70",
            "From": f"{identity};tag={secrets.token_hex(6)}",
            "To": f"<{uri}>",
            "Call-ID": f"{secrets.token_hex(12)}@town.invalid",
            "CSeq": f"1 {method}",
        }
        if method == "INVITE":
            parts |= {
                "Contact": f"<sip:{self._own}>",
                "P-Asserted-Identity": identity,
                TRUNK_HEADER: trunk,
                "Feature-Caps": "*;+sip.608",
            }
        return parts

    def _ask(self, method: str, request: dict[str, str], wait_s: float) -> Final:
        """Send until something answers, read the final answer, acknowledge one to an INVITE."""
        message, branch = _written(request), _branch(request["Via"])
        began, again = clock.monotonic(), T1_S
        next_send, heard = began, False
        while (now := clock.monotonic()) - began < wait_s:
            if not heard and now >= next_send:
                self._socket.send(message)
                next_send, again = now + again, 2 * again
            until = began + wait_s if heard else min(next_send, began + wait_s)
            self._socket.settimeout(max(until - now, 0.001))
            try:
                answer = _read(self._socket.recv(_MOST_BYTES))
            except TimeoutError:
                continue
            if answer is None or _branch(answer.headers.get("via", "")) != branch:
                continue
            heard = True
            if answer.code >= 200:
                if method == "INVITE":
                    self._socket.send(_written(_acknowledgement(request, answer)))
                return answer
        raise TimeoutError("no SIP proxy answers")


def label_of(final: Final) -> str:
    """What the called phone shows, from a 302: the identity in it or in its Contact's headers, else the call-reason."""
    if not 300 <= final.code < 400:
        return ""
    carried = _carried(final.headers.get("contact", ""))
    for identity in (final.headers.get("p-asserted-identity", ""), carried.get("p-asserted-identity", "")):
        if found := _QUOTED.match(identity.strip()):
            return _unescaped(found[1])
    found = _REASON.search(carried.get("call-info", ""))
    return _unescaped(found[1]) if found else ""


def _carried(contact: str) -> dict[str, str]:
    """The headers in a Contact's URI (19.1.1): name in small letters → value."""
    found = _ADDRESS.search(contact)
    _, _, query = (found[1] if found else contact).partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return {unquote(name).lower(): unquote(value) for name, _, value in pairs}


def _unescaped(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _acknowledgement(request: dict[str, str], answer: Final) -> dict[str, str]:
    """The ACK of a final answer that is no 2xx: same branch, the answer's To, CSeq with its own method."""
    first = request[""].replace("INVITE ", "ACK ", 1)
    kept = {name: request[name] for name in ("Via", "Max-Forwards", "From", "Call-ID")}
    return {"": first, **kept, "To": answer.headers.get("to", request["To"]), "CSeq": "1 ACK"}


def _written(parts: dict[str, str]) -> bytes:
    lines = [text if not name else f"{name}: {text}" for name, text in parts.items()]
    return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()


_COMPACT = {"v": "via", "m": "contact", "t": "to", "f": "from", "i": "call-id", "l": "content-length"}


def _read(data: bytes) -> Final | None:
    """A response; None for what is none."""
    head = data.decode("utf-8", "replace").partition("\r\n\r\n")[0]
    first, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    version, _, rest = first.partition(" ")
    code, _, reason = rest.partition(" ")
    if version != "SIP/2.0" or len(code) != 3 or not code.isdecimal():
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, _, text = line.partition(":")
        key = name.strip().lower()
        key = _COMPACT.get(key, key)
        headers[key] = f"{headers[key]}, {text.strip()}" if key in headers else text.strip()
    return Final(int(code), reason, headers)


def _branch(via: str) -> str:
    return via.partition(";branch=")[2].partition(";")[0].partition(",")[0]
