"""What every page's frame needs to know."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def log(_request: HttpRequest) -> dict[str, str]:
    """`log_url`: the evidence log's own page, when this installation serves one."""
    try:
        return {"log_url": reverse("log:home")}
    except NoReverseMatch:
        return {"log_url": ""}
