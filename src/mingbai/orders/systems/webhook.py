"""The operator's system over HTTP: one signed POST a task (docs/orders.md).

Standard Webhooks 1.0: `webhook-id` stays the same for a task however often it is sent, `webhook-timestamp` is the time
of sending, `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import hmac
import http.client
import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.orders.systems import Answer, Task

TIMEOUT_S = 10
_LARGEST = 65_536


class Webhook:
    """A 2xx is done. 409, 410 and 422 are a no for good, with `reason` in a JSON body; all else is tried again."""

    at_once = 10  # ten times the timeout is less than a worker holds an order

    def __call__(self, tasks: Sequence[Task]) -> list[Answer]:
        return [self._ask(task) for task in tasks]

    def _ask(self, task: Task) -> Answer:
        body = json.dumps(task.body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            status, said = _post(settings.FULFIL_URL, body, headers(settings.HOME, task.key, body))
        except (OSError, http.client.HTTPException):
            return Answer(done=False)
        if 200 <= status < 300:
            return Answer(done=True)
        if status in (409, 410, 422):
            return Answer(done=False, refused=_reason(said))
        return Answer(done=False)


def headers(home: Home, key: str, body: bytes) -> dict[str, str]:
    """What a task is sent with; its receiver computes the signature again."""
    at = str(clock.now_s())
    home.make_key("webhook")  # of a home that is older than this
    made = hmac.new(home.key("webhook"), f"{key}.{at}.".encode() + body, sha256).digest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": key,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{b64encode(made).decode()}",
    }


def _post(url: str, body: bytes, head: dict[str, str]) -> tuple[int, bytes]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, head)
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    finally:
        connection.close()


def _reason(said: bytes) -> str:
    try:
        found = json.loads(said)
        reason = found.get("reason") if isinstance(found, dict) else ""
    except ValueError:
        reason = ""
    return " ".join(str(reason or "受理系统不予办理").split())[:200]
