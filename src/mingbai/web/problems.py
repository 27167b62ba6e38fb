"""Problems as people read them: what, where, how to mend it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from mingbai.kernel.problems import Problem
from mingbai.web import sentences


def told(problem: Problem) -> dict[str, str]:
    """`what`, `where` and `mend` in the reader's language; the room's own words where the catalogue has none."""
    known = sentences.SENTENCES.get(problem.code)
    what, mend = (str(known[0]), str(known[1])) if known else ("", "")
    return {
        "code": problem.code,
        "what": what or _language(problem.what) or problem.code,
        "where": str(problem.where),
        "mend": mend or _language(problem.mend),
    }


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem page, with the problem's own status."""
    return render(request, "web/problem.html", {"problem": told(problem)}, status=problem.status)


def _language(text: object) -> str:
    if isinstance(text, dict):
        return str(text.get("zh" if (get_language() or "").startswith("zh") else "en", ""))
    return str(text)
