"""Files of call records as bytes that lines can be found in: unpacked, in UTF-8 or in an encoding like it, and never
more of a file than there was when its digest was taken."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from mingbai.kernel.problems import Problem

_ASCII_SAFE = {"utf-8", "ascii", "iso8859-1", "cp1252"}
_ALIKE = {"gb18030", "gbk", "gb2312"}  # the second byte of a character is 0x40 or above, or a figure
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_LOOKED_AT = 1 << 16  # bytes that tell an encoding
_PACKED = {
    b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"7z\xbc\xaf": "7-Zip",
    b"Rar!": "rar",
}  # fmt: skip
_TABLES = (b"xl/", b"[Content_Types].xml", b"mimetype")  # names in the begin of spreadsheets


class Bytes(Protocol):
    """What blocks are read from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Form:
    """How a file is written. `quote` empty: none; `encoding` empty: UTF-8, and where it is not, GB 18030."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = ""


class Opened:
    """`done`: bytes of the file itself that were read so far. `recoded`: it is read in UTF-8, and was not so written.

    Raises Problem when a packed file is damaged or cut off.
    """

    def __init__(self, path: Path, size: int | None, raw: Any) -> None:
        self._path, self._raw = path, _Begin(raw, size)
        self._file: Any = io.BufferedReader(self._raw, 1 << 20)
        self.recoded = False
        if self._file.peek(2)[:2] == b"\x1f\x8b":
            self._file = io.BufferedReader(cast(Any, gzip.GzipFile(fileobj=self._file)), 1 << 20)

    @property
    def done(self) -> int:
        return self._raw.done

    def read(self, size: int, /) -> bytes:
        with self._whole():
            return cast(bytes, self._file.read(size))

    def peek(self) -> bytes:
        """What comes next, some of it."""
        with self._whole():
            return cast(bytes, self._file.peek(_LOOKED_AT))

    def recode(self, encoding: str) -> None:
        """Be read as UTF-8 from here on; what has no meaning becomes U+FFFD."""
        self._file = _Recoded(self._file, encoding)
        self.recoded = True

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, zlib.error, gzip.BadGzipFile):
            mend = "fetch or pack it again"
            what = "the packed file is cut off or damaged"
            raise Problem("calls.damaged", what, where=self._path.name, mend=mend) from None


class _Begin(io.RawIOBase):
    """The first `size` bytes of a file, all of it for None."""

    def __init__(self, file: Any, size: int | None) -> None:
        self._file, self._size, self.done = file, size, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        if self._size is not None:
            view = view[: max(self._size - self.done, 0)]
        got = int(self._file.readinto(view)) if len(view) else 0
        self.done += got
        return got


class _Recoded:
    def __init__(self, file: Any, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding, errors="replace", newline="")

    def read(self, size: int, /) -> bytes:
        return self._text.read(size).encode()


@contextmanager
def opened(path: Path, form: Form, size: int | None = None) -> Iterator[Opened]:
    """The file's bytes (its first `size`), unpacked if it is gzip, in UTF-8 or another encoding that lines can be
    found in."""
    with path.open("rb", buffering=0) as raw:
        file = Opened(path, size, raw)
        head = file.peek()
        mark = next((mark for mark, _name in _BOMS if head.startswith(mark)), b"")
        name = codecs.lookup(_encoding(head, form)).name
        if name == "utf-8" and mark:
            file.read(len(mark))
        if not _is_safe(name, form):
            file.recode(name)
        yield file


def begin(path: Path) -> bytes:
    """How the file begins, unpacked if it is gzip."""
    with path.open("rb", buffering=0) as raw:
        return Opened(path, None, raw).peek()


def _encoding(head: bytes, form: Form) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if form.encoding.lower().replace("_", "-") in ("", "utf-16"):
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) // 4:  # text of mostly ASCII in UTF-16, without its mark
            return "utf-16-le" if odd > even else "utf-16-be"
        if form.encoding:
            return "utf-16-le"
        if not _is_safe("gb18030", form) and not _is_utf8(head):
            return "gb18030"
    return form.encoding or "utf-8"


def _is_safe(name: str, form: Form) -> bool:
    """Whether delimiter, quote and line feed cannot be part of another character."""
    if name in _ALIKE:
        return max(ord(form.delimiter or ","), ord(form.quote or '"')) < 0x40
    return name in _ASCII_SAFE


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # it may end within a character
    except UnicodeDecodeError:
        return False
    return True


def refuse_packed(head: bytes, name: str) -> None:
    """Raises Problem for what nobody unpacks here, and for files of spreadsheet programs."""
    if (head[:4] == b"PK\x03\x04" and any(one in head for one in _TABLES)) or head[:4] == b"\xd0\xcf\x11\xe0":
        raise Problem("calls.spreadsheet", "this is a spreadsheet file", where=name, mend="save it as CSV")
    for begin, kind in _PACKED.items():
        if head.startswith(begin):
            raise Problem("calls.packed", f"this file is packed ({kind})", where=name, mend="unpack it, or use gzip")
