"""资费公示专区: browse, search, one tariff, its history. For anyone, without log-in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mingbai.kernel.money import parse_yuan
from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.tariffs import queries
from mingbai.tariffs.queries import Asked, Full
from mingbai.web import downloads, words
from mingbai.web.tariffs import lines

PAGE = 50
FILTERS = ("q", "kind", "region", "audience", "channel", "state", "least", "most", "sort")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What is on sale, narrowed by filters and words; the filters stand in the address, so a list can be passed on."""
    asked = asked_for(request)
    page = whole(request.GET.get("page", "1"), 1)
    rows, count = queries.listed(asked, offset=(page - 1) * PAGE, limit=PAGE)
    context = {
        "asked": asked,
        "typed": {name: request.GET.get(name, "")[:60] for name in FILTERS},
        "rows": rows,
        "count": count,
        "page": page,
        "pages": max(1, -(-count // PAGE)),
        "lists": words.LISTS,
        "filtered": any(request.GET.get(name) for name in FILTERS if name not in ("sort", "state")),
        "query": _without_page(request),
    }
    return render(request, "web/tariffs/list.html", context)


def asked_for(request: HttpRequest) -> Asked:
    """The filters of an address. Raises Problem for a price that cannot be read; other odd values count as none."""
    given = {name: request.GET.get(name, "").strip()[:60] for name in FILTERS}

    def listed_word(name: str, listname: str) -> str:
        return given[name] if given[name] in words.LISTS[listname] else ""

    return Asked(
        text=given["q"],
        kind=listed_word("kind", "tariff_kind"),
        region=given["region"],
        audience=listed_word("audience", "audience"),
        channel=listed_word("channel", "sales_channel"),
        state=given["state"] if given["state"] in ("on_sale", "coming", "withdrawn", "all") else "on_sale",
        least_fen=_fen(given["least"]),
        most_fen=_fen(given["most"]),
        sort=given["sort"] if given["sort"] in ("new", "price", "price_down") else "new",
    )


def _fen(text: str) -> int | None:
    return parse_yuan(text) if text else None


def whole(text: str, least: int) -> int:
    return max(least, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else least


def _without_page(request: HttpRequest) -> str:
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


@require_safe
def one(request: HttpRequest, plan: int) -> HttpResponse:
    """One tariff on one page, as it stands or as it stood on a day."""
    day = _day(request.GET.get("day", ""))
    full = queries.as_of(plan, day) if day else queries.full(plan)
    if full is None and (not day or queries.full(plan) is None):
        raise Http404
    context: dict[str, Any] = {"day": day, "plan": plan, "full": full}
    if full is not None:
        context |= shown(full)
        context["sold_then"] = day is not None and full.content.sold_on(day)
    return render(request, "web/tariffs/one.html", context)


def shown(full: Full) -> dict[str, Any]:
    """What the page and the PDF of a tariff say."""
    content = full.content
    return {
        "prices": [lines.price(price) for price in content.prices],
        "allowed": lines.allowance_lines(content),
        "restrictions": lines.lines(content, lines.RESTRICTIONS),
        "rest": lines.lines(content, lines.REST),
        "index": ledger.status(full.entry) if full.entry else None,
    }


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("tariffs.day", where=_("Day")) from None


@require_safe
def history(request: HttpRequest, plan: int) -> HttpResponse:
    """Every version with its dates and what changed."""
    found = queries.history(plan) if plan < 1 << 63 else []
    if not found:
        raise Http404
    context = {"plan": plan, "latest": found[0].full, "past": [(one.full, changes(one.changes)) for one in found]}
    return render(request, "web/tariffs/history.html", context)


def changes(found: list[Any]) -> list[dict[str, Any]]:
    """A diff as rows: label, before, after."""
    return [
        {
            "label": lines.label(one.field),
            "before": lines.texts(one.field, one.before),
            "after": lines.texts(one.field, one.after),
        }
        for one in found
    ]


@require_safe
def receipt(request: HttpRequest, plan: int, version: int) -> HttpResponse:
    """The receipt of a publication: the version's hash is in the log."""
    found = queries.version(version)
    if found is None or found.plan != plan or found.entry is None:
        raise Http404
    return downloads.receipt(ledger.receipt(found.entry), f"mingbai-tariff-{plan}-{found.number}")
