"""Log-in of firms' and operators' people, and to which desk it leads."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from mingbai.web import limits
from mingbai.web.desk import desk_of

TRIES_BY_NAME, TRIES_BY_ADDRESS = 10, 60  # wrong passwords an hour; behind one address there may be a whole office


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        desk = desk_of(request)
        return redirect(desk.home) if desk else _form(request, AuthenticationForm(request))
    # As the form will read it: one account is one count, in whatever width and with whatever spaces it is typed.
    name = normalize("NFKC", request.POST.get("username", "").strip()[:80]).casefold()
    keys = {f"login:name:{name}": TRIES_BY_NAME, f"login:from:{limits.origin(request)}": TRIES_BY_ADDRESS}
    for key, most in keys.items():
        limits.refuse_beyond(key, most)
    form = AuthenticationForm(request, data=request.POST)
    if not form.is_valid():
        for key in keys:
            limits.count(key)
        return _form(request, form, status=422)
    auth.login(request, form.get_user())
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        desk = desk_of(request)
        target = desk.home if desk else "home"
    return redirect(target)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return redirect("home")


def _form(request: HttpRequest, form: Any, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "web/staff/login.html", context, status=status)
