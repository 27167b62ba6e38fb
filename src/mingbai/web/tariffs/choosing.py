"""Side by side, and cheapest for a use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.kernel.problems import Problem
from mingbai.tariffs import queries
from mingbai.tariffs.content import FIELDS, GB, Allowances, Content
from mingbai.tariffs.queries import Full
from mingbai.tariffs.rules import Use
from mingbai.web import words
from mingbai.web.tariffs import lines
from mingbai.web.tariffs.views import whole

MOST = 4
_LEFT_OUT = frozenset({"code", "name", "allowances"})
SLIDERS = (("voice", 0, 2000, 50), ("data", 0, 200, 1), ("sms", 0, 500, 10))
_START = {"voice": 200, "data": 20, "sms": 0}


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two to four tariffs, a column each; rows where they differ are marked."""
    ids = [int(text) for text in request.GET.getlist("plan") if text.isascii() and text.isdecimal() and len(text) < 19]
    plans = [full for plan in list(dict.fromkeys(ids))[:MOST] if (full := queries.full(plan)) is not None]
    if len(plans) < 2:
        raise Problem("tariffs.compare", where=_("Tariffs"))
    return render(request, "web/tariffs/compare.html", {"plans": plans, "rows": side_by_side(plans)})


def side_by_side(plans: list[Full]) -> list[dict[str, Any]]:
    """A row a field: label, a text for each plan, whether they differ. Rows that nobody filled are left out."""
    allowed = [f"allowances.{name}" for name in Allowances.__struct_fields__ if name != "unlimited"]
    at = FIELDS.index("prices") + 1
    fields = [name for name in (*FIELDS[:at], *allowed, *FIELDS[at:]) if name not in _LEFT_OUT]
    rows = []
    for field in fields:
        cells = [_texts(full.content, field) for full in plans]
        if any(cells):
            rows.append({"label": lines.label(field), "cells": cells, "differ": len(set(cells)) > 1})
    return rows


def _texts(content: Content, field: str) -> tuple[str, ...]:
    group, _dot, name = field.rpartition(".")
    if not group:
        return lines.texts(field, getattr(content, name))
    if name in content.allowances.unlimited:
        return (_("without limit"),)
    return lines.texts(field, getattr(content.allowances, name))


@require_safe
def cheapest(request: HttpRequest) -> HttpResponse:
    """Three sliders, and the packages that cost least for that use. Nothing about the reader is kept."""
    given = {name: _slid(request, name, most) for name, _least, most, _step in SLIDERS}
    region = request.GET.get("region", "").strip()[:24]
    audience = request.GET.get("audience", "public")
    audience = audience if audience in words.AUDIENCES else "public"
    use = Use(given["voice"], given["data"] * GB, given["sms"])
    context = {
        "sliders": [(name, given[name], least, most, step) for name, least, most, step in SLIDERS],
        "region": region,
        "audience": audience,
        "audiences": words.AUDIENCES,
        "choices": queries.cheapest(use, region=region, audience=audience),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"web/tariffs/{'choices' if part else 'cheapest'}.html", context)


def _slid(request: HttpRequest, name: str, most: int) -> int:
    return min(most, whole(request.GET.get(name, str(_START[name])), 0))
