"""Log-in by SMS code. Nothing here tells whether a number has an entry with us."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.kernel import clock
from mingbai.kernel.msisdn import require
from mingbai.kernel.problems import Problem
from mingbai.notices import actions as notices
from mingbai.notices import queries as messages
from mingbai.people import actions as make
from mingbai.people import queries as people
from mingbai.web import limits, problems, signing

P = ParamSpec("P")
LOG_IN = "login"  # the purpose that a code is bound to
SUBSCRIBER, PENDING = "subscriber", "pending_login"


def subscriber_of(request: HttpRequest) -> int | None:
    """Who is logged in; None, and the session forgotten, when the number has changed hands since."""
    subscriber = request.session.get(SUBSCRIBER)
    if subscriber is None:
        return None
    if not people.is_current(subscriber):
        request.session.flush()
        return None
    return int(subscriber)


View = Callable[Concatenate[HttpRequest, int, P], HttpResponse]
Wrapped = Callable[Concatenate[HttpRequest, P], HttpResponse]


def own(view: View[P]) -> Wrapped[P]:
    """A page of the logged-in subscriber, whose id it is handed."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        subscriber = subscriber_of(request)
        if subscriber is None:
            return _to_login(request)
        return view(request, subscriber, *args, **kwargs)

    return guarded


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the log-in, and from there back to the page that was asked for."""
    home, page = reverse("my:home"), request.get_full_path()
    if request.method not in ("GET", "HEAD") or page == home:
        return redirect("my:login")
    return redirect(f"{reverse('my:login')}?{urlencode({'next': page})}")


@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Ask for the number, send a code. The answer is the same for every number, known, new or nobody's."""
    if request.method != "POST":
        if subscriber_of(request):
            return redirect("my:home")
        target = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
        return render(request, "web/my/login.html", {"next": target} if safe else {})
    typed, target = request.POST.get("number", "")[:40], request.POST.get("next", "")
    target = target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""
    try:
        number = require(typed)
        limits.spend(f"code:number:{number.digits}", messages.profile().notices.code_per_hour)
        limits.ask_code(request)
    except Problem as problem:
        context = {"typed": typed, "next": target, "problem": problems.told(problem)}
        return render(request, "web/my/login.html", context, status=problem.status)
    # Whom no firm ever listed has a number all the same, and things to say: calls to look at, a refusal, a block.
    subscriber = make.ensure_subscriber(number) if number.is_person else None
    if subscriber is not None:
        _send(subscriber)
    request.session.cycle_key()
    request.session[PENDING] = {
        "subscriber": subscriber,
        "masked": number.masked,
        "at": clock.now_s(),
        "tries": 0,
        "next": target,
    }
    return redirect("my:code")


def _send(subscriber: int) -> None:
    try:
        notices.issue_code(subscriber, LOG_IN)
    except Problem:
        # Too many codes for this number: said aloud, it would tell that somebody logs in with it.
        return


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code. A wrong one, an old one and one for an unknown number get the same sentence."""
    pending, rules = request.session.get(PENDING), messages.profile().notices
    if not pending or clock.now_s() - pending["at"] > rules.code_minutes * 60:
        request.session.pop(PENDING, None)
        return redirect("my:login")
    context = {"masked": pending["masked"]}
    if request.method != "POST":
        return render(request, "web/my/code.html", context)
    pending["tries"] += 1
    request.session.modified = True
    typed = "".join(request.POST.get("code", "").split())[:12]
    subscriber = pending["subscriber"]
    if (
        pending["tries"] <= rules.code_tries
        and subscriber is not None
        and notices.check_code(subscriber, LOG_IN, typed)
    ):
        request.session.flush()  # nothing of a former log-in stays, the session's key is new
        request.session[SUBSCRIBER] = subscriber
        signing.note(request, subscriber)
        return redirect(pending.get("next") or "my:home")
    if pending["tries"] >= rules.code_tries:
        wrong = _("Too many wrong codes. Ask for a new one.")
    else:
        wrong = _("This code is wrong or has run out. Look at the latest SMS.")
    return render(request, "web/my/code.html", {**context, "wrong": wrong}, status=422)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    request.session.flush()
    return redirect("home")
