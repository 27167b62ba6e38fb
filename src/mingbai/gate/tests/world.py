"""A call that would be put through, and everything that can be wrong with it, each with the code it is refused by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mingbai.gate.decide import Call, Counts, decide
from mingbai.gate.facts import (
    GIVEN,
    REFUSED,
    Bounds,
    ConsentFact,
    Gathered,
    Mark,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
)
from mingbai.kernel.msisdn import Kind, Msisdn, parse
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import INDUSTRIES, Industry, Use

NOON, NIGHT = 720, 1380
DAY_US = 86_400_000_000
BANK, CENTRE = 7, 8
LOANS = INDUSTRIES.index(Industry.LOANS)
MARKETING, SERVICE, PERSONAL = 0, 1, 5
AT = 20_000 * DAY_US
FIRM_NUMBER, CENTRE_NUMBER = parse("4008109889"), parse("95213456")
CONSENT = ConsentFact(BANK, 1, GIVEN, 0, 55)
REFUSAL = ConsentFact(BANK, 1, REFUSED, 0, 66)


class World:
    """A marketing call that would be put through with a label; each trouble spoils it in one way."""

    def __init__(self) -> None:
        self.call: dict[str, Any] = {"caller": FIRM_NUMBER, "callee": parse("13912345678"), "at": AT}
        self.call |= {"minute_of_day": NOON, "trunk": "line-1"}
        self.number: dict[str, Any] = {"holder": CENTRE, "principal": BANK, "use": MARKETING}
        self.number |= {"trunks": (3,), "industry": LOANS + 1}
        self.registered = True
        self.said: dict[str, Any] = {"consents": (CONSENT,)}
        self.holder: dict[str, Any] = {}
        self.principal: dict[str, Any] = {"name": "某某银行"}
        self.gathered: dict[str, Any] = {"trunk": TrunkFacts(3), "age_s": 1.0}
        self.counts = Counts()
        self.gate: dict[str, Any] = {}

    def verdict(self, profile: Profile) -> Any:
        number = NumberFacts(**self.number) if self.registered else None
        gathered = Gathered(
            number=number,
            subscriber=SubscriberFacts(**self.said),
            principal=BANK if number else 0,
            principal_org=OrganisationFacts(**self.principal) if number else None,
            holder_org=OrganisationFacts(**self.holder) if number else None,
            **self.gathered,
        )
        rules = replace(profile, gate=replace(profile.gate, **self.gate))
        return decide(Call(**self.call), gathered, rules, self.counts)


def emergency_called(w: World) -> None:
    w.call["callee"] = parse("110")


def malformed(w: World) -> None:
    w.call["caller"] = Msisdn("", Kind.MALFORMED)
    w.registered = False


def unallocated(w: World) -> None:
    w.call["caller"] = Msisdn("8619999999999", Kind.UNALLOCATED)
    w.registered = False


def spoofed(w: World) -> None:
    w.call["caller"] = parse("110")
    w.registered = False


def withheld(w: World) -> None:
    w.call["caller"] = Msisdn("", Kind.WITHHELD)
    w.gate["withheld"] = "refuse"


def suspended(w: World) -> None:
    w.number["state"] = 1


def closed(w: World) -> None:
    w.number["state"] = 2


def holder_suspended(w: World) -> None:
    w.holder["state"] = 1


def principal_suspended(w: World) -> None:
    w.principal["state"] = 1


def number_restricted(w: World) -> None:
    w.gathered["mark"] = Mark(suspended=True)


def number_shut(w: World) -> None:
    w.gathered["mark"] = Mark(shut=True)


def holder_restricted(w: World) -> None:
    w.holder["as_holder"] = Bounds(suspended=True)


def principal_restricted(w: World) -> None:
    w.principal["as_principal"] = Bounds(suspended=True)


def foreign(w: World) -> None:
    w.gathered["trunk"] = TrunkFacts(4)


def foreign_unknown(w: World) -> None:
    w.gathered["trunk"] = None


def blocked_number(w: World) -> None:
    w.said["blocked_numbers"] = (1, int(FIRM_NUMBER.digits))


def blocked_prefix(w: World) -> None:
    w.said["blocked_prefixes"] = ("99", FIRM_NUMBER.digits[:5])


def blocked_firm(w: World) -> None:
    w.said["blocked_firms"] = (BANK,)


def blocked_holder(w: World) -> None:
    w.said["blocked_firms"] = (CENTRE,)


def refused(w: World) -> None:
    w.said["consents"] = (CONSENT, REFUSAL)


def refused_any(w: World) -> None:
    w.said["consents"] = (CONSENT, REFUSAL._replace(purpose=0))


def forbidden(w: World) -> None:
    w.gate["outbound_uses_forbidden"] = (Use.MARKETING,)


def uncommitted(w: World) -> None:
    w.gate["outbound_needs_commitment_kinds"] = frozenset({Kind.TOLL_400})


def unconsented(w: World) -> None:
    w.said["consents"] = tuple(c for c in w.said["consents"] if c.state == REFUSED)


def expired(w: World) -> None:
    w.said["consents"] = tuple(c._replace(until_day=19_999) if c.state == GIVEN else c for c in w.said["consents"])


def outside_hours(w: World) -> None:
    w.call["minute_of_day"] = NIGHT


def category(w: World) -> None:
    w.said["blocked_categories"] = 1 << LOANS


def number_limit(w: World) -> None:
    w.number["limits"] = (0, 60, 0)
    w.counts = w.counts._replace(number=(1, 61, 61))


def holder_limit(w: World) -> None:
    w.holder["limits"] = (10, 0, 0)
    w.counts = w.counts._replace(holder=(11, 11, 11))


def principal_limit(w: World) -> None:
    w.principal["limits"] = (0, 0, 1000)
    w.counts = w.counts._replace(principal=(0, 0, 1001))


def number_measure(w: World) -> None:
    w.gathered["mark"] = Mark(limits=(5, 0, 0))
    w.counts = w.counts._replace(number=(6, 6, 6))


def holder_measure(w: World) -> None:
    w.holder["as_holder"] = Bounds(limits=(0, 20, 0))
    w.counts = w.counts._replace(holder=(11, 21, 21))


def principal_measure(w: World) -> None:
    w.principal["as_principal"] = Bounds(limits=(0, 0, 900))
    w.counts = w.counts._replace(principal=(0, 0, 1001))


def stale(w: World) -> None:
    w.gathered["age_s"] = 301.0


TROUBLES = [
    (100, emergency_called),
    (201, malformed),
    (202, unallocated),
    (203, spoofed),
    (204, withheld),
    (301, suspended),
    (302, closed),
    (303, holder_suspended),
    (303, principal_suspended),
    (304, number_restricted),
    (305, number_shut),
    (306, holder_restricted),
    (306, principal_restricted),
    (401, foreign),
    (401, foreign_unknown),
    (501, blocked_number),
    (501, blocked_prefix),
    (501, blocked_firm),
    (501, blocked_holder),
    (502, refused),
    (502, refused_any),
    (601, forbidden),
    (601, uncommitted),
    (602, unconsented),
    (602, expired),
    (603, outside_hours),
    (604, category),
    (701, number_limit),
    (702, holder_limit),
    (702, principal_limit),
    (703, number_measure),
    (703, holder_measure),
    (703, principal_measure),
    (951, stale),
]
