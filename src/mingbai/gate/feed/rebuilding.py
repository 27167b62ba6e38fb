"""The facts made anew from the database, beside those in force.

Everything up to a position of the ledger's order is committed when reading begins, so what is read contains at least
that; what changes while it is being read is applied on top, as the feed would, before the new generation is put in
force. Until then the old one is kept up by the work loop, and no call is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator

from mingbai.consent import queries as consent
from mingbai.gate.facts import Batch, Writer, pack_number, pack_subscriber
from mingbai.gate.facts.records import NumberFacts, SubscriberFacts
from mingbai.gate.feed import present
from mingbai.gate.feed.following import Follower, locked
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.ledger import queries as ledger
from mingbai.numbers import queries as numbers
from mingbai.people import queries as people


def rebuild(home: Home) -> int:
    """Make a new generation and put it in force; how many subscribers it has."""
    writer = Writer.fresh(home.facts)
    try:
        begun_at, position = clock.now_us(), ledger.size() - 1
        waiting = ledger.waiting_since()
        loaded = writer.load_subscribers(_subscribers())
        ranges = _load_numbers(writer)
        with writer.batch() as batch:
            _put_rest(batch, ranges)
            batch.position(position, min(begun_at, waiting or begun_at))
        follower = Follower(home, writer)
        while follower.step():
            pass
        with locked(home, wait=True):
            while follower.step():
                pass
            writer.publish()
    finally:
        writer.close()
    return loaded


def _subscribers() -> Iterator[tuple[bytes, bytes]]:
    """(key, record) in rising order. Two numbers that share a key by chance are one subscriber to the gate."""
    before: tuple[bytes, SubscriberFacts] | None = None
    for part in consent.all_facts():
        for key, said in part:
            if said is None:
                continue
            facts = present.facts_of(said)
            if before is not None and before[0] == key:
                before = key, _both(before[1], facts)
                continue
            if before is not None:
                yield before[0], pack_subscriber(before[1])
            before = key, facts
    if before is not None:
        yield before[0], pack_subscriber(before[1])


def _both(one: SubscriberFacts, other: SubscriberFacts) -> SubscriberFacts:
    return SubscriberFacts(
        one.consents + other.consents,
        one.blocked_numbers + other.blocked_numbers,
        one.blocked_prefixes + other.blocked_prefixes,
        one.blocked_firms + other.blocked_firms,
        one.blocked_categories | other.blocked_categories,
    )


def _load_numbers(writer: Writer) -> list[tuple[int, int, int, NumberFacts]]:
    """Load the single numbers in rising order; the ranges, which are few, are handed back."""
    ranges, singles = [], []
    for first, last, resource, facts in present.every_number():
        if first == last:
            singles.append((first, pack_number(resource, facts)))
        else:
            ranges.append((first, last, resource, facts))
    writer.load_numbers(sorted(singles))
    return ranges


def _put_rest(batch: Batch, ranges: list[tuple[int, int, int, NumberFacts]]) -> None:
    for first, last, resource, facts in ranges:
        batch.put_number(first, last, facts, resource=resource)
    for number in numbers.marked_numbers():
        present.put_marked(batch, number)
    for organisation in people.organisations():
        batch.put_organisation(organisation.id, present.organisation_facts(organisation))
    for trunk in numbers.trunks():
        batch.put_trunk(trunk.name, present.trunk_facts(trunk))
    for key in people.api_keys():
        batch.put_api_key(key.digest, present.key_facts(key))
