"""Who asks: an API key as Bearer, or as the password of Basic, which is what apps have fields for."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBasicAuth, HttpBearer

from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.people import queries as people
from mingbai.people.queries import ApiKeyView
from mingbai.web.api.keys import key_of


def _holding(token: str) -> ApiKeyView | None:
    """The key, when it holds, of an organisation that is active."""
    found = people.api_key(token)
    organisation = people.organisation(found.organisation) if found else None
    return found if organisation and organisation.state == "active" else None


class Bearer(HttpBearer):
    """`Authorization: Bearer mb_…`; an app in use writes `Bearer:`."""

    def __call__(self, request: HttpRequest) -> Any | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.authenticate(request, token.strip()) if scheme.lower().rstrip(":") == "bearer" else None

    def authenticate(self, request: HttpRequest, token: str) -> ApiKeyView | None:
        return _holding(token)


class Basic(HttpBasicAuth):
    """`Authorization: Basic …` with any user name and the key as password."""

    def __call__(self, request: HttpRequest) -> Any | None:
        scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = b64decode(coded.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return self.authenticate(request, user, password)

    def authenticate(self, request: HttpRequest, username: str, password: str) -> ApiKeyView | None:
        return _holding(password)


def partner(request: HttpRequest, scope: Scope) -> ApiKeyView:
    """The key of this request. Raises Problem (403) when it lacks `scope`."""
    try:
        return key_of(request, scope)
    except Problem:
        raise Problem("api.scope", f"This key lacks {scope.value}.", status=403) from None
