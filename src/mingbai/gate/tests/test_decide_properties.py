"""Whatever is asked: nothing makes decide raise, and no marketing goes through without a consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.decide import Call, Code, Counts, decide
from mingbai.gate.facts import (
    CLAIMED,
    GIVEN,
    Bounds,
    ConsentFact,
    Gathered,
    Mark,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
)
from mingbai.kernel.msisdn import Kind, Msisdn
from mingbai.kernel.profile import Profile
from mingbai.kernel.terms import LABEL_KINDS, USES, Decision, Use

MARKETING = USES.index(Use.MARKETING)

kinds = st.sampled_from(list(Kind))
words = st.text(max_size=12)
digits = st.from_regex(r"(?:[1-9][0-9]{0,17})?", fullmatch=True)
counts = st.integers(0, 2**32 - 1)
limits = st.tuples(counts, counts, counts)
small = st.integers(0, 255)
numbers = st.builds(Msisdn, digits, kinds)
consents = st.builds(ConsentFact, st.integers(0, 9), st.integers(0, 6), small, st.integers(0, 65535), counts)
calls = st.builds(Call, numbers, numbers, words, st.integers(-(2**62), 2**62), st.integers(), st.none() | small, words)
bounds = st.builds(Bounds, st.booleans(), limits)
firms = st.builds(OrganisationFacts, small, small, limits, words, bounds, bounds)
marks = st.builds(Mark, st.integers(0, len(LABEL_KINDS)), words, counts, st.booleans(), st.booleans(), limits)
pairs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
some = st.lists(st.integers(0, 9), max_size=3).map(tuple)
resources = st.builds(
    NumberFacts, st.integers(0, 9), st.integers(0, 9), small, small, st.integers(0, 3), st.booleans(), limits,
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
    st.floats(), st.booleans(), counts, counts, counts, st.none() | marks,
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
