"""/log/: the evidence log as anybody's client reads it (C2SP tlog-tiles), and the key that checks it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.http import require_safe

from mingbai.ledger import queries

_FOREVER = "public, max-age=31536000, immutable"  # a tile never changes
_NOW = "no-cache"


def _answer(data: bytes | str, kind: str, keep: str) -> HttpResponse:
    # The log is everybody's: a page from elsewhere may audit it too.
    return HttpResponse(data, kind, headers={"Cache-Control": keep, "Access-Control-Allow-Origin": "*"})


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    data = queries.public_file("checkpoint")
    if data is None:
        raise Http404("nothing has been signed yet")
    return _answer(data, "text/plain; charset=utf-8", _NOW)


@require_safe
def vkey(request: HttpRequest) -> HttpResponse:
    return _answer(queries.vkey() + "\n", "text/plain; charset=utf-8", _NOW)


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:
    data = queries.public_file(f"tile/{name}")
    if data is None:
        raise Http404("there is no such tile")
    return _answer(data, "application/octet-stream", _FOREVER)


_TILE = r"^tile/(?P<name>(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,6}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?)$"

urlpatterns = [
    path("checkpoint", checkpoint, name="log-checkpoint"),
    path("vkey", vkey, name="log-vkey"),
    re_path(_TILE, tile, name="log-tile"),
]
