"""Who called whom: a pair of numbers a row, both directions in it, computed once and used by all that counts people."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from mingbai.detection.features.counting import DAY_S, Window

_SIDES = ("calls", "first", "last", "trunk")


def pairs(call: ibis.Table) -> ibis.Table:
    """Two numbers a row, `low` < `high`: `out_*` what low did to high, `back_*` the other way round.

    Keeping both directions in one row spares a join of all pairs with themselves.
    """
    out = call.caller <= call.callee
    found = call.select(
        "s",
        "trunk",
        low=ibis.least(call.caller, call.callee),
        high=ibis.greatest(call.caller, call.callee),
        out=out,
    )
    return found.group_by("low", "high").agg(**_side("out", found, found.out), **_side("back", found, ~found.out))


def _side(name: str, found: ibis.Table, where: ir.BooleanValue) -> dict[str, ir.Scalar]:
    return {
        f"{name}_calls": found.count(where=where),
        f"{name}_first": found.s.min(where=where),
        f"{name}_last": found.s.max(where=where),
        f"{name}_trunk": found.trunk.max(where=where),
    }


def links(pair: ibis.Table) -> ibis.Table:
    """Each pair seen from both ends: `caller`, `callee`, `calls`, `first`, `last`, `trunk` of its calls that way, and
    `back_calls`, `back_first`, `back_last` of those the other way. NULL times where there is no call."""
    return _end(pair, "low", "high", "out", "back").union(
        _end(pair.filter(pair.low != pair.high), "high", "low", "back", "out"), distinct=False
    )


def _end(pair: ibis.Table, caller: str, callee: str, own: str, other: str) -> ibis.Table:
    return pair.select(
        caller=pair[caller],
        callee=pair[callee],
        **{side: pair[f"{own}_{side}"] for side in _SIDES},
        **{f"back_{side}": pair[f"{other}_{side}"] for side in _SIDES[:3]},
    )


def flags(link: ibis.Table, window: Window) -> ibis.Table:
    """What a link says about its caller: whether it `called`, and `again`, the other `returned` a call after its first,
    was called on several days (`repeated`), `sought` it at all, and did so before it was called (`first_in`)."""
    called, sought = link.calls > 0, link.back_calls > 0
    if len(window.days()) == 1:
        repeated = ibis.literal(False)
    else:
        repeated = called & (window.local(link.first) // DAY_S != window.local(link.last) // DAY_S)
    return link.mutate(
        called=called,
        again=link.calls > 1,
        returned=_true(called & sought & (link.back_last >= link.first)),
        repeated=_true(repeated),
        sought=sought,
        first_in=_true(sought & (~called | (link.back_first < link.first))),
    )


def people(link: ibis.Table) -> dict[str, ir.IntegerScalar]:
    """Distinct people by what they did, over rows of `flags` that hold each person once."""
    return {
        "callees": link.count(where=link.called),
        "returned": link.count(where=link.returned),
        "repeated": link.count(where=link.repeated),
        "again": link.count(where=link.again),
        "callers": link.count(where=link.sought),
        "first_in": link.count(where=link.first_in),
    }


def together(link: ibis.Table, subject: str) -> ibis.Table:
    """Links of several numbers as links of whom they belong to (`subject`): one row a subject and person, with how many
    of the `numbers` called."""
    return link.group_by(subject, "callee").agg(
        numbers=link.count(where=link.calls > 0),
        calls=link.calls.sum(),
        first=link.first.min(),
        last=link.last.max(),
        back_calls=link.back_calls.sum(),
        back_first=link.back_first.min(),
        back_last=link.back_last.max(),
    )


def known_at_once(link: ibis.Table) -> ir.IntegerScalar:
    """Calls of pairs in which the other had called before the first of them."""
    before = _true((link.calls > 0) & (link.back_calls > 0) & (link.back_first < link.first))
    found: ir.IntegerScalar = before.ifelse(link.calls, 0).sum()
    return found


def known_later(call: ibis.Table, link: ibis.Table) -> ibis.Table:
    """The calls, `caller` and `trunk`, to people who had called in between: after the caller's first call to them."""
    between = link.filter(link.calls > 1, link.back_first >= link.first, link.back_first < link.last)
    since = between.select("caller", "callee", "back_first")
    met = call.select("caller", "callee", "trunk", "s").join(since, ["caller", "callee"])
    return met.filter(met.s > met.back_first).select("caller", "trunk")


def _true(flag: ir.BooleanValue) -> ir.BooleanValue:
    """NULL, where a time is missing, is no."""
    found: ir.BooleanValue = flag.fill_null(False)
    return found
