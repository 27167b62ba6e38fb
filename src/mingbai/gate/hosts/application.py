"""What the gate's HTTP server serves, as `connection` sees it."""

from __future__ import annotations

from typing import Protocol

from mingbai.gate.hosts.connection import Reply, Request


class Application(Protocol):
    """What the server serves."""

    def respond(self, request: Request) -> Reply:
        """Never raises for what a request may hold."""

    def most_bytes(self, path: bytes, headers: dict[bytes, bytes]) -> int:
        """How long the body of such a request may be."""

    def fault(self, status: int, code: str, what: str, where: str = "") -> Reply:
        """A request that cannot be read, as the application words its problems."""

    def close(self) -> None: ...
