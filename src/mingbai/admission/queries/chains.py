"""责任链: who answers for a call from a number, at any past moment; and what hangs on a link."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from mingbai.admission.rules.words import Role
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.numbers import queries as numbers
from mingbai.numbers.queries import RestrictionView, StandingView
from mingbai.people import queries as people

CALL_CENTRE = "call_centre"
SHOWN = 500  # numbers of what hangs on a link that are listed; all are counted


class Link(NamedTuple):
    """One link. `organisation` 0 for the number itself; `via`: the lines that it is a link by, none for every line.

    `restrictions`: what stands against it now.
    """

    role: str
    organisation: int
    name: str
    kind: str
    state: str
    via: tuple[str, ...]
    restrictions: tuple[RestrictionView, ...]


class Chain(NamedTuple):
    """Who answered for calls from a number at a moment, from the network to the caller.

    `resource` its registration, `tenure` the how manieth of this number; `until` None: it still stands so.
    """

    number: str
    at: datetime
    resource: int
    first: int
    last: int
    tenure: int
    use: str
    industry: str
    since: datetime
    until: datetime | None
    links: tuple[Link, ...]

    def of(self, organisation: int) -> bool:
        """Whether a firm is a link of it."""
        return any(link.organisation == organisation for link in self.links)


class Hanging(NamedTuple):
    """What hangs on an organisation now: numbers it is a link of, and whose they are."""

    organisation: int
    resources: tuple[int, ...]
    registrations: int
    numbers: int
    holders: tuple[tuple[int, str], ...]
    principals: tuple[tuple[int, str], ...]


def chain(number: Msisdn, at: datetime) -> Chain | None:
    """The chain of a number at a moment; None when it was not registered then."""
    stood = numbers.standing_at(number, at)
    return _chain(number.digits, at, stood) if stood else None


def chain_history(number: Msisdn) -> list[Chain]:
    """Every chain that the number ever had, the latest first; of every tenure."""
    found = []
    for resource in numbers.tenures(number):
        for stood in numbers.standings(resource):
            told = numbers.standing_at(number, stood.since) or stood
            found.append(_chain(number.digits, stood.since, told._replace(since=stood.since, until=stood.until)))
    return found[::-1]


def hanging(organisation: int) -> Hanging:
    """What a measure on this organisation would reach, as registered now."""
    ids: list[int] = []
    while part := numbers.hanging_on(organisation, after=ids[-1] if ids else 0):
        ids += part
    views = [view for ident in ids[:SHOWN] if (view := numbers.resource(ident)) is not None]
    holders = {view.holder: view.holder_name for view in views}
    principals = {view.principal: view.principal_name for view in views}
    for view in views:
        principals |= {one.principal: one.principal_name for one in view.assignments}
    return Hanging(
        organisation, tuple(ids[:SHOWN]), len(ids), sum(view.last - view.first + 1 for view in views),
        tuple(sorted(holders.items())), tuple(sorted(principals.items())),
    )  # fmt: skip


def _chain(digits: str, at: datetime, stood: StandingView) -> Chain:
    links: list[Link] = []
    lines: dict[int, list[str]] = {}
    for trunk in stood.trunks:
        lines.setdefault(trunk.carrier, []).append(trunk.name)
    every = {trunk.name for trunk in stood.trunks}
    for carrier, names in sorted(lines.items()):
        links.append(_link(Role.CARRIER, carrier, () if set(names) == every else tuple(names)))
    if stood.reseller:
        links.append(_link(Role.RESELLER, stood.reseller))
    holder = people.organisation(stood.holder)
    if holder is not None and (holder.kind == CALL_CENTRE or stood.holder != stood.principal):
        links.append(_link(Role.CALL_CENTRE, stood.holder))
    # A line that calls for somebody else has its own principal; the registered one answers for the others.
    assigned: dict[int, list[str]] = {}
    for one in stood.assignments:
        assigned.setdefault(one.principal, []).append(one.trunk_name)
    others = sorted(every - {name for names in assigned.values() for name in names})
    if others or not assigned or not every:
        links.append(_link(Role.ENTERPRISE, stood.principal, tuple(others) if assigned else ()))
    for principal, names in sorted(assigned.items()):
        if principal != stood.principal or not others:
            links.append(_link(Role.ENTERPRISE, principal, tuple(names)))
    standing = tuple(numbers.restrictions_of_number(int(digits)))
    found = numbers.resource(stood.resource)
    state = found.state if found else ""
    links.append(Link(Role.NUMBER.value, 0, of_digits(digits).national, "", state, (), standing))
    return Chain(
        digits, at, stood.resource, stood.first, stood.last, stood.tenure, stood.use, stood.industry, stood.since,
        stood.until, tuple(links),
    )  # fmt: skip


def _link(role: Role, organisation: int, via: tuple[str, ...] = ()) -> Link:
    firm = people.organisation(organisation)
    standing = tuple(numbers.restrictions_of(organisation))
    if firm is None:
        return Link(role.value, organisation, "", "", "", via, standing)
    return Link(role.value, organisation, firm.name, firm.kind, firm.state, via, standing)
