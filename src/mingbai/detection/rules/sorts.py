"""As what a number is registered: the sorts that count against a finding. Pure."""

from __future__ import annotations

from enum import IntEnum

from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import Industry, Use


class Sort(IntEnum):
    """What a registered number is, as the features' `sort`. Values never change once released."""

    NONE = 0
    HOSPITAL = 1
    COURIER = 2
    TAXI = 3
    SCHOOL = 4
    SERVICE_LINE = 5
    PUBLIC_INTEREST = 6
    NOTIFICATION = 7
    DECLARED = 8  # for service, surveys or debts, without any of the above


_BY_INDUSTRY = {
    Industry.HEALTH: Sort.HOSPITAL,
    Industry.DELIVERY: Sort.COURIER,
    Industry.TRANSPORT: Sort.TAXI,
    Industry.EDUCATION: Sort.SCHOOL,
}
_PUBLIC = frozenset({Kind.EMERGENCY, Kind.PUBLIC_INTEREST})
_LINES = frozenset({Kind.TOLL_400, Kind.TOLL_800, Kind.CARRIER, Kind.FIRM_95, Kind.PROVINCIAL_96})


def sort_of(industry: Industry | None, use: Use | None, kind: Kind) -> Sort:
    """The sort of a registered number. Whoever registers for marketing, surveys or debts has none: a school that sells
    courses is a seller. A survey of the authorities (统计调查) is one in the public interest."""
    if kind in _PUBLIC:
        return Sort.PUBLIC_INTEREST
    if industry is Industry.GOVERNMENT and use in (Use.SERVICE, Use.NOTIFICATION, Use.SURVEY):
        return Sort.PUBLIC_INTEREST
    if use is Use.NOTIFICATION:
        return _BY_INDUSTRY.get(industry, Sort.NOTIFICATION) if industry else Sort.NOTIFICATION
    if use is Use.SERVICE:
        found = _BY_INDUSTRY.get(industry, Sort.NONE) if industry else Sort.NONE
        return Sort.SERVICE_LINE if found is Sort.NONE and kind in _LINES else found
    return Sort.NONE
