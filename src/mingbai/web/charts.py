"""Figures as charts and as the table behind them: one source for both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingbai.calls.queries import Statistics
from mingbai.web import outcomes, words

_MOST_RULES = 12


def by_day(found: Statistics) -> dict[str, Any]:
    """Verdicts a day in the reader's zone: `option` for the chart's script; `axis`, `names`, `rows` for the table."""
    days: dict[Any, Counter[str]] = {}
    for second, counts in found.hours.items():
        day = timezone.localtime(datetime.fromtimestamp(second, UTC)).date()
        days.setdefault(day, Counter()).update(counts)
    labels = [str(formats.date_format(day, "MONTH_DAY_FORMAT")) for day in sorted(days)]
    rows = [[days[day][name] for name in words.DECISIONS] for day in sorted(days)]
    names = [str(words.word("verdict", name)) for name in words.DECISIONS]
    series = [
        {"name": names[i], "look": words.VERDICTS[name][0], "values": [row[i] for row in rows]}
        for i, name in enumerate(words.DECISIONS)
    ]
    return {
        "axis": _("Day"),
        "names": names,
        "rows": list(zip(labels, rows, strict=True)),
        "option": {"labels": labels, "series": series},
    }


def by_rule(found: Statistics) -> dict[str, Any]:
    """Verdicts by the rule that decided, the most frequent first."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    labels, values, looks = [], [], []
    for rule, count in sorted(found.rules.items(), key=lambda pair: -pair[1])[:_MOST_RULES]:
        said = outcomes.by_rule(rule)
        labels.append(said.reason[language] if said else rule)
        values.append(count)
        looks.append(words.VERDICTS[words.DECISIONS[said.decision]][0] if said else "none")
    name = _("Attempts")
    return {
        "axis": _("Reason"),
        "names": [name],
        "rows": [(label, [value]) for label, value in zip(labels, values, strict=True)],
        "option": {
            "labels": labels,
            "series": [{"name": name, "look": "teal", "looks": looks, "values": values}],
            "direction": "across",
        },
    }


def of_pattern(days: dict[str, dict[str, int]]) -> dict[str, Any]:
    """Attempts of one number by local day and verdict; `days` as in calls.queries.Pattern."""
    labels = [str(formats.date_format(date.fromisoformat(day), "MONTH_DAY_FORMAT")) for day in sorted(days)]
    rows = [[days[day].get(name, 0) for name in words.DECISIONS] for day in sorted(days)]
    names = [str(words.word("verdict", name)) for name in words.DECISIONS]
    series = [
        {"name": names[i], "look": words.VERDICTS[name][0], "values": [row[i] for row in rows]}
        for i, name in enumerate(words.DECISIONS)
    ]
    return {
        "axis": _("Day"),
        "names": names,
        "rows": list(zip(labels, rows, strict=True)),
        "option": {"labels": labels, "series": series},
    }


def of_clock(hours: Sequence[int]) -> dict[str, Any]:
    """Attempts by local hour of the day, 0–23."""
    labels, name = [f"{hour:02d}" for hour in range(24)], _("Attempts")
    return {
        "axis": _("Hour"),
        "names": [name],
        "rows": [(label, [value]) for label, value in zip(labels, hours, strict=True)],
        "option": {"labels": labels, "series": [{"name": name, "look": "teal", "values": list(hours)}]},
    }
