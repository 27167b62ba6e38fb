"""API keys at the gate's door: who asks, and about what it may."""

from __future__ import annotations

from hashlib import sha256

from mingbai.gate.decide import Call
from mingbai.gate.facts import ACTIVE, KeyFacts, Reader
from mingbai.kernel import clock
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope

_DECIDE = 1 << list(Scope).index(Scope.DECIDE)
_REMEMBER_S = 0.5
_MOST_REMEMBERED = 1000


class Bearer:
    """A key that was checked, and what it may decide about."""

    __slots__ = ("at", "digest", "numbers", "position", "scopes", "trunks")

    def __init__(self, digest: bytes, facts: KeyFacts, position: int, at: float) -> None:
        self.digest, self.scopes, self.position, self.at = digest, facts.scopes, position, at
        self.trunks, self.numbers = frozenset(facts.trunks), frozenset(facts.numbers)

    def check(self, call: Call) -> None:
        """Raises Problem (403) when the key is not for this call's trunk or calling number."""
        trunks, numbers = self.trunks, self.numbers
        if not trunks and not numbers:
            return
        if call.trunk in trunks or call.caller.digits in numbers:
            return
        where = "$.caller" if numbers and not trunks else "$.trunk"
        raise Problem(
            "key.bounds", "this key is for other trunks or numbers", where=where, mend="use its own", status=403
        )


class Keys:
    """Looks keys up in the facts and remembers them for half a second, or until the facts move on."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[bytes, Bearer] = {}

    def bearer(self, header: bytes) -> Bearer:
        """The key in an Authorization header.

        Raises Problem: 401 without a valid key, 403 without the scope, 503 `facts.missing` when none can be checked.
        """
        found = self._known.get(header)
        if found is not None and found.position == self._reader.position and clock.monotonic() - found.at < _REMEMBER_S:
            return found
        return self._look_up(header)

    def _look_up(self, header: bytes) -> Bearer:
        scheme, _, key = header.partition(b" ")
        if scheme.lower() != b"bearer" or not key.startswith(b"mb_"):
            raise Problem("key.none", "no API key", where="Authorization", mend="send Bearer mb_…", status=401)
        digest = sha256(key).digest()
        with self._reader.view() as view:
            facts, position = view.api_key(digest), view.position
            firm = None if facts is None else view.organisation(facts.organisation)
        if facts is None:
            self._known.pop(header, None)
            raise Problem("key.unknown", "this API key does not hold", where="Authorization", status=401)
        if firm is not None and firm.state != ACTIVE:
            raise Problem(
                "key.suspended", "the organisation of this key is suspended", where="Authorization", status=403
            )
        if not facts.scopes & _DECIDE:
            raise Problem("key.scope", "this key may not ask the gate", where="Authorization", status=403)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        bearer = self._known[header] = Bearer(digest, facts, position, clock.monotonic())
        return bearer
