"""The most calls in any sliding 60 minutes, and the most people; counted out only for who could reach the floor."""

from __future__ import annotations

import ibis

from mingbai.detection.features.counting import HOUR_S

_LAST_S = HOUR_S - 1


def most(call: ibis.Table, *subject: str, floor: int, name: str) -> ibis.Table:
    """By subject, the most calls (`name`) in any 60 minutes, of those that reach `floor`.

    `call`: calls of who could reach it; `s` in seconds. A window ends with one of its calls. Calls are counted, not
    summed by second first: DuckDB knows the count of a frame from its ends, and would add up sums.
    """
    frame = ibis.range_window(preceding=_LAST_S, following=0, group_by=subject, order_by="s")
    within = call.select(*subject, "s").mutate(within=ibis._.count().over(frame))
    found = within.group_by(*subject).agg(**{name: ibis._.within.max()})
    return found.filter(found[name] >= floor)


def most_callers(call: ibis.Table) -> ibis.Table:
    """By callee, `most_callers_60min`: the most different callers in any 60 minutes.

    Each call stands for its caller for 60 minutes, or until that caller's next call; then the count of those that
    stand at once is the count of different callers, and it only rises where a call comes.
    """
    after = ibis.window(group_by=["callee", "caller"], order_by="s")
    spans = call.select("callee", "caller", "s").mutate(next=ibis._.s.lead().over(after))
    until = ibis.least(spans.s + HOUR_S, spans.next.fill_null(spans.s + HOUR_S))
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
