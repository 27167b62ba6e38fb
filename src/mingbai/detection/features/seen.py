"""A call as features see it, and what is summed over calls. Each feature that is a sum has its one definition here."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from mingbai.detection.features.columns import HOURS, SUMS, TALK_FROM_S, TALKS
from mingbai.detection.features.counting import DAY_S, HOUR_S, Counting, Window
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import Decision

_NO_NUMBER = [int(Kind.WITHHELD), int(Kind.MALFORMED)]
_NOT_IN_USE = [int(Kind.UNALLOCATED), int(Kind.MALFORMED)]
_FLAGS = (
    "recorded", "answered", "rung", "short", "long", "night", "one_ring", "rejected", "unused", "near", "unallocated",
    "refused_by_gate", "cited",
)  # fmt: skip
"""Bits of `marks`; above them stand hour, part of talk and day."""
_HOUR, _PART, _DAY = 1 << 13, 1 << 18, 1 << 22
_HOURS, _PARTS, _DAYS = 31 * _HOUR, 15 * _PART, 511 * _DAY
_UNALLOCATED_CAUSE, _REJECTED_CAUSE = 1, 21  # ITU-T Q.850: unallocated number, call rejected


def seen(calls: ibis.Table, counting: Counting, window: Window) -> ibis.Table:
    """The calls of the window, a row each, with what counting them needs and no more, for tables of calls are large.

    `s` seconds since the beginning of the window. `marks` in one whole number: those of `_flags`, as bits; the hour and
    the day (0 is the first) on the local clock; which part of TALK_FROM_S the talk reached, 0 without talk. `ring`,
    `talk` in milliseconds, −1 when unknown; ids and `use` unknown as 0, −1.
    """
    call = _plain(calls, window)
    marks = [flag.ifelse(1 << bit, 0) for bit, flag in enumerate(_flags(call, counting).values())]
    marks += [(call.second // HOUR_S) * _HOUR, _part(call.talk) * _PART]
    if len(window.days()) > 1:
        marks.append(call.day * _DAY)
    return call.select(
        "caller", "caller_tail", "caller_kind", "callee", "callee_tail", "callee_kind", "trunk", "s", "ring", "talk",
        "holder", "principal", "use",
        marks=reduce(lambda one, other: one + other, marks).cast("int32"),
    )  # fmt: skip


def _part(talk: ir.IntegerValue) -> ir.IntegerValue:
    below = [(talk < begin * 1_000, part) for part, begin in enumerate(TALK_FROM_S)]
    found: ir.IntegerValue = ibis.cases(*below, else_=len(TALK_FROM_S))
    return found


def _plain(calls: ibis.Table, window: Window) -> ibis.Table:
    """`second` of the local day. A negative duration is an unknown one, and without an answer there is no talk."""
    inside = calls.filter(
        calls.at_us >= ibis.literal(window.begin_s * 1_000_000, "int64"),
        calls.at_us < ibis.literal(window.end_s * 1_000_000, "int64"),
    )
    s = (inside.at_us // 1_000_000 - window.begin_s).cast("int32")
    local = window.local(s)
    answered = inside.answered.fill_null(False)
    return inside.select(
        "caller", "caller_tail", "caller_kind", "callee", "callee_tail", "callee_kind",
        s=s,
        day=local // DAY_S,
        second=local % DAY_S,
        known=inside.answered.notnull(),
        answered=answered,
        ring=_duration(inside.ring_ms),
        talk=answered.ifelse(_duration(inside.talk_ms), ibis.literal(-1, "int32")),
        cited=(inside.consent > 0).fill_null(False),
        **{name: inside[name].fill_null(0).cast("int32") for name in ("trunk", "holder", "principal")},
        **{name: inside[name].fill_null(-1) for name in ("use", "decision", "cause", "near")},
    )  # fmt: skip


def _duration(value: ir.IntegerValue) -> ir.IntegerValue:
    found: ir.IntegerValue = (value >= 0).fill_null(False).ifelse(value, ibis.literal(-1, "int32"))
    return found


def has_number(call: ibis.Table) -> ir.BooleanValue:
    """The calling number is one: neither withheld nor malformed, which are nobody's."""
    return call.caller_kind.notin(_NO_NUMBER)


def of_no_number(call: ibis.Table) -> ir.BooleanValue:
    """The calling number is in no block that was ever given out."""
    return call.caller_kind == int(Kind.UNALLOCATED)


