"""Who is to be looked at, and who first: the numbers with new calls, as many of them as a batch has room for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_QUIET = 8
"""Whoever has no new call comes behind whoever has one in so many times as many calls."""
_PATIENCE = 30


class Waiting:
    """Numbers with how many new calls each has, and since which batch it waits."""

    def __init__(self) -> None:
        self.numbers = self.news = self.since = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.numbers)

    def copy(self) -> Waiting:
        """As it is now: what is added later changes no array."""
        found = Waiting()
        found.numbers, found.news, found.since = self.numbers, self.news, self.since
        return found

    def add(self, numbers: Ints, batch: int) -> None:
        """A number once for each new call."""
        fresh, calls = np.unique(numbers, return_counts=True)
        both = np.concatenate([self.numbers, fresh])
        self.numbers, places = np.unique(both, return_inverse=True)
        news, since = np.zeros(len(self.numbers), np.int64), np.full(len(self.numbers), batch, np.int64)
        np.add.at(news, places, np.concatenate([self.news, calls]))
        since[places[: len(self.since)]] = self.since
        self.news, self.since = news, since

    def done(self, numbers: Ints) -> None:
        """These were looked at, or need not be."""
        self.keep(~np.isin(self.numbers, numbers))

    def keep(self, which: Bools) -> None:
        self.numbers, self.news, self.since = self.numbers[which], self.news[which], self.since[which]

    def oldest(self, none: int) -> int:
        """Since which batch somebody waits; `none` when nobody does."""
        return int(self.since.min()) if len(self.since) else none

    def latest(self, most: int) -> Bools:
        """Which are the last that came, at most so many."""
        if len(self.numbers) <= most:
            return np.ones(len(self.numbers), np.bool_)
        which = np.zeros(len(self.numbers), np.bool_)
        which[np.argsort(-self.since, kind="stable")[:most]] = True
        return which


def affordable(size: Ints, news: Ints, since: Ints, room: int, batch: int) -> Bools:
    """Whom to look at when only `room` calls can be: first, in three quarters of it, those whose calls are new for the
    greatest part, for there most has changed; then whoever waits longest. One at least; one that has more calls than
    there is room when it has waited _PATIENCE batches.

    A number whose calls grow by a tenth is thus looked at long before one that has a million and ten more, and each new
    call costs about the same, whoever made it.
    """
    if int(size.sum()) <= room:
        return np.ones(len(size), np.bool_)
    rate = size / np.where(news > 0, news, 1 / _QUIET)
    first = np.argsort(rate, kind="stable")
    taken = np.zeros(len(size), np.bool_)
    taken[first[np.cumsum(size[first]) <= room * 3 // 4]] = True
    rest = np.flatnonzero(~taken)
    rest = rest[np.lexsort((rate[rest], since[rest]))]
    within = np.cumsum(size[rest]) <= room - int(size[taken].sum())
    within[:1] |= not taken.any() or batch - int(since[rest[0]]) >= _PATIENCE
    taken[rest[within]] = True
    return taken
