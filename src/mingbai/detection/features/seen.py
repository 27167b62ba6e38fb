"""A call as features see it, and what is summed over calls. Each feature that is a sum has its one definition here."""

from __future__ import annotations

from functools import reduce

import ibis
import ibis.expr.types as ir

from mingbai.detection.features.columns import HOURS, TALK_FROM_S, TALKS
from mingbai.detection.features.counting import DAY_S, Counting, Window
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import Decision

_NO_NUMBER = [int(Kind.WITHHELD), int(Kind.MALFORMED)]
_NOT_IN_USE = [int(Kind.UNALLOCATED), int(Kind.MALFORMED)]
_FLAGS = (
    "recorded", "answered", "rung", "short", "long", "night", "one_ring", "rejected", "unused", "near", "unallocated",
    "refused_by_gate",
)  # fmt: skip
_UNALLOCATED_CAUSE, _REJECTED_CAUSE = 1, 21  # ITU-T Q.850: unallocated number, call rejected


def seen(calls: ibis.Table, window: Window) -> ibis.Table:
    """The calls of the window, a row each: `s` seconds since 1970; `day`, `minute` on the local clock; unknown −1 or 0.

    `cited`: the gate let it pass by a consent. `ring`, `talk`: milliseconds, −1 when unknown; a negative duration is an
    unknown one, and without an answer there is no talk.
    """
    inside = calls.filter(
        calls.at_us >= ibis.literal(window.begin_s * 1_000_000, "int64"),
        calls.at_us < ibis.literal(window.end_s * 1_000_000, "int64"),
    )
    s = (inside.at_us // 1_000_000).cast("int64")
    local = window.local(s)
    answered = inside.answered.fill_null(False)
    return inside.select(
        "caller", "caller_tail", "caller_kind", "callee", "callee_tail", "callee_kind",
        s=s,
        day=local // DAY_S,
        minute=local // 60 % 1_440,
        known=inside.answered.notnull(),
        answered=answered,
        ring=_duration(inside.ring_ms),
        talk=answered.ifelse(_duration(inside.talk_ms), ibis.literal(-1, "int32")),
        cited=(inside.consent > 0).fill_null(False),
        **{name: inside[name].fill_null(0).cast("int64") for name in ("trunk", "holder", "principal")},
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
    """The features that count calls of one sort, by name, in the order of _FLAGS; none of them is ever NULL."""
    return {
        "recorded": call.known,
        "answered": call.answered,
        "rung": call.ring >= 0,
        "short": short(call, counting),
        "long": call.talk >= counting.long_s * 1_000,
        "night": (call.minute < counting.day[0]) | (call.minute >= counting.day[1]),
        "one_ring": call.known & ~call.answered & (call.ring >= 0) & (call.ring <= counting.one_ring_ms),
        "rejected": call.cause == _REJECTED_CAUSE,
        "unused": (call.cause == _UNALLOCATED_CAUSE) | call.callee_kind.isin(_NOT_IN_USE),
        "near": call.near >= counting.near_digits,
        "unallocated": of_no_number(call),
        "refused_by_gate": call.decision == int(Decision.REFUSE),
    }


def _totals(call: ibis.Table) -> dict[str, ir.IntegerScalar]:
    whole = (call.talk // 1_000).cast("int64")
    return {
        "calls": call.count(),
        "ring_ms": _sum(call.ring, call.ring >= 0),
        "talk_ms": talked(call),
        "talk_s2": _sum(whole * whole, call.talk >= 0),
    }


def sums(call: ibis.Table, counting: Counting) -> dict[str, ir.IntegerScalar]:
    """The sums over calls, by name: those of columns.SUMS that are known from the call alone."""
    hours = {name: call.minute // 60 == hour for hour, name in enumerate(HOURS)}
    flags = _flags(call, counting) | hours | _by_length(call)
    return {**_totals(call), **{name: call.count(where=flag) for name, flag in flags.items()}}


def alike(call: ibis.Table, key: str, counting: Counting, window: Window) -> ibis.Table:
    """The calls of each `key` that count the same way as one row: for keys with very many calls, whose sums are far
    sooner made of these rows (`sums_alike`) than call by call. `flags` holds those of `_flags` as bits."""
    bits = enumerate(_flags(call, counting).values())
    rows = call.select(
        key, "s", "day", "ring", "talk", "caller_kind",
        flags=reduce(lambda one, other: one + other, (flag.cast("int64") * (1 << bit) for bit, flag in bits)),
        hour=call.minute // 60,
        part=reduce(
            lambda one, other: one + other, ((call.talk >= begin * 1_000).cast("int64") for begin in TALK_FROM_S)
        ),
    )  # fmt: skip
    return rows.group_by(key, "flags", "hour", "part").agg(
        caller_kind=rows.caller_kind.min(),
        first_s=rows.s.min(),
        last_s=rows.s.max(),
        **day_flags(rows, window),
        **_totals(rows),
    )


def sums_alike(rows: ibis.Table) -> dict[str, ir.IntegerScalar]:
    """What `sums` gives, over rows of `alike`."""
    flags = {name: rows.flags // (1 << bit) % 2 == 1 for bit, name in enumerate(_FLAGS)}
    hours = {name: rows.hour == hour for hour, name in enumerate(HOURS)}
    parts = {name: rows.part == part + 1 for part, name in enumerate(TALKS)}
    counted = {name: flag.ifelse(rows.calls, 0).sum() for name, flag in (flags | hours | parts).items()}
    return counted | {name: rows[name].sum() for name in ("calls", "ring_ms", "talk_ms", "talk_s2")}


def short(call: ibis.Table, counting: Counting) -> ir.BooleanValue:
    """Answered, and over before the profile's `short_s`."""
    return (call.talk >= 0) & (call.talk < counting.short_s * 1_000)


def talked(call: ibis.Table) -> ir.IntegerScalar:
    """Milliseconds of talk together."""
    return _sum(call.talk, call.talk >= 0)


def _sum(value: ir.IntegerValue, where: ir.BooleanValue) -> ir.IntegerScalar:
    found: ir.IntegerScalar = where.ifelse(value, 0).cast("int64").sum()
    return found


def _by_length(call: ibis.Table) -> dict[str, ir.BooleanValue]:
    ends = [*TALK_FROM_S[1:], None]
    return {
        name: (call.talk >= begin * 1_000) & (True if end is None else call.talk < end * 1_000)
        for name, begin, end in zip(TALKS, TALK_FROM_S, ends, strict=True)
    }


def day_flags(call: ibis.Table, window: Window) -> dict[str, ir.IntegerScalar]:
    """For each local day of the window, 1 when there was a call on it, else 0."""
    return {name: (call.day == day).cast("int64").max() for name, day in day_names(window).items()}


def days_called(flags: ibis.Table, window: Window) -> ir.IntegerScalar:
    """On how many local days there was a call, over rows that have `day_flags`."""
    return reduce(lambda one, other: one + other, (flags[name].max() for name in day_names(window)))


def day_names(window: Window) -> dict[str, int]:
    """The columns of `day_flags`, and the local day (since 1970) of each."""
    return {f"day_{place}": day for place, day in enumerate(window.days())}
