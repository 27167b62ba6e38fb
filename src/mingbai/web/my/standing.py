"""Who may call a subscriber and for what, put together for the page: one card a firm."""

from __future__ import annotations

from dataclasses import dataclass, field

from mingbai.consent import queries as consents
from mingbai.consent.queries import ConsentView, ProofRequestView
from mingbai.kernel.terms import Purpose
from mingbai.ledger import queries as ledger
from mingbai.ledger.queries import EntryView
from mingbai.people import queries as people
from mingbai.web.entries import latest_entries

CLOSED = ("refused", "withdrawn")
OWN_WORD = ("web", "sms", "signature")  # said by the subscriber; what came another way may be disputed


@dataclass
class Line:
    """What stands for one purpose, and the entry that proves it (None: its row of a batch does)."""

    consent: ConsentView
    entry: EntryView | None
    request: ProofRequestView | None

    @property
    def claimed(self) -> bool:
        return self.consent.state == "claimed"

    @property
    def disputable(self) -> bool:
        return self.request is None and self.consent.how not in OWN_WORD and self.consent.state in ("claimed", "given")


@dataclass
class Firm:
    """A firm and what the subscriber said to it. `open`: purposes for which it may call now."""

    id: int
    name: str
    open: list[Line] = field(default_factory=list)
    closed: list[Line] = field(default_factory=list)

    @property
    def refused_all(self) -> Line | None:
        return next((line for line in self.closed if line.consent.purpose == Purpose.ANY), None)


def firms(subscriber: int) -> tuple[list[Firm], list[Firm]]:
    """Firms that may call, and firms that may not; in each, the latest change first."""
    said = consents.of_subscriber(subscriber)
    names = people.organisation_names({one.principal for one in said})
    entries = latest_entries(ledger.of_subject(f"subscriber:{subscriber}"))
    requests = {one.consent: one for one in consents.proof_requests(subscriber=subscriber)}
    found: dict[int, Firm] = {}
    for one in said:
        firm = found.setdefault(one.principal, Firm(one.principal, names.get(one.principal, "")))
        line = Line(one, entries.get((one.principal, one.purpose)), requests.get(one.id))
        if one.counts:
            firm.open.append(line)
        elif one.state in CLOSED:
            firm.closed.append(line)
    for firm in found.values():
        if firm.refused_all:  # it covers whatever was said before
            firm.open = []
    may = [firm for firm in found.values() if firm.open]
    return may, [firm for firm in found.values() if not firm.open and firm.closed]
