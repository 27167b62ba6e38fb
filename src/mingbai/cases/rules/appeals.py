"""Whose call it was, and what may be appealed. Pure."""

from __future__ import annotations

from typing import NamedTuple

from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Decision

SHORTEST, LONGEST = 4, 2000  # characters of an appeal or an answer


class Party(NamedTuple):
    """Who asks: an organisation or a subscriber, by id; the other is 0."""

    organisation: int = 0
    subscriber: int = 0

    @property
    def subject(self) -> str:
        """Under whose key the ledger seals what is theirs."""
        return f"subscriber:{self.subscriber}" if self.subscriber else f"organisation:{self.organisation}"


def made_for(organisation: int, *, holder: int, principal: int) -> bool:
    """Whether an organisation's number made the call, or it was made for the organisation."""
    return organisation > 0 and organisation in (holder, principal)


def made_from(number: str, began_us: int, ended_us: int | None, *, caller: str, at_us: int) -> bool:
    """Whether the call names `number` as its caller, in the time that its user had it: began ≤ at < ended.

    That the user made it does not follow: a calling number can be forged, and then its user should know.
    """
    return bool(number) and number == caller and began_us <= at_us and (ended_us is None or at_us < ended_us)


def may_appeal(decision: Decision) -> bool:
    """Only what did not ring can be appealed here."""
    return decision == Decision.REFUSE


def words(text: str, where: str) -> str:
    """What somebody wrote, trimmed. Raises Problem when it is too short to say anything, or too long."""
    kept = text.replace("\r\n", "\n").strip()
    if not SHORTEST <= len(kept) <= LONGEST:
        raise Problem(
            "cases.words",
            f"between {SHORTEST} and {LONGEST} characters are needed",
            where=where,
            mend="say in a few sentences what is wrong",
        )
    return kept
