"""What whoever is restricted sees and says: notices, questions, appeals; for firms and for persons alike."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.queries import NoticeView
from mingbai.cases.rules import LONGEST, Party
from mingbai.web import limits

APPEALS = 60  # an hour, of one party
_PARTS = ("measure", "reason", "remedy", "materials", "appeal")


def overview(party: Party) -> dict[str, Any]:
    """Notices and questions, newest first."""
    return {
        "notices": [(one, parts(one)) for one in queries.notices_of(party)],
        "questions": queries.questions_to(party),
        "longest": LONGEST,
    }


def parts(notice: NoticeView) -> dict[str, str]:
    """The parts of a notice in the reader's language."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return {name: notice.parts[language][name] for name in _PARTS}


def opened(notice: int, party: Party) -> NoticeView | None:
    """One notice of this party, noted as read; None for anybody else's."""
    found = queries.notice(notice, party) if notice < 1 << 62 else None
    if found is not None and found.read_at is None:
        cases.read_notice(notice, party=party)
    return found


def may_appeal(notice: NoticeView) -> bool:
    """Whether an appeal may be made now: none is open, and the case was not overturned."""
    return notice.appeal_state != "open" and notice.outcome != "upheld"


def appeal(notice: NoticeView, party: Party, text: str, account: int | None) -> None:
    """Appeal what a notice tells. Raises Problem."""
    limits.spend(f"appeal:{party.subject}", APPEALS)
    cases.appeal_case(notice.case, party=party, text=text, account=account)
