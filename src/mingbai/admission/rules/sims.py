"""网上订卡: when an order of SIM cards waits for a person. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from mingbai.kernel.problems import Problem

MOST_CARDS = 1_000  # of one order


class Reason(StrEnum):
    MANY_TO_PLACE = "many_to_place"
    MANY_TO_PERSON = "many_to_person"
    LISTED_PLACE = "listed_place"
    KEPT_OUT = "kept_out"  # the recipient's contact or address is that of a holder that was put out


class Counted(NamedTuple):
    """Cards of the days before, this order included, and what else is known."""

    to_place: int
    to_person: int
    listed: bool
    kept_out: bool


def check_cards(cards: int) -> None:
    """Raises Problem unless it is a number of cards that one order can have."""
    if not 1 <= cards <= MOST_CARDS:
        raise Problem("admission.cards", f"an order has 1 to {MOST_CARDS} cards", where="cards")


def reasons(counted: Counted, *, to_place: int, to_person: int) -> list[dict[str, str | int]]:
    """Why the order waits, with what was counted; none: it passes. `to_place`, `to_person`: how many may."""
    found: list[dict[str, str | int]] = []
    if counted.listed:
        found.append({"reason": Reason.LISTED_PLACE})
    if counted.kept_out:
        found.append({"reason": Reason.KEPT_OUT})
    if counted.to_place > to_place:
        found.append({"reason": Reason.MANY_TO_PLACE, "count": counted.to_place})
    if counted.to_person > to_person:
        found.append({"reason": Reason.MANY_TO_PERSON, "count": counted.to_person})
    return found
