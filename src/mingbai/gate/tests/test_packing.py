"""Facts as bytes: what is packed is unpacked, whole or in the part that a call needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.facts import (
    Bounds,
    ConsentFact,
    KeyFacts,
    Mark,
    NumberFacts,
    OrganisationFacts,
    SubscriberFacts,
    TrunkFacts,
    pack_marked,
    pack_number,
    pack_subscriber,
    records,
    unpack_subscriber,
)

u32, u8 = st.integers(0, 2**32 - 1), st.integers(0, 255)
limits = st.tuples(u32, u32, u32)
some = st.lists(u32, max_size=4).map(tuple)
words = st.text(max_size=20)
consents = st.builds(ConsentFact, st.integers(0, 3) | u32, u8, u8, st.integers(0, 65535), st.integers(0, 2**64 - 1))
subscribers = st.builds(
    SubscriberFacts,
    st.lists(consents, max_size=40).map(tuple),
    st.lists(st.integers(0, 10**18), max_size=4).map(tuple),
    st.lists(st.text("0123456789", min_size=1, max_size=18), max_size=4).map(tuple),
    some,
    u32,
)
pairs = st.lists(st.tuples(u32, u32), max_size=3).map(tuple)
marks = st.builds(Mark, u8, words, u32, st.booleans(), st.booleans(), limits)
bounds = st.builds(Bounds, st.booleans(), limits)
numbers = st.builds(NumberFacts, u32, u32, u8, u8, u8, st.booleans(), limits, some, pairs, words)


@given(subscribers)
def test_a_subscriber_survives_packing(facts: SubscriberFacts) -> None:
    assert unpack_subscriber(pack_subscriber(facts)) == facts


@given(u32, numbers)
def test_a_number_survives_packing(resource: int, facts: NumberFacts) -> None:
    raw = pack_number(resource, facts)
    assert (records.resource_of(raw), records.unpack_number(raw)) == (resource, facts)
    assert records.unpack_marked(raw) == (facts, None)


@given(u32, numbers, marks)
def test_a_marked_number_survives_packing_and_a_mark_stands_alone(
    resource: int, facts: NumberFacts, mark: Mark
) -> None:
    raw = pack_number(resource, facts, mark)
    assert (records.resource_of(raw), records.unpack_marked(raw)) == (resource, (facts, mark))
    assert records.unpack_marked(pack_marked(mark)) == (None, mark)


@given(
    st.builds(OrganisationFacts, st.integers(0, 2), u8, limits, words, bounds, bounds),
    st.builds(TrunkFacts, u32, st.booleans(), st.booleans()),
    st.builds(KeyFacts, u32, u32, st.lists(words, max_size=3).map(tuple), st.lists(words, max_size=3).map(tuple)),
)
def test_the_rest_survives_packing(firm: OrganisationFacts, trunk: TrunkFacts, key: KeyFacts) -> None:
    assert records.unpack_organisation(records.pack_organisation(firm)) == firm
    assert records.unpack_trunk(records.pack_trunk(trunk)) == trunk
    assert records.unpack_key(records.pack_key(key)) == key


@given(subscribers, st.integers(0, 5))
def test_consents_towards_one_principal_are_those_of_all(facts: SubscriberFacts, which: int) -> None:
    principal = facts.consents[which % len(facts.consents)].principal if facts.consents else which
    some = records.unpack_towards(pack_subscriber(facts), principal.to_bytes(4, "little"))
    assert some.consents == tuple(said for said in facts.consents if said.principal == principal)
    assert some[1:] == facts[1:]
