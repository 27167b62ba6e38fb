"""Who does not want to be called, by whom and since when, and who agreed to be: for whoever looks at calls as sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db.models import Q

from mingbai.consent.models import Batch, Block, Consent
from mingbai.kernel.terms import USES, Use
from mingbai.people import queries as people

_SAID = (Consent.State.REFUSED, Consent.State.WITHDRAWN)
_AT_ONCE = 5_000
_Row = TypeVar("_Row")


class Refused(NamedTuple):
    """A refusal that stands: of the firm `party`, or of the number `caller` (normal form); of all commercial calls when
    both are 0. `callee` in normal form, `at_s` since the epoch; `use`: of such calls alone (USES), −1 all."""

    callee: int
    party: int
    caller: int
    at_s: int
    use: int


def refused(since: datetime | None = None) -> Iterator[list[Refused]]:
    """Refusals, withdrawals and personal blocks that stand, in parts; only those said since then, if asked.

    Former users of a number and erased ones are left out. A block of a prefix says nothing of one caller, and is left
    out; one of an industry counts as one of commercial calls.
    """
    consents = Consent.objects.filter(state__in=_SAID)
    blocks = Block.objects.filter(removed_at=None, case=None).exclude(kind=Block.Kind.PREFIX)
    if since is not None:
        consents, blocks = consents.filter(changed_at__gte=since), blocks.filter(created_at__gte=since)
    said = consents.order_by().values_list("subscriber_id", "principal_id", "changed_at", "purpose")
    for part in _parts(
        (who, firm, 0, at, _USE.get(purpose, _ALL)) for who, firm, at, purpose in said.iterator(_AT_ONCE)
    ):
        yield _numbered(part)
    named = blocks.order_by().values_list("subscriber_id", "kind", "value", "created_at")
    for part in _parts(_blocked(*row) for row in named.iterator(_AT_ONCE)):
        yield _numbered(part)


class Agreed(NamedTuple):
    """`callee` (normal form) agreed to calls of the firm `party` from `since_s` (s since 1970) on, before `until_s`,
    when it ended or will; None: no end."""

    callee: int
    party: int
    since_s: int
    until_s: int | None


def agreed() -> Iterator[list[Agreed]]:
    """Consents that were ever given or claimed, in parts, of whitelists that stand; former users of a number and
    erased ones are left out."""
    whole = Q(batch=None) | Q(batch__state=Batch.State.VALID)
    rows = Consent.objects.filter(whole, given_at__isnull=False).order_by()
    wanted = rows.values_list("subscriber_id", "principal_id", "given_at", "state", "changed_at", "expires_at")
    for part in _parts(wanted.iterator(_AT_ONCE)):
        numbers = people.current_numbers({who for who, *_ in part})
        yield [
            Agreed(int(numbers[who]), firm, int(since.timestamp()), _ended(state, changed, expires))
            for who, firm, since, state, changed, expires in part
            if since and numbers.get(who)
        ]


def _ended(state: str, changed: datetime, expires: datetime | None) -> int | None:
    if state in _SAID:
        return int(changed.timestamp())
    return int(expires.timestamp()) if expires else None


_Said = tuple[int, int, int, datetime, int]
_USE = {use.value: index for index, use in enumerate(USES)}
_MARKETING = _USE[Use.MARKETING]
_ALL = -1


def _blocked(who: int, kind: str, value: str, at: datetime) -> _Said:
    if kind == Block.Kind.NUMBER:
        return who, 0, int(value), at, _ALL
    if kind == Block.Kind.FIRM:
        return who, int(value), 0, at, _ALL
    return who, 0, 0, at, _MARKETING


def _numbered(part: list[_Said]) -> list[Refused]:
    numbers = people.current_numbers({who for who, *_ in part})
    return [
        Refused(int(numbers[who]), party, caller, int(at.timestamp()), use)
        for who, party, caller, at, use in part
        if numbers.get(who)
    ]


def _parts(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    part: list[_Row] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part
