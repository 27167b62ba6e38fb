"""A request that Kamailio's parser gives up on, read again by RFC 3261's own grammar, and its response: pure.

Some are well-formed (a CSeq folded over two lines), most are not and are told so (400). It is slow beside Kamailio's
parser and is asked seldom. Text is UTF-8 with surrogates for other bytes, so that what is repeated is what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import NamedTuple

MOST_HEAD = 16 * 1024
"""Characters before the body; what is longer is not read again, so that nobody makes a worker busy with one."""
METHODS = "INVITE, ACK, CANCEL, OPTIONS"
_WORD = r"[A-Za-z0-9.!%*_+`'~-]+"
_VERSION = re.compile(r"SIP/[0-9]+\.[0-9]+", re.IGNORECASE)
_HEADER = re.compile(rf"({_WORD})[ \t]*:[ \t]*(.*)", re.DOTALL)
_SCHEME = re.compile(r"<?([A-Za-z][A-Za-z0-9+.-]*):")
_CSEQ = re.compile(rf"([0-9]{{1,10}})[ \t]+({_WORD})")
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_WITHIN = r'"(?:[^"\\]|\\.)*+(?:"|\\?$)|<[^<>]*>'  # a quote that is never closed goes on to the end
_PARAMETERS = rf"(?:\s*;\s*{_WORD}(?:\s*=\s*(?:{_QUOTED}|[^\s;,\"<>]+))?)*\s*"
_ADDRESS = re.compile(
    rf"(?:(?:{_QUOTED}\s*|(?:{_WORD}\s+)*(?:{_WORD})?)<\s*([^<>\s\"]+)\s*>|([^<>\s\";,?]+)){_PARAMETERS}"
)
_VIA = re.compile(
    rf"SIP\s*/\s*2\.0\s*/\s*{_WORD}\s+(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?:\s*:\s*([0-9]{{1,5}}))?({_PARAMETERS})",
    re.IGNORECASE,
)
_RPORT = re.compile(r";\s*rport\s*(?=[;,]|$)", re.IGNORECASE)
_TAG = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_LONG = {
    "v": "via", "f": "from", "t": "to", "i": "call-id", "l": "content-length", "m": "contact", "k": "supported",
    "c": "content-type", "e": "content-encoding", "s": "subject",
}  # fmt: skip
_NEEDED = {"from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}
_ONCE = {**_NEEDED, "max-forwards": "Max-Forwards", "content-length": "Content-Length"}
_FORMS: dict[str, Callable[[str], object]] = {
    "from": _ADDRESS.fullmatch,
    "to": _ADDRESS.fullmatch,
    "max-forwards": re.compile(r"(?:0*(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))?").fullmatch,
    "content-length": re.compile("[0-9]{0,9}").fullmatch,
}
_MOST_CSEQ = 1 << 31
_SCHEMES = ("sip", "sips", "tel", "urn")


class Response(NamedTuple):
    """`headers`: whole lines, each ended by CR LF."""

    code: int
    reason: str
    headers: str = ""


class Request:
    """One request; every header as (name in lower case, line as it came, value unfolded)."""

    def __init__(
        self, method: str, uri: str, version: str, *, loose: bool, head: str, body: bytes, whole: bool
    ) -> None:
        self.method, self.uri, self.version = method, uri, version.upper()
        self.headers: list[tuple[str, str, str]] = []
        self.body, self._loose, self._whole, self._unread = body, loose, whole, False
        for line in _unfolded(head):
            found = _HEADER.fullmatch(line)
            if found is None or re.search(r"(?<!\\)\0", line):
                self._unread = True
            else:
                name = found[1].lower()
                value = " ".join(part.strip() for part in found[2].split("\r\n"))
                self.headers.append((_LONG.get(name, name), line, value.strip()))

    def all(self, name: str) -> list[str]:
        """The values of every header of this name, written long, in lower case."""
        return [value for known, _, value in self.headers if known == name]

    def first(self, name: str) -> str | None:
        return next(iter(self.all(name)), None)

    def uri_of(self, value: str) -> str:
        """The URI of the first address in a header's value, "" where it cannot be read."""
        found = _ADDRESS.match(value)
        return (found[1] or found[2]) if found else ""

    @property
    def in_a_call(self) -> bool:
        return bool(_TAG.search(re.sub(_WITHIN, "", self.first("to") or "")))

    def fault(self, *, datagram: bool) -> Response | None:
        """What is wrong with it, None for nothing. `datagram`: it came as one, so that its body can be cut short."""
        if self.version != "SIP/2.0":
            return Response(505, "Version Not Supported")
        scheme = _SCHEME.match(self.uri)
        if scheme is None or scheme[1].lower() not in _SCHEMES:
            return Response(416, "Unsupported URI Scheme")
        wrong = next(self._wrong(datagram), "")
        return Response(400, wrong) if wrong else None

    def _wrong(self, datagram: bool) -> Iterator[str]:
        if self._loose or re.search(r"[\s<>\"]", self.uri):
            yield "Bad Request Line"
        if self._unread or not self._whole:
            yield "Bad Header Line"
        for name, written in _ONCE.items():
            if len(self.all(name)) > 1:
                yield f"More Than One {written}"
        for name, written in _NEEDED.items():
            if not self.first(name):
                yield f"Missing {written}"
        for name, is_right in _FORMS.items():
            if not is_right(self.first(name) or ""):
                yield f"Bad {_ONCE[name]}"
        cseq = _CSEQ.fullmatch(self.first("cseq") or "")
        if cseq is None or int(cseq[1]) >= _MOST_CSEQ or cseq[2] != self.method:
            yield "Bad CSeq"
        if not all(_VIA.fullmatch(one) for value in self.all("via") for one in listed(value)):
            yield "Bad Via"
        if datagram and int(self.first("content-length") or 0) > len(self.body):
            yield "Content-Length Beyond Body"

    def reply(self, said: Response, ip: str, port: int) -> tuple[str, int]:
        """The response to send back to the address `ip`, and the port: of Via over a datagram (RFC 3261 18.2.2)."""
        vias = [line for name, line, _ in self.headers if name == "via"]
        top = _VIA.match(listed(self.first("via") or "")[0]) if vias else None
        sent_by = port
        if top is not None:
            rport = _RPORT.search(top[3])
            sent_by = port if rport else int(top[2] or 5060)
            value = top[0]
            if rport:
                value = value.replace(rport[0], f";rport={port}", 1)
            if rport or top[1].strip("[]") != ip:
                value = f"{value.rstrip()};received={ip}"
            rest = (self.first("via") or "")[top.end() :]
            vias[0] = f"Via: {value}{rest}"
        lines = [f"SIP/2.0 {said.code} {said.reason}", *vias]
        for name in _NEEDED:
            lines += [line for known, line, _ in self.headers if known == name]
            if name == "to" and self.first("to") and not self.in_a_call:
                lines[-1] = f"{lines[-1].rstrip()};tag={self._tag()}"
        text = "\r\n".join(lines) + f"\r\n{said.headers}Server: mingbai\r\nContent-Length: 0\r\n\r\n"
        return _shown(text.replace("\0", "")), sent_by

    def _tag(self) -> str:
        """The same for each copy of a request, as a server that keeps nothing must give (RFC 3261 8.2.7)."""
        named = "\0".join(line for name, line, _ in self.headers if name in ("via", "call-id", "cseq", "from"))
        return sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def read(message: bytes) -> Request | None:
    """The request, None for what is none, or is never answered, or could not be matched to what was asked."""
    text = message.decode("utf-8", "surrogateescape").lstrip("\r\n")
    found = re.search(r"\r?\n\r?\n", text)
    head = text[: found.start()] if found else text.rstrip("\r\n")
    body = text[found.end() :].encode("utf-8", "surrogateescape") if found else b""
    start, _, rest = head.partition("\n")
    start, words = start.rstrip("\r"), start.split()
    if len(head) > MOST_HEAD or len(words) < 3 or not _VERSION.fullmatch(words[-1]):
        return None
    method, version = words[0], words[-1]
    if not re.fullmatch(_WORD, method) or method in ("ACK", "CANCEL"):
        return None
    uri = start.strip()[len(method) : -len(version)].strip()
    loose = start != f"{method} {uri} {version}"
    request = Request(method, uri, version, loose=loose, head=rest, body=body, whole=found is not None)
    return request if request.first("via") else None


