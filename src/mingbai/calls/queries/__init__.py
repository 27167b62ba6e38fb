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
    Imported,
    anchored,
    files,
    follow,
    has_key,
    heads,
    imported,
    quarter,
    records,
    stored,
)
from mingbai.calls.queries.pairs import Between, Met, Pair, between, known_since_us
from mingbai.calls.queries.patterns import Limits, Pattern, Target, beyond, pattern
from mingbai.calls.queries.traffic import TRAFFIC, Traffic, matched, traffic

__all__ = [
    "TRAFFIC",
    "Anchored",
    "Attempt",
    "Between",
    "Conduct",
    "Followed",
    "Imported",
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
    "files",
    "follow",
    "has_key",
    "heads",
    "imported",
    "known_since_us",
    "live",
    "matched",
    "pattern",
    "quarter",
    "records",
    "statistics",
    "stored",
    "traffic",
]  # fmt: skip
