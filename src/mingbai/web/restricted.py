"""What whoever is restricted sees and says: notices, questions, appeals; for firms and for persons alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingbai.cases import actions as cases
from mingbai.cases import queries
from mingbai.cases.queries import NoticeView
from mingbai.cases.rules import LONGEST, Party
from mingbai.kernel.problems import Problem
from mingbai.web import limits, problems

APPEALS = 60  # an hour, of one party
_PARTS = ("measure", "reason", "remedy", "materials", "appeal")


class Face(NamedTuple):
    """On whose pages a notice is read: the template of one notice, its route; `account`, of a firm, whose."""

    template: str
    route: str
    account: int | None = None


def page(request: HttpRequest, party: Party, notice: int, face: Face, *, may: bool = True) -> HttpResponse:
    """One notice of this party; POST appeals, which `may` allows the page to offer. Raises Http404."""
    found = opened(notice, party)
    if found is None:
        raise Http404
    wrong: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            appeal(found, party, request.POST.get("text", ""), face.account)
            messages.success(request, _("Your appeal is on record. Somebody who had no part in the case decides it."))
            return redirect(face.route, notice)
        except Problem as problem:
            wrong, status = {"problem": problems.told(problem), "typed": _typed(request)}, problem.status
    found = queries.notice(notice, party) or found
    shown = {"one": found, "parts": parts(found), "may_appeal": may and may_appeal(found), "longest": LONGEST}
    return render(request, face.template, {**shown, **wrong}, status=status)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("text", "")[:LONGEST]


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
