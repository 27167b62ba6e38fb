"""What every page's frame needs to know."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def places(_request: HttpRequest) -> dict[str, str]:
    """`town_url`: the handsets, which exist in the demo alone."""
    try:
        return {"town_url": reverse("town:index")}
    except NoReverseMatch:
        return {"town_url": ""}
