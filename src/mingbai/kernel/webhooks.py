"""One signed POST to somebody's system: Standard Webhooks 1.0.

`webhook-id` stays the same however often a thing is told, `webhook-timestamp` is the time of sending,
`webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
"""

from __future__ import annotations

import hmac
import http.client
import ipaddress
import socket
from base64 import b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from mingbai.kernel import clock
from mingbai.kernel.problems import Problem

LONGEST_URL = 300
_LARGEST = 65_536  # bytes of an answer that are read
_JSON = "application/json; charset=utf-8"


def headers(secret: bytes, key: str, body: bytes) -> dict[str, str]:
    """What `body` is sent with under the id `key`; its receiver computes the signature again."""
    at = str(clock.now_s())
    made = hmac.new(secret, f"{key}.{at}.".encode() + body, sha256).digest()
    return {
        "Content-Type": _JSON, "webhook-id": key, "webhook-timestamp": at,
        "webhook-signature": f"v1,{b64encode(made).decode()}",
    }  # fmt: skip


def post(url: str, body: bytes, head: dict[str, str], *, timeout_s: float) -> tuple[int, bytes]:
    """Status and content of the answer. Raises OSError when none comes, or none that is HTTP."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    try:
        connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, head)
        answer = connection.getresponse()
        return answer.status, answer.read(_LARGEST)
    except http.client.HTTPException as error:
        raise OSError("no answer of HTTP") from error
    finally:
        connection.close()


def check(url: str, *, loopback: bool) -> str:
    """An address that somebody else chose, as it is called. Raises Problem for one that is not https, or is inside.

    `loopback`: one on this machine is allowed, without https too, and no other; for tests and the made town.
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    own = loopback and host in ("127.0.0.1", "localhost")
    right = (parts.scheme == "https" and not loopback) or (own and parts.scheme in ("http", "https"))
    if not right or not host or parts.username or not text.isascii() or len(text) > LONGEST_URL or " " in text:
        raise Problem("webhook.url", "this is no address that can be called", where="url", mend="use https://…")
    return text


def outside(url: str) -> bool:
    """Whether the host of an address lies on the public network, by every address that it resolves to now.

    Asked right before a call: nobody makes the house call its own network. Raises OSError when it does not resolve.
    """
    parts = urlsplit(url)
    found = socket.getaddrinfo(parts.hostname or "", parts.port or 443, type=socket.SOCK_STREAM)
    return bool(found) and all(ipaddress.ip_address(one[4][0]).is_global for one in found)


def wait_s(tries: int) -> int:
    """Seconds before a system is called again after so many tries: 5 s, doubled, an hour at most."""
    return int(min(5 * 2 ** max(0, min(tries, 20) - 1), 3600))
