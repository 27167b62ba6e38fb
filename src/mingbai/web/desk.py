"""Whose desk a member of staff sits at, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, NamedTuple, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from mingbai.people import queries as people
from mingbai.people.queries import OrganisationView
from mingbai.people.rules import may

P = ParamSpec("P")


class Desk(NamedTuple):
    """A member of staff at work: account, role and organisation."""

    account: int
    username: str
    role: str
    organisation: OrganisationView

    @property
    def is_operator(self) -> bool:
        return self.organisation.kind == "operator"

    @property
    def is_authority(self) -> bool:
        return self.organisation.kind == "authority"

    @property
    def home(self) -> str:
        """The route where this person's work begins."""
        if self.is_authority:
            return "authority:home"
        if self.is_operator:
            return "console:home"
        return "enterprise:offers" if self.organisation.kind == "agent" else "enterprise:home"

    def may(self, verb: str) -> bool:
        return may(self.role, verb)

    def require(self, verb: str) -> None:
        """Raises PermissionDenied when this role may not do `verb`."""
        if not self.may(verb):
            raise PermissionDenied


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of who is logged in; None for nobody, for a closed account or a closed organisation."""
    user = request.user
    if not user.is_authenticated:
        return None
    account = people.account(user.get_username())
    organisation = people.organisation(account.organisation) if account and account.is_active else None
    if account is None or organisation is None or organisation.state == "closed":
        return None
    return Desk(account.id, account.username, account.role, organisation)


View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]
Wrapped = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def at_desk(verb: str, *, operator: bool = False, authority: bool = False) -> Callable[[View[P]], Wrapped[P]]:
    """A view for staff whose role may do `verb`; `operator`: of an operator alone, `authority`: of an
    authority alone. Hands the desk to the view."""

    def decorate(view: View[P]) -> Wrapped[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            desk = desk_of(request)
            if desk is None:
                return redirect(f"{reverse('login')}?next={request.path}")
            if (operator and not desk.is_operator) or (authority and not desk.is_authority):
                raise PermissionDenied
            desk.require(verb)
            request.desk = desk  # type: ignore[attr-defined]  # templates show role and organisation in the frame
            return view(request, desk, *args, **kwargs)

        return guarded

    return decorate
