"""Proof files that firms showed: kept in the home by their SHA-256, destroyed with whom they are about."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from mingbai.consent.models import ProofRequest
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

STRAY_S = 3600  # a file that young may belong to a request that is just being answered
_PIECE = 1 << 20
_ANSWERED = (ProofRequest.State.SHOWN, ProofRequest.State.LATE)


def keep(file: BinaryIO, filed: bytes | None) -> bytes:
    """Write the file away while hashing it; its digest. Raises Problem, keeping nothing, unless it is the filed one."""
    if not filed:
        raise Problem("consent.no_proof_filed", "no proof was filed with this consent", status=409)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{filed.hex()}.{os.getpid()}.part"
    sha = hashlib.sha256()
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            while piece := file.read(_PIECE):
                sha.update(piece)
                out.write(piece)
        if sha.digest() != filed:
            raise Problem(
                "consent.other_file",
                "this is not the file whose hash was filed",
                where="file",
                mend="show the very file that was hashed for the import, unchanged",
            )
        part.replace(folder / filed.hex())
    finally:
        part.unlink(missing_ok=True)
    return sha.digest()


def destroy(hashes: Iterable[bytes]) -> None:
    """Destroy these files at once, but for one that somebody else's request is about too (see `sweep`)."""
    for digest in set(hashes):
        if not ProofRequest.objects.filter(consent__proof_sha256=digest).exists():
            _shred(_folder() / digest.hex())


def sweep() -> int:
    """Destroy files that no answered request is about any more, and what a killed process left; how many."""
    try:
        found = [path for path in _folder().iterdir() if clock.now_s() - path.stat().st_mtime > STRAY_S]
    except FileNotFoundError:
        return 0
    answered = ProofRequest.objects.filter(state__in=_ANSWERED).exclude(consent__proof_sha256=None)
    needed = {bytes(digest).hex() for digest in answered.values_list("consent__proof_sha256", flat=True) if digest}
    stray = [path for path in found if path.name not in needed]
    for path in stray:
        _shred(path)
    return len(stray)


def _folder() -> Path:
    files: Path = settings.HOME.files
    return files / "proofs"


def _shred(path: Path) -> None:
    """Overwrite, then remove: what lay there is gone where the file system writes in place."""
    try:
        with path.open("r+b") as file:
            left = path.stat().st_size
            while left > 0:
                left -= file.write(bytes(min(left, _PIECE)))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        pass
