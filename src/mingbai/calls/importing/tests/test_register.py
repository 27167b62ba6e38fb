"""Who stood behind a caller then, by the column as one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mingbai.calls.importing.register import Assigned, Registered, Stood

NUMBER, TIME, LINE = st.integers(0, 20), st.integers(0, 20), st.integers(0, 3)
SPAN = st.builds(
    lambda first, more, since, long, holder: Stood(first, first + more, since, since + long, holder, holder, holder, 1),
    NUMBER, st.integers(0, 5), TIME, st.integers(1, 9), st.integers(1, 99),
)  # fmt: skip
ON_LINE = st.builds(
    lambda resource, trunk, since, long, principal: Assigned(resource, trunk, since, since + long, principal),
    st.integers(1, 99), st.integers(1, 3), TIME, st.integers(1, 9), st.integers(100, 199),
)  # fmt: skip


@given(st.lists(SPAN, max_size=12), st.lists(ON_LINE, max_size=6), st.lists(st.tuples(NUMBER, TIME, LINE), max_size=30))
def test_as_one_by_one(stood: list[Stood], assigned: list[Assigned], calls: list[tuple[int, int, int]]) -> None:
    numbers, times, lines = (np.array([call[side] for call in calls], np.int64) for side in range(3))
    found = Registered(stood, assigned)(numbers, times, lines)
    for row, (number, at, line) in enumerate(calls):
        held = [one for one in stood if one.first <= number <= one.last and one.since_us <= at < one.until_us]
        if not held:
            assert [int(found[name][row]) for name in ("resource", "holder", "principal", "use")] == [0, 0, 0, -1]
            continue
        last = held[-1]
        on_line = [
            one.principal
            for one in assigned
            if (one.resource, one.trunk) == (last.resource, line) and one.since_us <= at < one.until_us and line
        ]
        assert int(found["holder"][row]) == last.holder
        assert int(found["principal"][row]) == (on_line[-1] if on_line else last.principal)
        assert int(found["use"][row]) == 1
