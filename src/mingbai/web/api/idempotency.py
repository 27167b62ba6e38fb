"""Idempotency-Key: the same request sent again gets the answer of the first, and nothing is done twice.

Answers lie in files under MINGBAI_HOME/files/idempotency for a day, by the API key's id and a hash of what was sent as
key. They hold no personal data: the API's answers to what creates have none. A process that dies between the act and
its answer leaves no file; the request is then done again, which every act behind it allows.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

HEADER = "Idempotency-Key"
SECONDS = 86_400
LONGEST = 255


def once(request: HttpRequest, key: int, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `act`, or the one that this key was given before.

    Raises Problem when the header is too long, when it came with another request, or while the first is being done.
    """
    sent = request.headers.get(HEADER, "")
    if not sent:
        return act()
    if len(sent) > LONGEST:
        raise Problem("api.idempotency_key", where=HEADER)
    folder: Path = settings.HOME.files / "idempotency" / str(key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / sha256(sent.encode()).hexdigest()
    fingerprint = sha256(f"{request.method} {request.path}\n".encode() + request.body).hexdigest()
    with _alone(path.with_suffix(".lock")):
        kept = _read(path)
        if kept is not None:
            if kept["request"] != fingerprint:
                raise Problem("api.idempotency_reused", where=HEADER)
            return HttpResponse(kept["body"], status=kept["status"], content_type=kept["type"])
        answer = act()
        if answer.status_code < 500:
            _write(path, fingerprint, answer)
        return answer


def forget(home_files: Path) -> int:
    """Remove answers older than a day; how many."""
    gone = 0
    old = clock.now_s() - SECONDS
    for path in (home_files / "idempotency").glob("*/*"):
        if path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _read(path: Path) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return kept if int(kept["at"]) > clock.now_s() - SECONDS else None


def _write(path: Path, fingerprint: str, answer: HttpResponse) -> None:
    kept = {
        "request": fingerprint,
        "at": clock.now_s(),
        "status": answer.status_code,
        "type": answer.headers["Content-Type"],
        "body": answer.content.decode(),
    }
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    aside.replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Problem("api.idempotency_busy", where=HEADER, status=409) from None
    finally:
        os.close(handle)
