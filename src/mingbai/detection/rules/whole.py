"""What the records as a whole can tell: whether both directions are in them, whether callers have numbers of the plan.

Records of one switch, of an outgoing line, of a data set whose numbers were replaced, lack what rules go by. What they
cannot show is unknown, and evidence for nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np
import pyarrow as pa

from mingbai.detection.states import Kind

_BACK = ("returned", "callers", "first_in", "known")
_NUMBERED = ("unallocated", "spoofed", "unused", "near")
_PEOPLE = 500  # people called, below which too little is there to tell
_ONE_WAY = 0.02
_FOREIGN = 0.5


class Whole(NamedTuple):
    """`both_ways`: people who were called are seen calling, too. `plan`: callers have numbers of the plan."""

    both_ways: bool = True
    plan: bool = True

    @classmethod
    def of(cls, features: Mapping[str, pa.Table]) -> Self:
        """Of all feature tables of some days. By the hour some numbers alone are looked at, which says nothing about
        the whole: then there is no table by trunk."""
        if Kind.TRUNK not in features or Kind.NUMBER not in features:
            return cls()
        numbers = features[Kind.NUMBER]
        called, calling = _sum(numbers, "callees"), _sum(numbers, "callers")
        calls, nowhere = _sum(numbers, "calls"), _sum(numbers, "unallocated")
        enough = called >= _PEOPLE
        return cls(not enough or calling >= _ONE_WAY * called, not enough or nowhere < _FOREIGN * calls)

    def known(self, features: pa.Table) -> pa.Table:
        """The table without what is not known: rules and score take a column that is not there for unknown."""
        hidden = [*(() if self.both_ways else _BACK), *(() if self.plan else _NUMBERED)]
        return features.drop_columns([name for name in hidden if name in features.column_names])


WHOLE = Whole()
"""Everything can be told."""


def _sum(table: pa.Table, name: str) -> float:
    return float(np.asarray(table[name].to_numpy()).sum()) if name in table.column_names else 0.0
