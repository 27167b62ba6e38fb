"""Calls after a refusal, and whoever refused one number of a holder and was called from another (number hopping)."""

from __future__ import annotations

from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from mingbai.kernel.terms import USES


class Refused(NamedTuple):
    """Refusals by what they hold against, and from when: the earliest that holds for calls of any use, of each use.

    `firms`: by callee and party; `numbers`: by callee and caller; `uses`: by callee, those of anybody. A number that
    was refused stands for the firm that it calls for: `others`, by callee and party, with `least` and `greatest`, the
    smallest and largest of the numbers refused.
    """

    firms: ibis.Table
    numbers: ibis.Table
    others: ibis.Table
    uses: ibis.Table


def refused(refusals: ibis.Table, owners: ibis.Table) -> Refused:
    """From the reference tables; `owners`: caller, holder, principal, of registered numbers."""
    one = refusals.filter(refusals.caller != 0)
    whose = one.join(owners, "caller")
    whose = whose.select(
        "callee", "caller", "at_s", use=whose.use, party=(whose.principal != 0).ifelse(whose.principal, whose.holder)
    )
    others = whose.filter(whose.party != 0)
    firms = refusals.filter(refusals.party != 0)
    anybody = refusals.filter(refusals.party == 0, refusals.caller == 0, refusals.use >= 0)
    return Refused(
        firms=firms.group_by("callee", "party").agg(**_from(firms)),
        numbers=one.group_by("callee", "caller").agg(**_from(one)),
        others=others.group_by("callee", "party").agg(
            **_from(others), least=others.caller.min(), greatest=others.caller.max()
        ),
        uses=anybody.group_by("callee").agg(**_from(anybody)),
    )


def _from(refusal: ibis.Table) -> dict[str, ir.IntegerScalar]:
    """The earliest refusal, in seconds since 1970, that holds for a call of unknown use; of each use."""
    use = refusal.use.fill_null(-1)
    by_use = {f"from_{one}": refusal.at_s.min(where=use.isin([-1, one])) for one in range(len(USES))}
    return {"from_any": refusal.at_s.min(), **by_use}


def met(call: ibis.Table, refusals: ibis.Table, owners: ibis.Table) -> ibis.Table:
    """The calls that met a refusal: `caller`, `callee`, `trunk`, `holder`, `other`;
    `after` when the call came after a refusal which holds against it, `said` when whoever calls was refused itself,
    before or after.

    A refusal of one use holds against calls of that use and of unknown use; one of anybody's calls only against those
    whose use is known. `other`: the refused number was another one of the same firm.
    """
    known = refused(refusals, owners)
    mine = call.semi_join(refusals.select("callee").distinct(), "callee").left_join(owners, "caller")
    found = mine.select(
        "caller", "callee", "trunk", "s",
        holder=_first(mine.holder_right, mine.holder),
        principal=_first(mine.principal, mine.principal_right),
        use=(mine.use >= 0).ifelse(mine.use, mine.use_right.fill_null(-1)).cast("int64"),
    ).view()  # fmt: skip  # the joins that follow go by columns made here, so this is a table of its own to them
    found = _beside(found, known.numbers, "number", caller="caller")
    # of most calls nobody knows for whom or what for: against these nothing else can hold
    found = found.filter(found.number_said | (found.holder != 0) | (found.principal != 0) | (found.use >= 0)).view()
    for whose in ("holder", "principal"):
        found = _beside(found, known.firms, f"firm_{whose}", **{whose: "party"})
        found = _beside(found, known.others, f"other_{whose}", "least", "greatest", **{whose: "party"})
    found = _beside(found, known.uses, "anybody")
    others = [
        found[f"other_{whose}"]
        & ((found[f"other_{whose}_least"] != found.caller) | (found[f"other_{whose}_greatest"] != found.caller))
        for whose in ("holder", "principal")
    ]
    held = ("number", "firm_holder", "firm_principal", "other_holder", "other_principal")
    found = found.select(
        "caller", "callee", "trunk", "holder",
        other=ibis.or_(*others),
        after=ibis.or_(*(found[name] for name in held), found.anybody & (found.use >= 0)),
        said=ibis.or_(*(found[f"{name}_said"] for name in held)),
    )  # fmt: skip
    return found.filter(found.after | found.said)


def _first(one: ir.IntegerValue, other: ir.IntegerValue) -> ir.IntegerValue:
    """The first of two ids that is known; 0 and NULL are unknown."""
    found: ir.IntegerValue = (one.fill_null(0) != 0).ifelse(one, other).fill_null(0)
    return found


def _beside(call: ibis.Table, known: ibis.Table, name: str, *more: str, **keys: str) -> ibis.Table:
    """The call with the flag `name`: it came after a refusal in `known`, found by callee and `keys` (call's, known's);
    `name`_said: there is one.

    `more` columns of the refusal stand beside it as `name`_…, a neutral 0 where there is none.
    """
    theirs = known.select(**{f"{name}_{column}": known[column] for column in known.columns})
    keys = {"callee": "callee", **keys}
    joined = call.left_join(theirs, [call[own] == theirs[f"{name}_{its}"] for own, its in keys.items()])
    since = joined[f"{name}_from_any"]
    for one in range(len(USES)):
        since = (joined.use == one).ifelse(joined[f"{name}_from_{one}"], since)
    beside = {f"{name}_{column}": joined[f"{name}_{column}"].fill_null(0) for column in more}
    flags = {name: (joined.s > since).fill_null(False), f"{name}_said": since.notnull()}
    return joined.select(*call.columns, **flags, **beside)


def hopped(hits: ibis.Table) -> ibis.Table:
    """(`holder`, `callee`) of people called after their refusal from two of the holder's numbers, or from one when
    they had refused another."""
    known = hits.filter(hits.holder != 0)
    found = known.group_by("holder", "callee").agg(
        numbers=known.caller.nunique(), other=known.other.cast("int64").max()
    )
    return found.filter((found.numbers >= 2) | (found.other > 0)).select("holder", "callee")


def counted(calls: ibis.Table, hops: ibis.Table, subject: str) -> ibis.Table:
    """By subject, over rows of `met`: `after_refusal` calls, `refusers_called` people, `hopped` of these; `refusing`
    people, who refused it before or after."""
    marked = calls.left_join(hops.mutate(hop=ibis.literal(True)), ["holder", "callee"])
    marked = marked.select(subject, "callee", "after", "said", hop=marked.hop.fill_null(False))
    return marked.group_by(subject).agg(
        after_refusal=marked.count(where=marked.after),
        refusers_called=marked.callee.nunique(where=marked.after),
        hopped=marked.callee.nunique(where=marked.after & marked.hop),
        refusing=marked.callee.nunique(where=marked.said),
    )
