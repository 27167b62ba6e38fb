"""How a score adds up, as bars: each begins at nought, to the right what speaks for it, to the left what against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mingbai.detection.queries import Term

WIDTH = 200  # of the picture, in its own units
PRIOR = "prior"


class Bar(NamedTuple):
    """A term's bar: where it begins and how wide it is, in units of the picture; `zero`: where nought is. As SVG
    writes figures, whatever the reader's language."""

    term: Term
    x: str
    width: str
    zero: str

    @property
    def look(self) -> str:
        return "against" if self.term.contribution < 0 else "for"


def bars(found: Sequence[Term]) -> list[Bar]:
    """A bar for each term, in one scale; where every number begins stands first."""
    given = [one.contribution for one in found]
    low, high = min([0.0, *given]), max([0.0, *given])
    scale = WIDTH / (high - low) if high > low else 0.0
    zero = -low * scale
    made = [
        Bar(
            one, f"{zero + min(one.contribution, 0.0) * scale:.1f}", f"{abs(one.contribution) * scale:.1f}",
            f"{zero:.1f}",
        )
        for one in found
    ]  # fmt: skip
    return sorted(made, key=lambda bar: bar.term.name != PRIOR)
