"""What the rooms know of the numbers in the lake: who refused whom, whose number is registered as what, which trunks
are ours. As pseudonyms, so that nobody who looks at calls as sets sees a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from mingbai.calls import queries as calls
from mingbai.consent import queries as consents
from mingbai.detection.features import columns
from mingbai.detection.rules.sorts import sort_of
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import of_digits
from mingbai.kernel.terms import USES, Industry, Use
from mingbai.numbers import queries as numbers
from mingbai.numbers.queries import NumberView
from mingbai.people import queries as people

MOST_OF_A_RANGE = 1_000_000
"""A registered range is taken apart number by number up to so many; of a longer one the first."""


class References(NamedTuple):
    """Tables beside the calls, in the schemas of features.columns."""

    refusals: pa.Table
    numbers: pa.Table
    trunks: pa.Table
    consents: pa.Table


def references(home: Home, quarters: Sequence[str], *, agreed: bool = True) -> References:
    """Everything that stands, with pseudonyms of each of these quarters; quarters whose key is gone are left out.

    Without `agreed` no consents: of calls at the gate each cites its own.
    """
    kept = [quarter for quarter in quarters if calls.has_key(home, quarter)]
    consents_ = consented(home, kept if agreed else ())
    return References(refusals(home, kept), registered(home, kept), _trunks(), consents_)


def refusals(home: Home, quarters: Sequence[str], since: datetime | None = None) -> pa.Table:
    """Refusals, or those said since then."""
    found = [columns.REFUSED.empty_table()]
    for part in consents.refused(since):
        people_, callers = [one.callee for one in part], [one.caller for one in part]
        for quarter in quarters:
            heads = calls.heads(home, callers, quarter)
            table = {
                "callee": calls.heads(home, people_, quarter),
                "party": np.array([one.party for one in part], np.int64),
                "caller": np.where(np.array(callers, np.int64) != 0, heads, 0),
                "at_s": np.array([one.at_s for one in part], np.int64),
                "use": np.array([one.use for one in part], np.int8),
            }
            found.append(pa.table({name: table[name] for name in columns.REFUSED.names}, schema=columns.REFUSED))
    return pa.concat_tables(found)


def consented(home: Home, quarters: Sequence[str]) -> pa.Table:
    """Consents with the time in which each stood."""
    found = [columns.CONSENTS.empty_table()]
    for part in consents.agreed() if quarters else ():
        table: dict[str, Any] = {
            "party": [one.party for one in part],
            "since_s": [one.since_s for one in part],
            "until_s": [one.until_s for one in part],
        }
        for quarter in quarters:
            heads = calls.heads(home, [one.callee for one in part], quarter)
            rows = {"callee": heads, **table}
            found.append(pa.table({name: rows[name] for name in columns.CONSENTS.names}, schema=columns.CONSENTS))
    return pa.concat_tables(found)


def registered(home: Home, quarters: Sequence[str]) -> pa.Table:
    """Registered numbers that are not closed, one row each."""
    views = [view for view in numbers.every() if view.closed_at is None]
    industries = _industries()
    lengths = np.array([min(view.last - view.first + 1, MOST_OF_A_RANGE) for view in views], np.int64)
    if not len(lengths):
        return columns.NUMBERS.empty_table()
    first = np.repeat(np.array([view.first for view in views], np.int64), lengths)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    of_each = {
        "resource": [view.id for view in views],
        "holder": [view.holder for view in views],
        "principal": [view.principal for view in views],
        "use": [USES.index(Use(view.use)) for view in views],
        "sort": [int(_sort(view, industries)) for view in views],
        "since_s": [int(view.created_at.timestamp()) for view in views],
    }
    repeated: dict[str, Any] = {
        name: np.repeat(np.array(values, np.int64), lengths) for name, values in of_each.items()
    }
    made = [
        pa.table({"caller": calls.heads(home, first + within, quarter), **repeated}).cast(columns.NUMBERS)
        for quarter in quarters
    ]
    return pa.concat_tables(made) if made else columns.NUMBERS.empty_table()


def _industries() -> Mapping[int, str]:
    return {one.id: one.industry for one in people.organisations()}


def _sort(view: NumberView, industries: Mapping[int, str]) -> int:
    """By the declared industry of the number, else by that of whom it calls for, else its holder's."""
    words: Iterable[str] = (
        view.industry, industries.get(view.principal, ""), industries.get(view.holder, "")
    )  # fmt: skip
    industry = next((Industry(word) for word in words if word in set(Industry)), None)
    return sort_of(industry, Use(view.use), of_digits(str(view.first)).kind)


def _trunks() -> pa.Table:
    """Ours are those of the house's own operator, the first that was registered, within the country."""
    house = min((one.id for one in people.organisations("operator")), default=0)
    views = numbers.trunks()
    own = [view.carrier == house and not view.international for view in views]
    return pa.table({"trunk": [view.id for view in views], "own": own}, schema=columns.TRUNKS)
