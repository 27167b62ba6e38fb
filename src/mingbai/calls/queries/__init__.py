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

__all__ = [
    "Attempt", "Between", "Met", "Statistics", "attempt", "attempt_receipt", "attempts_of", "attempts_to", "between",
    "known_since_us", "live", "statistics",
]  # fmt: skip
