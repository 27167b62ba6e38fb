"""The present state of whatever a ledger entry names, read from the rooms and put into the facts.

States, not deltas: writing twice, late or out of order ends in the same facts (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mingbai.consent import queries as consent
from mingbai.consent.queries.facts import Facts
from mingbai.gate.facts import (
    ACTIVE,
    CLOSED,
    SUSPENDED,
    Batch,
    Bounds,
    ConsentFact,
    KeyFacts,
    Mark,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
)
from mingbai.kernel.terms import INDUSTRIES, USES, Scope, Use
from mingbai.numbers import queries as numbers
from mingbai.numbers.queries import NumberView, TrunkView
from mingbai.people import queries as people
from mingbai.people.queries import ApiKeyView, OrganisationView

_STATES = {"active": ACTIVE, "suspended": SUSPENDED, "closed": CLOSED}
_USES = {use.value: index for index, use in enumerate(USES)}
_INDUSTRIES = {industry.value: index + 1 for index, industry in enumerate(INDUSTRIES)}
_SCOPES = {scope.value: 1 << index for index, scope in enumerate(Scope)}


def subscribers(ids: Iterable[int]) -> list[tuple[bytes, SubscriberFacts | None]]:
    """(key, facts) of the numbers that these subscribers have or had; None where nothing counts any more.

    A number has one key; what is read is its present tenure's, so that a former user's words fall away.
    """
    return [(key, None if said is None else facts_of(said)) for key, said in consent.facts(ids)]


def facts_of(said: Facts) -> SubscriberFacts:
    consents, numbers_, prefixes, firms, categories = said
    return SubscriberFacts(tuple(map(ConsentFact._make, consents)), numbers_, prefixes, firms, categories)


def put_number(batch: Batch, resource: int) -> None:
    """A number or range as registered now, and whatever else is or was registered within or around it."""
    view = numbers.resource(resource)
    if view is None:
        return
    spans: dict[tuple[int, int], NumberView | None] = {}
    for other in numbers.overlapping(view.first, view.last):
        span = other.first, other.last
        spans[span] = other if other.in_force else spans.get(span)
    for (first, last), found in spans.items():
        batch.put_number(first, last, number_facts(found) if found else None, resource=found.id if found else 0)
    for number in numbers.marked_numbers(view.first, view.last):
        put_marked(batch, number)


def put_marked(batch: Batch, number: int) -> None:
    """What is said of exactly this number, and stands against it, with whatever is registered for it.

    A number of a range has a record of its own while it has a mark, and one that nobody registered likewise.
    """
    mark = mark_of(number)
    found = next((view for view in numbers.overlapping(number, number) if view.in_force), None)
    if found is None or (mark is None and found.first != found.last):
        batch.put_number(number, number, None, mark=mark)
    else:
        batch.put_number(number, number, number_facts(found), resource=found.id, mark=mark)


def put_labelled(batch: Batch, labelled: int) -> None:
    """The number that “labelled:…” stands for."""
    number = numbers.labelled(labelled)
    if number is not None:
        put_marked(batch, number)


def put_restriction(batch: Batch, restriction: int) -> None:
    """The number or organisation that a restriction is about."""
    view = numbers.restriction(restriction)
    if view is not None and view.number:
        put_marked(batch, view.number)
    elif view is not None and view.organisation:
        put_organisation(batch, view.organisation)


def mark_of(number: int) -> Mark | None:
    found = numbers.mark(number)
    if found is None:
        return None
    bounds = found.bounds
    return Mark(found.kind, found.label, found.until, bounds.suspended, bounds.shut, bounds.limits)


def number_facts(view: NumberView) -> NumberFacts:
    return NumberFacts(
        holder=view.holder,
        principal=view.principal,
        use=_USES.get(view.use, _USES[Use.PERSONAL]),
        industry=_INDUSTRIES.get(view.industry, 0),
        state=_STATES[view.state],
        committed=view.committed,
        limits=view.limits,
        trunks=view.trunks,
        assignments=tuple((one.trunk, one.principal) for one in view.assignments),
        label=view.label,
    )


def put_organisation(batch: Batch, organisation: int) -> None:
    view = people.organisation(organisation)
    batch.put_organisation(organisation, organisation_facts(view) if view else None)


def organisation_facts(view: OrganisationView) -> OrganisationFacts:
    contract = numbers.contract(view.id)
    limits = contract.limits if contract else (0, 0, 0)
    held, called_for = (numbers.bounds_of_organisation(view.id, part) for part in ("holder", "principal"))
    return OrganisationFacts(
        _STATES[view.state],
        _INDUSTRIES.get(view.industry, 0),
        limits,
        view.name,
        Bounds(held.suspended or held.shut, held.limits),
        Bounds(called_for.suspended or called_for.shut, called_for.limits),
    )


def put_trunk(batch: Batch, trunk: int) -> None:
    view = numbers.trunk(trunk)
    if view is not None:
        batch.put_trunk(view.name, trunk_facts(view))


def trunk_facts(view: TrunkView) -> TrunkFacts:
    return TrunkFacts(view.id, view.special, view.international)


def put_api_key(batch: Batch, key: int) -> None:
    view = people.api_key_by_id(key)
    if view is not None:
        batch.put_api_key(view.digest, key_facts(view))


def key_facts(view: ApiKeyView) -> KeyFacts | None:
    if view.revoked_at is not None:
        return None
    mask = sum(_SCOPES.get(scope, 0) for scope in set(view.scopes))
    return KeyFacts(view.organisation, mask, view.trunks, view.numbers)


def every_number() -> Iterator[tuple[int, int, int, NumberFacts]]:
    """Every number and range in force: (first, last, id of the resource, facts). Marks are put on top of them."""
    for view in numbers.every():
        if view.in_force:
            yield view.first, view.last, view.id, number_facts(view)
