"""Telephone numbers: how they are drawn, and how switches write them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.performance.othertown.draws import Bools, Bytes, Ints

MOBILE, FIXED, FOUR, NINE, FOREIGN = range(5)
KINDS = {"mobile": MOBILE, "virtual": MOBILE, "fixed": FIXED, "away": FIXED, "400": FOUR, "95": NINE, "abroad": FOREIGN}

_MOBILE = [134, 135, 136, 137, 138, 139, 150, 151, 152, 157, 158, 159, 182, 183, 187, 188, 198]
_MOBILE += [130, 131, 132, 155, 156, 185, 186, 133, 153, 177, 180, 181, 189, 199, 173, 166, 191]
_PREFIXES: dict[str, tuple[list[int], int]] = {
    "mobile": ([86_000 + p for p in _MOBILE], 8),
    "virtual": ([86_162, 86_165, 86_167, 86_170, 86_171], 8),
    "fixed": ([86_571_8, 86_571_2, 86_571_5, 86_571_6], 7),
    "away": ([86_10_5, 86_21_6, 86_20_3, 86_755_2, 86_28_6, 86_27_8, 86_25_5, 86_755_8], 7),
    "400": ([86_400_0, 86_400_1, 86_400_6, 86_400_8, 86_400_9], 6),
    "95": ([86_950, 86_951, 86_952, 86_953], 5),
    "abroad": ([852_3, 852_6, 1_646, 224_62, 232_7, 44_20_7, 63_917, 855_96], 7),
}


@dataclass
class Numbers:
    """The number table: people first, then firms' lines, then numbers nobody holds."""

    digits: Ints  # E.164 digits without the plus sign
    kind: Bytes
    own: Bools  # attached to our own access


class Book:
    """Hands out numbers, never the same twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Begin with no number given out."""
        self._rng = rng
        self._used: set[int] = set()

    def bulk(self, n: int) -> Ints:
        """Many mobile numbers at once."""
        prefixes, width = _PREFIXES["mobile"]
        want = np.zeros(0, np.int64)
        while len(want) < n:
            more = int((n - len(want)) * 1.02) + 64
            fresh = self._rng.choice(prefixes, more) * 10**width + self._rng.integers(0, 10**width, more)
            want = np.unique(np.r_[want, fresh])
        want = self._rng.permutation(want)[:n].astype(np.int64)
        self._used.update(want.tolist())
        return want

    def one(self, sort: str) -> int:
        """One number of the sort asked for."""
        prefixes, width = _PREFIXES[sort]
        while True:
            if sort == "95" and self._rng.random() < 0.45:
                digits = 86_95_000 + int(self._rng.integers(500, 1000))  # a bank's or insurer's five digits
            else:
                digits = int(self._rng.choice(prefixes)) * 10**width + int(self._rng.integers(0, 10**width))
            if digits not in self._used:
                self._used.add(digits)
                return digits

    def run(self, sort: str, n: int) -> list[int]:
        """Several numbers, often neighbours of one block as a firm is given them."""
        if sort not in ("fixed", "away", "mobile", "virtual") or self._rng.random() < 0.35:
            return [self.one(sort) for _ in range(n)]
        base = self.one(sort)
        out, step = [base], base
        while len(out) < n:
            step += int(self._rng.integers(1, 4))
            if step not in self._used and len(str(step)) == len(str(base)):
                self._used.add(step)
                out.append(step)
        return out


def written(numbers: Numbers) -> tuple[list[str], list[str]]:
    """Every number in full and in national form."""
    full = [f"+{d}" for d in numbers.digits.tolist()]
    national = []
    for text, kind in zip(full, numbers.kind.tolist(), strict=True):
        if kind == FOREIGN:
            national.append(text)
        elif kind == FIXED:
            national.append("0" + text[3:])
        else:
            national.append(text[3:])
    return full, national


@dataclass
class Trunks:
    """Where calls come in, and how each switch writes numbers."""

    names: list[str]
    own: list[int]
    caller_national: Bools  # trunk x kind
    callee_national: Bools


_OWN_MOBILE, _OWN_FIXED = (0, 1, 2, 3), (4, 5, 6, 7)
_THEIR_MOBILE, _THEIR_FIXED, _ABROAD = (8, 9, 10, 11), (12, 13), (14, 15)


def make_trunks(rng: np.random.Generator) -> Trunks:
    """Eight of our own, eight from other networks; about a fifth of them write national forms."""
    names = [f"A{i:02d}" for i in range(8)] + [f"X{i:02d}" for i in range(8)]
    national = np.zeros((16, 5), np.bool_)
    national[[3, 6, 10, 13]] = True
    national[:, [FOUR, NINE]] |= rng.random((16, 2)) < 0.75
    callee = np.zeros((16, 5), np.bool_)
    callee[[6, 11]] = True
    callee[:, [FOUR, NINE]] |= rng.random((16, 2)) < 0.75
    return Trunks(names, [1] * 8 + [0] * 8, national, callee)


def trunk_of(rng: np.random.Generator, numbers: Numbers) -> Bytes:
    """The trunk each number's calls usually come by."""
    out = np.zeros(len(numbers.digits), np.uint8)
    mobile = numbers.kind == MOBILE
    for chosen, group in (
        (numbers.own & mobile, _OWN_MOBILE),
        (numbers.own & ~mobile, _OWN_FIXED),
        (~numbers.own & mobile, _THEIR_MOBILE),
        (~numbers.own & ~mobile, _THEIR_FIXED),
        (numbers.kind == FOREIGN, _ABROAD),
    ):
        where = np.flatnonzero(chosen)
        out[where] = rng.choice(group, len(where))
    return out


def stray(rng: np.random.Generator, trunk: Bytes, roaming: Bools) -> Bytes:
    """Some calls overflow to the neighbouring trunk; forged numbers come by any foreign one."""
    out = trunk.copy()
    spill = rng.random(len(out)) < 0.03
    out[spill] ^= 1
    where = np.flatnonzero(roaming)
    out[where] = rng.integers(8, 16, len(where))
    return out
