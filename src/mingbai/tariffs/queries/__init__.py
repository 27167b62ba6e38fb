"""What others may know of tariffs."""

from mingbai.tariffs.queries.listing import Asked, Row, count_states, every, listed
from mingbai.tariffs.queries.plans import (
    Full,
    Past,
    WorkView,
    answers,
    as_of,
    content_of,
    find_code,
    findings,
    full,
    history,
    in_work,
    today,
    version,
)

__all__ = [
    "Asked",
    "Full",
    "Past",
    "Row",
    "WorkView",
    "answers",
    "as_of",
    "content_of",
    "count_states",
    "every",
    "find_code",
    "findings",
    "full",
    "history",
    "in_work",
    "listed",
    "today",
    "version",
]
