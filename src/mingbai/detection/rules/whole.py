"""What the records as a whole can tell: whether both directions are in them, whether callers have numbers of the plan.

Records of one switch, of an outgoing line, of a data set whose numbers were replaced, lack what rules go by. What they
cannot show is unknown, and evidence for nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import pyarrow as pa

from mingbai.detection.rules.measures import Counts
from mingbai.detection.states import Kind

_BACK = ("returned", "callers", "first_in", "known")
_NUMBERED = ("unallocated", "spoofed", "unused", "near")
_SELDOM = ("rejected", "one_ring", "unused", "near")
_NUMBERS = 50  # numbers that call several people, below which too little is there to tell
_SEVERAL = 5
_ONE_WAY = 0.02
_FOREIGN = 0.5


class Whole(NamedTuple):
    """`both_ways`: people who were called are seen calling, too. `plan`: callers have numbers of the plan. `never`:
    columns of what happens at times, and here to nobody: the records do not tell it."""

    both_ways: bool = True
    plan: bool = True
    never: tuple[str, ...] = ()

    @classmethod
    def of(cls, features: Mapping[str, pa.Table]) -> Self:
        """Of all feature tables of some days. By the hour some numbers alone are looked at, which says nothing about
        the whole: then there is no table by trunk."""
        if Kind.TRUNK not in features or Kind.NUMBER not in features:
            return cls()
        counts = Counts(features[Kind.NUMBER])
        several = counts["callees"] >= _SEVERAL
        if several.sum() < _NUMBERS:
            return cls()
        called = float((counts["callers"][several] > 0).mean())
        calls = counts["calls"].sum()
        # forged numbers call real ones; in a data set of other ids nobody has a number of the plan
        strange = all(counts[name].sum() > _FOREIGN * calls for name in ("unallocated", "unused"))
        never = tuple(name for name in _SELDOM if not counts[name].any())
        return cls(both_ways=called >= _ONE_WAY, plan=not strange, never=never)

    def known(self, features: pa.Table) -> pa.Table:
        """The table without what is not known: rules and score take a column that is not there for unknown."""
        hidden = {*self.never, *(() if self.both_ways else _BACK), *(() if self.plan else _NUMBERED)}
        return features.drop_columns(sorted(hidden & set(features.column_names)))


WHOLE = Whole()
"""Everything can be told."""
