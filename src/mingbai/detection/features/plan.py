"""The four tables of features, put together of the shared steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from mingbai.detection.features import pace, pairs, refusals
from mingbai.detection.features.columns import PEOPLE, REFUSALS, SUMS, TABLES
from mingbai.detection.features.counting import Counting, Window
from mingbai.detection.features.seen import alike, day_names, days_called, has_number, short, sums_alike, talked
from mingbai.detection.features.steps import Given, Keep, Steps, steps


def features(given: Given, counting: Counting, window: Window, keep: Keep) -> Mapping[str, ibis.Table]:
    """The features by number, holder, trunk and callee: the columns of columns.TABLES, rows in no order.

    Pure: tables in, tables out; `keep` may be an engine's, or `lambda name, table: table`.
    """
    shared = steps(given, counting, window, keep)
    number = keep("number", _by_number(shared))
    found = {
        "number": number,
        "holder": _by_holder(shared, number, keep),
        "trunk": _by_trunk(shared, number, keep),
        "callee": _by_callee(shared, keep),
    }
    return {kind: _ordered(kind, table) for kind, table in found.items()}


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
    sides = of.sides
    trunks = sides.group_by("caller").agg(trunk=_main_trunk(sides), **{name: sides[name].sum() for name in _SIDES})
    mine = of.mine
    found = mine.mutate(days=reduce(lambda one, other: one + other, (mine[name] for name in day_names(of.window))))
    found = _beside(found, "caller", trunks, trunk=0, **_zeros(*_SIDES))
    found = _beside(found, "caller", of.owners, holder=0, principal=0, use=-1, sort=0, age_days=-1)
    found = found.mutate(
        holder=(found.holder != 0).ifelse(found.holder, found.call_holder),
        principal=(found.principal != 0).ifelse(found.principal, found.call_principal),
        use=(found.use >= 0).ifelse(found.use, found.call_use),
    )
    links = of.links
    people = links.group_by("caller").agg(known=pairs.known_at_once(links), **pairs.people(links))
    found = _beside(found, "caller", people, known=0, **_zeros(*PEOPLE))
    found = _beside(found, "caller", _later(of.met, "caller"), later=0)
    found = _beside(found, "caller", refusals.counted(of.said, of.hops, "caller"), **_zeros(*REFUSALS))
    found = _beside(found, "caller", of.agreed.group_by("caller").agg(consented=_.count()), consented=0)
    found = _beside(found, "caller", _most_by_number(of, found), most_60min=0)
    found = _beside(found, "caller", _most_to_one(of, links), most_to_one=0)
    found = _beside(found, "caller", _bursts(of.hot, "caller"), burst=0)
    one, zero = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    return found.mutate(subject=found.caller, known=found.known + found.later, numbers=one, shared=zero)


_TRUNKS = 1 << 32
_SIDES = ("foreign", "spoofed", "own_calls", "other_calls")


def _main_trunk(strands: ibis.Table) -> ir.IntegerScalar:
    """The trunk with the most calls, of equal ones the smallest id: both in one number, so one maximum finds it."""
    both = strands.calls * ibis.literal(_TRUNKS, "int64") + (_TRUNKS - 1 - strands.trunk)
    found: ir.IntegerScalar = _TRUNKS - 1 - both.max() % ibis.literal(_TRUNKS, "int64")
    return found


def _later(met: ibis.Table, subject: str) -> ibis.Table:
    return met.group_by(subject).agg(later=met.count())


def _bursts(hot: ibis.Table, subject: str) -> ibis.Table:
    part = hot.filter(hot.burst)
    return part.group_by(subject).agg(burst=part.count())


def _most_by_number(of: Steps, number: ibis.Table) -> ibis.Table:
    busy = number.filter(number.calls >= of.counting.busy)
    theirs = of.brief.semi_join(busy, "caller")
    return _most(of, theirs, "caller")


def _most(of: Steps, call: ibis.Table, subject: str) -> ibis.Table:
    return pace.most(call, subject, floor=of.counting.busy, name="most_60min")


def _most_to_one(of: Steps, links: ibis.Table) -> ibis.Table:
    often = links.filter(links.calls >= of.counting.insistent).select("caller", "callee")
    theirs = of.brief.semi_join(often, ["caller", "callee"])
    found = pace.most(theirs, "caller", "callee", floor=of.counting.insistent, name="most_to_one")
    return found.group_by("caller").agg(most_to_one=found.most_to_one.max())


def _by_holder(of: Steps, number: ibis.Table, keep: Keep) -> ibis.Table:
    mine = number.filter(number.holder != 0)
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
    whose = keep("whose", mine.select("caller", "holder"))
    links = of.links.join(whose, "caller")
    met = pairs.together(links.select("holder", *of.links.columns), "holder")
    met = keep("met_by_holder", pairs.flags(met, of.window))
    people = {**pairs.people(met), "shared": met.count(where=met.numbers > 1)}
    found = _beside(found, "holder", met.group_by("holder").agg(**people), shared=0, **_zeros(*PEOPLE))
    said = of.said.filter(of.said.holder != 0)
    found = _beside(found, "holder", refusals.counted(said, of.hops, "holder"), **_zeros(*REFUSALS))
    agreed = of.agreed.join(whose, "caller").group_by("holder").agg(consented=_.callee.nunique())
    found = _beside(found, "holder", agreed, consented=0)
    call = keep("by_holders", of.brief.select("caller", "callee", "s").join(whose, "caller"))
    found = _beside(found, "holder", _most(of, call, "holder"), most_60min=0)
    often = call.semi_join(met.filter(met.calls >= of.counting.insistent), ["holder", "callee"])
    most = pace.most(often, "holder", "callee", floor=of.counting.insistent, name="most_to_one")
    most = most.group_by("holder").agg(most_to_one=most.most_to_one.max())
    zero = ibis.literal(0, "int64")
    found = _beside(found, "holder", most, most_to_one=0)
    return found.mutate(subject=found.holder, tail=zero)


def _only(ids: ir.IntegerColumn) -> ir.IntegerScalar:
    """The id that all rows have, 0 when they differ."""
    found: ir.IntegerScalar = (ids.min() == ids.max()).ifelse(ids.max(), 0)
    return found


def _by_trunk(of: Steps, number: ibis.Table, keep: Keep) -> ibis.Table:
    call = of.call.filter(of.call.trunk > 0)
    rows = keep("alike", alike(call, "trunk", of.counting, of.window))
    found = rows.group_by("trunk").agg(
        first_s=rows.first_s.min(),
        last_s=rows.last_s.max(),
        caller_kind=rows.caller_kind.min(),
        **{name: rows[name].max() for name in day_names(of.window)},
        **sums_alike(rows),
    )
    sides = of.trunks.select("trunk", mine=of.trunks.own.cast("int64"))
    found = _beside(found, "trunk", sides, mine=-1)
    spoofed = of.sides.group_by("trunk").agg(foreign=of.sides.foreign.sum(), spoofed=of.sides.spoofed.sum())
    found = _beside(found, "trunk", spoofed, **_zeros("foreign", "spoofed"))
    numbers = of.strands.group_by("trunk").agg(numbers=of.strands.count())
    found = _beside(found, "trunk", numbers, numbers=0)
    links = pairs.links(of.pair)
    links = links.filter(links.trunk > 0)
    told = pairs.flags(links, of.window)
    people = pairs.people(told) | {"known": pairs.known_at_once(told)}
    found = _beside(found, "trunk", told.group_by("trunk").agg(**people), known=0, **_zeros(*PEOPLE))
    met = of.brief.filter(has_number(of.brief)).select("trunk", "callee").distinct()
    found = _beside(found, "trunk", met.group_by("trunk").agg(callees=met.count()), callees=0)
    found = _beside(found, "trunk", _later(of.met, "trunk"), later=0)
    found = _beside(found, "trunk", refusals.counted(of.said, of.hops, "trunk"), **_zeros(*REFUSALS))
    within = _most(of, of.brief.filter(of.brief.trunk > 0), "trunk")
    found = _beside(found, "trunk", within, most_60min=0)
    most = number.group_by("trunk").agg(most_to_one=number.most_to_one.max())
    found = _beside(found, "trunk", most, most_to_one=0)
    found = _beside(found, "trunk", _bursts(of.hot, "trunk"), burst=0)
    zero, unknown = ibis.literal(0, "int64"), ibis.literal(-1, "int64")
    days = reduce(lambda one, other: one + other, (found[name] for name in day_names(of.window)))
    return found.mutate(
        subject=found.trunk, tail=zero, holder=zero, principal=zero, sort=zero, use=unknown, age_days=unknown,
        days=days, known=found.known + found.later, consented=zero, shared=zero,
        own_calls=(found.mine == 1).ifelse(found.calls, 0), other_calls=(found.mine == 0).ifelse(found.calls, 0),
    )  # fmt: skip


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
        recorded=theirs.count(where=theirs.known),
        answered=theirs.count(where=theirs.answered),
        short=theirs.count(where=short(theirs, of.counting)),
        talk_ms=talked(theirs),
        first_s=theirs.s.min(),
        last_s=theirs.s.max(),
    )
    found = _beside(found, "callee", reached, most_60min=0)
    found = _beside(found, "callee", pace.most_callers(theirs), most_callers_60min=0)
    owners = of.owners.rename(callee="caller")
    found = _beside(found, "callee", owners, holder=0, principal=0, use=-1, sort=0)
    links = pairs.links(of.pair)
    links = links.semi_join(reached, links.caller == reached.callee)
    called = links.filter(links.calls > 0, links.back_calls > 0)
    back = called.group_by("caller").agg(returned=called.count())
    found = _beside(found, "callee", back.rename(callee="caller"), returned=0)
    return found.mutate(subject=found.callee)
