"""What detection found, as sentences: the reason of a finding, what counts against it, figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mingbai.detection.queries import Changed, FindingRow, Hit, HolderSpot, Quality, Reason
from mingbai.detection.rules import RULES, words
from mingbai.detection.states import Kind
from mingbai.numbers import queries as numbers
from mingbai.web import words_detection

register = template.Library()

MOST = 40.0  # points at which the bar of a score is full: ten thousand times even odds


class Seen(NamedTuple):
    """What a rule measured, beside its threshold; `sign`: ≥, > or ≤ it."""

    label: object
    value: float
    threshold: float
    sign: str


class Line(NamedTuple):
    """One figure of a setting: `label` "" where the setting is one figure alone."""

    label: object
    now: object
    wished: object


@register.filter
def because(reason: Reason) -> str:
    """The sentence of a finding's reason; its code where this version does not know it."""
    if reason.code not in words.REASONS:
        return reason.code
    seen = [{"name": name, "value": pair[0]} for name, pair in reason.values.items()]
    return words.said(reason.code, seen, _language())


@register.filter
def measured(reason: Reason) -> list[Seen]:
    """What a reason holds, measure by measure."""
    known = words_detection.MEASURES
    tests = [test for rule in RULES if rule.code == reason.code for test in rule.tests]
    signs = {test.measure: "≤" if test.most else ">" if test.above else "≥" for test in tests}
    return [
        # of a rule that this version does not know: it held, so the value says on which side
        Seen(known.get(name, name), value, bound, signs.get(name, "≤" if value < bound else "≥"))
        for name, (value, bound) in reason.values.items()
    ]


@register.filter
def differences(change: Changed) -> list[Line]:
    """What a rule set changes in a setting, figure by figure; what it leaves is left out."""
    if not isinstance(change.now, Mapping):
        return [Line("", change.now, change.wished)]
    known = words_detection.THRESHOLDS
    return [
        Line(known.get(f"{change.name}.{key}", known.get(key, key)), now, change.wished[key])
        for key, now in change.now.items() if key in change.wished and change.wished[key] != now
    ]  # fmt: skip


@register.filter
def against(code: str) -> str:
    """What counts against a finding."""
    known = words.AGAINST.get(code)
    return known[_language()] if known else code


@register.filter
def subject(row: FindingRow | Hit) -> str:
    """Whom a finding is about: a number's mark, a holder's or a trunk's name."""
    if row.kind == Kind.TRUNK:  # few are, so each is asked for
        trunk = numbers.trunk(row.trunk)
        return trunk.name if trunk else str(row.trunk)
    return row.mark or row.holder_name or str(row.holder)


@register.filter
def points(value: float) -> str:
    """A score, or a part of one: one decimal, with its sign's own character."""
    return f"{value:.1f}".replace("-", "−")


@register.filter
def signed(value: float) -> str:
    """The same, a plus before what is above nought."""
    return f"{value:+.1f}".replace("-", "−")


@register.filter
def plain(value: float) -> str:
    """A measure: a whole number, or one decimal below ten."""
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 10 else f"{value:,.0f}"


@register.filter
def along(score: float, width: int) -> str:
    """How much of a bar `width` wide a score fills: all of it from MOST points on, nothing below nought."""
    return f"{width * min(max(score, 0.0), MOST) / MOST:.1f}"


@register.filter
def seconds(milliseconds: float) -> str:
    """Milliseconds as seconds."""
    return _("%(n)s s") % {"n": f"{milliseconds / 1000:.1f}"}


@register.filter
def percent(value: float | None) -> str:
    """A share as per cent; a dash where nothing was decided."""
    return "–" if value is None else f"{100 * value:.1f} %"


@register.filter
def precision_of(quality: Quality) -> str:
    return percent(quality.precision)


@register.filter
def recall_of(quality: Quality) -> str:
    return percent(quality.recall)


@register.filter
def share_after(spot: HolderSpot) -> str:
    """Of a holder's calls, how many came after a refusal."""
    return percent(spot.after_refusal / spot.calls if spot.calls else None)


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"
