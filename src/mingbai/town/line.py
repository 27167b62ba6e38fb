"""A telephone exchange's side of the gate: asks it over HTTP, one connection kept open."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable
from typing import Any

from mingbai.kernel.problems import Problem

_WAIT_S = 10


class Line:
    """Sends call attempts to a gate. `address` is `host:port`; `key` an API key that may decide."""

    def __init__(self, address: str, key: str) -> None:
        self._http = http.client.HTTPConnection(address, timeout=_WAIT_S)
        self._key = key

    def call(self, caller: str, callee: str, trunk: str, *, at: str | None = None) -> dict[str, Any]:
        """One attempt; the gate's verdict. Raises Problem when it refuses to answer, OSError when it is not there."""
        body = {"caller": caller, "callee": callee, "trunk": trunk, "mode": "attempt"}
        if at is not None:
            body["at"] = at
        answer: dict[str, Any] = json.loads(self._post(json.dumps(body).encode(), "application/json"))
        return answer

    def calls(self, attempts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Many attempts in one request, verdicts in the same order."""
        body = b"\n".join(json.dumps({**attempt, "mode": "attempt"}).encode() for attempt in attempts)
        return [json.loads(line) for line in self._post(body, "application/x-ndjson").splitlines() if line.strip()]

    def _post(self, body: bytes, kind: str) -> bytes:
        headers = {"Content-Type": kind, "Authorization": f"Bearer {self._key}"}
        try:
            self._http.request("POST", "/gate/v1/decide", body, headers)
            answer = self._http.getresponse()
            content = answer.read()
        except (http.client.HTTPException, OSError):
            self._http.close()
            raise
        if answer.status != 200:
            raise Problem("town.gate", f"the gate answered {answer.status}: {content[:200].decode(errors='replace')}")
        return content

    def close(self) -> None:
        self._http.close()
