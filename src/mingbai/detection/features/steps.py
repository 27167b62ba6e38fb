"""What is computed once and used by several tables of features."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import ibis

from mingbai.detection.features import pace, pairs, refusals
from mingbai.detection.features.agreed import agreed
from mingbai.detection.features.counting import DAY_S, Counting, Window
from mingbai.detection.features.seen import day_flags, has_number, of_no_number, seen, sums

Keep = Callable[[str, ibis.Table], ibis.Table]
"""Holds a step under a name and gives it back as a table; an engine's own `keep` computes it once."""


class Given(NamedTuple):
    """The tables that go in, with the columns of columns.INPUTS."""

    calls: ibis.Table
    refusals: ibis.Table
    numbers: ibis.Table
    trunks: ibis.Table
    consents: ibis.Table


class Steps(NamedTuple):
    """Shared steps.

    `call`: seen.seen. `brief`: of each call who, whom, over which trunk, when. `owners`: registered numbers. `said`,
    `hops`: refusals.met and .hopped. `agreed`: agreed.agreed. `strands`: calls by caller and trunk; `sides`: those of
    subjects, with whose trunk it is. `mine`: sums by subject. `pair`: pairs.pairs. `links`: pairs.links of subjects as callers.
    `met`: a row for each call to somebody who had called in between, `caller` and `trunk`. `hot`: calls to callees
    that got many, with `burst`.
    """

    counting: Counting
    window: Window
    call: ibis.Table
    brief: ibis.Table
    trunks: ibis.Table
    owners: ibis.Table
    said: ibis.Table
    hops: ibis.Table
    agreed: ibis.Table
    strands: ibis.Table
    subjects: ibis.Table
    sides: ibis.Table
    mine: ibis.Table
    pair: ibis.Table
    links: ibis.Table
    met: ibis.Table
    hot: ibis.Table


def steps(given: Given, counting: Counting, window: Window, keep: Keep) -> Steps:
    """A number that made fewer than `counting.least` calls and is neither registered nor unallocated, and called
    nobody after a refusal, is no subject: no rule could say anything about it."""
    call = seen(given.calls, window)
    owners = keep("owners", _owners(given.numbers, window))
    before = given.refusals.filter(given.refusals.at_s < ibis.literal(window.end_s, "int64"))
    said = keep("said", refusals.met(call, before, owners))
    hits = said.filter(said.after)
    brief = keep("brief", call.select("caller", "callee", "trunk", "s", "caller_kind"))
    numbered = brief.filter(has_number(brief))
    strands = keep("strands", _strands(numbered))
    subjects = keep("subjects", _subjects(strands, owners, hits, counting.least))
    pair = keep("pair", pairs.pairs(numbered))
    ends = pairs.links(pair)
    # a subject's calls beside one another: so many sums for so many subjects have no room in a cache otherwise
    numbered_calls = call.filter(has_number(call))
    theirs = keep("theirs", numbered_calls.semi_join(subjects, "caller").order_by("caller"))
    return Steps(
        counting=counting,
        window=window,
        call=call,
        brief=brief,
        trunks=given.trunks,
        owners=owners,
        said=said,
        hops=keep("hops", refusals.hopped(hits)),
        agreed=keep("agreed", agreed(theirs, given.consents, owners)),
        strands=strands,
        subjects=subjects,
        sides=keep("sides", _sides(strands.semi_join(subjects, "caller"), owners, given.trunks)),
        mine=keep("mine", _mine(theirs, counting, window)),
        pair=pair,
        links=keep("links", pairs.flags(ends.semi_join(subjects, "caller"), window)),
        met=keep("met", pairs.known_later(numbered, ends)),
        hot=keep("hot", _hot(call, brief, counting.burst_calls)),
    )


def _owners(numbers: ibis.Table, window: Window) -> ibis.Table:
    """Registered numbers, unknown ids 0, unknown use −1; `age_days` at the end of the window, −1 when unknown."""
    age = (ibis.literal(window.end_s, "int64") - numbers.since_s) // DAY_S
    return numbers.select(
        "caller",
        holder=numbers.holder.fill_null(0),
        principal=numbers.principal.fill_null(0),
        use=numbers.use.fill_null(-1).cast("int64"),
        sort=numbers.sort.fill_null(0).cast("int64"),
        age_days=(age >= 0).fill_null(False).ifelse(age, ibis.literal(-1, "int64")),
    )


def _strands(call: ibis.Table) -> ibis.Table:
    return call.group_by("caller", "trunk").agg(calls=call.count(), nowhere=of_no_number(call).cast("int64").max())


def _subjects(strands: ibis.Table, owners: ibis.Table, hits: ibis.Table, least: int) -> ibis.Table:
    made = strands.group_by("caller").agg(calls=strands.calls.sum(), nowhere=strands.nowhere.max())
    enough = made.filter((made.calls >= least) | (made.nowhere > 0)).select("caller")
    return enough.union(owners.select("caller"), hits.select("caller"), distinct=True)


def _sides(strands: ibis.Table, owners: ibis.Table, trunks: ibis.Table) -> ibis.Table:
    """Calls over trunks of ours and of others, and what is spoofed of them, by subject and trunk."""
    named = strands.left_join(owners.select("caller", owned=ibis.literal(True)), "caller")
    named = named.select(*strands.columns, owned=named.owned.fill_null(False))
    placed = named.left_join(trunks, "trunk")
    foreign = placed.owned & (~placed.own).fill_null(False)
    return placed.select(
        *strands.columns,
        own_calls=placed.own.fill_null(False).ifelse(placed.calls, 0),
        other_calls=(~placed.own).fill_null(False).ifelse(placed.calls, 0),
        foreign=foreign.ifelse(placed.calls, 0),
        spoofed=(foreign | (placed.nowhere > 0)).ifelse(placed.calls, 0),
    )


def _mine(theirs: ibis.Table, counting: Counting, window: Window) -> ibis.Table:
    """Sums by subject, and what the calls themselves say of whose number it is."""
    return theirs.group_by("caller").agg(
        tail=theirs.caller_tail.min(),
        caller_kind=theirs.caller_kind.min().cast("int64"),
        call_holder=theirs.holder.max(),
        call_principal=theirs.principal.max(),
        call_use=theirs.use.max().cast("int64"),
        first_s=theirs.s.min(),
        last_s=theirs.s.max(),
        **day_flags(theirs, window),
        **sums(theirs, counting),
    )


def _hot(call: ibis.Table, brief: ibis.Table, floor: int) -> ibis.Table:
    """Calls to callees that got `floor` or more in all; `burst`: floor or more in the 60 minutes that end with it."""
    reached = brief.group_by("callee").agg(got=brief.count())
    theirs = call.semi_join(reached.filter(reached.got >= floor), "callee")
    return pace.bursts(
        theirs.select("caller", "callee", "callee_tail", "callee_kind", "trunk", "s", "known", "answered", "talk"),
        floor,
    )
