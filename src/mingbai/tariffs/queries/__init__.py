"""What others may know of tariffs."""

from mingbai.tariffs.queries.choosing import Choice, Standing, cheapest, needless
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
    fulls,
    history,
    in_work,
    today,
    version,
)
from mingbai.tariffs.queries.selling import ON_SALE_SQL, plan_code, plan_of, published
from mingbai.tariffs.rules.findings import register_measure

__all__ = [
    "ON_SALE_SQL",
    "Asked",
    "Choice",
    "Full",
    "Past",
    "Row",
    "Standing",
    "WorkView",
    "answers",
    "as_of",
    "cheapest",
    "content_of",
    "count_states",
    "every",
    "find_code",
    "findings",
    "full",
    "fulls",
    "history",
    "in_work",
    "listed",
    "needless",
    "plan_code",
    "plan_of",
    "published",
    "register_measure",
    "today",
    "version",
]
