"""/api/v1/numbers/chain and /sim-orders: who answers for a call, and SIM orders screened before they are sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from mingbai.admission import actions, queries
from mingbai.admission.queries import Chain, SimOrderView
from mingbai.kernel import clock
from mingbai.kernel.msisdn import of_digits, require
from mingbai.kernel.problems import Problem
from mingbai.kernel.terms import Scope
from mingbai.people import queries as people
from mingbai.web.api import idempotency, shapes
from mingbai.web.api.keys import key_of

_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 422), shapes.ProblemOut)
EVERY = ("operator", "authority")  # kinds of organisations whose keys may ask about every number
router = Router()
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ChainIn(shapes.In):
    """A calling number and a moment; now when it is left out."""

    number: shapes.Number
    at: datetime | None = Field(None, description="With time zone")


class LinkOut(Schema):
    """A link of the chain. `organisation` null for the number itself; `via`: lines, empty for every line.

    `restrictions`: kinds of measures that stand against it now.
    """

    role: str = Field(description="carrier, reseller, call_centre, enterprise or number")
    organisation: int | None
    name: str
    state: str
    via: list[str]
    restrictions: list[str]


class ChainOut(Schema):
    """Who answered for calls from the number at the moment, from the network to the caller."""

    number: str
    at: datetime
    first: str
    last: str
    tenure: int
    use: str
    industry: str
    since: datetime
    until: datetime | None
    links: list[LinkOut]


class SimOrderIn(shapes.In):
    """An order of SIM cards. Of address, recipient and contact only keyed hashes are kept."""

    reference: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    address: Text
    recipient: Text
    contact: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    cards: Annotated[int, Field(ge=1, le=1000)]


class SimReasonOut(Schema):
    """Why an order waits; `count`: cards, null where nothing is counted."""

    reason: str = Field(description="many_to_place, many_to_person, listed_place or kept_out")
    count: int | None


class SimOrderOut(Schema):
    """How an order stands: send it when it is let through, never before."""

    id: int
    reference: str
    cards: int
    state: str = Field(description="open, first_yes, let_through or kept_out")
    reasons: list[SimReasonOut]


@router.post("/numbers/chain", response={200: ChainOut, **_PROBLEMS}, tags=["numbers"])
def chain(request: HttpRequest, body: ChainIn) -> ChainOut:
    """Who answers for this call? Operators and authorities ask about any number, firms about their own."""
    key = key_of(request, Scope.NUMBERS_READ)
    if body.at is not None and body.at.tzinfo is None:
        raise Problem("api.time_zone", where="at")
    found = queries.chain(require(body.number), body.at or clock.now())
    firm = people.organisation(key.organisation)
    if found is None or firm is None or (firm.kind not in EVERY and not found.of(firm.id)):
        raise Problem("api.no_chain", "nobody you may know of is registered for it then", where="number", status=404)
    return _chain(found)


@router.post("/sim-orders", response={200: SimOrderOut, **_PROBLEMS}, tags=["sim-orders"])
def screen(request: HttpRequest, body: SimOrderIn) -> HttpResponse:
    """Have an order of SIM cards screened. The same reference again is the same order. For operators' keys."""
    key = key_of(request, Scope.SIMS_WRITE)
    firm = people.organisation(key.organisation)
    if firm is None or firm.kind != "operator":
        raise Problem("api.scope", where=Scope.SIMS_WRITE.value, status=403)

    def act() -> HttpResponse:
        made = actions.screen(
            operator=key.organisation, reference=body.reference, address=body.address, recipient=body.recipient,
            contact=body.contact, cards=body.cards,
        )  # fmt: skip
        found = queries.sim_order(made)
        assert found is not None
        return HttpResponse(_order(found).model_dump_json(), content_type="application/json")

    return idempotency.once(request, key.id, act)


def _chain(found: Chain) -> ChainOut:
    links = [
        LinkOut(
            role=link.role, organisation=link.organisation or None, name=link.name, state=link.state,
            via=list(link.via), restrictions=[one.kind for one in link.restrictions],
        )
        for link in found.links
    ]  # fmt: skip
    return ChainOut(
        number=of_digits(found.number).national, at=found.at, first=of_digits(str(found.first)).national,
        last=of_digits(str(found.last)).national, tenure=found.tenure, use=found.use, industry=found.industry,
        since=found.since, until=found.until, links=links,
    )  # fmt: skip


def _order(found: SimOrderView) -> SimOrderOut:
    reasons = [SimReasonOut(reason=reason, count=count or None) for reason, count in found.reasons]
    return SimOrderOut(id=found.id, reference=found.reference, cards=found.cards, state=found.state, reasons=reasons)
