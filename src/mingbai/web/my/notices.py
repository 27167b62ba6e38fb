"""What the house wrote to me and I to it; in which language and by which way I want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from mingbai.kernel.problems import Problem
from mingbai.notices import actions, queries
from mingbai.web import problems, words
from mingbai.web.my.access import own

SHOWN = 200


@require_GET
@own
def listed(request: HttpRequest, subscriber: int) -> HttpResponse:
    """Messages both ways, the latest first; codes show as dots once they are used or old."""
    kind = request.GET.get("kind", "")
    found = queries.messages(subscriber, SHOWN)
    kinds = {one.template for one in found if not one.incoming and one.template in words.MESSAGE_KINDS}
    kind = kind if kind in kinds else ""
    context = {
        "rows": [one for one in found if not kind or one.template == kind],
        "kinds": {name: word for name, word in words.MESSAGE_KINDS.items() if name in kinds},
        "kind": kind,
        "most": SHOWN if len(found) == SHOWN else 0,
        "wish": queries.wish_of(subscriber),
    }
    return render(request, "web/my/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own
def wishes(request: HttpRequest, subscriber: int) -> HttpResponse:
    """The language of my messages, and whether a second way is tried when one does not arrive."""
    lang, second = queries.wish_of(subscriber)
    context = {"lang": lang, "second": second, "langs": words.LANGUAGES, "has_second": queries.second_way()}
    if request.method != "POST":
        return render(request, "web/my/wishes.html", context)
    chosen = request.POST.get("lang", "")
    if chosen not in words.LANGUAGES:
        context["problem"] = problems.told(Problem("web.choice", where=_("Language")))
        return render(request, "web/my/wishes.html", context, status=422)
    actions.wish(subscriber, lang=chosen, second_way=request.POST.get("second") == "yes")
    messages.success(request, _("Kept. It holds from the next message on."))
    return redirect("my:wishes")
