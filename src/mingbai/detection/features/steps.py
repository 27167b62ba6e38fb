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

    `call`: seen.seen. `owners`: registered numbers. `said`, `hops`: refusals.met and .hopped. `callers`: how much
    everybody called. `theirs`: the calls of subjects, each one's beside one another; `agreed`: agreed.agreed. `mine`:
    sums by subject; `sides`: its calls by trunk, with whose trunk it is. `links`: pairs.links. `hot`: calls to callees
    that got many, with `burst`.
    """

    counting: Counting
    window: Window
    call: ibis.Table
    trunks: ibis.Table
    owners: ibis.Table
    said: ibis.Table
    hops: ibis.Table
    callers: ibis.Table
    theirs: ibis.Table
    agreed: ibis.Table
    mine: ibis.Table
    sides: ibis.Table
    links: ibis.Table
    hot: ibis.Table


def steps(given: Given, counting: Counting, window: Window, keep: Keep) -> Steps:
    """A number that made fewer than `counting.least` calls and is neither registered nor unallocated, and called
    nobody after a refusal, is no subject: no rule could say anything about it."""
    given = _since_begin(given, window)
    call = keep("call", seen(given.calls, counting, window))
    numbered = call.filter(has_number(call))
    owners = keep("owners", _owners(given.numbers, window))
    said = keep("said", refusals.met(call, given.refusals, owners))
    hits = said.filter(said.after)
    callers = keep("callers", _callers(numbered))
    subjects = keep("subjects", _subjects(callers, owners, hits, counting.least))
    theirs = keep("theirs", _theirs(numbered, subjects))
    return Steps(
        counting=counting,
        window=window,
        call=call,
        trunks=given.trunks,
        owners=owners,
        said=said,
        hops=keep("hops", refusals.hopped(hits)),
        callers=callers,
        theirs=theirs,
        agreed=keep("agreed", agreed(theirs, given.consents, owners)),
        mine=keep("mine", _mine(theirs, window)),
        sides=keep("sides", _sides(_strands(theirs), owners, given.trunks)),
        links=keep("links", pairs.links(theirs, numbered, subjects)),
        hot=keep("hot", _hot(call, counting.burst_calls)),
    )


def _since_begin(given: Given, window: Window) -> Given:
    """With the times of refusals and consents in seconds since the beginning of the window, as those of calls."""
    begin = ibis.literal(window.begin_s, "int64")
    said, consents = given.refusals, given.consents
    before = said.filter(said.at_s < ibis.literal(window.end_s, "int64"))
    return given._replace(
        refusals=before.mutate(at_s=before.at_s - begin),
        consents=consents.mutate(since_s=consents.since_s - begin, until_s=consents.until_s - begin),
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


def _callers(call: ibis.Table) -> ibis.Table:
    """Who called: how often, over which trunks (the smallest and the largest id), as a number that nobody has."""
    return call.group_by("caller").agg(
        calls=call.count(),
        least=call.trunk.min(),
        greatest=call.trunk.max(),
        nowhere=of_no_number(call).cast("int8").max(),
    )


def _subjects(callers: ibis.Table, owners: ibis.Table, hits: ibis.Table, least: int) -> ibis.Table:
    enough = callers.filter((callers.calls >= least) | (callers.nowhere > 0)).select("caller")
    known = owners.select("caller").union(hits.select("caller"), distinct=False)
    return enough.union(callers.select("caller").semi_join(known, "caller"), distinct=True)


def _theirs(call: ibis.Table, subjects: ibis.Table) -> ibis.Table:
    # a subject's calls beside one another: so many sums for so many subjects have no room in a cache otherwise
    return call.drop("callee_tail", "callee_kind").semi_join(subjects, "caller").order_by("caller")


def _strands(theirs: ibis.Table) -> ibis.Table:
    return theirs.group_by("caller", "trunk").agg(calls=theirs.count(), nowhere=of_no_number(theirs).cast("int8").max())


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


def _mine(theirs: ibis.Table, window: Window) -> ibis.Table:
    """Sums by subject, and what the calls themselves say of whose number it is."""
    return theirs.group_by("caller").agg(
        tail=theirs.caller_tail.min(),
        caller_kind=theirs.caller_kind.min().cast("int64"),
        call_holder=theirs.holder.max(),
        call_principal=theirs.principal.max(),
        call_use=theirs.use.max().cast("int64"),
        first=theirs.s.min(),
        last=theirs.s.max(),
        **day_flags(theirs, window),
        **sums(theirs),
    )


def _hot(call: ibis.Table, floor: int) -> ibis.Table:
    """Calls to callees that got `floor` or more in all; `burst`: floor or more in the 60 minutes that end with it."""
    reached = call.group_by("callee").agg(got=call.count())
    theirs = call.semi_join(reached.filter(reached.got >= floor), "callee")
    whose = ("caller", "caller_kind", "callee", "callee_tail", "callee_kind", "trunk")
    return pace.bursts(theirs.select(*whose, "s", "marks", "talk"), floor)
