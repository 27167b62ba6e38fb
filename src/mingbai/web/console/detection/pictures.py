"""How a number called, as charts and as the tables behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mingbai.detection.queries import Bin, Pictures

DAYS = (7, 14, 31)  # that a page may look back


def of(seen: Pictures) -> dict[str, dict[str, Any]]:
    """Each picture as parts/chart.html takes it: `option` for the script; `axis`, `names`, `rows` for the table."""
    return {"hours": _hours(seen), "talk": _talk(seen), "spread": _spread(seen), "days": _days(seen)} | (
        {"back": _back(seen)} if seen.back else {}
    )


def _hours(seen: Pictures) -> dict[str, Any]:
    """Calls by local hour, answered ones and others."""
    labels = [f"{hour:02d}" for hour in range(24)]
    other = [calls - answered for calls, answered in zip(seen.hours, seen.answered, strict=True)]
    return _stacked(
        _("Hour"),
        labels,
        {
            pgettext("call", "answered"): ("teal", seen.answered),
            pgettext("call", "not answered, or not known"): ("quiet", other),
        },
    )


def _talk(seen: Pictures) -> dict[str, Any]:
    labels = [_length(one) for one in seen.talk]
    return _single(_("Length of talk"), labels, _("Answered calls"), [one.count for one in seen.talk])


def _spread(seen: Pictures) -> dict[str, Any]:
    labels = [_times(one) for one in seen.per_callee]
    return _single(_("Called"), labels, _("People"), [one.count for one in seen.per_callee])


def _days(seen: Pictures) -> dict[str, Any]:
    labels = [str(formats.date_format(day, "MONTH_DAY_FORMAT")) for day, _count in seen.days]
    return _single(_("Day"), labels, pgettext("call", "Calls"), [count for _day, count in seen.days])


def _back(seen: Pictures) -> dict[str, Any]:
    """Who called back: how often it had called them, how often they called."""
    labels = [one.callee for one in seen.back]
    series = {
        _("was called"): ("quiet", [one.called for one in seen.back]),
        _("called back"): ("pass", [one.returned for one in seen.back]),
    }
    made = _stacked(_("Person"), labels, series)
    made["option"]["direction"] = "across"
    return made


def _length(one: Bin) -> str:
    if one.high is None:
        return _("%(low)d s and more") % {"low": one.low}
    return _("%(low)d–%(high)d s") % {"low": one.low, "high": one.high}


def _times(one: Bin) -> str:
    if one.high is None:
        return _("%(low)d times and more") % {"low": one.low}
    if one.high - one.low <= 1:
        return ngettext("%(n)d time", "%(n)d times", one.low) % {"n": one.low}
    return _("%(low)d–%(high)d times") % {"low": one.low, "high": one.high - 1}


def _single(axis: str, labels: list[str], name: str, values: Sequence[int]) -> dict[str, Any]:
    return _stacked(axis, labels, {name: ("teal", values)})


def _stacked(axis: str, labels: list[str], series: Mapping[str, tuple[str, Sequence[int]]]) -> dict[str, Any]:
    """`series`: name → (look, a value for each label)."""
    columns = [values for _look, values in series.values()]
    return {
        "axis": axis,
        "names": list(series),
        "rows": [(label, [column[at] for column in columns]) for at, label in enumerate(labels)],
        "option": {
            "labels": labels,
            "series": [{"name": name, "look": look, "values": list(values)} for name, (look, values) in series.items()],
        },
    }
