"""What other rooms may know of number resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet

from mingbai.calls.labels import Own
from mingbai.kernel.msisdn import Msisdn
from mingbai.ledger import queries as ledger
from mingbai.numbers.models import Assignment, Contract, FormerLabel, NumberResource, Trunk
from mingbai.numbers.rules import WIDEST

_AT_ONCE = 2_000


class AssignmentView(NamedTuple):
    """For whom a number calls on a trunk, now."""

    trunk: int
    principal: int
    campaign: str
    principal_name: str
    trunk_name: str


class NumberView(NamedTuple):
    """A number or range as registered. `first` and `last` are normal forms as integers; a limit of 0 is none.

    `in_force` is False for a closed resource whose numbers, some or all, have been registered again since.
    """

    id: int
    first: int
    last: int
    holder: int
    holder_name: str
    principal: int
    principal_name: str
    use: str
    industry: str
    label: str
    state: str
    committed: bool
    per_minute: int
    per_hour: int
    per_day: int
    trunks: tuple[int, ...]
    trunk_names: tuple[str, ...]
    assignments: tuple[AssignmentView, ...]
    created_at: datetime
    closed_at: datetime | None
    in_force: bool

    @property
    def limits(self) -> tuple[int, int, int]:
        """Calls a minute, an hour, a day; 0 = none of its own."""
        return self.per_minute, self.per_hour, self.per_day


class TrunkView(NamedTuple):
    id: int
    name: str
    carrier: int
    carrier_name: str
    source: str
    international: bool
    special: bool


class ContractView(NamedTuple):
    """What a holder agreed to; a limit of 0 is none."""

    holder: int
    per_minute: int
    per_hour: int
    per_day: int
    signed_at: datetime

    @property
    def limits(self) -> tuple[int, int, int]:
        return self.per_minute, self.per_hour, self.per_day


def holder_of(number: Msisdn) -> NumberView | None:
    """The resource that a number belongs to: the one registered now, else the one closed last; None for all others."""
    if not number.digits:
        return None
    wanted = int(number.digits)
    row = _following(wanted)
    if row is None or row.first > wanted:
        row = _closed(wanted, wanted).order_by("-closed_at", "-id").first()
    return _view(row) if row else None


def resource(resource: int) -> NumberView | None:
    """One number resource."""
    row = _rows().filter(id=resource).first()
    return _view(row) if row else None


def overlapping(first: int, last: int) -> list[NumberView]:
    """Every resource, closed ones too, that has numbers in common with first…last, by id."""
    rows = [*_open(first, last), *_closed(first, last)]
    return [_view(row) for row in sorted(rows, key=lambda row: row.id)]


def resources(
    *, holder: int | None = None, principal: int | None = None, state: str = "", after: int = 0, limit: int = 100
) -> list[NumberView]:
    """Number resources with id above `after`, by id; of a holder, for a principal, in a state, as asked."""
    rows = _rows().filter(id__gt=after)
    if holder is not None:
        rows = rows.filter(holder_id=holder)
    if principal is not None:
        rows = rows.filter(principal_id=principal)
    if state:
        rows = rows.filter(state=state)
    return [_view(row) for row in rows.order_by("id")[:limit]]


def of_organisation(organisation: int, *, after: int = 0, limit: int = 1_000) -> list[NumberView]:
    """What an organisation holds, closed ones too, by id."""
    return resources(holder=organisation, after=after, limit=limit)


def for_organisation(organisation: int) -> list[NumberView]:
    """Every number that calls for an organisation, by registration or on some trunk, and is not closed."""
    rows = _rows().filter(closed_at=None)
    registered = rows.filter(principal_id=organisation)
    assigned = rows.filter(assignments__principal_id=organisation, assignments__ended_at=None)
    found = {row.id: row for row in [*registered, *assigned]}
    return [_view(found[key]) for key in sorted(found)]


def every() -> Iterator[NumberView]:
    """Every resource, closed ones too, by id; read in parts, for a rebuild of the facts."""
    after = 0
    while part := resources(after=after, limit=_AT_ONCE):
        yield from part
        after = part[-1].id


def labels_at(asked: Collection[tuple[int, int]]) -> dict[tuple[int, int], Own]:
    """Labels of (resource, position) as facts at that position of the log had them; unknown resources are left out.

    A change is known to the facts from its own place in the log on; changes made before this was kept are not told.
    """
    ids = {resource for resource, _position in asked}
    rows = NumberResource.objects.filter(id__in=ids).values_list("id", "label", "principal_id")
    present = {ident: Own(label, principal) for ident, label, principal in rows}
    ended: dict[int, list[tuple[int | None, str]]] = defaultdict(list)
    former = FormerLabel.objects.filter(number__in=ids).order_by("entry")
    for ident, entry, label in former.values_list("number_id", "entry", "label"):
        ended[ident].append((ledger.status(entry), label))
    found = {}
    for resource, position in asked:
        if resource in present:
            then = next((label for at, label in ended[resource] if at is None or at > position), None)
            found[resource, position] = present[resource] if then is None else present[resource]._replace(text=then)
    return found


def trunk(trunk: int) -> TrunkView | None:
    """One trunk."""
    return next(iter(_trunks(Trunk.objects.filter(id=trunk))), None)


def trunk_by_name(name: str) -> TrunkView | None:
    """The trunk that callers of the gate send as `name`."""
    return next(iter(_trunks(Trunk.objects.filter(name=name))), None)


def trunks(carrier: int | None = None) -> list[TrunkView]:
    """Every trunk, or a carrier's, by name."""
    rows = Trunk.objects.all() if carrier is None else Trunk.objects.filter(carrier_id=carrier)
    return _trunks(rows.order_by("name"))


