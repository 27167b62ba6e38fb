"""MINGBAI_HOME/messages.toml: over which links messages leave. Refused with its line when wrong.

What a message must say and when it may leave stands in wording and profile; here stands only whom we are connected to.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.notices.delivery.smpp.text import ALPHABETS

FILE = "messages.toml"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:]{2,45}")
_URL = re.compile(r"https?://[^\s]{1,500}")
_VARIABLE = re.compile(r"env:([A-Z_][A-Z0-9_]{0,80})")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\s*[\"']?([\w-]+)[\"']?\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Smpp:
    """One SMS centre that speaks SMPP 3.4. Times in seconds; `per_second` 0: as fast as the window allows."""

    name: str
    host: str
    port: int
    system_id: str
    password: str
    source: str  # the number that messages show, such as 10690000
    system_type: str = ""
    source_ton: int = 0
    source_npi: int = 1
    number_ton: int = 1
    number_npi: int = 1
    service_type: str = ""
    tls: bool = False
    tls_ca: str = ""
    tls_name: str = ""
    window: int = 50
    per_second: int = 0
    beat_s: int = 30
    patience_s: int = 20
    alphabet: str = "gsm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """A gateway that takes signed JSON."""

    name: str
    url: str
    secret: str
    source: str = ""
    connections: int = 4
    patience_s: int = 10


Link = Smpp | Http


@dataclass(frozen=True, slots=True)
class Config:
    """The links in the order written: the first carries everything, the second what the first could not."""

    links: tuple[Link, ...] = ()

    @property
    def first(self) -> str:
        return self.links[0].name if self.links else ""

    @property
    def second(self) -> str:
        return self.links[1].name if len(self.links) > 1 else ""


def exists(home: Home) -> bool:
    """Whether this installation has links of its own."""
    return (home.root / FILE).exists()


def load(home: Home) -> Config:
    """What messages.toml says; no links where there is no such file. Raises Problem with its line."""
    try:
        text = (home.root / FILE).read_text("utf-8-sig")
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        raise Problem("messages.syntax", "this is not UTF-8", where=f"{FILE}:{line}", mend="save it as UTF-8") from None
    return parse(text, home.root)


def parse(text: str, folder: Path) -> Config:
    """As `load`, of the text itself; files that it names are looked for from `folder`."""
    return _Reader(text, folder).config()


class _Reader:
    def __init__(self, text: str, folder: Path) -> None:
        self.lines, self.folder = text.splitlines(), folder
        try:
            self.document = tomllib.loads(text)
        except RecursionError:
            self.refuse("messages.syntax", "brackets within brackets without end", 1, "mend the TOML")
        except ValueError as fault:
            found = _AT_LINE.search(str(fault))
            line = int(found[1]) if found else max(len(self.lines), 1)
            self.refuse("messages.syntax", _AT_LINE.sub("", str(fault)).strip(), line, "mend the TOML")
        self.places = dict(self._places())

    def config(self) -> Config:
        for key in self.document.keys() - {"link"}:
            self.refuse("messages.unknown", f"unknown key “{key}”", self.line(-1, key), "write [[link]]")
        entries = self.document.get("link", [])
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
            self.refuse("messages.missing", "there is no link", 1, "write [[link]] and its settings, or no such file")
        links = tuple(self.link(at, entry) for at, entry in enumerate(entries))
        names: set[str] = set()
        for at, link in enumerate(links):
            if link.name in names:
                what = f"two links are named “{link.name}”"
                self.refuse("messages.twice", what, self.line(at, "name"), "name each once")
            names.add(link.name)
        return Config(links)

    def link(self, at: int, entry: Mapping[str, Any]) -> Link:
        kind = entry.get("kind")
        if kind not in _KINDS:
            self.refuse("messages.kind", "a link's kind must be smpp or http", self.line(at, "kind"), "say which")
        made, readers, needed = _KINDS[kind]
        for key in needed:
            if key not in entry and f"{key}_file" not in entry:
                self.refuse("messages.missing", f"the link has no {key}", self.line(at), f"add {key}")
        values = {key: self.value(at, key, entry[key], readers) for key in entry if key != "kind"}
        for key in [key for key in values if key.endswith("_file")]:
            values[key.removesuffix("_file")] = values.pop(key)
        for key, (least, most) in _LENGTHS.items():
            if key in values and kind == "smpp" and not least <= len(values[key]) <= most:
                what = f"“{key}” has {len(values[key])} characters, SMPP allows {least} to {most}"
                where = self.line(at, key if key in entry else f"{key}_file")
                self.refuse("messages.length", what, where, "ask the centre for another")
        link: Link = made(**values)
        return link

    def value(self, at: int, key: str, value: Any, readers: Mapping[str, Reader]) -> Any:
        if key not in readers:
            mend = "know only kind, " + ", ".join(sorted(readers))
            self.refuse("messages.unknown", f"unknown key “{key}”", self.line(at, key), mend)
        try:
            if key.endswith("_file"):
                return self._secret_file(value)
            found = readers[key](value)
            if key == "tls_ca" and found and not (self.folder / found).is_file():
                raise ValueError("names no file")
            return str(self.folder / found) if key == "tls_ca" and found else found
        except ValueError as fault:
            self.refuse("messages.mistyped", f"“{key}” {fault}", self.line(at, key), "correct the value")

    def _secret_file(self, value: Any) -> str:
        try:
            return (self.folder / str(value)).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise ValueError("names no file of ASCII text that can be read") from None

    def _places(self) -> Iterator[tuple[tuple[int, str], int]]:
        """(place of the link, key) → line, counted from 1; before the first link its place is -1."""
        at = -1
        for number, line in enumerate(self.lines, start=1):
            if line.partition("#")[0].strip() == "[[link]]":
                at += 1
                yield (at, ""), number
            elif key := _KEY.match(line):
                yield (at, key[1]), number

    def line(self, at: int, key: str = "") -> int:
        return self.places.get((at, key)) or self.places.get((at, "")) or 1

    def refuse(self, code: str, what: str, line: int, mend: str = "") -> NoReturn:
        raise Problem(code, what, where=f"{FILE}:{line}", mend=mend, status=500)


Reader = Callable[[Any], Any]


def _form(pattern: re.Pattern[str], example: str) -> Reader:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise ValueError(f"must be written as in “{example}”")
        return value

    return read


def _whole(least: int, most: int) -> Reader:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _secret(value: Any) -> str:
    """From the environment; what stands in the file itself is refused, since files get copied."""
    found = _VARIABLE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be “env:NAME” of a variable; or use the key with _file and name a file")
    if not os.environ.get(found[1]):
        raise ValueError(f"names the variable {found[1]}, which is not set")
    return os.environ[found[1]]


def _alphabet(value: Any) -> str:
    if value not in ALPHABETS:
        raise ValueError("must be one of " + ", ".join(ALPHABETS))
    return str(value)


_LENGTHS = {"system_id": (1, 15), "password": (0, 8), "system_type": (0, 12)}  # octets, SMPP 3.4 section 5.2
_NUMBER, _ASCII = re.compile(r"[0-9A-Za-z]{1,20}"), re.compile(r"[!-~]{0,15}")
_SMPP: dict[str, Reader] = {
    "name": _form(_NAME, "main"), "host": _form(_HOST, "192.0.2.1"), "port": _whole(1, 65_535),
    "system_id": _form(_ASCII, "mingbai"), "password": _secret, "password_file": str,
    "source": _form(_NUMBER, "10690000"), "system_type": _form(_ASCII, "CP"), "service_type": _form(_ASCII, "CMT"),
    "source_ton": _whole(0, 6), "source_npi": _whole(0, 18), "number_ton": _whole(0, 6), "number_npi": _whole(0, 18),
    "tls": _flag, "tls_ca": _form(re.compile(r".{0,400}"), "centre.pem"), "tls_name": _form(_HOST, "smsc.example.cn"),
    "window": _whole(1, 1000), "per_second": _whole(0, 100_000), "beat_s": _whole(1, 600),
    "patience_s": _whole(1, 30), "alphabet": _alphabet,
}  # fmt: skip
_HTTP: dict[str, Reader] = {
    "name": _form(_NAME, "backup"), "url": _form(_URL, "https://sms.example.cn/send"), "secret": _secret,
    "secret_file": str, "source": _form(_NUMBER, "10690000"), "connections": _whole(1, 32), "patience_s": _whole(1, 30),
}  # fmt: skip
_KINDS: dict[Any, tuple[type[Any], dict[str, Reader], tuple[str, ...]]] = {
    "smpp": (Smpp, _SMPP, ("name", "host", "port", "system_id", "password", "source")),
    "http": (Http, _HTTP, ("name", "url", "secret")),
}
