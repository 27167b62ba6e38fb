"""Feature rows made by hand."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from mingbai.detection.features.columns import TABLES
from mingbai.detection.rules import judge
from mingbai.kernel import profile
from mingbai.kernel.profile import Detection

SETTINGS: Detection = profile.parse(profile.packaged("cn-2018-whitelist"), "cn").detection
UNKNOWN = {"use": -1, "age_days": -1}


def table(*rows: dict[str, int], kind: str = "number") -> pa.Table:
    """Rows of a kind of feature table; columns that a row does not name are 0, or unknown; talk is 40 s."""
    rows = tuple({"talk_4": row.get("answered", 0)} | row for row in rows)
    schema = TABLES[kind]
    made: dict[str, Any] = {
        name: [
            row.get(name, place + 1 if name == "subject" else UNKNOWN.get(name, 0)) for place, row in enumerate(rows)
        ]
        for name in schema.names
    }
    return pa.table(made, schema=schema)


def found(row: dict[str, int], kind: str = "number", settings: Detection = SETTINGS) -> dict[str, str]:
    """Rule → verdict for one row."""
    judged = judge(table(row, kind=kind), settings, kind)
    return dict(zip(judged["rule"].to_pylist(), judged["verdict"].to_pylist(), strict=True))  # type: ignore[arg-type]


# A week of a number that hardly anybody wants to hear from, and of one like everybody's.
COLD = {
    "calls": 700, "recorded": 700, "callees": 690, "answered": 280, "rung": 690, "short": 170, "long": 8,
    "talk_ms": 4_200_000, "talk_s2": 200_000, "days": 6, "returned": 9, "repeated": 6, "unused": 40, "rejected": 70,
    "most_60min": 40,
}  # fmt: skip
ORDINARY = {
    "calls": 30, "recorded": 30, "callees": 12, "answered": 21, "rung": 30, "short": 2, "long": 9,
    "talk_ms": 1_900_000, "talk_s2": 400_000, "days": 7, "returned": 7, "repeated": 6, "known": 20, "callers": 14,
    "first_in": 5,
}  # fmt: skip
