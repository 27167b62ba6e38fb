"""Numbers of other countries: whether one is allocated, and its normal form; no more, in a few microseconds.

The patterns are those of the library `phonenumbers` (metadata of Google's libphonenumber, Apache-2.0), written into
abroad.json by `scripts/abroad`; tests hold this to what the library itself says. The library takes 100 ms to load and
100 µs a number, and a SIP proxy must keep no call waiting.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

MOST_NATIONAL = 17
_LEAST_NATIONAL = 2


class Pattern(NamedTuple):
    """Numbers of these lengths (any when empty) that the expression takes whole."""

    form: re.Pattern[str]
    lengths: frozenset[int]

    def takes(self, national: str) -> bool:
        return (not self.lengths or len(national) in self.lengths) and self.form.fullmatch(national) is not None


class Region(NamedTuple):
    """One country's plan. `leading`: first digits that are its own, where several share a code; `local`: lengths that
    can be dialled inside it only; `prefix` and `transform`: how a trunk prefix is taken off."""

    leading: re.Pattern[str] | None
    whole: Pattern
    local: frozenset[int]
    prefix: re.Pattern[str] | None
    transform: str
    kinds: tuple[Pattern, ...]

    def allocated(self, national: str) -> bool:
        return self.whole.takes(national) and any(kind.takes(national) for kind in self.kinds)

    def without_prefix(self, national: str) -> str:
        """The number without its trunk prefix, unless it would be none without."""
        found = self.prefix.match(national) if self.prefix is not None else None
        if found is None:
            return national
        groups = found.groups()
        if self.transform and groups and groups[-1] is not None:
            bare = found.expand(self.transform) + national[found.end() :]
        else:
            bare = national[found.end() :]
        form, lengths = self.whole
        if form.fullmatch(national) and not form.fullmatch(bare):
            return national
        size = len(bare)
        possible = size in lengths or size > max(lengths)
        return bare if possible and size not in self.local else national


def normal(text: str) -> str:
    """Country code and national number of `text`, which is digits behind “+”; empty when nobody has that number."""
    for size in (1, 2, 3):
        regions = _regions(text[:size])
        if regions:
            national = text[size:]
            break
    else:
        return ""
    if len(national) < _LEAST_NATIONAL:
        return ""
    national = regions[0].without_prefix(national)
    if not _LEAST_NATIONAL <= len(national) <= MOST_NATIONAL:
        return ""
    if len(regions) == 1:
        return text[:size] + national if regions[0].allocated(national) else ""
    for region in regions:
        if region.leading is None:
            if region.allocated(national):
                return text[:size] + national
        elif region.leading.match(national):
            return text[:size] + national if region.allocated(national) else ""
    return ""


def ready() -> None:
    """Make every country's plan ready now (a third of a second), so that no call waits for it."""
    for code in _plans():
        _regions(code)


@lru_cache(maxsize=1)
def _plans() -> dict[str, list[Any]]:
    plans: dict[str, list[Any]] = json.loads((resources.files(__package__) / "abroad.json").read_text("utf-8"))
    return plans


@lru_cache(maxsize=512)
def _regions(code: str) -> tuple[Region, ...]:
    """The plans of a country code, the main one first; none for what is no country code."""
    return tuple(_region(*written) for written in _plans().get(code, ()))


def _region(
    leading: str, whole: str, lengths: list[int], local: list[int], prefix: str, transform: str, kinds: list[Any]
) -> Region:
    return Region(
        re.compile(leading) if leading else None,
        Pattern(re.compile(whole), frozenset(lengths)),
        frozenset(local),
        re.compile(prefix) if prefix else None,
        transform,
        tuple(Pattern(re.compile(form), frozenset(sizes)) for form, sizes in kinds),
    )
