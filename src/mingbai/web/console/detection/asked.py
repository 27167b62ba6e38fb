"""What an address asks for, read with care: whole numbers, days, one of a list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest

from mingbai.detection.queries import Wanted
from mingbai.detection.states import Kind, State, Verdict
from mingbai.web import words_detection

ORDERS = ("score", "newest", "calls")
_LONGEST = 40
_YEARS = (2000, 2999)


def whole(text: str, most: int = 1 << 62) -> int:
    """0 for what is no whole number up to `most`."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return number if number <= most else 0


def day(text: str) -> date | None:
    """None for what is no day, or none that calls are kept of."""
    try:
        found = date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
    return found if found and _YEARS[0] <= found.year <= _YEARS[1] else None


def one_of(text: str, known: Collection[str], otherwise: str = "") -> str:
    return text if text in known else otherwise


def wanted(request: HttpRequest) -> tuple[Wanted, str]:
    """Which findings the address asks for, and by which state: one of State, or “all”."""
    get = request.GET
    state = one_of(get.get("state", ""), (*State, "all"), State.NEW)
    return Wanted(
        states=() if state == "all" else (state,),
        kind=one_of(get.get("kind", ""), list(Kind)),
        rule=one_of(get.get("rule", ""), words_detection.RULES),
        verdict=one_of(get.get("verdict", ""), list(Verdict)),
        day=day(get.get("day", "")),
        holder=whole(get.get("holder", "")),
        least=float(whole(get.get("least", ""), 1000)),
        order=one_of(get.get("order", ""), ORDERS, "score"),
    ), state


def again(request: HttpRequest, **changed: object) -> str:
    """The address's own questions with some changed, as a query; without the page, and without empty ones."""
    kept = {name: value[:_LONGEST] for name, value in request.GET.items() if name != "after"}
    kept |= {name: str(value) for name, value in changed.items()}
    return urlencode({name: value for name, value in kept.items() if value})
