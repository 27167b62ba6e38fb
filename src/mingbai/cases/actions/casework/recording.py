"""What every step of a case has in common: its row held, its entry in the log, who had a part in it."""

from __future__ import annotations

import hashlib
from typing import Any

from mingbai.cases.models import Case
from mingbai.cases.rules.casework import State
from mingbai.kernel.problems import Problem
from mingbai.ledger import actions as ledger

LONGEST = 2000
_HOUSE = ""


def held(case: int, *states: State) -> Case:
    """The case, locked until the transaction ends. Raises Problem for an unknown one, or one in another state."""
    row = Case.objects.select_for_update().filter(id=case).first()
    if row is None:
        raise Problem("cases.no_case", "there is no such case", where="case", status=404)
    if states and row.state not in states:
        what = f"the case is {row.state}"
        raise Problem("cases.state", what, where="case", mend=", ".join(states), status=409)
    return row


def entered(kind: str, case: int, content: dict[str, Any], *, subject: str = _HOUSE) -> int:
    """The log's entry of a step; its id. Nothing that somebody wrote stands in it but its hash, nor a number."""
    return ledger.append(kind, {"case": case, **content}, subject=subject, ref=f"case:{case}")


def digest(text: str) -> str:
    """By which an entry names a text that stands in the table, where it can be destroyed with whom it is about."""
    return hashlib.sha256(text.encode()).hexdigest()


def said(text: str, where: str, *, least: int = 4) -> str:
    """What somebody wrote, trimmed. Raises Problem when it is too short to say anything, or too long."""
    kept = text.replace("\r\n", "\n").strip()
    if not least <= len(kept) <= LONGEST:
        what = f"between {least} and {LONGEST} characters are needed"
        raise Problem("cases.words", what, where=where, mend="say it in a few sentences")
    return kept
