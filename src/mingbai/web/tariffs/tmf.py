"""TM Forum 620 (product catalogue, v4), read: GET productOffering and productOffering/{id}, without log-in.

What the zone shows as `ProductOffering`: `fields` selects first-level attributes, `offset` and `limit` a page,
X-Total-Count tells how many there are. What is on sale or will be is Active (`validFor` and `isSellable` say since when
and whether now), what is not sold any more Retired. Errors are TMF 630 bodies: code, reason, message, status.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from mingbai.tariffs import queries
from mingbai.tariffs.content import Content, Price, PriceKind, Unit
from mingbai.tariffs.queries import Asked, Full

MOST, USUAL = 200, 50
_HREF = "/tmf-api/productCatalogManagement/v4/productOffering"
_STATES = {"Active": "standing", "Retired": "withdrawn"}
_NEVER = ("In study", "In design", "In test", "Rejected", "Launched", "Obsolete")  # of TMF 620, and of nothing here
View = Callable[..., JsonResponse]
_ALWAYS = ("id", "href", "@type")
_PERIODS = {Unit.DAY: ("day", 1), Unit.MONTH: ("month", 1), Unit.QUARTER: ("month", 3), Unit.YEAR: ("year", 1)}
_AMOUNTS = {Unit.MINUTE: "min", Unit.MB: "MB", Unit.GB: "GB", Unit.MESSAGE: "message"}
_PRICE_TYPES = {PriceKind.RECURRING: "recurring", PriceKind.ONE_OFF: "oneTime", PriceKind.USAGE: "usage"}


def _read(view: View) -> View:
    """GET and HEAD alone; every other method is answered as TMF 630 wants it."""

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **named: Any) -> JsonResponse:
        if request.method in ("GET", "HEAD"):
            return view(request, *args, **named)
        answer = _fault(405, "this catalogue is read only")
        answer.headers["Allow"] = "GET, HEAD"
        return answer

    return read


@csrf_exempt
@_read
def offerings(request: HttpRequest) -> JsonResponse:
    """A page of offerings: all that the zone shows, or by lifecycleStatus and name."""
    try:
        offset, limit = _number(request, "offset", 0), _number(request, "limit", USUAL)
    except ValueError as fault:
        return _fault(400, f"{fault} is a whole number")
    state = request.GET.get("lifecycleStatus", "")
    if state and state not in (*_STATES, *_NEVER):
        return _fault(400, f"lifecycleStatus is one of {', '.join((*_STATES, *_NEVER))}")
    name = request.GET.get("name", "")[:60]
    if "\0" in name:
        return _fault(400, "name holds a character that no text has")
    asked = Asked(text=name, state=_STATES.get(state, "all"), sort="old")
    rows, count = ([], 0) if state in _NEVER else queries.listed(asked, offset=offset, limit=min(limit, MOST))
    found = queries.fulls([row.plan for row in rows])
    fields = _fields(request)
    listed = [_picked(offering(found[row.plan]), fields) for row in rows if row.plan in found]
    status = 200 if offset + len(listed) >= count else 206
    answer = JsonResponse(listed, safe=False, status=status, json_dumps_params={"ensure_ascii": False})
    answer.headers["X-Total-Count"] = str(count)
    answer.headers["X-Result-Count"] = str(len(listed))
    return answer


@csrf_exempt
@_read
def one(request: HttpRequest, plan: str) -> JsonResponse:
    """One offering."""
    known = plan.isascii() and plan.isdecimal() and len(plan) < 19
    full = queries.full(int(plan)) if known else None
    if full is None:
        return _fault(404, "there is no such offering")
    picked = _picked(offering(full), _fields(request))
    return JsonResponse(picked, json_dumps_params={"ensure_ascii": False})


@csrf_exempt
def nothing(request: HttpRequest) -> JsonResponse:
    """Any other address below."""
    return _fault(404, "there is no such resource")


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise ValueError(name)
    return int(text)


def _fields(request: HttpRequest) -> frozenset[str]:
    return frozenset(name.strip() for name in request.GET.get("fields", "").split(",") if name.strip())


def _picked(value: dict[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    return {name: one for name, one in value.items() if not fields or name in fields or name in _ALWAYS}


def _fault(status: int, reason: str) -> JsonResponse:
    return JsonResponse({"code": str(status), "reason": reason, "status": str(status), "@type": "Error"}, status=status)


def offering(full: Full) -> dict[str, Any]:
    """A tariff as TMF 620 ProductOffering. `x-sha256` and `x-tiers` carry what TMF has no place for."""
    content = full.content
    return {
        "id": str(full.plan),
        "href": f"{settings.PUBLIC_URL}{_HREF}/{full.plan}",
        "name": content.name,
        "description": content.audience_text,
        "version": str(full.number),
        "lifecycleStatus": _status(full),
        "lastUpdate": _moment(full),
        "isSellable": full.on_sale,
        "isBundle": bool(content.singles),
        "validFor": _span(content.on_date, content.off_date),
        "category": [{"id": str(content.kind), "name": str(content.kind), "@referredType": "Category"}],
        "channel": [{"id": str(channel), "name": str(channel)} for channel in content.channels],
        "place": [{"id": region, "name": region} for region in content.regions],
        "productOfferingPrice": [_price(price, place) for place, price in enumerate(content.prices, 1)],
        "productOfferingTerm": _term(content),
        "prodSpecCharValueUse": _characteristics(content),
        "relatedParty": [{"id": str(full.operator), "name": full.operator_name, "role": "operator"}],
        "externalId": content.code,
        "x-sha256": full.sha256,
        "@type": "ProductOffering",
    }


def _status(full: Full) -> str:
    off = full.content.off_date
    return "Active" if full.state == "published" and not (off and off < queries.today()) else "Retired"


def _moment(full: Full) -> str:
    at = full.ended_at or full.published_at
    return at.isoformat(timespec="seconds") if at else ""


def _span(on: date | None, off: date | None) -> dict[str, str]:
    """The days of sale, of the house's zone, as moments."""
    span = {"startDateTime": (on, time()), "endDateTime": (off, time(23, 59, 59))}
    return {name: timezone.make_aware(datetime.combine(day, at)).isoformat() for name, (day, at) in span.items() if day}


