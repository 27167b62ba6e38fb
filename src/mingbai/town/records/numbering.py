"""Who has which number. Every number is made: mobiles 1xx-00nn-nnnn, fixed lines 010-80nn-nnnn, centres 951 and 955.

Mobiles come in blocks of ten thousand (seven leading digits), as carriers are given them; about half of a block is in
use, the rest is what a dialler of stale lists runs into, and what a spoofer shows.
"""

from __future__ import annotations

import numpy as np

from mingbai.town.records.draws import Ints, Rng

_PREFIXES = (
    *(134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 157, 158, 159, 178, 182, 183, 184, 187, 188, 198),
    *(130, 131, 132, 155, 156, 166, 175, 176, 185, 186, 133, 153, 173, 177, 180, 181, 189, 191, 193, 199),
)
_OWN = 22  # of the prefixes belong to the carrier whose switches write the records
_RUN = 8
_FILLED = 5500
_BLOCK = 10_000
FIRST = {
    "fixed": 861080000000,
    "centre": 86951000000,
    "firm": 86955000000,
    "toll": 864000000000,
    "virtual": 8617000000000,
    "abroad": 447400000000,
    "unallocated": 8614200000000,
    "machine": 861440000000000,
}
_RANDOM = 100_000  # numbers of a kind are handed out at random within so many


class Numbering:
    """Hands out numbers, each once. Numbers are ints in the normal form of kernel.msisdn (861380000001)."""

    def __init__(self, rng: Rng, people: int, cards: int) -> None:
        """For so many inhabitants, and about as many `cards` as callers buy."""
        self.blocks = (people + cards) // _FILLED + 12
        self._slots = rng.permutation(self.blocks * _BLOCK)
        self._taken = self._shown = self._asked = 0
        self._people = rng.permutation(people)
        self._others = dict.fromkeys(FIRST, 0)
        self._orders = {kind: rng.permutation(_RANDOM) for kind in FIRST}

    def mobiles(self, count: int) -> Ints:
        """Numbers of mobiles in use."""
        found = self._slots[self._taken : self._taken + count]
        if len(found) < count or self._taken + count > len(self._slots) * 0.8:
            raise ValueError("so many callers do not fit into the town's numbers: lower the density")
        self._taken += count
        return self._number(found)

    def of(self, kind: str, count: int) -> Ints:
        """Numbers of a kind of FIRST, or mobiles."""
        if kind in ("person", "mobile"):
            return self.mobiles(count)
        places = np.arange(self._others[kind], self._others[kind] + count)
        self._others[kind] += count
        return FIRST[kind] + places // _RANDOM * _RANDOM + self._orders[kind][places % _RANDOM]

    def unused(self, rng: Rng, count: int) -> Ints:
        """Mobile numbers in the town's blocks that nobody has; some come twice."""
        return self._number(self._slots[rng.integers(self._free_from(), len(self._slots), count)])

    def unused_once(self, count: int) -> Ints:
        """The same, handed out: for a spoofer to show. None of them is in use, so they still ring nowhere."""
        found = self._slots[len(self._slots) - 1 - np.arange(self._shown, self._shown + count)]
        self._shown += count
        return self._number(found)

    def inhabitants(self, count: int) -> Ints:
        """Inhabitants who make a trade of calling, each handed out once."""
        if self._asked + count > len(self._people):
            raise ValueError("there are fewer inhabitants than callers: lower the density")
        self._asked += count
        return self._people[self._asked - count : self._asked]

    def own(self, numbers: Ints) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Which numbers are in blocks of the own carrier. Fixed lines and call centres are."""
        mobile = (numbers >= 8613000000000) & (numbers < 8620000000000)
        own = np.isin(numbers // 100_000_000 % 1000, np.array(_PREFIXES[:_OWN]))
        return np.asarray(~mobile | own)

    def _free_from(self) -> int:
        return int(len(self._slots) * 0.8)

    def _number(self, slots: Ints) -> Ints:
        block, rest = np.divmod(slots, _BLOCK)
        prefix = np.array(_PREFIXES, np.int64)[block // _RUN % len(_PREFIXES)]
        area = block // (_RUN * len(_PREFIXES)) * _RUN + block % _RUN
        return np.asarray(86 * 10**11 + prefix * 10**8 + area * _BLOCK + rest, np.int64)
