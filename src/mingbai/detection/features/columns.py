"""What the features are: the tables that go in, the tables that come out, their columns in order.

Everything that comes out is a whole number (int64) and never NULL, so that two engines can agree on it to the last row;
shares and means are made of these by the rules. Ids that are unknown stand as 0, other unknown values as −1. What each
column counts, in which unit, stands in docs/detection.md; here only its place.
"""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

HOURS: Final = tuple(f"h{hour}" for hour in range(24))
"""Calls by local hour of the day."""
TALKS: Final = tuple(f"talk_{part}" for part in range(8))
"""Answered calls by length of talk; the parts begin at TALK_FROM_S."""
TALK_FROM_S: Final = (0, 5, 10, 20, 40, 80, 160, 320)

SUMS: Final = (
    "calls", "recorded", "answered", "rung", "ring_ms", "short", "long", "talk_ms", "talk_s2", "night", "one_ring",
    "rejected", "unused", "near", "unallocated", "foreign", "spoofed", "own_calls",
    "other_calls", "refused_by_gate", *HOURS, *TALKS,
)  # fmt: skip
"""Sums over calls: of a holder or a trunk they are the sums of its numbers'."""
PEOPLE: Final = ("callees", "returned", "repeated", "again", "callers", "first_in")
"""Distinct people; `callers` called the subject, `first_in` of them before it had called them; `again` were called
twice or more."""
REFUSALS: Final = ("after_refusal", "refusers_called", "hopped", "refusing")
"""Calls after a refusal; distinct people so called; of those, called from two numbers of one holder or more; people
called who ever refused it, before or after."""
AGREED: Final = ("consented", "shared")
"""Distinct people called while they agreed to it; of a holder, people called from two of its numbers or more."""
PACE: Final = ("most_60min", "most_to_one", "burst")
TIMES: Final = ("days", "first_s", "last_s")
WHOSE: Final = ("holder", "principal", "trunk", "use", "sort", "caller_kind", "age_days", "numbers")

_CONDUCT: Final = (*SUMS, *PEOPLE, "known", *REFUSALS, *AGREED, *PACE, *TIMES, *WHOSE)


def _schema(*names: str) -> pa.Schema:
    return pa.schema([pa.field(name, pa.int64(), nullable=False) for name in names])


BY_NUMBER: Final = _schema("subject", "tail", *_CONDUCT)
"""A calling number a row: `subject`, `tail` its pseudonym. `numbers` is 1."""
BY_HOLDER: Final = _schema("subject", "tail", *_CONDUCT)
"""A holder a row: `subject` its id, `tail` 0, `numbers` how many of its numbers called."""
BY_TRUNK: Final = _schema("subject", "tail", *_CONDUCT)
"""A trunk a row: `subject` its id, `tail` 0."""
BY_CALLEE: Final = _schema(
    "subject", "tail", "calls", "callers", "recorded", "answered", "short", "talk_ms", "returned", "most_60min",
    "most_callers_60min", "first_s", "last_s", "holder", "principal", "use", "sort", "callee_kind",
)  # fmt: skip
"""A person or number a row that was called `burst_calls` times or more in some 60 minutes."""

TABLES: Final = {"number": BY_NUMBER, "holder": BY_HOLDER, "trunk": BY_TRUNK, "callee": BY_CALLEE}

_CALLS: list[pa.Field[Any]] = [
    pa.field("at_us", pa.int64(), nullable=False),
    pa.field("caller", pa.int64(), nullable=False),
    pa.field("caller_tail", pa.int64(), nullable=False),
    pa.field("caller_kind", pa.int8(), nullable=False),
    pa.field("callee", pa.int64(), nullable=False),
    pa.field("callee_tail", pa.int64(), nullable=False),
    pa.field("callee_kind", pa.int8(), nullable=False),
    pa.field("trunk", pa.int64()),
    pa.field("decision", pa.int8()),
    pa.field("holder", pa.int64()),
    pa.field("principal", pa.int64()),
    pa.field("use", pa.int8()),
    pa.field("answered", pa.bool_()),
    pa.field("ring_ms", pa.int32()),
    pa.field("talk_ms", pa.int32()),
    pa.field("cause", pa.int16()),
    pa.field("near", pa.int8()),
    pa.field("consent", pa.int64()),
]
CALLS: Final = pa.schema(_CALLS)
"""What features read of a call, as the lake has it; further columns do no harm."""
REFUSED: Final = pa.schema(
    [
        pa.field("callee", pa.int64()),
        pa.field("party", pa.int64()),
        pa.field("caller", pa.int64()),
        pa.field("at_s", pa.int64()),
        pa.field("use", pa.int8()),
    ]
)
"""Refusals: of the firm `party` or of the number `caller` (the other is 0), both 0: of anybody's calls for `use`.

`use` (index of terms.USES, −1 = any): what the refused calls are for."""
_NUMBERS: list[pa.Field[Any]] = [
    pa.field("caller", pa.int64()),
    pa.field("resource", pa.int64()),
    pa.field("holder", pa.int64()),
    pa.field("principal", pa.int64()),
    pa.field("use", pa.int8()),
    pa.field("sort", pa.int8()),
    pa.field("since_s", pa.int64()),
]
NUMBERS: Final = pa.schema(_NUMBERS)
"""Registered numbers, one row each: pseudonym, resource, whose, declared use, what counts for it, in use since."""
_TRUNKS: list[pa.Field[Any]] = [pa.field("trunk", pa.int64()), pa.field("own", pa.bool_())]
TRUNKS: Final = pa.schema(_TRUNKS)
"""Trunks; `own` is false for those on which other networks' calls arrive."""
CONSENTS: Final = pa.schema(
    [
        pa.field("callee", pa.int64()),
        pa.field("party", pa.int64()),
        pa.field("since_s", pa.int64()),
        pa.field("until_s", pa.int64()),
    ]
)
"""Consents: `callee` agrees to calls for the firm `party` from `since_s` on, before `until_s`; NULL: no end."""
INPUTS: Final = {"calls": CALLS, "refusals": REFUSED, "numbers": NUMBERS, "trunks": TRUNKS, "consents": CONSENTS}
