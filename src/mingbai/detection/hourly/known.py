"""What the rooms know of numbers, kept so that a batch takes of it only what concerns its calls."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from mingbai.detection.features import columns
from mingbai.detection.hourly.pieces import Bools, Ints, Span, filled, whole
from mingbai.detection.references import References
from mingbai.kernel.msisdn import Kind


class Part(NamedTuple):
    """The tables beside the calls of a batch."""

    refusals: pa.Table
    numbers: pa.Table


class Known:
    """Refusals and registered numbers, found by halving."""

    def __init__(self, references: References) -> None:
        self.trunks, self.consents = references.trunks, references.consents
        self._numbers = _Keyed(references.numbers, "caller")
        self._refusals = _Keyed(references.refusals, "callee")
        self._later = _Keyed(columns.REFUSED.empty_table(), "callee")
        self._tell()

    def refused(self, more: pa.Table) -> None:
        """Refusals that were said since; the same again makes no difference."""
        if not more.num_rows:
            return
        both = pa.concat_tables([self._later.table, more])
        self._later = _Keyed(both.group_by(both.column_names).aggregate([]).select(columns.REFUSED.names), "callee")
        self._tell()

    def _tell(self) -> None:
        said = pa.concat_tables([self._refusals.table, self._later.table])
        callees, party, caller, use = (filled(said[name]) for name in ("callee", "party", "caller", "use"))
        self._refused_a_number = np.unique(callees[caller != 0])
        self._uses = np.unique(use[(party == 0) & (caller == 0)])

    def registered(self, numbers: Ints) -> Bools:
        return self._numbers.has(numbers)

    def marks(self, rows: pa.Table) -> Bools:
        """Which calls matter however few their caller makes: from a number that is not allocated, or to somebody who
        may have refused them. Some are marked that came before the refusal; none that came after is not."""
        callees = whole(rows["callee"])
        refused = self._refusals.has(callees) | self._later.has(callees)
        firm = (filled(rows["holder"]) > 0) | (filled(rows["principal"]) > 0)
        firm |= self.registered(whole(rows["caller"])) | np.isin(filled(rows["use"]), self._uses)
        held = refused & (firm | np.isin(callees, self._refused_a_number))
        return np.asarray(held | (whole(rows["caller_kind"]) == int(Kind.UNALLOCATED)))

    def part(self, callers: Ints, callees: Ints) -> Part:
        """What is known of these numbers; both ascending, each once."""
        refusals = pa.concat_tables([self._refusals.of(callees), self._later.of(callees)])
        named = np.unique(np.concatenate([callers, callees, filled(refusals["caller"])]))
        return Part(refusals, self._numbers.of(named))


class _Keyed:
    """A table by one of its columns."""

    def __init__(self, table: pa.Table, key: str) -> None:
        self.table = table.sort_by(key).combine_chunks()
        self._keys = filled(self.table[key]) if table.num_rows else np.zeros(0, np.int64)

    def has(self, numbers: Ints) -> Bools:
        if not len(self._keys):
            return np.zeros(len(numbers), np.bool_)
        place = np.minimum(np.searchsorted(self._keys, numbers), len(self._keys) - 1)
        return np.asarray(self._keys[place] == numbers)

    def of(self, numbers: Ints) -> pa.Table:
        span = Span(np.searchsorted(self._keys, numbers, "left"), np.searchsorted(self._keys, numbers, "right"))
        return self.table.take(span.places())
