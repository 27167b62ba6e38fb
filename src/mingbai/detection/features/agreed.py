"""Calls to people who agreed to them: a consent that the gate cited, or one on file at the time of the call."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from mingbai.detection.features.seen import flagged


def agreed(call: ibis.Table, consents: ibis.Table, owners: ibis.Table) -> ibis.Table:
    """(`caller`, `callee`), distinct, of who was called while a consent to the firm that called stood.

    The firm is the principal that the number calls for, else its holder; the call's own word goes before the register.
    """
    cited = call.filter(flagged(call, "cited")).select("caller", "callee")
    theirs = call.semi_join(consents.select("callee").distinct(), "callee").left_join(owners, "caller")
    firm = [theirs.principal, theirs.principal_right, theirs.holder, theirs.holder_right]
    placed = theirs.select("caller", "callee", "s", party=ibis.coalesce(*(_known(one) for one in firm))).view()
    met = placed.join(consents, ["callee", "party"])
    until = met.until_s.isnull() | (met.s < met.until_s)
    on_file = met.filter((met.s >= met.since_s) & until).select("caller", "callee")
    return cited.union(on_file, distinct=False).distinct()


def _known(one: ir.IntegerValue) -> ir.IntegerValue:
    """0 is no id."""
    found: ir.IntegerValue = one.nullif(0)
    return found
