"""What other rooms may know of cases."""

from mingbai.cases.queries.appeals import (
    AppealView,
    appeal,
    appeals,
    caller_party,
    concerns,
    of_party,
    of_verdict,
    waiting,
)

__all__ = ["AppealView", "appeal", "appeals", "caller_party", "concerns", "of_party", "of_verdict", "waiting"]
