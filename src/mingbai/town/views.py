"""The handset's pages. They exist under the demo's settings alone, and answer this machine alone."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.kernel.problems import Problem
from mingbai.orders import queries as orders
from mingbai.town import handset, market, store
from mingbai.town.build import PASSWORD
from mingbai.town.plan import Person

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SHOWN = 24


def on_this_machine(view: View[P]) -> View[P]:
    """Somebody else's phone is nobody's business: requests from other machines find nothing here."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            near = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
        except ValueError:
            near = False
        if not near or request.headers.get("X-Forwarded-For"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@on_this_machine
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Phones worth looking at, a search by name, and how the town's verdicts compare with the truth."""
    town = handset.town()
    wanted = request.GET.get("name", "").strip()[:20]
    found = [person for person in town.people if wanted in person.name][:SHOWN]
    picks = _picks()
    context = {
        "wanted": wanted, "found": found, "picks": picks, "score": _score(), "people": len(town.people),
        "buyer": picks[2][1], "sellers": market.ACCOUNTS, "password": PASSWORD, **handset.stories(),
    }  # fmt: skip
    return render(request, "town/index.html", context)


def _picks() -> list[tuple[object, Person]]:
    """One phone for each thing there is to see."""
    town = handset.town()
    blockers = {block.person for block in town.blocks}

    def first(said: str) -> Person:
        crowd = town.of("insurance", frozenset({said}))
        return town.people[next(person for person in crowd if person not in blockers)]

    spoke = set(town.of("insurance", frozenset({"given", "imported", "refused", "withdrawn"})))
    silent = next(person for person in town.people if person.id not in spoke | blockers)
    return [
        (_("agreed to calls of Songfeng Insurance"), first("given")),
        (_("is on a whitelist that the firm brought"), first("imported")),
        (_("never said anything to it"), silent),
        (_("refused it"), first("refused")),
        (_("blocks some callers"), town.people[town.blocks[0].person]),
    ]


def _score() -> dict[str, Any] | None:
    path = store.score_path(handset.home())
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else None


@on_this_machine
@require_GET
def phone(request: HttpRequest, person: int) -> HttpResponse:
    """One phone: its calls, its messages, and who might call it next."""
    owner = handset.person(person)
    context = {**_screen(owner), "choices": handset.choices(owner), "pitches": market.pitches()}
    return render(request, "town/phone.html", context)


@on_this_machine
@require_GET
def screen(request: HttpRequest, person: int) -> HttpResponse:
    """The part of the phone that changes by itself."""
    return render(request, "town/parts/screen.html", _screen(handset.person(person)))


def _screen(owner: Person) -> dict[str, Any]:
    return {
        "owner": owner,
        "calls": handset.calls_to(owner),
        "messages_here": handset.messages_of(owner),
        "orders_here": handset.orders_of(owner),
        "refused": orders.refused(limit=5),
    }


def _said(verdict: dict[str, Any]) -> str:
    """What the exchange was told: over HTTP the reason in the reader's language, over SIP code and words."""
    if reason := verdict.get("reason"):
        return str(reason["zh" if (get_language() or "").startswith("zh") else "en"])
    return f"SIP {verdict['sip']['code']} {verdict['sip']['reason']}"


@on_this_machine
@require_POST
def ring(request: HttpRequest, person: int) -> HttpResponse:
    owner = handset.person(person)
    verdict = handset.ring(owner, request.POST.get("number", ""))
    text = _said(verdict)
    if verdict["decision"] == "refuse":
        messages.warning(request, _("It did not ring: %(reason)s") % {"reason": text})
    elif label := verdict.get("label"):
        told = {"label": label, "reason": text}
        messages.success(request, _("It rang, and the phone shows “%(label)s”: %(reason)s") % told)
    else:
        messages.success(request, _("It rang: %(reason)s") % {"reason": text})
    return redirect("town:phone", person)


@on_this_machine
@require_POST
def reply(request: HttpRequest, person: int) -> HttpResponse:
    handset.reply(handset.person(person), request.POST.get("text", ""))
    return redirect("town:phone", person)


@on_this_machine
@require_POST
def offer(request: HttpRequest, person: int) -> HttpResponse:
    """Have one of the town's sellers offer something to this phone; what the house refuses is told with its reason."""
    try:
        handset.offer(handset.person(person), request.POST.get("pitch", ""))
    except Problem as problem:
        messages.warning(request, _("Refused by the house: %(reason)s") % {"reason": market.why(problem)})
    else:
        messages.success(request, _("Offered. The question is in the messages: answer Y, or anything else."))
    return redirect("town:phone", person)


@on_this_machine
@require_POST
def report(request: HttpRequest, person: int) -> HttpResponse:
    """Report who made one call."""
    try:
        follow = handset.report(handset.person(person), request.POST.get("call", "")[:60])
    except Problem:
        messages.warning(request, _("This call cannot be reported."))
    else:
        messages.success(request, _("Reported. The number to follow it by: %(follow)s") % {"follow": follow})
    return redirect("town:phone", person)


@on_this_machine
@require_POST
def stop(request: HttpRequest, person: int) -> HttpResponse:
    """Refuse the firm behind one call."""
    principal = request.POST.get("principal", "")
    if principal.isdecimal():
        handset.stop(handset.person(person), int(principal))
        messages.success(request, _("Stopped. The next call for this firm is refused, from whatever number."))
    return redirect("town:phone", person)
