"""Holders by what their numbers did after refusals, as a map and as a table; days that were gone through."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.detection import queries
from mingbai.detection.queries import HolderSpot
from mingbai.notices.queries import profile
from mingbai.web.console.detection import asked
from mingbai.web.desk import Desk, at_desk

_SHOWN = 200  # points that a picture can show
_NAMED = 12  # of which so many bear their name


@require_safe
@at_desk("see.findings", operator=True)
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The map: calls against calls after refusal, a circle a holder, as large as the people it called so are many."""
    days, newest = profile().detection.lookback_days, queries.holders_day()
    last = asked.day(request.GET.get("day", "")) or newest
    found = queries.holders(last, days, limit=_SHOWN) if last else []
    context = {
        "rows": found,
        "first": last - timedelta(days=days - 1) if last else None,
        "last": last,
        "map": _map(found) if found else None,
    }
    return render(request, "web/console/detection/holders.html", context)


@require_safe
@at_desk("see.findings", operator=True)
def days(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Days whose calls were gone through as a whole, and what was found in them."""
    return render(request, "web/console/detection/days.html", {"rows": queries.day_runs()})


def _map(found: list[HolderSpot]) -> dict[str, Any]:
    most = max(one.refusers for one in found) or 1
    named = {one.holder for one in found[:_NAMED] if one.after_refusal}
    series = [
        {"name": _("with findings"), "look": "refuse", "symbol": "circle",
         "points": [_point(one, most, named) for one in found if one.findings]},
        {"name": _("without findings"), "look": "teal", "symbol": "diamond",
         "points": [_point(one, most, named) for one in found if not one.findings]},
    ]  # fmt: skip
    return {
        "series": [one for one in series if one["points"]],
        "x": _("calls"),
        "y": _("calls after a refusal"),
        "log": "x",
        "whole": True,
    }


def _point(one: HolderSpot, most: int, named: set[int]) -> dict[str, Any]:
    said = _("%(calls)d calls, %(after)d of them to %(people)d people after their refusal") % {
        "calls": one.calls, "after": one.after_refusal, "people": one.refusers,
    }  # fmt: skip
    return {
        "value": [max(one.calls, 1), one.after_refusal],
        "size": round(10 + 30 * (one.refusers / most) ** 0.5),
        "label": one.name if one.holder in named else "",
        "said": f"{one.name}\n{said}",
        "href": f"{reverse('console:findings')}?state=all&holder={one.holder}",
    }
