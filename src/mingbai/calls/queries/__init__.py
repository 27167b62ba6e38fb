"""What other rooms may know of calls: attempts one by one, counts, and whether two numbers called each other."""

from mingbai.calls.queries.attempts import (
    Attempt,
    Statistics,
    attempt,
    attempt_receipt,
    attempts_of,
    attempts_to,
    live,
    statistics,
)
from mingbai.calls.queries.pairs import Between, Met, between, known_since_us
from mingbai.calls.queries.patterns import Limits, Pattern, Target, beyond, pattern

__all__ = [
    "Attempt", "Between", "Limits", "Met", "Pattern", "Statistics", "Target", "attempt", "attempt_receipt",
    "attempts_of", "attempts_to", "between", "beyond", "known_since_us", "live", "pattern", "statistics",
]  # fmt: skip
