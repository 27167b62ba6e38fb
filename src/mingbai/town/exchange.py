"""The town's telephone exchange: its calls go over SIP while a proxy answers, else over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mingbai.kernel import clock
from mingbai.kernel.profile import Profile
from mingbai.town.line import Line
from mingbai.town.sip_line import SipLine

_ASK_AGAIN_S = 1.0


class Exchange:
    """`http` is there always; `sip` is the address of a proxy that may come and go, "" for none. For one thread."""

    def __init__(self, http: Line, sip: str) -> None:
        self.http, self._address = http, sip
        self._sip: SipLine | None = None
        self._ask_at = 0.0

    def call(self, caller: str, callee: str, trunk: str) -> dict[str, Any]:
        """One attempt, and `over` which host it went. Raises OSError when neither answers, Problem as Line does."""
        line = self._line()
        if line is not None:
            try:
                return {**line.call(caller, callee, trunk), "over": "sip"}
            except OSError:  # as an exchange does whose proxy is gone: the next route
                self._let_go()
        return {**self.http.call(caller, callee, trunk), "over": "http"}

    def close(self) -> None:
        self._let_go()
        self.http.close()

    def _line(self) -> SipLine | None:
        now = clock.monotonic()
        if self._sip is None and self._address and now >= self._ask_at:
            self._ask_at = now + _ASK_AGAIN_S
            line = SipLine(self._address)
            if line.answers():
                self._sip = line
            else:
                line.close()
        return self._sip

    def _let_go(self) -> None:
        if self._sip is not None:
            self._sip.close()
            self._sip = None


def codes_of(profile: Profile) -> Mapping[str, int]:
    """The SIP code by which a rule is known to a plain trunk; rules that are not there let the call go on."""
    style = profile.sip.styles["plain"]
    return {family: style.refuse.get(family, code).code for family, code in profile.gate.sip_codes.items()}


def code_due(rule: str, codes: Mapping[str, int], going_on: int = 302) -> int:
    """The SIP code that a rule's verdict ought to have."""
    return codes.get(rule.partition(".")[0], going_on)
