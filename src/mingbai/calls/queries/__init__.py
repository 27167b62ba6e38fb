"""What other rooms may know of calls: attempts one by one, counts, whether two numbers called, all traffic."""

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
from mingbai.calls.queries.conduct import Conduct, conduct
from mingbai.calls.queries.following import (
    Anchored,
    Followed,
    anchored,
    follow,
    has_key,
    heads,
    quarter,
    stored,
)
from mingbai.calls.queries.pairs import Between, Met, Pair, between, known_since_us
from mingbai.calls.queries.patterns import Limits, Pattern, Target, beyond, pattern
from mingbai.calls.queries.traffic import TRAFFIC, Traffic, traffic

__all__ = [
    "TRAFFIC",
    "Anchored",
    "Attempt",
    "Between",
    "Conduct",
    "Followed",
    "Limits",
    "Met",
    "Pair",
    "Pattern",
    "Statistics",
    "Target",
    "Traffic",
    "anchored",
    "attempt",
    "attempt_receipt",
    "attempts_of",
    "attempts_to",
    "between",
    "beyond",
    "conduct",
    "follow",
    "has_key",
    "heads",
    "in_journal",
    "known_since_us",
    "live",
    "pattern",
    "quarter",
    "statistics",
    "stored",
    "traffic",
]  # fmt: skip