def _value(fen: int) -> float:
    """Yuan as TMF's Money has it, a number."""
    return fen / 100


def _price(price: Price, place: int) -> dict[str, Any]:
    made: dict[str, Any] = {"id": str(place), "name": price.what, "priceType": _PRICE_TYPES[price.kind]}
    if price.fen is not None:
        made["price"] = {"unit": "CNY", "value": _value(price.fen)}
    if price.unit in _PERIODS:
        made["recurringChargePeriodType"], made["recurringChargePeriodLength"] = _PERIODS[price.unit]
    if price.unit in _AMOUNTS:
        made["unitOfMeasure"] = {"amount": 1, "units": _AMOUNTS[price.unit]}
    if price.tiers:
        made["x-tiers"] = [{"upTo": tier.upto, "value": _value(tier.fen)} for tier in price.tiers]
    return made | {"@type": "ProductOfferingPrice"}


def _term(content: Content) -> list[dict[str, Any]]:
    if not content.term_months:
        return []
    return [{"name": content.term, "duration": {"amount": content.term_months, "units": "month"}}]


def _characteristics(content: Content) -> list[dict[str, Any]]:
    units = {"voice_min": "min", "data_mb": "MB", "directed_mb": "MB", "sms": "message", "broadband_mbps": "Mbit/s"}
    found = []
    for name, unit in units.items():
        no_limit = name in content.allowances.unlimited
        value = "unlimited" if no_limit else getattr(content.allowances, name)
        if value is not None:
            values = [{"value": value, "unitOfMeasure": unit}]
            found.append({"name": name, "productSpecCharacteristicValue": values})
    texts = {
        "leave": content.leave,
        "penalty": content.penalty,
        "beyond": content.beyond,
        "in_network": content.in_network,
    }
    return found + [
        {"name": name, "productSpecCharacteristicValue": [{"value": text}]} for name, text in texts.items() if text
    ]


urlpatterns = [
    path("productOffering", offerings, name="tmf-offerings"),
    path("productOffering/<str:plan>", one, name="tmf-offering"),
    re_path(r"^.*$", nothing, name="tmf-nothing"),
]
