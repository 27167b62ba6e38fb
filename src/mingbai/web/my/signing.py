"""I sign on my own phone or computer, after a code showed that the number is mine."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mingbai.kernel.problems import Problem
from mingbai.orders import queries
from mingbai.orders.queries import OrderView
from mingbai.web import signing
from mingbai.web.my.access import own


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@own
def sign(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Read all of it, draw, agree."""
    found = _mine(order, subscriber)
    if request.method == "POST":
        try:
            outcome = signing.take(request, found)
        except Problem as problem:
            return signing.page(request, found, problem)
        signing.tell(request, outcome)
    elif found.open:
        return signing.page(request, found)
    return redirect("my:order", order=order)


@require_POST
@own
def code(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Send me the code that shows that the number is mine; it confirms nothing."""
    return signing.send_code(request, _mine(order, subscriber), shop=False)


@sensitive_post_parameters()
@require_POST
@own
def show(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """Take that code."""
    return signing.show_code(request, _mine(order, subscriber), shop=False)


@require_GET
@own
def paper(request: HttpRequest, subscriber: int, order: int) -> HttpResponse:
    """The paper that I signed, sealed."""
    return signing.paper(_mine(order, subscriber).id)


def _mine(order: int, subscriber: int) -> OrderView:
    found = queries.order(order)
    if found is None or found.subscriber != subscriber:
        raise Http404
    return found
