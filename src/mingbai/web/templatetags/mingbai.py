"""The components of the faces: verdict badge, seal, why, time, number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from mingbai.kernel import clock
from mingbai.kernel.msisdn import Msisdn, of_digits
from mingbai.kernel.terms import Decision
from mingbai.web import words

register = template.Library()


@register.filter
def wordof(value: object, listname: str) -> object:
    """`{{ consent.purpose|wordof:"purpose" }}`: a stored value as people read it."""
    return words.word(listname, value)


@register.filter
def messageword(template: str) -> object:
    """What a message of the house was about."""
    known = words.MESSAGE_KINDS.get(template) or words.TEMPLATES.get(template)
    return known or words.TEMPLATES.get(template.partition(".")[0], words.TEMPLATES[""])


@register.filter
def said(text: object) -> object:
    """The reader's language of a text that carries both ({"zh": …, "en": …}); anything else as it is."""
    if isinstance(text, Mapping):
        return text.get("zh" if (get_language() or "").startswith("zh") else "en") or next(iter(text.values()), "")
    return text


@register.simple_tag
def verdict(decision: object) -> SafeString:
    """A verdict's badge: colour, word and shape. Takes allow/label/refuse/verify or a Decision."""
    name = words.DECISIONS[int(decision)] if isinstance(decision, (int, Decision)) else str(decision)
    look, text = words.VERDICTS.get(name, words.VERDICTS["none"])
    return format_html('<span class="verdict {}">{}</span>', look, text)


@register.filter
def moment(value: object) -> datetime | None:
    """An aware datetime from a datetime or from microseconds since the epoch; None stays None."""
    if isinstance(value, datetime):
        return value
    return datetime.fromtimestamp(value / 1_000_000, UTC) if isinstance(value, int) and value else None


@register.simple_tag
def when(value: object, empty: str = "") -> str | SafeString:
    """A time in the reader's zone, short; exact to the second on hover."""
    at = moment(value)
    if at is None:
        return empty
    local = timezone.localtime(at)
    today = timezone.localtime(clock.now()).date()
    days = (today - local.date()).days
    if days == 0:
        short = _("today %(time)s") % {"time": f"{local:%H:%M}"}
    elif days == 1:
        short = _("yesterday %(time)s") % {"time": f"{local:%H:%M}"}
    else:
        short = f"{formats.date_format(local, 'MONTH_DAY_FORMAT' if local.year == today.year else 'DATE_FORMAT')}"
    exact = f"{local:%Y-%m-%d %H:%M:%S} UTC{local:%z}"
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, short)


@register.simple_tag
def exactly(value: object, empty: str = "") -> str | SafeString:
    """A time to the second, for dense tables."""
    at = moment(value)
    if at is None:
        return empty
    local = timezone.localtime(at)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}")


@register.filter
def duration(seconds: object) -> str:
    """Seconds in words, the largest unit that says it."""
    if not isinstance(seconds, (int, float)):
        return ""
    if seconds < 1:
        return gettext("less than a second")
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", int(seconds)) % {"n": int(seconds)}
    if seconds < 7200:
        return ngettext("%(n)d minute", "%(n)d minutes", int(seconds // 60)) % {"n": int(seconds // 60)}
    if seconds < 172800:
        return ngettext("%(n)d hour", "%(n)d hours", int(seconds // 3600)) % {"n": int(seconds // 3600)}
    return ngettext("%(n)d day", "%(n)d days", int(seconds // 86400)) % {"n": int(seconds // 86400)}


@register.filter
def brief(seconds: float) -> str:
    """A short time for a figure: “< 1 s”, “12 s”, “3 min”, “2 h”."""
    if seconds < 1:
        return _("< 1 s")
    if seconds < 120:
        return _("%(n)d s") % {"n": seconds}
    return _("%(n)d min") % {"n": seconds // 60} if seconds < 7200 else _("%(n)d h") % {"n": seconds // 3600}


@register.filter
def minutes(value: int) -> str:
    """Minutes of a day as a clock shows them: 540 → 09:00."""
    return f"{value // 60:02d}:{value % 60:02d}"


@register.filter
def masked(value: Msisdn | str | int) -> str:
    """A person's number with its middle hidden; numbers of firms as they are. Takes digits in normal form too."""
    number = value if isinstance(value, Msisdn) else of_digits(str(value))
    return number.masked if number.is_person else number.national


@register.filter
def national(value: Msisdn | str | int) -> str:
    """A number as it is dialled at home: 864008109889 → 4008109889."""
    return (value if isinstance(value, Msisdn) else of_digits(str(value))).national


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> object:
    """`{{ names|at:consent.principal }}`: the value under a key that stands in a variable."""
    return mapping.get(key, "")


@register.filter
def pair(value: str) -> list[str]:
    """What stands before and behind the first colon."""
    before, _colon, behind = value.partition(":")
    return [before, behind]


@register.filter
def setting(value: object) -> str:
    """A setting's value as a table shows it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {setting(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(setting(one) for one in value) or "–"
    return str(value) if value != "" else "–"


@register.simple_tag
def seal(index: object, url: str = "") -> SafeString:
    """The receipt mark 有据可查 · 第 N 条; links to the proof when `url` is given. Index None: still being ordered."""
    if index is None or index == "":
        return format_html('<span class="seal waiting">{}</span>', _("on record, being numbered"))
    text = _("on record · entry %(index)s") % {"index": index}
    if url:
        return format_html('<a class="seal" href="{}">{}</a>', url, text)
    return format_html('<span class="seal">{}</span>', text)


@register.inclusion_tag("web/parts/why.html")
def why(**parts: Any) -> dict[str, Any]:
    """为什么: rule, reason, basis, standing, consent, receipt (an index) and its url, as far as there are any."""
    return parts


@register.simple_tag(takes_context=True)
def here(context: Context, name: str) -> str | SafeString:
    """aria-current for the link of the route `name` when the reader is on it or below it."""
    try:
        target = reverse(name)
    except NoReverseMatch:
        return ""
    path = context["request"].path
    exact = context.get("face_root") == target or target == "/"
    return SafeString(' aria-current="page"') if (path == target if exact else path.startswith(target)) else ""
