"""Opening the files that hold the facts: generations, sanity before opening, one handle a file and process.

A generation is a folder `gen-…` with one LMDB file; `current` beside it names the one in force. A rebuild writes a new
folder and replaces `current` in one step; a file in use is never truncated, because a truncated LMDB file kills its
readers by SIGBUS. LMDB must not be opened twice by one process, so that handles are shared here and counted.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from struct import Struct

import lmdb

from mingbai.gate import resident
from mingbai.gate.facts.records import READABLE
from mingbai.kernel.problems import Problem

DATABASES = ("subscribers", "numbers", "ranges", "organisations", "trunks", "keys", "meta")
MAP_SIZE = 64 << 30  # reserved addresses, no memory; enough for 2,000 million consents, grown when full
_NAME = re.compile(r"gen-[0-9]{6,}")
_MAGIC, _LMDB_VERSION = 0xBEEFC0DE, 1
_META = Struct("<IIQQ")  # magic, version, address, map size: LMDB's mdb.c, MDB_meta
_U32, _PAIR = Struct("<I"), Struct("<QQ")


class Handle:
    """One open LMDB file of this process. `lock` is held while the map moves or goes."""

    def __init__(self, folder: Path, map_size: int, *, durable: bool) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.users = 0
        self.kept = False  # in memory, as far as it was read
        self.durable = durable
        data = folder / "data.mdb"
        writable = not data.exists() or os.access(data, os.W_OK)
        self.env = lmdb.open(
            str(folder),
            map_size=map_size,
            max_dbs=len(DATABASES),
            readonly=not writable,
            create=writable,
            metasync=False,  # a crash of the machine may lose the last commit, and the feed repeats it
            sync=durable,
            mode=0o600,
            max_readers=1000,
            max_spare_txns=8,
            readahead=False,
        )
        names = [name.encode() for name in DATABASES]
        self.dbs = dict(zip(DATABASES, [self.env.open_db(name, create=writable) for name in names], strict=True))
        self._file = _file(folder)

    @property
    def stands(self) -> bool:
        """Whether its file is still what the folder's name leads to: a folder removed and made again is another."""
        return self._file == _file(self.folder)

    def remap(self) -> None:
        """Follow a file that another process has grown."""
        with self.lock:
            self.env.set_mapsize(0)
            if self.kept:
                self.keep()

    def keep(self) -> None:
        """Read the file into memory and keep it there, where the system lets us."""
        self.kept = resident.keep(self.folder / "data.mdb", ahead=True)

    def grow(self) -> None:
        """Twice as much room; the caller holds no transaction."""
        with self.lock:
            self.env.set_mapsize(2 * self.env.info()["map_size"])


def _file(folder: Path) -> tuple[int, int]:
    """Device and inode of a generation's file; zeros when there is none."""
    try:
        found = (folder / "data.mdb").stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


_handles: dict[Path, Handle] = {}
_handles_lock = threading.Lock()


def acquire(folder: Path, *, map_size: int = MAP_SIZE, durable: bool = True) -> Handle:
    """The handle of a generation's folder, opened when this process has none yet. Pair with `release`."""
    real = folder.resolve()
    with _handles_lock:
        handle = _handles.get(real)
        if handle is None or not handle.stands:  # who uses the file that is gone keeps it
            handle = _handles[real] = Handle(real, map_size, durable=durable)
        handle.users += 1
        return handle


def release(handle: Handle) -> None:
    """Give a handle back; the last one closes the file."""
    with _handles_lock:
        handle.users -= 1
        if handle.users <= 0:
            if _handles.get(handle.folder) is handle:
                del _handles[handle.folder]
            with handle.lock:
                handle.env.close()


def open_checked(folder: Path) -> Handle:
    """`acquire` for a reader: the file is looked at before it is mapped. Raises Problem when it is not sane."""
    check_file(folder)
    handle = acquire(folder)
    try:
        check_format(handle)
    except BaseException:
        release(handle)
        raise
    return handle


def current(root: Path) -> Path | None:
    """The folder of the generation in force, or None when there is none. Raises Problem for a damaged pointer."""
    try:
        name = (root / "current").read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(root / "current", str(error)) from None
    if not _NAME.fullmatch(name):
        raise _damaged(root / "current", "it names no generation")
    return root / name


def point(root: Path, folder: Path) -> None:
    """Put a generation in force: the pointer is replaced in one step and lasts through a crash."""
    beside = root / f"current.{os.getpid()}"
    with beside.open("w", encoding="ascii") as file:
        file.write(folder.name + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(root / "current")
    handle = os.open(root, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def next_folder(root: Path) -> Path:
    """A new, empty generation's folder; its number is above every other's."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    numbers = [int(path.name[4:]) for path in root.glob("gen-*") if _NAME.fullmatch(path.name)]
    folder = root / f"gen-{max(numbers, default=0) + 1:06d}"
    folder.mkdir(mode=0o700)
    return folder


def check_file(folder: Path) -> None:
    """Refuse a file that would kill its reader: no LMDB file, or shorter than its newest commit says.

    Raises Problem. Reads 160 bytes; what lies inside the pages is LMDB's to check.
    """
    path = folder / "data.mdb"
    try:
        with path.open("rb") as file:
            first = file.read(4096)
            size = os.fstat(file.fileno()).st_size
            page = _U32.unpack_from(first, 16 + 24)[0] if len(first) == 4096 else 0
            file.seek(page)
            second = file.read(4096)
    except OSError as error:
        raise _damaged(path, error.strerror or "unreadable") from None
    if len(first) < 4096 or len(second) < 4096 or page < 512:
        raise _damaged(path, "it is too short for an LMDB file")
    newest = 0, 0
    for meta in (first, second):
        magic, version, _, _ = _META.unpack_from(meta, 16)
        if magic != _MAGIC or version & 0xFFFF != _LMDB_VERSION:
            raise _damaged(path, "it is no LMDB file of version 1")
        last, transaction = _PAIR.unpack_from(meta, 16 + 120)
        newest = max(newest, (transaction, last))
    if size < (newest[1] + 1) * page:
        raise _damaged(path, "it was cut short")


def check_format(handle: Handle) -> None:
    """Raises Problem when the facts inside were written by another version of this program."""
    with handle.env.begin() as txn:
        found = txn.get(b"format", db=handle.dbs["meta"])
    if found not in {str(one).encode() for one in READABLE}:
        raise _damaged(handle.folder, f"its format is none of {READABLE}")


def _damaged(path: Path, what: str) -> Problem:
    return Problem("facts.damaged", what, where=str(path), mend="run `mingbai gate rebuild`", status=503)
