"""What every answer of the web carries, and how a Problem becomes a page or problem details."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from mingbai.kernel.problems import Problem
from mingbai.web import problems, texts

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Pico draws its arrows as data: images
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
CORRELATOR = "X-Correlator"
_APIS = ("/api/", "/phoneblock/api/", "/tmf-api/")


class Headers:
    """Content security policy, no storing of personal pages, and the caller's x-correlator given back."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(("/static/", "/log/")) and "Cache-Control" not in response.headers:
            patch_cache_control(response, private=True, no_store=True)
        correlator = request.headers.get(CORRELATOR, "")
        if correlator and len(correlator) <= 128 and correlator.isascii() and correlator.isprintable():
            response.headers[CORRELATOR] = correlator
        return response


class Problems:
    """A Problem raised by a view, or in what was sent to it: a sentence that says what, where and how to mend it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        if request.path.startswith(_APIS):  # have their own check, and their bodies are not to be read as forms
            return None
        try:
            for sent in (request.GET, request.POST):
                texts.refuse_nul(text for _name, values in sent.lists() for text in values)
        except Problem as problem:
            return problems.page(request, problem)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Problem):
            return None
        return problems.page(request, exception)