def contract(holder: int) -> ContractView | None:
    """What a holder agreed to; None when it signed nothing."""
    row = Contract.objects.filter(holder_id=holder).first()
    if row is None:
        return None
    return ContractView(row.holder_id, row.per_minute or 0, row.per_hour or 0, row.per_day or 0, row.signed_at)


def count() -> int:
    """How many resources are registered and not closed."""
    return NumberResource.objects.filter(closed_at=None).count()


def _rows() -> QuerySet[NumberResource]:
    current = Assignment.objects.filter(ended_at=None).select_related("principal", "trunk").order_by("trunk_id")
    return NumberResource.objects.select_related("holder", "principal").prefetch_related(
        Prefetch("assignments", current, to_attr="current"), Prefetch("trunks", Trunk.objects.order_by("id"))
    )


def _view(row: NumberResource) -> NumberView:
    lines = tuple(row.trunks.all())
    current: Iterable[Assignment] = getattr(row, "current", ())
    return NumberView(
        id=row.id,
        first=row.first,
        last=row.last,
        holder=row.holder_id,
        holder_name=row.holder.name,
        principal=row.principal_id,
        principal_name=row.principal.name,
        use=row.use,
        industry=row.industry,
        label=row.label,
        state=row.state,
        committed=row.outbound_committed,
        per_minute=row.per_minute or 0,
        per_hour=row.per_hour or 0,
        per_day=row.per_day or 0,
        trunks=tuple(line.id for line in lines),
        trunk_names=tuple(line.name for line in lines),
        assignments=tuple(
            AssignmentView(one.trunk_id, one.principal_id, one.campaign, one.principal.name, one.trunk.name)
            for one in current
        ),
        created_at=row.created_at,
        closed_at=row.closed_at,
        in_force=row.closed_at is None or not _registered_again(row),
    )


# Open ranges never overlap each other, so that each search is a short run of the index by `last`, however many numbers
# are registered; closed ones may overlap, and no range is wider than WIDEST.


def _following(number: int) -> NumberResource | None:
    """The open range that ends at `number` or next after it: the only open one that can hold it."""
    return _rows().filter(closed_at=None, last__gte=number).order_by("last").first()


def _open(first: int, last: int) -> list[NumberResource]:
    inside = list(_rows().filter(closed_at=None, last__gte=first, last__lte=last))
    beyond = _following(last + 1)
    return [*inside, beyond] if beyond is not None and beyond.first <= last else inside


def _closed(first: int, last: int) -> QuerySet[NumberResource]:
    return _rows().filter(closed_at__isnull=False, last__gte=first, last__lt=last + WIDEST, first__lte=last)


def _registered_again(row: NumberResource) -> bool:
    """Whether some of a closed range's numbers were registered after it."""
    return any(found.id > row.id for found in _open(row.first, row.last)) or (
        _closed(row.first, row.last).filter(id__gt=row.id).exists()
    )


def _trunks(rows: QuerySet[Trunk]) -> list[TrunkView]:
    return [
        TrunkView(row.id, row.name, row.carrier_id, row.carrier.name, row.source, row.international, row.special)
        for row in rows.select_related("carrier")
    ]
