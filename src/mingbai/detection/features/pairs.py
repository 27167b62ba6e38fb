"""Who called whom: a row for each subject and person, both directions in it, used by all that counts people."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from mingbai.detection.features.counting import DAY_S, Window


def links(theirs: ibis.Table, call: ibis.Table, subjects: ibis.Table) -> ibis.Table:
    """`caller`, a subject, and `callee`, whom it called or who called it: `calls`, `first`, `last` of those it made,
    `back_first`, `back_last` of those it got; NULL times where there is none.

    `theirs`: calls that subjects made; `call`: those of everybody. Made of calls that a subject has a part in alone, so
    that people who call each other now and then, who are most, cost nothing.
    """
    none = ibis.null("int32")
    made = theirs.select("caller", "callee", made=theirs.s, got=none)
    others = call.filter(call.caller != call.callee)
    got = others.semi_join(subjects, others.callee == subjects.caller)
    got = got.select(caller=got.callee, callee=got.caller, made=none, got=got.s)
    both = made.union(got, distinct=False)
    return both.group_by("caller", "callee").agg(
        calls=both.made.count(),
        first=both.made.min(),
        last=both.made.max(),
        back_first=both.got.min(),
        back_last=both.got.max(),
    )


def people(link: ibis.Table, window: Window) -> dict[str, ir.IntegerScalar]:
    """Distinct people by what they did, over links that hold each person once: those called; called twice or more
    (`again`), on several days (`repeated`); who called after the first call to them (`returned`); who called at all
    (`callers`), before they were called (`first_in`)."""
    called, again = link.calls > 0, link.calls > 1
    days = (window.local(time) // DAY_S for time in (link.first, link.last))
    return {
        "callees": link.count(where=called),
        "returned": link.count(where=_true(link.back_last >= link.first)),
        "repeated": link.count(where=_true(ibis.and_(again, next(days) != next(days)))),
        "again": link.count(where=again),
        "callers": link.back_first.count(),
        "first_in": link.count(where=link.back_first.notnull() & (~called | _true(link.back_first < link.first))),
    }


def together(link: ibis.Table, subject: str) -> ibis.Table:
    """Links of several numbers as links of whom they belong to (`subject`): one row a subject and person, with how many
    of the `numbers` called."""
    return link.group_by(subject, "callee").agg(
        numbers=link.first.count(),
        calls=link.calls.sum(),
        first=link.first.min(),
        last=link.last.max(),
        back_first=link.back_first.min(),
        back_last=link.back_last.max(),
    )


def known_at_once(link: ibis.Table) -> ir.IntegerScalar:
    """Calls of pairs in which the other had called before the first of them."""
    found: ir.IntegerScalar = _true(link.back_first < link.first).ifelse(link.calls, 0).sum()
    return found


def known_later(theirs: ibis.Table, link: ibis.Table) -> ibis.Table:
    """By subject, `later`: its calls to people who had called in between, after the subject's first call to them."""
    between = link.filter(link.calls > 1, link.back_first >= link.first, link.back_first < link.last)
    since = between.select("caller", "callee", "back_first")
    met = theirs.select("caller", "callee", "s").join(since, ["caller", "callee"])
    met = met.filter(met.s > met.back_first)
    return met.group_by("caller").agg(later=met.count())


def mutual(call: ibis.Table, hot: ibis.Table, reached: ibis.Table) -> ibis.Table:
    """By `callee`, `returned`: of the people who called it, those whom it called itself. `reached`: the callees asked
    for, `hot`: the calls that they got, `call`: those of everybody."""
    made = call.semi_join(reached, call.caller == reached.callee).select(callee=call.caller, caller=call.callee)
    got = hot.filter(hot.callee != hot.caller).select("callee", "caller").distinct()
    both = got.semi_join(made, ["callee", "caller"])
    return both.group_by("callee").agg(returned=both.count())


def _true(flag: ir.BooleanValue) -> ir.BooleanValue:
    """NULL, where a time is missing, is no."""
    found: ir.BooleanValue = flag.fill_null(False)
    return found
