"""Search a number; a subscriber's file, opened with a reason that is put on record before anything is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingbai.consent import queries as consents
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits, require
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.notices import queries as notices
from mingbai.numbers import queries as numbers
from mingbai.people import actions, queries
from mingbai.web import attempts, entries, problems
from mingbai.web.desk import Desk, at_desk

OPEN_SECONDS = 600  # how long a file stays open after its reason was given
REASON = 4  # characters at least


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("see.numbers", operator=True)
def search(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A number's registration and its present user; by POST, so that it stands in no address."""
    context: dict[str, Any] = {"typed": ""}
    status = 200
    if request.method == "POST":
        context["typed"] = request.POST.get("number", "")[:40]
        try:
            number = require(context["typed"])
            subscriber = queries.subscriber_id(number)
            context |= {"number": number, "resource": numbers.holder_of(number), "subscriber": subscriber}
            context["restricted"] = queries.subscribers(queries.restricted(number))
        except Problem as problem:
            context["problem"], status = problems.told(problem), problem.status
    return render(request, "web/console/search.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk("look.subscriber", operator=True)
def subscriber_file(request: HttpRequest, desk: Desk, subscriber: int) -> HttpResponse:
    """A subscriber's file. Without a reason only the masked number shows."""
    found = queries.subscriber(subscriber)
    if found is None:
        raise Http404
    opened: dict[str, int] = request.session.get("opened_files", {})
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()[:200]
        if len(reason) < REASON:
            problem = problems.told(Problem("web.reason_missing", where=_("Reason")))
            context = {"subscriber": found, "problem": problem}
            return render(request, "web/console/reason.html", context, status=422)
        actions.look_at_subscriber(account=desk.account, subscriber=subscriber, reason=reason)
        now = clock.now_s()
        kept = {key: at for key, at in opened.items() if now - at < OPEN_SECONDS}
        request.session["opened_files"] = {**kept, str(subscriber): now}
        messages.success(request, _("Your look at this file is on record, with your reason."))
        return redirect("console:subscriber", subscriber)
    if clock.now_s() - opened.get(str(subscriber), 0) >= OPEN_SECONDS:
        return render(request, "web/console/reason.html", {"subscriber": found})
    return render(request, "web/console/subscriber.html", _file(subscriber, found))


def _file(subscriber: int, found: queries.SubscriberView) -> dict[str, Any]:
    said = consents.of_subscriber(subscriber)
    digits = queries.numbers_of([subscriber]).get(subscriber, "")
    return {
        "subscriber": found,
        "number": of_digits(digits).national if digits else "",
        "consents": said,
        "names": queries.organisation_names({one.principal for one in said}),
        "blocks": consents.blocks(subscriber),
        "attempts": attempts.to_subscriber(subscriber, limit=50),
        "messages_sent": notices.messages(subscriber, 20),
        "entries": entries.told(reversed(ledger.of_subject(f"subscriber:{subscriber}")[-50:])),
    }