def listed(value: str) -> list[str]:
    """The parts of a header's value between commas; a comma within quotes or angle brackets divides nothing."""
    return [part.strip() for part in re.findall(rf"(?:{_WITHIN}|[^,])+", value)] or [""]


Judge = Callable[[Request], Response | None]


def answer(request: Request, *, datagram: bool, help_: Judge, judge: Judge) -> Response | None:
    """What the request is answered, by the steps of kamailio.cfg; None for nothing.

    `help_` answers a call for help, whatever else is wrong with it, and None to any other; `judge` decides of a call.
    """
    is_call = request.method == "INVITE" and request.version == "SIP/2.0" and not request.in_a_call
    if is_call and all(request.first(name) for name in _NEEDED) and (passed := help_(request)):
        return passed
    fault = request.fault(datagram=datagram)
    if fault is not None:
        return fault
    if request.method == "OPTIONS":
        if wanted := ", ".join(re.findall(_WORD, ",".join(request.all("require")))):
            return Response(420, "Bad Extension", f"Unsupported: {wanted}\r\n")
        return Response(200, "OK", f"Allow: {METHODS}\r\nAccept: application/sdp\r\n")
    if request.method != "INVITE":
        return Response(405, "Method Not Allowed", f"Allow: {METHODS}\r\n")
    if request.in_a_call:
        return Response(481, "Call/Transaction Does Not Exist")
    if request.uri.lower().startswith("urn:"):
        return Response(404, "Not Found")
    if re.fullmatch("0+", request.first("max-forwards") or "70"):
        return Response(483, "Too Many Hops")
    return judge(request)


def _shown(text: str) -> str:
    """UTF-8 alone, as Kamailio takes it from Python."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unfolded(head: str) -> list[str]:
    """The header lines, one that is folded as one with its line breaks (RFC 3261 7.3.1)."""
    lines: list[str] = []
    for line in head.split("\n"):
        line = line.rstrip("\r")
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += "\r\n" + line
        else:
            lines.append(line)
    return [line for line in lines if line]
