"""The gate now, the rules that it goes by, the evidence log."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mingbai.ledger import queries as ledger
from mingbai.notices.queries import profile
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people
from mingbai.web.console import live, waiting
from mingbai.web.desk import Desk, at_desk


@require_GET
@at_desk("see.statistics", operator=True)
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The live gate, and what waits."""
    context = {
        "live": live.now(settings.HOME),
        "waiting": waiting.at(desk),
        "profile": profile(),
        "subscribers": people.count_subscribers(),
        "resources": numbers.count(),
        "entries": ledger.size(),
    }
    return render(request, "web/console/home.html", context)


@require_GET
@at_desk("see.statistics", operator=True)
def live_part(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The part of the page that htmx asks for every two seconds."""
    return render(request, "web/console/live.html", {"live": live.now(settings.HOME)})


@require_GET
@at_desk("see.organisation", operator=True)
def rules(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every setting of the profile in force: value, unit, source, standing."""
    found = profile()
    groups: dict[str, list[object]] = {}
    for key, setting in found.settings.items():
        groups.setdefault(key.partition(".")[0], []).append(setting)
    return render(request, "web/console/rules.html", {"profile": found, "groups": sorted(groups.items())})


@require_GET
@at_desk("see.ledger", operator=True)
def evidence(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How the evidence log stands: size, head, what waits to be ordered, what the gate has of it."""
    now = live.now(settings.HOME)
    checkpoint = ledger.public_file("checkpoint")
    context = {
        "size": ledger.size(),
        "vkey": ledger.vkey(),
        "checkpoint": checkpoint.decode() if checkpoint else "",
        "live": now,
        "latest": reversed(ledger.changes(max(-1, ledger.size() - 21), 20)),
    }
    return render(request, "web/console/evidence.html", context)
