"""Money, data and minutes of tariffs."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingbai.kernel.money import yuan
from mingbai.web.tariffs import lines

register = template.Library()


@register.simple_tag
def fen(value: int | None) -> str:
    """Fen as “59.00 元”."""
    return "–" if value is None else pgettext("price", "%(yuan)s yuan") % {"yuan": yuan(value)}


@register.filter
def volume(value: int | None) -> str:
    """MB as people say it."""
    return lines.volume(value)


@register.filter
def months(value: int) -> str:
    """How long a plan binds."""
    return lines.texts("term_months", value)[0]


@register.simple_tag
def minutes(value: int | None) -> str:
    """Minutes of calls; -1 without limit."""
    return _("calls without limit") if value is not None and value < 0 else lines.amount("voice_min", value or 0)
