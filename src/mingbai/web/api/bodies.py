"""How the API reads what is sent: every name stands once, in a body of JSON (RFC 8259) as in an address."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NoReturn, cast

from django.http import HttpRequest
from ninja.parser import Parser

from mingbai.kernel.problems import Problem

_LONGEST_SHOWN = 40
_CURSOR = "cursor:"


class Once(Parser):
    """A name given twice is refused: the last would win here, and another reader would believe the first."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises Problem for a name that is there twice, ValueError for what is no JSON."""
        return cast(dict[str, Any], json.loads(request.body, object_pairs_hook=_each_once, parse_constant=_no_number))


def check_query(request: HttpRequest, known: set[str]) -> None:
    """Raises Problem for a parameter of the address that is unknown or there twice: it would be lost in silence."""
    for name, values in request.GET.lists():
        if name not in known:
            raise Problem("api.invalid", where="query")
        if len(values) > 1:
            raise Problem("api.field_twice", where=name)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # Nobody has checked yet that it is a name of ours: no more of it is repeated than a name of ours can be.
            known = name if name.isidentifier() and len(name) <= _LONGEST_SHOWN else ""
            raise Problem("api.field_twice", where=known)
        found[name] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def cursor(last: int) -> str:
    """The cursor of the page after the row with this id."""
    return urlsafe_b64encode(f"{_CURSOR}{last}".encode()).decode().rstrip("=")


def after(cursor: str) -> int:
    """The id behind which a page begins; 0 for the first. Raises Problem for what is no cursor of ours."""
    if not cursor:
        return 0
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if not text.startswith(_CURSOR):
            raise ValueError
        return int(text.removeprefix(_CURSOR))
    except ValueError:
        raise Problem("api.cursor", where="cursor") from None