def _flags(call: ibis.Table, counting: Counting) -> dict[str, ir.BooleanValue]:
    """The sorts of calls, by name, in the order of _FLAGS; none of them is ever NULL. Features count them, but for
    those that the gate let pass by a consent that it `cited`."""
    return {
        "recorded": call.known,
        "answered": call.answered,
        "rung": call.ring >= 0,
        "short": (call.talk >= 0) & (call.talk < counting.short_s * 1_000),
        "long": call.talk >= counting.long_s * 1_000,
        "night": (call.second < counting.day[0] * 60) | (call.second >= counting.day[1] * 60),
        "one_ring": call.known & ~call.answered & (call.ring >= 0) & (call.ring <= counting.one_ring_ms),
        "rejected": call.cause == _REJECTED_CAUSE,
        "unused": (call.cause == _UNALLOCATED_CAUSE) | call.callee_kind.isin(_NOT_IN_USE),
        "near": call.near >= counting.near_digits,
        "unallocated": of_no_number(call),
        "refused_by_gate": call.decision == int(Decision.REFUSE),
        "cited": call.cited,
    }


def flagged(call: ibis.Table, name: str) -> ir.BooleanValue:
    """Whether the calls are of a sort of _FLAGS."""
    return _marked(call, 1 << _FLAGS.index(name)) != 0


def _marked(call: ibis.Table, bits: int) -> ir.IntegerValue:
    found: ir.IntegerValue = call.marks & ibis.literal(bits, "int32")
    return found


def _sorts(call: ibis.Table) -> dict[str, ir.BooleanValue]:
    """What counts calls, by name; of `seen.seen` or of rows of `alike`."""
    flags = {name: flagged(call, name) for name in _FLAGS if name in SUMS}
    hours = {name: _marked(call, _HOURS) == hour * _HOUR for hour, name in enumerate(HOURS)}
    return flags | hours | {name: _marked(call, _PARTS) == (part + 1) * _PART for part, name in enumerate(TALKS)}


def _totals(call: ibis.Table) -> dict[str, ir.IntegerScalar]:
    whole = (_known(call.talk) // 1_000).cast("int64")
    return {
        "calls": call.count(),
        "ring_ms": _known(call.ring).sum(),
        "talk_ms": talked(call),
        "talk_s2": (whole * whole).sum(),
    }


def sums(call: ibis.Table) -> dict[str, ir.IntegerScalar]:
    """The sums over calls, by name: those of columns.SUMS that are known from the call alone."""
    return {**_totals(call), **{name: call.count(where=sort) for name, sort in _sorts(call).items()}}


def alike(call: ibis.Table, key: str) -> ibis.Table:
    """The calls of each `key` that count the same way as one row: for keys with very many calls, whose sums are far
    sooner made of these rows (`sums_alike`) than call by call."""
    return call.group_by(key, "marks").agg(
        caller_kind=call.caller_kind.min(),
        first=call.s.min(),
        last=call.s.max(),
        **_totals(call),
    )


def sums_alike(rows: ibis.Table) -> dict[str, ir.IntegerScalar]:
    """What `sums` gives, over rows of `alike`."""
    counted = {name: sort.ifelse(rows.calls, 0).sum() for name, sort in _sorts(rows).items()}
    return counted | {name: rows[name].sum() for name in ("calls", "ring_ms", "talk_ms", "talk_s2")}


def talked(call: ibis.Table) -> ir.IntegerScalar:
    """Milliseconds of talk together."""
    found: ir.IntegerScalar = _known(call.talk).sum()
    return found


def _known(duration: ir.IntegerColumn) -> ir.IntegerColumn:
    """Unknown durations count for nothing in a sum."""
    found: ir.IntegerColumn = ibis.greatest(duration, ibis.literal(0, "int32"))
    return found


def day_flags(call: ibis.Table, window: Window) -> dict[str, ir.IntegerScalar]:
    """For each local day of the window, 1 when there was a call on it, else 0. `call`: `seen.seen` or `alike`."""
    return {name: (_marked(call, _DAYS) == day * _DAY).cast("int8").max() for name, day in day_names(window).items()}


def days_called(flags: ibis.Table, window: Window) -> ir.IntegerScalar:
    """On how many local days there was a call, over rows that have `day_flags`."""
    return reduce(lambda one, other: one + other, (flags[name].max() for name in day_names(window)))


def day_names(window: Window) -> dict[str, int]:
    """The columns of `day_flags`, and the local day of each, 0 the first."""
    return {f"day_{place}": place for place in range(len(window.days()))}
