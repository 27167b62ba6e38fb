"""FreeSWITCH's mod_xml_cdr: one document a call, many files or many documents in one.

What stands in it is percent-encoded. A document's times are whole seconds and, beside them, microseconds; unanswered
calls have 0 as time of answer. The numbers are those of the oldest callflow: what was dialled before any transfer. A
document is found by its root element, so that one that is cut off spoils itself alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingbai.calls.importing import text
from mingbai.calls.importing.cells import words_of
from mingbai.calls.importing.faults import number as fault
from mingbai.calls.importing.mapping import Layout
from mingbai.calls.importing.parts import Part
from mingbai.kernel.problems import Problem

_BEGIN = re.compile(rb"<cdr[\s>]")
_END = b"</cdr>"
_BLOCK = 4 << 20
_LONGEST = 8 << 20  # bytes of one document
_PART = 20_000  # documents
_BUNDLE = 2_000  # documents of small files
# our name → (name of an element, scale of its times), the first that is there
_VARIABLES = {
    "start": ("start_uepoch", "start_epoch"),
    "answer": ("answer_uepoch", "answer_epoch"),
    "end": ("end_uepoch", "end_epoch"),
    "talk": ("billusec", "billsec"),
    "duration": ("duration",),
    "cause": ("hangup_cause_q850", "hangup_cause"),
    "call": ("call_uuid", "uuid"),
    "caller": ("sip_from_user",),
    "callee": ("sip_req_user", "sip_to_user"),
}
_PROFILE = {"caller_id_number": "caller", "destination_number": "callee"}
_WANTED = {name for names in _VARIABLES.values() for name in names}
_NAMES = ("caller", "callee", "start", "answer", "end", "talk", "duration", "cause", "call")


class XmlSource:
    """A file of cdr documents; a document's number is its place in the file, from 1."""

    suffix = ".xml"
    head = b""

    def __init__(self, path: Path, layout: Layout, size: int | None = None) -> None:
        self._path, self._size = path, size
        self.layout = layout
        self._done = 0
        with text.opened(path, layout.form, size) as file:
            if not _BEGIN.search(file.read(1 << 16)):
                mend = "choose the right --format"
                raise Problem("calls.dialect", "there is no cdr document", where=path.name, mend=mend)

    def __iter__(self) -> Iterator[Part]:
        waiting: list[tuple[int, bytes]] = []
        size = 0
        for place, document in enumerate(self.documents(), 1):
            waiting.append((place, document))
            size += len(document)
            if len(waiting) >= _PART or size > 4 * _BLOCK:
                yield _part(waiting, self._done)
                waiting, size = [], 0
        if waiting:
            yield _part(waiting, self._done)

    def documents(self) -> Iterator[bytes]:
        """What lies between the begin of one document and its end, or the begin of the next."""
        left, end = b"", False
        with text.opened(self._path, self.layout.form, self._size) as file:
            while not end:
                piece, self._done = file.read(_BLOCK), file.done
                end = not piece
                left += piece
                begins = [match.start() for match in _BEGIN.finditer(left)]
                for place, begin in enumerate(begins):
                    following = begins[place + 1] if place + 1 < len(begins) else len(left)
                    close = left.find(_END, begin, following)
                    if close < 0 and following == len(left) and not end and following - begin < _LONGEST:
                        break
                    yield left[begin : close + len(_END) if close >= 0 else following]
                else:
                    left = left[-16:] if begins or len(left) > _LONGEST else left
                    if _BEGIN.search(left):
                        left = b""
                    continue
                left = left[begin:]


class Documents:
    """Documents of many files, handed on some thousands at a time: a part for each file would cost more than all
    that stands in it. `take`: gets a part, the place of each row's file, and a source of the kind."""

    def __init__(self, take: Callable[[Part, NDArray[np.int64], XmlSource], None]) -> None:
        self._take = take
        self._waiting: list[tuple[int, bytes]] = []
        self._places: list[int] = []
        self._size = 0
        self._source: XmlSource | None = None

    def add(self, place: int, source: XmlSource) -> None:
        """All documents of a file, whose place among the files is `place`."""
        for row, document in enumerate(source.documents(), 1):
            self._waiting.append((row, document))
            self._places.append(place)
            self._size += len(document)
        self._source = source
        if len(self._waiting) >= _BUNDLE or self._size > 4 * _BLOCK:
            self.end()

    def end(self) -> None:
        """Hand on what waits."""
        if self._source is not None and self._waiting:
            self._take(_part(self._waiting, 0), np.array(self._places, np.int64), self._source)
        self._waiting, self._places, self._size = [], [], 0


def _part(documents: list[tuple[int, bytes]], done: int) -> Part:
    rows = [_values(document) for _, document in documents]
    cells: dict[str, Any] = {
        name: pa.array([row.get(name, "") if row else "" for row in rows], pa.large_string()) for name in _NAMES
    }
    spoiled = np.array([0 if row else fault("xml") for row in rows], np.uint8)

    def raw(chosen: NDArray[np.int64]) -> bytes:
        return b"".join(documents[int(place)][1] + b"\n" for place in chosen)

    return Part(cells, spoiled, np.array([place for place, _ in documents], np.int64), done, raw)


def _values(document: bytes) -> Mapping[str, str] | None:
    """What one document says, by our names, times in µs and durations in seconds; None when it is not whole."""
    reader = _Reader()
    try:
        reader.parse(document)
    except (expat.ExpatError, ValueError):
        return None
    found = {ours: _first(names, reader.variables) for ours, names in _VARIABLES.items()}
    return found | {ours: value for ours, value in reader.profile.items() if value}


def _first(names: Sequence[str], variables: Mapping[str, str]) -> str:
    """The first of these variables that says something; seconds of Unix as microseconds, µs of talk as seconds."""
    for name in names:
        value = variables.get(name, "").strip()
        if value in ("", "0"):
            continue
        if name.endswith("_epoch") and value.isdigit():
            return value + "000000"
        return f"{int(value) / 1e6:.3f}" if name == "billusec" and value.isdigit() else value
    return "0" if "billsec" in names and "billsec" in variables else ""


class _Reader:
    """The variables and the caller profile of a document. Entities that it declares itself are refused."""

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.profile: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []

    def parse(self, document: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.EntityDeclHandler = _refuse
        parser.Parse(words_of(document).encode(), True)

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text.clear()

    def _end(self, name: str) -> None:
        value, self._path = "".join(self._text), self._path[:-1]
        self._text.clear()
        if self._path[-2:] == ["cdr", "variables"] and name in _WANTED:
            self.variables[name] = unquote(value, errors="replace")
        elif self._path[-2:] == ["callflow", "caller_profile"] and name in _PROFILE:
            # The newest callflow stands first: what was dialled to begin with is what the last one says.
            self.profile[_PROFILE[name]] = unquote(value, errors="replace").strip()


def _refuse(*_: Any) -> None:
    raise ValueError("a call record declares no entities")
