"""What is a signature and what is not: judged by the points that a hand or pen left, never by the picture. Pure."""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import pairwise
from math import hypot
from typing import NamedTuple

from mingbai.kernel.problems import Problem

WIDTH, HEIGHT = 900, 300  # of the pad, in its own units
LARGEST = 200_000  # characters of a drawing as sent
MOST_STROKES, MOST_POINTS = 200, 6_000
FEWEST_POINTS = 8  # that differ: a hand leaves many more, a click one
LONGEST_MS = 3_600_000

Stroke = tuple[tuple[int, int, int], ...]


class Place(StrEnum):
    """Where a signature is drawn, and thereby how it is known who draws it."""

    OWN = "own"  # on a device of the subscriber's, who has logged in with a code sent to the number
    SHOP = "shop"  # on the seller's, with staff that saw the identity document, and a code sent to the number


class Drawing(NamedTuple):
    """Strokes in the order drawn; a point is x, y in units of the pad and milliseconds since the first."""

    strokes: tuple[Stroke, ...]

    @property
    def length(self) -> float:
        """How far the pen went while it touched the pad, in units of the pad."""
        return sum(hypot(b[0] - a[0], b[1] - a[1]) for stroke in self.strokes for a, b in pairwise(stroke))

    @property
    def span(self) -> int:
        """The longer side of what was drawn, in units of the pad."""
        points = [point for stroke in self.strokes for point in stroke]
        return max(max(side) - min(side) for side in ([p[0] for p in points], [p[1] for p in points])) if points else 0

    @property
    def points(self) -> int:
        """How many different places the pen touched."""
        return len({point[:2] for stroke in self.strokes for point in stroke})


def read(text: str) -> Drawing:
    """A drawing as a page sends it: JSON, a list of strokes, each a list of [x, y, ms]. Raises Problem."""
    if len(text) > LARGEST:
        raise _unreadable("it is too large")
    try:
        sent = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        raise _unreadable("it is no JSON") from None
    if not isinstance(sent, list) or len(sent) > MOST_STROKES:
        raise _unreadable(f"it is no list of at most {MOST_STROKES} strokes")
    drawing = Drawing(tuple(_stroke(one) for one in sent))
    if sum(map(len, drawing.strokes)) > MOST_POINTS:
        raise _unreadable(f"it has more than {MOST_POINTS} points")
    times = [point[2] for stroke in drawing.strokes for point in stroke]
    if any(later < sooner for sooner, later in pairwise(times)):
        raise _unreadable("its time runs backwards")
    return drawing


def check(drawing: Drawing, *, span_percent: int, length_percent: int) -> None:
    """Raise Problem for what is empty or a mere dot: too few places touched, too small, or too little line.

    Both shares are of the pad's width. Whether it is anybody's name is not for a program to say.
    """
    if not any(drawing.strokes):
        raise Problem("orders.signature_empty", "nothing was drawn", where="drawing", mend="write your name on the pad")
    small = drawing.span * 100 < span_percent * WIDTH
    if small or drawing.points < FEWEST_POINTS or drawing.length * 100 < length_percent * WIDTH:
        mend = "write your whole name, large enough to be read"
        raise Problem("orders.signature_dot", "this is too little for a signature", where="drawing", mend=mend)


def _stroke(sent: object) -> Stroke:
    if not isinstance(sent, list):
        raise _unreadable("a stroke is no list")
    return tuple(_point(one) for one in sent)


def _point(sent: object) -> tuple[int, int, int]:
    if not isinstance(sent, list) or len(sent) != 3 or not all(type(part) is int for part in sent):
        raise _unreadable("a point is not three whole numbers")
    x, y, ms = sent
    if not (0 <= x <= WIDTH and 0 <= y <= HEIGHT and 0 <= ms <= LONGEST_MS):
        raise _unreadable("a point lies outside of the pad")
    return x, y, ms


def _unreadable(why: str) -> Problem:
    return Problem("orders.drawing", f"the drawing cannot be read: {why}", where="drawing", mend="draw it again")
