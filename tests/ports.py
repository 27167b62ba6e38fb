"""Ports on loopback for what the tests start."""

from __future__ import annotations

import contextlib
import socket

_given: set[int] = set()


def free_port() -> int:
    """A port that is free for UDP and TCP, another one each time."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            tcp.bind(("127.0.0.1", 0))
            port = int(tcp.getsockname()[1])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                if port not in _given:
                    _given.add(port)
                    return port
