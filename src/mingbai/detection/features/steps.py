"""What is computed once and used by several tables of features."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import ibis

from mingbai.detection.features import pace, pairs, refusals
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


class Steps(NamedTuple):
    """Shared steps.

    `call`: seen.seen. `owners`: registered numbers. `hits`, `hops`: refusals.after_refusal and .hopped. `strands`:
    calls by caller and trunk. `cells`: sums by subject and trunk. `pair`: pairs.pairs. `links`: pairs.links of subjects
    as callers. `met`: a row for each call to somebody who had called in between, `caller` and `trunk`. `hot`: calls to
    callees that got many, with `burst`.
    """

    counting: Counting
    window: Window
    call: ibis.Table
    trunks: ibis.Table
    owners: ibis.Table
    hits: ibis.Table
    hops: ibis.Table
    strands: ibis.Table
    subjects: ibis.Table
    cells: ibis.Table
    pair: ibis.Table
    links: ibis.Table
    met: ibis.Table
    hot: ibis.Table


def steps(given: Given, counting: Counting, window: Window, keep: Keep) -> Steps:
    """A number that made fewer than `counting.least` calls and is neither registered nor unallocated, and called
    nobody after a refusal, is no subject: no rule could say anything about it."""
    call = seen(given.calls, window)
    owners = keep("owners", _owners(given.numbers, window))
    hits = keep("hits", refusals.after_refusal(call, given.refusals, owners))
    numbered = call.filter(has_number(call))
    strands = keep("strands", _strands(numbered))
    subjects = keep("subjects", _subjects(strands, owners, hits, counting.least))
    pair = keep("pair", pairs.pairs(numbered))
    ends = pairs.links(pair)
    return Steps(
        counting=counting,
        window=window,
        call=call,
        trunks=given.trunks,
        owners=owners,
        hits=hits,
        hops=keep("hops", refusals.hopped(hits)),
        strands=strands,
        subjects=subjects,
        cells=keep("cells", _cells(numbered.semi_join(subjects, "caller"), owners, given.trunks, counting, window)),
        pair=pair,
        links=keep("links", pairs.flags(ends.semi_join(subjects, "caller"), window)),
        met=keep("met", pairs.known_later(numbered, ends)),
        hot=keep("hot", _hot(call, counting.burst_calls)),
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


def _cells(call: ibis.Table, owners: ibis.Table, trunks: ibis.Table, counting: Counting, window: Window) -> ibis.Table:
    """Sums by subject and trunk, and what the calls themselves say of whose number it is."""
    cells = call.group_by("caller", "trunk").agg(
        tail=call.caller_tail.min(),
        caller_kind=call.caller_kind.min().cast("int64"),
        holder=call.holder.max(),
        principal=call.principal.max(),
        use=call.use.max().cast("int64"),
        first_s=call.s.min(),
        last_s=call.s.max(),
        **day_flags(call, window),
        **sums(call, counting),
    )
    named = cells.left_join(owners.select("caller", owned=ibis.literal(True)), "caller")
    named = named.select(*cells.columns, owned=named.owned.fill_null(False))
    placed = named.left_join(trunks, "trunk")
    foreign = placed.owned & (~placed.own).fill_null(False)
    return placed.select(
        *cells.columns,
        own_calls=placed.own.fill_null(False).ifelse(placed.calls, 0),
        other_calls=(~placed.own).fill_null(False).ifelse(placed.calls, 0),
        foreign=foreign.ifelse(placed.calls, 0),
        spoofed=(foreign | (placed.unallocated > 0)).ifelse(placed.calls, 0),
    )


def _hot(call: ibis.Table, floor: int) -> ibis.Table:
    """Calls to callees that got `floor` or more in all; `burst`: floor or more in the 60 minutes that end with it."""
    reached = call.group_by("callee").agg(got=call.count())
    theirs = call.semi_join(reached.filter(reached.got >= floor), "callee")
    return pace.bursts(
        theirs.select("caller", "callee", "callee_tail", "callee_kind", "trunk", "s", "known", "answered", "talk"),
        floor,
    )
