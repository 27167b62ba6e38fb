"""Personal blocks: a number, a prefix, a firm, an industry that I do not want to hear from at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mingbai.consent import actions as consent
from mingbai.consent import queries as consents
from mingbai.consent.queries import BlockView
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.problems import Problem
from mingbai.people import queries as people
from mingbai.web import problems, words
from mingbai.web.my.access import own


@dataclass(frozen=True)
class Shown:
    """A block as its owner reads it."""

    block: BlockView
    text: str


@require_GET
@own
def blocks(request: HttpRequest, subscriber: int) -> HttpResponse:
    return _page(request, subscriber)


@require_POST
@own
def block(request: HttpRequest, subscriber: int) -> HttpResponse:
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "").strip()[:120]
    try:
        if kind == "firm" and not value.isdecimal():
            value = _firm_by_name(value)
        consent.block(subscriber=subscriber, kind=kind, value=value)
    except Problem as problem:
        return _page(request, subscriber, problem=problem, kind=kind, typed=value)
    messages.success(request, _("Blocked. From now on this does not ring on your phone."))
    return redirect("my:blocks")


@require_POST
@own
def unblock(request: HttpRequest, subscriber: int) -> HttpResponse:
    chosen = request.POST.get("block", "")
    for one in consents.blocks(subscriber):
        if str(one.id) == chosen:
            consent.unblock(subscriber=subscriber, kind=one.kind, value=_typed(one))
            messages.success(request, _("The block is lifted."))
    return redirect("my:blocks")


def _typed(block: BlockView) -> str:
    """A block's value as it would be typed: what is kept in normal form has its country code, and is marked so."""
    if block.kind == "number":
        return of_digits(block.value).e164
    return f"+{block.value}" if block.kind == "prefix" else block.value


def _firm_by_name(name: str) -> str:
    firm = people.organisation_by_name(name)
    if firm is None:
        raise Problem("web.unknown_firm", where=_("Firm"), status=404)
    return str(firm.id)


def _page(
    request: HttpRequest, subscriber: int, *, problem: Problem | None = None, kind: str = "", typed: str = ""
) -> HttpResponse:
    standing = consents.blocks(subscriber)
    firms = people.organisation_names(int(one.value) for one in standing if one.kind == "firm")
    known = people.organisation_names({one.principal for one in consents.of_subscriber(subscriber)})
    blocked = {one.value for one in standing if one.kind == "category"}
    context = {
        "blocks": [Shown(one, _text(one, firms)) for one in standing],
        "categories": [name for name in words.CATEGORIES if name not in blocked],
        "firms": sorted(known.values()),
        "problem": problems.told(problem) if problem else None,
        "kind": kind,
        "typed": typed,
    }
    return render(request, "web/my/blocks.html", context, status=problem.status if problem else 200)


def _text(block: BlockView, firms: dict[int, str]) -> str:
    if block.kind == "firm":
        return firms.get(int(block.value), block.value)
    if block.kind == "category":
        return str(words.word("industry", block.value))
    if block.kind == "prefix":
        return f"{block.value.removeprefix('86')}…" if block.value.startswith(("86", "106")) else f"+{block.value}…"
    return of_digits(block.value).national
