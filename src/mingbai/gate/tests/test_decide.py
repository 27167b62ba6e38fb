"""Each rule, each pair of neighbours in their order, and that nothing makes decide raise."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.decide import OUTCOMES, Call, Code, Counts, decide
from mingbai.gate.facts import (
    CLAIMED,
    GIVEN,
    MISSING,
    REFUSED,
    ConsentFact,
    Gathered,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
)
from mingbai.kernel.msisdn import Kind, Msisdn, parse
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import INDUSTRIES, Decision, Industry, Use

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
        self.number: dict[str, Any] = {"resource": 1, "holder": CENTRE, "principal": BANK, "use": MARKETING}
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
    (951, stale),
]
EXCLUDE = [{malformed, unallocated, spoofed, withheld}, {suspended, closed}]


def _possible(earlier: Any, later: Any) -> bool:
    """Whether one call can have both: a number has one fault, and one with a fault of its own is not registered."""
    if any({earlier[1], later[1]} <= group for group in EXCLUDE):
        return False
    return earlier[1] not in (malformed, unallocated, spoofed) or not 301 <= later[0] < 800


PAIRS = [pair for pair in itertools.combinations(TROUBLES, 2) if _possible(*pair)]


def test_without_trouble_the_call_is_labelled_and_cites_its_consent(rules: Profile) -> None:
    verdict = World().verdict(rules)
    assert (verdict.decision, verdict.code, verdict.rule) == (Decision.LABEL, 801, "labelled")
    assert verdict.label == "某某银行 营销电话"
    assert verdict.consent == 55
    assert verdict.sip == (302, "Moved Temporarily")


@pytest.mark.parametrize(("code", "trouble"), TROUBLES)
def test_each_rule(code: int, trouble: Any, rules: Profile) -> None:
    world = World()
    trouble(world)
    verdict = world.verdict(rules)
    assert verdict.code == code
    assert verdict.rule == Code(code).rule
    assert verdict.decision == (Decision.ALLOW if code == 100 else Decision.REFUSE)
    assert verdict.reason["zh"]
    assert verdict.reason["en"]
    assert verdict.basis.source
    assert verdict.basis.standing in ("law", "notice", "draft", "practice", "ours")


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
def test_the_earlier_rule_wins(earlier: Any, later: Any, rules: Profile) -> None:
    world = World()
    later[1](world)
    earlier[1](world)
    assert world.verdict(rules).code == earlier[0]


PUBLISHED = """100 emergency.called 201 caller.malformed 202 caller.unallocated 203 caller.spoofed
    204 caller.withheld 301 number.suspended 302 number.closed 303 holder.suspended 401 trunk.foreign
    501 callee.blocked 502 callee.refused 601 outbound.forbidden 602 consent.missing 603 hours.outside
    604 category.refused 701 limit.number 702 limit.contract 801 labelled 900 passed 951 facts.stale
    952 facts.missing"""


@pytest.mark.parametrize("code", list(Code))
def test_names_and_codes_are_those_that_were_published(code: Code) -> None:
    published = PUBLISHED.split()
    names = dict(zip(map(int, published[::2]), published[1::2], strict=True))
    assert code.rule == names.pop(int(code))
    assert code in {wording.code for wording in OUTCOMES.values()}


@pytest.mark.parametrize(
    ("trouble", "sip"),
    [(blocked_number, 607), (refused, 607), (category, 607), (unconsented, 608), (number_limit, 608), (closed, 403)],
)
def test_sip_codes_come_from_the_profile(trouble: Any, sip: int, rules: Profile) -> None:
    world = World()
    trouble(world)
    assert world.verdict(rules).sip.code == sip


def test_ordinary_personal_calls_pass_untouched(rules: Profile) -> None:
    call = Call(parse("13812345678"), parse("13912345678"), "line-9", AT, NIGHT)
    verdict = decide(call, Gathered(subscriber=SubscriberFacts((REFUSAL,), blocked_categories=-1 & 0xFFFF)), rules)
    assert (verdict.decision, verdict.code, verdict.label) == (Decision.ALLOW, 900, "")


def test_a_refusal_of_the_principal_holds_for_every_number_and_holder(rules: Profile) -> None:
    for holder, caller in ((CENTRE, FIRM_NUMBER), (99, parse("02160876100")), (BANK, CENTRE_NUMBER)):
        world = World()
        refused(world)
        world.call["caller"], world.number["holder"] = caller, holder
        verdict = world.verdict(rules)
        assert (verdict.code, verdict.consent) == (502, 66)


def test_a_refusal_of_marketing_leaves_other_purposes_alone_but_any_covers_all(rules: Profile) -> None:
    world = World()
    world.number["use"] = SERVICE
    refused(world)
    assert world.verdict(rules).code == 801
    refused_any(world)
    assert world.verdict(rules).code == 502


@pytest.mark.parametrize(
    ("registered", "declared", "code"),
    [(MARKETING, SERVICE, 602), (SERVICE, MARKETING, 602), (SERVICE, PERSONAL, 801), (SERVICE, None, 801)],
)
def test_a_declared_purpose_cannot_talk_its_way_round_consent(
    registered: int, declared: int | None, code: int, rules: Profile
) -> None:
    world = World()
    unconsented(world)
    world.number["use"], world.call["purpose"] = registered, declared
    assert world.verdict(rules).code == code


def test_declared_marketing_from_an_unregistered_number_has_no_consent_to_cite(rules: Profile) -> None:
    world = World()
    world.registered, world.call["caller"], world.call["purpose"] = False, parse("13812345678"), MARKETING
    assert world.verdict(rules).code == 602


def test_a_consent_holds_through_its_last_day(rules: Profile) -> None:
    world = World()
    world.said["consents"] = (CONSENT._replace(until_day=20_000),)
    assert world.verdict(rules).code == 801


def test_a_claimed_consent_counts_if_the_profile_says_so_and_is_called_claimed(rules: Profile) -> None:
    world = World()
    world.said["consents"] = (CONSENT._replace(state=CLAIMED),)
    verdict = world.verdict(rules)
    assert (verdict.code, verdict.consent, verdict.basis.setting) == (801, 55, "consent.claimed_counts")
    assert "申报" in verdict.reason["zh"]
    strict = replace(rules, consent=replace(rules.consent, claimed_counts=False))
    assert world.verdict(strict).code == 602


def test_special_trunks_and_registered_numbers_are_no_spoofs(rules: Profile) -> None:
    world = World()
    spoofed(world)
    world.gathered["trunk"] = TrunkFacts(3, special=True)
    assert world.verdict(rules).code == 900
    world = World()
    world.call["caller"], world.number["use"] = parse("10086"), SERVICE
    assert world.verdict(rules).code == 801
    world.number["trunks"] = ()  # registered for no trunk: then only a special one may send it
    assert world.verdict(rules).code == 203


def test_withheld_numbers_as_the_profile_says(rules: Profile) -> None:
    for says, code in (("pass", 900), ("label", 801), ("refuse", 204)):
        world = World()
        withheld(world)
        world.gate["withheld"], world.registered = says, False
        assert world.verdict(rules).code == code


def test_an_asker_who_knows_no_trunk_is_not_asked_for_it(rules: Profile) -> None:
    world = World()
    foreign_unknown(world)
    world.call["trunk"] = ""
    assert world.verdict(rules).code == 801


def test_the_numbers_own_label_goes_first(rules: Profile) -> None:
    world = World()
    world.number["label"] = "某某银行信用卡"
    assert world.verdict(rules).label == "某某银行信用卡"


@pytest.mark.parametrize(
    ("gathered", "purpose", "code", "decision"),
    [
        (Gathered(age_s=1e9), None, 951, Decision.ALLOW),
        (Gathered(age_s=1e9), MARKETING, 602, Decision.REFUSE),
        (MISSING, None, 952, Decision.ALLOW),
        (MISSING, MARKETING, 952, Decision.REFUSE),
    ],
)
def test_degraded_modes_are_open_for_ordinary_calls_and_closed_for_marketing(
    gathered: Gathered, purpose: int | None, code: int, decision: Decision, rules: Profile
) -> None:
    call = Call(parse("13812345678"), parse("13912345678"), "", AT, NOON, purpose)
    verdict = decide(call, gathered, rules)
    assert (verdict.code, verdict.decision) == (code, decision)


@pytest.mark.parametrize("gathered", [MISSING, Gathered(age_s=1e9)])
def test_emergency_is_reached_in_every_mode(gathered: Gathered, rules: Profile) -> None:
    call = Call(Msisdn("", Kind.MALFORMED), parse("120"), "", AT, NOON, MARKETING)
    assert decide(call, gathered, rules).code == 100


def test_old_facts_still_refuse_what_they_know(rules: Profile) -> None:
    world = World()
    refused(world)
    stale(world)
    assert world.verdict(rules).code == 502


kinds = st.sampled_from(list(Kind))
words = st.text(max_size=12)
digits = st.from_regex(r"(?:[1-9][0-9]{0,17})?", fullmatch=True)
counts = st.integers(0, 2**32 - 1)
limits = st.tuples(counts, counts, counts)
small = st.integers(0, 255)
numbers = st.builds(Msisdn, digits, kinds)
consents = st.builds(ConsentFact, st.integers(0, 9), st.integers(0, 6), small, st.integers(0, 65535), counts)
calls = st.builds(Call, numbers, numbers, words, st.integers(-(2**62), 2**62), st.integers(), st.none() | small, words)
firms = st.builds(OrganisationFacts, small, small, limits, words)
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
some = st.lists(st.integers(0, 9), max_size=3).map(tuple)
resources = st.builds(
    NumberFacts, counts, st.integers(0, 9), st.integers(0, 9), small, small, st.integers(0, 3), st.booleans(), limits,
    some, pairs, words,
)  # fmt: skip
subscribers = st.builds(
    SubscriberFacts,
    st.lists(consents, max_size=6).map(tuple),
    some,
    st.lists(words, max_size=3).map(tuple),
    some,
    counts,
)
everything = st.builds(
    Gathered, st.none() | resources, subscribers, st.integers(0, 9), st.none() | firms, st.none() | firms,
    st.none() | st.builds(TrunkFacts, st.integers(0, 9), st.booleans(), st.booleans()), st.integers(), st.integers(),
    st.floats(), st.booleans(),
)  # fmt: skip
policies = st.fixed_dictionaries(
    {
        "withheld": st.sampled_from(["pass", "label", "refuse"]),
        "always_pass_kinds": st.frozensets(kinds, max_size=3),
        "spoof_kinds": st.frozensets(kinds, max_size=4),
        "outbound_uses_forbidden": st.lists(st.sampled_from(list(Use)), max_size=2).map(tuple),
        "outbound_needs_commitment_kinds": st.frozensets(kinds, max_size=3),
        "consent_required_uses": st.lists(st.sampled_from(list(Use)), max_size=3).map(tuple),
        "hours": st.dictionaries(st.sampled_from(list(Use)), st.tuples(st.integers(0, 1440), st.integers(0, 1440))),
        "category_opt_out": st.booleans(),
        "labels": st.dictionaries(st.sampled_from(list(Use)), st.fixed_dictionaries({"zh": words, "en": words})),
        "sip_codes": st.just({}),
        "stale_ordinary": st.sampled_from(["pass", "refuse"]),
        "missing_marketing": st.sampled_from(["pass", "refuse"]),
    }
)


@given(calls, everything, policies, st.builds(Counts, limits, limits, limits))
def test_decide_is_total(
    rules: Profile, call: Call, gathered: Gathered, policy: dict[str, Any], counted: Counts
) -> None:
    verdict = decide(call, gathered, replace(rules, gate=replace(rules.gate, **policy)), counted)
    assert verdict.code in set(Code)
    assert verdict.rule == Code(verdict.code).rule
    assert verdict.decision in set(Decision)
    if call.callee.kind is Kind.EMERGENCY:
        assert verdict.decision is Decision.ALLOW


@given(calls, everything)
def test_no_marketing_goes_through_without_a_consent(rules: Profile, call: Call, gathered: Gathered) -> None:
    number = gathered.number
    if number is None or number.use != MARKETING or call.callee.kind in rules.gate.always_pass_kinds:
        return
    verdict = decide(call, gathered, rules)
    if verdict.decision is not Decision.REFUSE:
        cited = [
            c for c in gathered.subscriber.consents if c.consent == verdict.consent and c.state in (GIVEN, CLAIMED)
        ]
        assert any(c.principal == gathered.principal and c.purpose == 1 for c in cited)
