"""Which packages nobody needs: price against data, the frontier drawn."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from mingbai.kernel.money import yuan
from mingbai.tariffs import queries
from mingbai.tariffs.queries import Standing
from mingbai.web.desk import Desk, at_desk

_MOST = 2000  # points that a picture can show


@require_GET
@at_desk("see.tariffs", operator=True)
def simplify(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every package on sale of the operator, and which other makes it needless whatever the use."""
    found = queries.needless(desk.organisation.id)
    by_plan = {one.plan: one for one in found}
    rows = [(one, by_plan[one.better]) for one in found if one.better is not None]
    context = {"count": len(found), "rows": rows, "chart": _chart(found[:_MOST]) if found else None}
    return render(request, "web/console/tariffs/simplify.html", context)


def _chart(found: list[Standing]) -> dict[str, Any]:
    """Points for the picture, and the same as a table."""
    limited = [one for one in found if one.data_mb >= 0]
    keep, go = ([one for one in limited if (one.better is None) == kept] for kept in (True, False))
    series = [
        {"name": _("worth keeping"), "look": "pass", "symbol": "circle", "points": _points(keep)},
        {"name": _("needless"), "look": "refuse", "symbol": "rect", "points": _points(go)},
    ]
    return {
        "axis": _("Tariff"),
        "names": [_("yuan a month"), "GB"],
        "rows": [(one.name, [yuan(one.month_fen), f"{one.data_mb / 1024:g}"]) for one in limited],
        "option": {
            "series": series, "frontier": _frontier(limited), "line": _("frontier"), "x": _("yuan a month"), "y": "GB",
        },
    }  # fmt: skip


def _points(listed: list[Standing]) -> list[dict[str, Any]]:
    return [
        {"value": [one.month_fen / 100, one.data_mb / 1024],
         "said": f"{one.name}\n{one.month_fen / 100:g} · {one.data_mb / 1024:g} GB"}
        for one in listed
    ]  # fmt: skip


def _frontier(listed: list[Standing]) -> list[tuple[float, float]]:
    """The most data for each price, as a line."""
    line: list[tuple[float, float]] = []
    for one in sorted(listed, key=lambda each: (each.month_fen, -each.data_mb)):
        if not line or one.data_mb / 1024 > line[-1][1]:
            line.append((one.month_fen / 100, one.data_mb / 1024))
    return line
