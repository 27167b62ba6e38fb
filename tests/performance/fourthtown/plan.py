"""The numbering plan of the town: which digits each kind of line has, and on which trunk its calls arrive.

Chengdu (028) and three towns about it; mobile numbers lie in blocks of ten thousand as operators give them out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .draws import Flags, Ints, Rng, mixed

TRUNKS = {
    **{f"msc-{place}": True for place in range(1, 7)},
    **{f"corp-{place}": True for place in range(1, 5)},
    "gw-rival-1": False, "gw-rival-2": False, "gw-third-1": False, "gw-virtual": False, "gw-fixed": False,
    "intl-hk": False, "intl-1": False, "intl-2": False,
}  # fmt: skip
NAMES = tuple(TRUNKS)
_OWN_MOBILE = (134, 135, 136, 137, 138, 139, 150, 151, 152, 158, 159, 182, 183, 187, 188, 178, 198)
_RIVAL_MOBILE = (130, 131, 132, 155, 156, 185, 186, 176, 133, 153, 180, 181, 189, 177, 199)
_VIRTUAL = (170, 171, 167, 165, 162)
_AREAS = ((28, 8), (28, 8), (28, 8), (816, 7), (838, 7), (833, 7))  # area code, digits of a local number

_MOBILE_HEADS = tuple(86_000 + prefix for prefix in _OWN_MOBILE)

LINES = ("own", "rival", "virtual", "corp", "fixed", "f400", "f95", "abroad", "forged", "dead")


class Lines(NamedTuple):
    """Numbers by id. `reached`: somebody can be called there; `place`: trunk of calls from it, in `NAMES`."""

    digits: Ints
    own: Flags
    reached: Flags
    place: Ints


def _mobiles(rng: Rng, count: int, prefixes: tuple[int, ...]) -> Ints:
    blocks = rng.choice(prefixes, max(8, count // 1500)) * 10_000 + rng.integers(0, 10_000, max(8, count // 1500))
    tails = rng.choice(blocks, count) * 10_000 + rng.integers(0, 10_000, count)
    return np.asarray(8_600_000_000_000 + tails, np.int64)


def _fixed(rng: Rng, count: int) -> Ints:
    area, size = np.array(_AREAS)[rng.integers(0, len(_AREAS), count)].T
    head = rng.choice([2, 3, 6, 8], count) * 10 ** (size - 1)
    return np.asarray(_behind_86(area) * 10**size + head + _tail(rng, size), np.int64)


def _behind_86(area: Ints) -> Ints:
    return np.asarray(np.where(area < 100, 8600 + area, 86_000 + area), np.int64)


def _tail(rng: Rng, size: Ints) -> Ints:
    """Local numbers but for their first digit, in some thirty exchanges."""
    exchange = mixed(rng.integers(0, 30, len(size))) % 1000
    return np.asarray((exchange * 10_000 + rng.integers(0, 10_000, len(size))) % 10 ** (size - 1), np.int64)


def _abroad(rng: Rng, count: int) -> Ints:
    hongkong = 85_260_000_000 + rng.integers(0, 9_999_999, count)
    britain = 447_700_000_000 + rng.integers(0, 299_999_999, count)
    thailand = 66_810_000_000 + rng.integers(0, 99_999_999, count)
    return np.choose(rng.integers(0, 3, count), [hongkong, britain, thailand])


def _forged(rng: Rng, count: int) -> Ints:
    """What those show who may show anything: a landline of an office, a mobile of nobody, a number abroad."""
    parts = [
        _fixed(rng, count),
        _mobiles(rng, count, _OWN_MOBILE),
        _mobiles(rng, count, (190, 192)),
        _abroad(rng, count),
    ]
    return np.choose(rng.choice(4, count, p=[0.25, 0.35, 0.2, 0.2]), parts)


def digits_of(rng: Rng, line: str, count: int) -> Ints:
    """`count` numbers for one kind of line; perhaps with repeats."""
    if line == "f400":
        kind = rng.choice([0, 1, 6, 8, 9], count) * 1_000_000
        return np.asarray(864_000_000_000 + kind + rng.integers(0, 1_000_000, count), np.int64)
    if line == "f95":  # the code of five digits and three of the firm's own
        return 8_695_000_000 + rng.integers(5, 9, count) * 100_000 + rng.integers(0, 100_000, count)
    if line in ("fixed", "corp"):
        return _fixed(rng, count)
    if line == "abroad":
        return _abroad(rng, count)
    if line == "forged":
        return _forged(rng, count)
    kinds = {"own": _OWN_MOBILE, "rival": _RIVAL_MOBILE, "virtual": _VIRTUAL}
    return _mobiles(rng, count, kinds.get(line, _OWN_MOBILE + _RIVAL_MOBILE))


def _places(rng: Rng, line: str, count: int) -> Ints:
    usual = {
        "own": NAMES[:6], "corp": NAMES[6:10], "rival": NAMES[10:13], "virtual": ("gw-virtual",), "dead": ("msc-1",),
        "fixed": ("gw-fixed", "corp-1", "corp-2"), "f400": ("gw-fixed", "corp-3"), "f95": ("gw-rival-1", "corp-4"),
        "abroad": NAMES[15:], "forged": ("gw-virtual", "gw-fixed", "gw-rival-2", *NAMES[15:]),
    }[line]  # fmt: skip
    return np.asarray(rng.choice([NAMES.index(name) for name in usual], count), np.int64)


def lay(rng: Rng, lines: NDArray[np.int64]) -> Lines:
    """Numbers for `lines`, places in `LINES`, all different; own-network numbers leave on own trunks."""
    digits, place = np.zeros(len(lines), np.int64), np.zeros(len(lines), np.int64)
    for kind, line in enumerate(LINES):
        rows = np.flatnonzero(lines == kind)
        place[rows] = _places(rng, line, len(rows))
        digits[rows] = digits_of(rng, line, len(rows))
    beside = np.flatnonzero((lines == LINES.index("forged")) & np.isin(digits // 100_000_000, _MOBILE_HEADS))
    like = digits[rng.choice(np.flatnonzero(lines == LINES.index("own")), len(beside))] // 10_000
    digits[beside] = like * 10_000 + rng.integers(0, 10_000, len(beside))  # as if from the block of those it calls
    while True:
        first = np.unique(digits, return_index=True)[1]
        again = np.setdiff1d(np.arange(len(digits)), first)
        if not len(again):
            break
        for kind in np.unique(lines[again]):
            rows = again[lines[again] == kind]
            digits[rows] = digits_of(rng, LINES[kind], len(rows))
    own = np.array([TRUNKS[name] for name in NAMES])[place]
    forged, dead = (lines == LINES.index(name) for name in ("forged", "dead"))
    in_range = np.isin(digits // 100_000_000 % 1000, _OWN_MOBILE)
    return Lines(digits, np.where(dead, in_range, own & ~forged), ~forged & ~dead, place)
