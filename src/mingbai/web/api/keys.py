"""Who calls the API, and what their key allows."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.people import queries as people
from mingbai.people.queries import ApiKeyView


class Key(HttpBearer):
    """`Authorization: Bearer mb_…`. A key of a closed or suspended organisation opens nothing."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKeyView | None:
        found = people.api_key(token)
        organisation = people.organisation(found.organisation) if found else None
        return found if organisation and organisation.state == "active" else None


def key_of(request: HttpRequest, scope: Scope | None = None) -> ApiKeyView:
    """The key of this request. Raises Problem (403) when it lacks `scope`."""
    key: ApiKeyView = request.auth  # type: ignore[attr-defined]  # set by ninja when Key let the request in
    if scope is not None and scope not in key.scopes:
        raise Problem("api.scope", where=scope.value, status=403)
    return key
