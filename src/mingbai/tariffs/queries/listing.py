"""Lists of what the zone shows: filtered, searched, sorted, by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from mingbai.people import queries as people
from mingbai.tariffs import content as contents
from mingbai.tariffs import places, search
from mingbai.tariffs.content import Content
from mingbai.tariffs.models import Version
from mingbai.tariffs.queries.plans import today

SORTS = ("new", "old", "price", "price_down")
STATES = ("on_sale", "coming", "withdrawn", "all")  # beside them “standing”: on sale or coming


class Asked(NamedTuple):
    """What a reader wants to see. Prices in fen, both ends included."""

    text: str = ""
    kind: str = ""
    region: str = ""
    audience: str = ""
    channel: str = ""
    state: str = "on_sale"
    operator: int = 0
    least_fen: int | None = None
    most_fen: int | None = None
    sort: str = "new"


class Row(NamedTuple):
    """A plan in a list. `data_mb`, `voice_min`: -1 without limit."""

    plan: int
    version: int
    code: str
    operator: int
    operator_name: str
    name: str
    kind: str
    audience: str
    price_fen: int | None
    month_fen: int | None
    data_mb: int | None
    voice_min: int | None
    on_date: date | None
    off_date: date | None
    state: str


_COLUMNS = """p.id, v.id, p.code, p.operator_id, v.name, v.kind, v.audience, v.price_fen, v.month_fen, v.data_mb,
v.voice_min, v.on_date, v.off_date, v.state"""
_SHOWN = " JOIN tariffs_plan p ON p.shown_id = v.id"
_ORDER = {
    "new": "v.published_at DESC, v.id DESC",
    "old": "v.plan_id",
    "price": "v.price_fen, v.id",
    "price_down": "v.price_fen DESC, v.id DESC",
}


def listed(asked: Asked, *, offset: int = 0, limit: int = 50) -> tuple[list[Row], int]:
    """A page of what was asked for, and how many there are in all. With a text, names that hold it come first."""
    conditions, values = _where(asked)
    # What is published is shown; only a withdrawn version may have a later one, so only then the plan is asked.
    plans = _SHOWN if asked.operator or asked.state in ("withdrawn", "all") else ""
    where = f" FROM tariffs_version v{plans} WHERE {' AND '.join(conditions)}"
    order, order_values = _ORDER[asked.sort if asked.sort in SORTS else "new"], []
    named = search.condition(asked.text, in_name=True)
    if named is not None:
        order, order_values = f"NOT ({named[0]}), {order}", list(named[1])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*){where}", values)
        count = cursor.fetchone()[0]
        # Sorted by keys alone, then read: rows are wide, and all but a page of them are left aside.
        cursor.execute(
            f"SELECT v.id{where} ORDER BY {order} LIMIT %s OFFSET %s",
            [*values, *order_values, limit, min(offset, 1 << 31)],
        )
        ids = [row[0] for row in cursor.fetchall()]
        rows = _read(cursor, ids)
    names = people.organisation_names({row[3] for row in rows})
    return [_row(row, names) for row in rows], int(count)


def _read(cursor: Any, ids: list[int]) -> list[Any]:
    """The columns of these versions, in that order."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    from_plans = f"FROM tariffs_version v JOIN tariffs_plan p ON p.id = v.plan_id WHERE v.id IN ({marks})"
    cursor.execute(f"SELECT {_COLUMNS} {from_plans}", ids)  # marks alone
    found = {row[1]: row for row in cursor.fetchall()}
    return [found[one] for one in ids]


def _row(row: Any, names: dict[int, str]) -> Row:
    plan, version, code, operator, *rest = row
    rest[7:9] = [_day(one) for one in rest[7:9]]
    return Row(plan, version, code, operator, names.get(operator, ""), *rest)


def _day(value: Any) -> date | None:
    """SQLite hands dates of raw statements over as text."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.date() if isinstance(value, datetime) else value


def _where(asked: Asked) -> tuple[list[str], list[Any]]:
    conditions, values = [_state(asked.state)], _days(asked.state)
    for column, value in (("kind", asked.kind), ("audience", asked.audience)):
        if value:
            conditions.append(f"v.{column} = %s")
            values.append(value)
    if asked.operator:
        conditions.append("p.operator_id = %s")
        values.append(asked.operator)
    for sign, bound in ((">=", asked.least_fen), ("<=", asked.most_fen)):
        if bound is not None:
            conditions.append(f"v.price_fen {sign} %s")
            values.append(bound)
    for sort, wanted in (("r", around(asked.region)), ("c", [asked.channel] if asked.channel else [])):
        if wanted:
            marks = ", ".join(["%s"] * len(wanted))
            tags = f"SELECT version_id FROM tariffs_tag WHERE sort = %s AND value IN ({marks})"  # noqa: S608  # question marks alone
            conditions.append(f"v.id IN ({tags})")
            values += [sort, *wanted]
    found = search.condition(asked.text)
    if found is not None:
        conditions.append(found[0])
        values += found[1]
    return conditions, values


def _state(state: str) -> str:
    if state == "all":
        return "1 = 1"
    if state == "withdrawn":
        return "(v.state = 'withdrawn' OR v.off_date < %s)"
    if state == "standing":
        return "v.state = 'published' AND v.off_date >= %s"
    if state == "coming":
        return "v.state = 'published' AND v.on_date > %s"
    return "v.state = 'published' AND v.on_date <= %s AND v.off_date >= %s"


def _days(state: str) -> list[Any]:
    day = today().isoformat() if connection.vendor == "sqlite" else today()
    return [day] * {"all": 0, "withdrawn": 1, "coming": 1, "standing": 1}.get(state, 2)


def around(region: str) -> list[str]:
    """Tariffs that hold somewhere in the region, or around all of it."""
    name = places.normal(region)[:24]
    return [*places.around(name), *places.PROVINCES.get(name, ())] if name else []


def every() -> Iterator[tuple[Row, Content, str]]:
    """Everything that the zone shows, withdrawn ones too, with its content and its hash, by plan."""
    rows = Version.objects.filter(shown_by__isnull=False).select_related("plan", "body").order_by("shown_by__id")
    names: dict[int, str] = {}
    for row in rows.iterator(chunk_size=500):
        operator = row.plan.operator_id
        if operator not in names:
            names |= people.organisation_names([operator])
        yield (
            Row(
                row.plan_id, row.id, row.plan.code, operator, names.get(operator, ""), row.name, row.kind, row.audience,
                row.price_fen, row.month_fen, row.data_mb, row.voice_min, row.on_date, row.off_date, row.state,
            ),
            contents.parse(row.body.text),
            row.sha256,
        )  # fmt: skip


def count_states() -> dict[str, int]:
    """How many tariffs are on sale, coming, withdrawn."""
    return {state: listed(Asked(state=state), limit=0)[1] for state in STATES}
