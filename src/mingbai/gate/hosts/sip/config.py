"""MINGBAI_HOME/sip.toml: where the proxy listens, and who asks it over which trunk. Refused with its line when wrong.

What a verdict means stands in the profile; here stands only what is so of this one place in the network.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, NoReturn

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile import Profile

FILE = "sip.toml"
IDENTITIES = ("pai-else-from", "pai", "from")
LABELS = ("contact", "identity", "none")
MOST_CHILDREN = 64
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"(?:(?:{_LABEL}\.)*{_LABEL}|\[[0-9A-Fa-f:.]{{2,45}}\])"
_HOSTPORT = re.compile(rf"({_HOST})(?::(\d{{1,5}}))?")
_NEXT_HOP = re.compile(rf"({_HOST})(?::(\d{{1,5}}))?(?:;transport=(?:udp|tcp|tls))?")
_ANNOUNCEMENT = re.compile(
    rf"sips?:(?:[\w.!~*'()&=+$,/%-]{{1,120}}@)?({_HOST})(?::(\d{{1,5}}))?(?:;[\w=.+%-]{{1,60}}){{0,4}}", re.A
)
_REDRESS = re.compile(r"https?://[\w.:\[\]-]{1,200}(?:/[\w.~/-]{0,200})?", re.A)
_NAME = re.compile(r"[!-~]{1,60}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_LISTEN = re.compile(rf"(?:udp|tcp|tls):({_HOST}):(\d{{1,5}})")
_PLACE = re.compile(rf"({_HOST}):(\d{{1,5}})")
_BARE_TRANSPORT = re.compile(";transport=(?:udp|tls)")  # RFC 3261 26.2.2 deprecates transport=tls
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")


@dataclass(frozen=True, slots=True, eq=False)  # equal to itself alone: answers are kept ready for each
class Trunk:
    """中继: a line that calls arrive on, and how its switch is answered.

    `name` as the trunk is registered, "" for a source that no trunk claims; `sources` addresses, perhaps with a port;
    `identity` the header that says who calls; `label` how a label travels; `style` one of the profile's `sip.styles`;
    `next_hop` host[:port][;transport=…] that a 302 leads to; `announcement` the SIP URI of a recording, "" none;
    `sips` what becomes of a call to a sips URI that passes: “keep” leads on to a sips URI, “refuse” says 480.
    """

    name: str = ""
    sources: tuple[str, ...] = ()
    identity: str = "from"
    label: str = "contact"
    style: str = "plain"
    next_hop: str = "127.0.0.1:5080"
    announcement: str = ""
    sips: str = "keep"

    @property
    def next_hop_by_sips(self) -> str:
        """The next hop of a sips URI, "" where there is none. TLS runs over TCP: no other transport is named."""
        return _BARE_TRANSPORT.sub("", self.next_hop) if self.sips == "keep" else ""


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """One proxy. `failed` is the profile's word for when the gate inside it fails: “pass” or “refuse”.

    `metrics`: host:port where Kamailio tells Prometheus of itself, "" for nowhere.
    """

    trunk_header: str = ""
    trunk_header_from: tuple[str, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    default: Trunk = field(default_factory=Trunk)
    redress: str = ""
    listen: tuple[str, ...] = ("udp:127.0.0.1:5060", "tcp:127.0.0.1:5060")
    children: int = 2
    metrics: str = ""
    failed: str = "pass"
    _by_source: Mapping[tuple[str, int], Trunk] = field(default_factory=dict)
    _by_name: Mapping[str, Trunk] = field(default_factory=dict)
    _header_from: frozenset[tuple[str, int]] = frozenset()

    def trunk_of(self, ip: str, port: int, header: str) -> Trunk:
        """The trunk that a call arrives on. `header`: what stands in `trunk_header`, "" when absent.

        The header goes before the address, but only where it is believed: from `trunk_header_from`. One that names no
        trunk leads to the default, never to the trunk of the address: the sender said that it is another.
        """
        if header and ((ip, 0) in self._header_from or (ip, port) in self._header_from):
            return self._by_name.get(header, self.default)
        by = self._by_source
        return by.get((ip, port)) or by.get((ip, 0)) or self.default

    def sources(self) -> Iterable[tuple[tuple[str, int], Trunk]]:
        """Every (address, port) that a trunk claims, port 0 for any, each in all ways in which it may be written."""
        return self._by_source.items()

    def believed(self) -> Iterable[tuple[str, int]]:
        """As `sources`: who is believed in `trunk_header`."""
        return sorted(self._header_from)


def load(home: Home, profile: Profile) -> Config:
    """What sip.toml says; loopback where there is no such file. Raises Problem with its line."""
    path = home.root / FILE
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return Config(failed=profile.sip.failed_ordinary)
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise Problem("sip.syntax", "this is not UTF-8", where=f"{FILE}:{line}", mend="save it as UTF-8") from None
    return parse(text, profile)


def stamp(home: Home) -> tuple[int, int, int] | None:
    """Changes when the file does; None where there is none."""
    try:
        found = (home.root / FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def parse(text: str, profile: Profile) -> Config:
    """As `load`, of the text itself."""
    return _Reader(text, profile).config()


def is_address(text: str) -> bool:
    """Whether `listen` may say this."""
    found = _LISTEN.fullmatch(text)
    return found is not None and 0 < int(found[2]) < 65536


class _Reader:
    def __init__(self, text: str, profile: Profile) -> None:
        self.lines = text.splitlines()
        self.profile = profile
        try:
            self.document = tomllib.loads(text)
        except RecursionError:
            self.refuse("sip.syntax", "brackets within brackets without end", 1, "mend the TOML")
        except ValueError as fault:
            found = _AT_LINE.search(str(fault))
            line = int(found[1]) if found else max(len(self.lines), 1)
            self.refuse("sip.syntax", _AT_LINE.sub("", str(fault)).strip(), line, "mend the TOML")
        self.places = dict(self._places())

    def config(self) -> Config:
        given = {key: value for key, value in self.document.items() if key not in ("default", "trunk")}
        read = self.values("", given, _TOP)
        default = replace(Trunk(), **self.values("default", self.table("default"), self.trunk_readers()))
        trunks = tuple(self.trunk(at, entry, default) for at, entry in enumerate(self.tables("trunk")))
        if read.get("trunk_header") and not read.get("trunk_header_from"):
            mend = 'say who is believed: trunk_header_from = ["192.0.2.1"]'
            self.refuse("sip.header", "a trunk header that anybody may write", self.line("", "trunk_header"), mend)
        by_source, by_name = self.by_source(trunks), self.by_name(trunks)
        header_from = frozenset(key for source in read.get("trunk_header_from", ()) for key in _keys(source))
        return Config(
            **read, trunks=trunks, default=default, failed=self.profile.sip.failed_ordinary,
            _by_source=by_source, _by_name=by_name, _header_from=header_from,
        )  # fmt: skip

    def trunk(self, at: int, entry: Any, default: Trunk) -> Trunk:
        place = f"trunk.{at}"
        if not isinstance(entry, dict):
            self.refuse("sip.mistyped", "each trunk must be a table", self.line(place), "write [[trunk]]")
        for key in ("name", "sources"):
            if key not in entry:
                self.refuse("sip.missing", f"a trunk has no {key}", self.line(place), f"add {key}")
        return replace(default, **self.values(place, entry, {**self.trunk_readers(), **_NAMED}))

    def trunk_readers(self) -> dict[str, Reader]:
        return {**_TRUNK, "style": _choice(*sorted(self.profile.sip.styles))}

    def values(self, place: str, given: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
        """The values of one table, each by its reader."""
        found: dict[str, Any] = {}
        for key, value in given.items():
            if key not in readers:
                mend = "know only " + ", ".join(sorted(readers))
                self.refuse("sip.unknown", f"unknown key “{key}”", self.line(place, key), mend)
            try:
                found[key] = readers[key](value)
            except ValueError as fault:
                self.refuse("sip.mistyped", f"“{key}” {fault}", self.line(place, key), "correct the value")
        return found

    def by_source(self, trunks: tuple[Trunk, ...]) -> dict[tuple[str, int], Trunk]:
        found: dict[tuple[str, int], Trunk] = {}
        for at, trunk in enumerate(trunks):
            for source in trunk.sources:
                for key in _keys(source):
                    if found.setdefault(key, trunk) is not trunk:
                        what = f"“{source}” is a source of two trunks"
                        self.refuse("sip.twice", what, self.line(f"trunk.{at}", "sources"), "leave it with one")
        return found

    def by_name(self, trunks: tuple[Trunk, ...]) -> dict[str, Trunk]:
        found: dict[str, Trunk] = {}
        for at, trunk in enumerate(trunks):
            if found.setdefault(trunk.name, trunk) is not trunk:
                what, line = f"two trunks are named “{trunk.name}”", self.line(f"trunk.{at}", "name")
                self.refuse("sip.twice", what, line, "give all sources to one")
        return found

    def table(self, name: str) -> dict[str, Any]:
        found = self.document.get(name, {})
        if not isinstance(found, dict):
            self.refuse("sip.mistyped", f"“{name}” must be a table", self.line("", name), f"write [{name}]")
        return found

    def tables(self, name: str) -> list[Any]:
        found = self.document.get(name, [])
        if not isinstance(found, list):
            self.refuse("sip.mistyped", f"“{name}” must be a list of tables", self.line(name), f"write [[{name}]]")
        return found

    def _places(self) -> Iterator[tuple[tuple[str, str], int]]:
        """(table, key) → line, counted from 1; (table, "") for its header; trunks are “trunk.0”, “trunk.1”, …"""
        table, trunks = "", 0
        for number, line in enumerate(self.lines, start=1):
            text = line.partition("#")[0].strip()
            if text == "[[trunk]]":
                table, trunks = f"trunk.{trunks}", trunks + 1
                yield (table, ""), number
            elif text.startswith("[") and text.endswith("]") and "=" not in text and "," not in text:
                table = text.strip("[] ")
                yield (table, ""), number
            elif key := _KEY.match(line):
                yield (table, key[1]), number

    def line(self, table: str, key: str = "") -> int:
        ways = (table, key), (table, ""), (key, ""), ("", table.partition(".")[0])
        return next((self.places[way] for way in ways if way in self.places), 1)

    def refuse(self, code: str, what: str, line: int, mend: str = "") -> NoReturn:
        raise Problem(code, what, where=f"{FILE}:{line}", mend=mend, status=500)


Reader = Callable[[Any], Any]


def _form(pattern: re.Pattern[str], example: str, *, empty: bool = False, port: int = 0) -> Reader:
    """A text of this form; `port` is the group that holds one, 0 none."""

    def read(value: Any) -> str:
        if value == "" and empty:
            return ""
        found = pattern.fullmatch(value) if isinstance(value, str) else None
        if found is None or (port and found[port] and not 0 < int(found[port]) < 65536):
            raise ValueError(f"must be written as in “{example}”")
        return found[0]

    return read


def _choice(*words: str) -> Reader:
    def read(value: Any) -> str:
        if value not in words:
            raise ValueError("must be one of " + ", ".join(words))
        return str(value)

    return read


def _many(one: Reader, *, least: int = 0) -> Reader:
    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise ValueError("must be a list" + (" that is not empty" if least else ""))
        return tuple(one(entry) for entry in value)

    return read


def _children(value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_CHILDREN:
        raise ValueError(f"must be a whole number from 1 to {MOST_CHILDREN}")
    return value


def _redress(value: Any) -> str:
    return str(_form(_REDRESS, "https://gate.example.cn", empty=True)(value)).rstrip("/")


def _source(value: Any) -> str:
    """An address, perhaps with a port. Names are refused: a call comes from an address."""
    found = _HOSTPORT.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[2] and not 0 < int(found[2]) < 65536):
        raise ValueError("must be an address such as “192.0.2.1”, “192.0.2.1:5060” or “[2001:db8::1]”")
    ip_address(found[1].strip("[]"))
    return found[0]


def _keys(source: str) -> Iterator[tuple[str, int]]:
    """A source as calls show it: (address, port), port 0 for any; IPv6 in every way that proxies write it."""
    found = _HOSTPORT.fullmatch(source)
    assert found is not None
    address: IPv4Address | IPv6Address = ip_address(found[1].strip("[]"))
    texts = {str(address)}
    if isinstance(address, IPv6Address):
        groups = ":".join(group.lstrip("0") or "0" for group in address.exploded.split(":"))
        texts = {form for text in (str(address), address.exploded, groups) for form in (text, text.upper())}
        texts |= {f"[{text}]" for text in texts}
    for text in texts:
        yield text, int(found[2] or 0)


_TOP: dict[str, Reader] = {
    "trunk_header": _form(_HEADER, "X-Trunk", empty=True),
    "trunk_header_from": _many(_source),
    "redress": _redress,
    "listen": _many(_form(_LISTEN, "udp:192.0.2.1:5060", port=2), least=1),
    "children": _children,
    "metrics": _form(_PLACE, "127.0.0.1:9464", empty=True, port=2),
}
_TRUNK: dict[str, Reader] = {
    "identity": _choice(*IDENTITIES),
    "label": _choice(*LABELS),
    "next_hop": _form(_NEXT_HOP, "192.0.2.1:5060;transport=tcp", port=2),
    "sips": _choice("keep", "refuse"),
    "announcement": _form(_ANNOUNCEMENT, "sip:refused@192.0.2.9", empty=True, port=2),
}
_NAMED: dict[str, Reader] = {"name": _form(_NAME, "line-1"), "sources": _many(_source, least=1)}
