"""The four tables of features, put together of the shared steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from mingbai.detection.features import pace, pairs, refusals
from mingbai.detection.features.columns import PEOPLE, REFUSALS, SUMS, TABLES
from mingbai.detection.features.counting import Counting, Window
from mingbai.detection.features.seen import (
    alike,
    day_flags,
    day_names,
    days_called,
    flagged,
    has_number,
    sums_alike,
    talked,
)
from mingbai.detection.features.steps import Given, Keep, Steps, steps


def features(
    given: Given, counting: Counting, window: Window, keep: Keep, kinds: Collection[str] = tuple(TABLES)
) -> Mapping[str, ibis.Table]:
    """The features by number, holder, trunk and callee, or of these the `kinds` asked for: the columns of
    columns.TABLES, rows in no order.

    Pure: tables in, tables out; `keep` may be an engine's, or `lambda name, table: table`.
    """
    shared = steps(given, counting, window, keep)
    number = keep("number", _by_number(shared))
    found = {"number": _whole(shared, number)}
    if "holder" in kinds:
        found["holder"] = _by_holder(shared, number, keep)
    if "trunk" in kinds:
        found["trunk"] = _by_trunk(shared, number, keep)
    if "callee" in kinds:
        found["callee"] = _by_callee(shared, keep)
    return {kind: _ordered(kind, found[kind]) for kind in TABLES if kind in kinds}


def _ordered(kind: str, table: ibis.Table) -> ibis.Table:
    return table.select(**{name: table[name].cast("int64") for name in TABLES[kind].names})


def _beside(table: ibis.Table, key: str, part: ibis.Table, **empty: int) -> ibis.Table:
    """`table` with the columns `empty` of `part` (one row a `key`) beside it; where it has none, the values given."""
    theirs = part.select(part_key=part[key], **{f"part_{name}": part[name] for name in empty})
    joined = table.left_join(theirs, table[key] == theirs.part_key)
    kept = {name: joined[name] for name in table.columns if name not in empty}
    return joined.select(**kept, **{name: joined[f"part_{name}"].fill_null(value) for name, value in empty.items()})


def _zeros(*names: str) -> dict[str, int]:
    return dict.fromkeys(names, 0)


def _summed(rows: ibis.Table) -> dict[str, ir.IntegerScalar]:
    return {name: rows[name].sum() for name in SUMS}


def _by_number(of: Steps) -> ibis.Table:
    """What is told of a number beside the sums of its calls, which are many columns and are joined last, once."""
    sides, links = of.sides, of.links
    found = sides.group_by("caller").agg(trunk=_main_trunk(sides), **{name: sides[name].sum() for name in _SIDES})
    found = _beside(found, "caller", of.owners, holder=0, principal=0, use=-1, sort=0, age_days=-1)
    people = links.group_by("caller").agg(at_once=pairs.known_at_once(links), **pairs.people(links, of.window))
    found = _beside(found, "caller", people, at_once=0, **_zeros(*PEOPLE))
    found = _beside(found, "caller", _of_few(of), **_zeros(*_FEW))
    found = found.join(of.mine.select("caller", "call_holder", "call_principal", "call_use"), "caller")
    return found.select(
        "caller", "trunk", *_SIDES, *PEOPLE, *_FEW, "sort", "age_days",
        holder=(found.holder != 0).ifelse(found.holder, found.call_holder),
        principal=(found.principal != 0).ifelse(found.principal, found.call_principal),
        use=(found.use >= 0).ifelse(found.use, found.call_use),
        known=found.at_once + found.later,
    )  # fmt: skip


def _whole(of: Steps, number: ibis.Table) -> ibis.Table:
    """Rows of `number` with the sums of their calls."""
    found = of.mine.drop("call_holder", "call_principal", "call_use").join(number, "caller")
    one, zero = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    return found.mutate(
        subject=found.caller,
        first_s=found.first + of.window.begin_s,
        last_s=found.last + of.window.begin_s,
        days=_days(found, of.window),
        numbers=one,
        shared=zero,
    )


def _of_few(of: Steps) -> ibis.Table:
    """By number, what most numbers have none of (_FEW): brought into one table, so that it is joined once."""
    busy = of.mine.filter(of.mine.calls >= of.counting.busy)
    often = of.links.filter(of.links.calls >= of.counting.insistent)
    insistent = of.theirs.semi_join(often, ["caller", "callee"])
    parts = (
        pairs.known_later(of.theirs, of.links),
        refusals.counted(of.said, of.hops, "caller"),
        of.agreed.group_by("caller").agg(consented=_.count()),
        pace.most(of.theirs.semi_join(busy, "caller"), "caller", floor=of.counting.busy, name="most_60min"),
        _most_to_one(of, insistent, "caller"),
        _bursts(of.hot, "caller"),
    )
    zero = ibis.literal(0, "int64")
    rows = [
        part.select("caller", **{name: part[name].cast("int64") if name in part.columns else zero for name in _FEW})
        for part in parts
    ]
    every = ibis.union(*rows, distinct=False)
    return every.group_by("caller").agg(**{name: every[name].max() for name in _FEW})


_FEW = ("later", *REFUSALS, "consented", "most_60min", "most_to_one", "burst")


def _days(found: ibis.Table, window: Window) -> ir.IntegerValue:
    return reduce(lambda one, other: one + other, (found[name].cast("int64") for name in day_names(window)))


_TRUNKS = 1 << 32
_SIDES = ("foreign", "spoofed", "own_calls", "other_calls")


def _main_trunk(strands: ibis.Table) -> ir.IntegerScalar:
    """The trunk with the most calls, of equal ones the smallest id: both in one number, so one maximum finds it."""
    both = strands.calls * ibis.literal(_TRUNKS, "int64") + (_TRUNKS - 1 - strands.trunk)
    found: ir.IntegerScalar = _TRUNKS - 1 - both.max() % ibis.literal(_TRUNKS, "int64")
    return found


def _bursts(hot: ibis.Table, subject: str) -> ibis.Table:
    part = hot.filter(hot.burst)
    return part.group_by(subject).agg(burst=part.count())


def _most_to_one(of: Steps, call: ibis.Table, subject: str) -> ibis.Table:
    floor = of.counting.insistent
    found = pace.most(call, subject, "callee", floor=floor, name="most_to_one")
    return found.group_by(subject).agg(most_to_one=found.most_to_one.max())


def _by_holder(of: Steps, number: ibis.Table, keep: Keep) -> ibis.Table:
    mine = _whole(of, number.filter(number.holder != 0))
    found = mine.group_by("holder").agg(
        numbers=mine.count(),
        caller_kind=mine.caller_kind.min(),
        principal=_only(mine.principal),
        trunk=_only(mine.trunk),
        use=mine.use.max(),
        sort=mine.sort.max(),
        age_days=mine.age_days.max(),
        first_s=mine.first_s.min(),
        last_s=mine.last_s.max(),
        days=days_called(mine, of.window),
        known=mine.known.sum(),
        burst=mine.burst.sum(),
        **_summed(mine),
    )
    whose = keep("whose", number.filter(number.holder != 0).select("caller", "holder"))
    links = of.links.join(whose, "caller")
    met = keep("met_by_holder", pairs.together(links.select("holder", *of.links.columns), "holder"))
    people = {**pairs.people(met, of.window), "shared": met.count(where=met.numbers > 1)}
    found = _beside(found, "holder", met.group_by("holder").agg(**people), shared=0, **_zeros(*PEOPLE))
    said = of.said.filter(of.said.holder != 0)
    found = _beside(found, "holder", refusals.counted(said, of.hops, "holder"), **_zeros(*REFUSALS))
    agreed = of.agreed.join(whose, "caller").group_by("holder").agg(consented=_.callee.nunique())
    found = _beside(found, "holder", agreed, consented=0)
    call = keep("by_holders", of.theirs.select("caller", "callee", "s").join(whose, "caller"))
    most = pace.most(call, "holder", floor=of.counting.busy, name="most_60min")
    found = _beside(found, "holder", most, most_60min=0)
    often = call.semi_join(met.filter(met.calls >= of.counting.insistent), ["holder", "callee"])
    found = _beside(found, "holder", _most_to_one(of, often, "holder"), most_to_one=0)
    return found.mutate(subject=found.holder, tail=ibis.literal(0, "int64"))


def _only(ids: ir.IntegerColumn) -> ir.IntegerScalar:
    """The id that all rows have, 0 when they differ."""
    found: ir.IntegerScalar = (ids.min() == ids.max()).ifelse(ids.max(), 0)
    return found


def _by_trunk(of: Steps, number: ibis.Table, keep: Keep) -> ibis.Table:
    """Sums and `numbers` are of all calls over it, people those of the numbers looked at that mainly call over it."""
    call = of.call.filter(of.call.trunk > 0)
    rows = keep("alike", alike(call, "trunk"))
    found = rows.group_by("trunk").agg(
        caller_kind=rows.caller_kind.min(),
        first_s=rows["first"].min() + of.window.begin_s,
        last_s=rows["last"].max() + of.window.begin_s,
        **day_flags(rows, of.window),
        **sums_alike(rows),
    )
    sides = of.trunks.select("trunk", mine=of.trunks.own.cast("int64"))
    found = _beside(found, "trunk", sides, mine=-1)
    spoofed = of.sides.group_by("trunk").agg(foreign=of.sides.foreign.sum(), spoofed=of.sides.spoofed.sum())
    found = _beside(found, "trunk", spoofed, **_zeros("foreign", "spoofed"))
    found = _beside(found, "trunk", _numbers_over(of), numbers=0)
    own = {name: number[name].sum() for name in (*PEOPLE, "known")}
    people = number.group_by("trunk").agg(most_to_one=number.most_to_one.max(), **own)
    found = _beside(found, "trunk", people, **_zeros("most_to_one", *own))
    found = _beside(found, "trunk", refusals.counted(of.said, of.hops, "trunk"), **_zeros(*REFUSALS))
    most = pace.most_of_many(call, "trunk", floor=of.counting.busy, name="most_60min")
    found = _beside(found, "trunk", most, most_60min=0)
    found = _beside(found, "trunk", _bursts(of.hot, "trunk"), burst=0)
    zero, unknown = ibis.literal(0, "int64"), ibis.literal(-1, "int64")
    return found.mutate(
        subject=found.trunk, tail=zero, holder=zero, principal=zero, sort=zero, use=unknown, age_days=unknown,
        consented=zero, shared=zero, days=_days(found, of.window),
        own_calls=(found.mine == 1).ifelse(found.calls, 0), other_calls=(found.mine == 0).ifelse(found.calls, 0),
    )  # fmt: skip


def _numbers_over(of: Steps) -> ibis.Table:
    """By trunk, how many numbers called over it; most of them call over one alone."""
    settled = of.callers.filter(of.callers.least == of.callers.greatest)
    one = settled.group_by(trunk=settled.least).agg(numbers=settled.count())
    others = of.call.filter(has_number(of.call)).semi_join(
        of.callers.filter(of.callers.least != of.callers.greatest), "caller"
    )
    several = others.select("trunk", "caller").distinct()
    both = one.union(several.group_by("trunk").agg(numbers=several.count()), distinct=False)
    return both.group_by("trunk").agg(numbers=both.numbers.sum())


def _by_callee(of: Steps, keep: Keep) -> ibis.Table:
    hot = of.hot
    reached = hot.group_by("callee").agg(most_60min=hot.within.max())
    reached = keep("reached", reached.filter(reached.most_60min >= of.counting.burst_calls))
    theirs = hot.semi_join(reached, "callee")
    found = theirs.group_by("callee").agg(
        tail=theirs.callee_tail.min(),
        callee_kind=theirs.callee_kind.min(),
        calls=theirs.count(),
        callers=theirs.caller.nunique(),
        **{name: theirs.count(where=flagged(theirs, name)) for name in ("recorded", "answered", "short")},
        talk_ms=talked(theirs),
        first_s=theirs.s.min() + of.window.begin_s,
        last_s=theirs.s.max() + of.window.begin_s,
    )
    found = _beside(found, "callee", reached, most_60min=0)
    found = _beside(found, "callee", pace.most_callers(theirs), most_callers_60min=0)
    several = found.most_callers_60min
    found = found.mutate(most_callers_60min=(several > 0).ifelse(several, found.most_60min))
    owners = of.owners.rename(callee="caller")
    found = _beside(found, "callee", owners, holder=0, principal=0, use=-1, sort=0)
    numbered = of.call.filter(has_number(of.call))
    back = pairs.mutual(numbered, theirs.filter(has_number(theirs)), reached)
    found = _beside(found, "callee", back, returned=0)
    return found.mutate(subject=found.callee)
