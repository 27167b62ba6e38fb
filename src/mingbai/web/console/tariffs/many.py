"""Many versions at once: the second person publishes what was chosen, and sees what became of each row."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.kernel.problems import Problem
from mingbai.tariffs import actions
from mingbai.web import problems
from mingbai.web.console.tariffs.views import told
from mingbai.web.desk import Desk, at_desk


@require_POST
@at_desk("see.tariffs", operator=True)
def act_on_many(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Publish what is in review, or send drafts to review; each by itself, with its own findings."""
    verb = request.POST.get("do", "")
    if verb not in ("publish", "submit"):
        raise Problem("web.choice", where="do")
    desk.require("review.tariff" if verb == "publish" else "draft.tariff")
    chosen = [int(one) for one in request.POST.getlist("version") if one.isascii() and one.isdecimal()]
    if not chosen:
        raise Problem("web.choice", where=_("Tariffs"), mend=_("Choose at least one."))
    act = actions.publish_many if verb == "publish" else actions.submit_many
    moved = act(chosen, account=desk.account, operator=desk.organisation.id)
    rows = [(one, problems.told(one.problem) if one.problem else None, told(list(one.open))) for one in moved]
    good = sum(one.problem is None for one in moved)
    context = {"rows": rows, "verb": verb, "good": good, "bad": len(moved) - good}
    return render(request, "web/console/tariffs/many.html", context, status=200 if good else 422)
