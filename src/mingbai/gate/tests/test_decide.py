"""Each rule, and each pair of neighbours in their order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from mingbai.gate.decide import OUTCOMES, Call, Code, decide
from mingbai.gate.facts import CLAIMED, MISSING, Gathered, Mark, SubscriberFacts, TrunkFacts
from mingbai.gate.tests.world import (
    AT,
    BANK,
    CENTRE,
    CENTRE_NUMBER,
    CONSENT,
    FIRM_NUMBER,
    MARKETING,
    NIGHT,
    NOON,
    PERSONAL,
    REFUSAL,
    SERVICE,
    TROUBLES,
    World,
    blocked_number,
    category,
    closed,
    foreign_unknown,
    malformed,
    number_limit,
    number_measure,
    number_restricted,
    number_shut,
    refused,
    refused_any,
    spoofed,
    stale,
    suspended,
    unallocated,
    unconsented,
    withheld,
)
from mingbai.kernel.msisdn import Kind, Msisdn, parse
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import LABEL_KINDS, Decision, LabelKind

EXCLUDE = [
    {malformed, unallocated, spoofed, withheld},
    {suspended, closed},
    {number_restricted, number_shut, number_measure},  # a number has one mark
]


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


KINDS = [
    ("confirmed_criminal", 802), ("confirmed_malicious", 802), ("confirmed_marketing", 802), ("certified", 803),
    ("service", 803), ("suspected_criminal", 804), ("suspected_malicious", 804), ("suspected_marketing", 804),
]  # fmt: skip


def marked(kind: str, **more: Any) -> Mark:
    return Mark(kind=1 + LABEL_KINDS.index(LabelKind(kind)), label="说的话", **more)


@pytest.mark.parametrize(("kind", "code"), KINDS)
def test_what_is_said_of_a_number_goes_with_its_calls(kind: str, code: int, rules: Profile) -> None:
    world = World()
    world.gathered["mark"] = marked(kind)
    verdict = world.verdict(rules)
    assert (verdict.decision, verdict.code, verdict.label) == (Decision.LABEL, code, "说的话")
    assert verdict.consent == 55  # it was put through by that consent all the same
    assert verdict.sip == (302, "Moved Temporarily")
    person = World()
    person.registered, person.call["trunk"], person.said = False, "", {}
    person.gathered = {"mark": marked(kind)}
    verdict = person.verdict(rules)
    assert (verdict.decision, verdict.code, verdict.label, verdict.consent) == (Decision.LABEL, code, "说的话", 0)
    assert verdict.basis.setting == "labels.precedence"


def test_a_label_ends_to_the_second_and_a_measure_alone_labels_nothing(rules: Profile) -> None:
    world = World()
    end = AT // 1_000_000
    for until, code in ((end, 801), (end + 1, 802)):
        world.gathered["mark"] = marked("confirmed_criminal", until=until)
        assert world.verdict(rules).code == code
    world.gathered["mark"] = Mark(limits=(5, 0, 0))
    world.counts = world.counts._replace(number=(5, 5, 5))
    assert world.verdict(rules).label == "某某银行 营销电话"


@pytest.mark.parametrize(("mark", "code"), [(Mark(suspended=True), 304), (Mark(shut=True), 305), (Mark(), 900)])
def test_measures_hold_for_numbers_that_nobody_registered(mark: Mark, code: int, rules: Profile) -> None:
    world = World()
    world.registered, world.call["trunk"], world.said = False, "", {}
    world.gathered = {"mark": mark}
    assert world.verdict(rules).code == code
    world.call["callee"] = parse("110")
    assert world.verdict(rules).code == 100


def test_a_measure_limits_numbers_that_are_not_counted_otherwise(rules: Profile) -> None:
    world = World()
    world.number["use"], world.said = PERSONAL, {}
    world.gathered["mark"] = Mark(limits=(0, 5, 0))
    world.counts = world.counts._replace(number=(0, 6, 6))
    assert world.verdict(rules).code == 703


PUBLISHED = """100 emergency.called 201 caller.malformed 202 caller.unallocated 203 caller.spoofed
    204 caller.withheld 301 number.suspended 302 number.closed 303 holder.suspended
    304 number.restricted 305 number.shut 306 holder.restricted 401 trunk.foreign
    501 callee.blocked 502 callee.refused 601 outbound.forbidden 602 consent.missing 603 hours.outside
    604 category.refused 701 limit.number 702 limit.contract 703 limit.measure 801 labelled
    802 labelled.confirmed 803 labelled.named 804 labelled.suspected 900 passed 951 facts.stale
    952 facts.missing 953 journal.unwritten"""


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
    world.number["principal"] = 999  # on this trunk it calls for the bank, which is not its own principal
    assert world.verdict(rules).label != "某某银行信用卡"


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
