"""Who does not want to be called, by whom and since when: for whoever looks at calls as sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from mingbai.consent.models import Block, Consent
from mingbai.kernel.terms import USES, Use
from mingbai.people import queries as people

_SAID = (Consent.State.REFUSED, Consent.State.WITHDRAWN)
_AT_ONCE = 5_000


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


def _parts(rows: Iterator[_Said]) -> Iterator[list[_Said]]:
    part: list[_Said] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part
