"""The most calls in any sliding 60 minutes, and the most people; counted out only for who could reach the floor."""

from __future__ import annotations

import ibis

from mingbai.detection.features.counting import HOUR_S

_LAST_S = HOUR_S - 1
_HOUR_MIN = HOUR_S // 60


def most(call: ibis.Table, *subject: str, floor: int, name: str) -> ibis.Table:
    """By subject, the most calls (`name`) in any 60 minutes, of those that reach `floor`.

    `call`: calls of who could reach it; `s` in seconds. A window ends with one of its calls. Calls are counted, not
    summed by second first: DuckDB knows the count of a frame from its ends, and would add up sums.
    """
    frame = ibis.range_window(preceding=_LAST_S, following=0, group_by=subject, order_by="s")
    within = call.select(*subject, "s").mutate(within=ibis._.count().over(frame))
    found = within.group_by(*subject).agg(**{name: ibis._.within.max()})
    return found.filter(found[name] >= floor)


def most_of_many(call: ibis.Table, subject: str, *, floor: int, name: str) -> ibis.Table:
    """The same of subjects with very many calls, exactly: by the minute first, then by the second where that matters.

    60 whole minutes are one window; no window that ends in a minute has more calls than the 61 minutes up to it. Only
    where these have more than the best 60, seconds are looked at: of the last minute, whose calls come in one by one,
    and of the first, whose calls go out in the same seconds of the minute.
    """
    call = call.select(subject, minute=(call.s // 60).cast("int32"), second=(call.s % 60).cast("int8"))
    minutes = call.group_by(subject, "minute").agg(calls=call.count())
    hour, more = (
        ibis.range_window(preceding=before, following=0, group_by=subject, order_by="minute") for before in (59, 60)
    )
    minutes = minutes.mutate(hour=minutes.calls.sum().over(hour), more=minutes.calls.sum().over(more))
    best = minutes.group_by(subject).agg(best=minutes.hour.max())
    closer = minutes.join(best, subject).filter(ibis._.more > ibis._.best)
    first = closer.select(
        subject, end=closer.minute, minute=(closer.minute - _HOUR_MIN).cast("int32"), change=_change(-1)
    )
    last = closer.select(subject, end=closer.minute, minute=closer.minute, change=_change(1))
    within = call.join(first.union(last, distinct=False), [subject, "minute"])
    within = within.group_by(subject, "end", "second").agg(change=within.change.sum())
    so_far = ibis.cumulative_window(group_by=[subject, "end"], order_by="second")
    within = within.mutate(more=within.change.sum().over(so_far))
    within = within.group_by(subject, "end").agg(change=within.more.max())
    base = closer.select(subject, end=closer.minute, base=closer.more - closer.calls)
    exact = base.join(within, [subject, "end"])
    both = best.union(exact.select(subject, best=exact.base + exact.change), distinct=False)
    found = both.group_by(subject).agg(**{name: both.best.max()})
    return found.filter(found[name] >= floor)


def _change(value: int) -> ibis.Value:
    return ibis.literal(value, "int64")


def most_callers(call: ibis.Table) -> ibis.Table:
    """By callee whom somebody called twice within 60 minutes, `most_callers_60min`: the most different callers in any
    60 minutes. Of all others it is the most calls.

    Each call stands for its caller for 60 minutes, or until that caller's next call; then the count of those that
    stand at once is the count of different callers, and it only rises where a call comes.
    """
    after = ibis.window(group_by=["callee", "caller"], order_by="s")
    spans = call.select("callee", "caller", "s").mutate(next=ibis._.s.lead().over(after))
    spans = spans.semi_join(spans.filter(spans.next < spans.s + HOUR_S), "callee")
    hour = (spans.s + HOUR_S).cast("int32")
    until = ibis.least(hour, spans.next.fill_null(hour))
    comes = spans.select("callee", at=spans.s, change=ibis.literal(1, "int64"))
    goes = spans.select("callee", at=until, change=ibis.literal(-1, "int64"))
    both = comes.union(goes, distinct=False)
    changes = both.group_by("callee", "at").agg(change=both.change.sum())
    so_far = ibis.cumulative_window(group_by="callee", order_by="at")
    standing = changes.mutate(standing=changes.change.sum().over(so_far))
    return standing.group_by("callee").agg(most_callers_60min=standing.standing.max())


def bursts(call: ibis.Table, floor: int) -> ibis.Table:
    """The calls with `within`: how many reached the callee in the 60 minutes that end with it; and `burst`: at least
    `floor` did."""
    frame = ibis.range_window(preceding=_LAST_S, following=0, group_by="callee", order_by="s")
    within = call.mutate(within=ibis._.count().over(frame))
    return within.mutate(burst=within.within >= floor)
