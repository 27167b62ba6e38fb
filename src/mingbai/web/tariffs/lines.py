"""A plan's content as people read it: a label and a text for each field, in the order of a notice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from mingbai.kernel.money import yuan
from mingbai.tariffs.content import Allowances, Content, Price, PriceKind, Tier, Trial
from mingbai.web import words


class Line(NamedTuple):
    """`field` is the content's name for it, `texts` one or more lines; none when nothing was stated."""

    field: str
    label: str
    texts: tuple[str, ...]


LABELS: dict[str, str | Promise] = {
    "code": gettext_lazy("Plan code"),
    "name": pgettext_lazy("tariff", "Name"),
    "kind": pgettext_lazy("tariff", "Kind"),
    "prices": gettext_lazy("Prices"),
    "allowances": gettext_lazy("Included"),
    "allowances.voice_min": pgettext_lazy("tariff", "Calls"),
    "allowances.data_mb": gettext_lazy("General data"),
    "allowances.directed_mb": gettext_lazy("Data for certain apps"),
    "allowances.directed_to": gettext_lazy("Apps of that data"),
    "allowances.sms": pgettext_lazy("tariff", "SMS"),
    "allowances.broadband_mbps": gettext_lazy("Broadband"),
    "allowances.unlimited": gettext_lazy("Without limit"),
    "audience": gettext_lazy("For whom"),
    "audience_text": gettext_lazy("For whom, in words"),
    "regions": gettext_lazy("Regions"),
    "channels": gettext_lazy("Sold through"),
    "on_date": gettext_lazy("On sale from"),
    "off_date": gettext_lazy("On sale until"),
    "term": gettext_lazy("Term"),
    "term_months": gettext_lazy("Binds for"),
    "in_network": gettext_lazy("Staying required"),
    "leave": gettext_lazy("How to leave"),
    "penalty": gettext_lazy("Leaving early costs"),
    "beyond": gettext_lazy("Beyond the allowance"),
    "caps_fen": gettext_lazy("Caps to choose"),
    "trial": gettext_lazy("Free trial"),
    "singles": gettext_lazy("Parts offered singly"),
    "services": gettext_lazy("Further services"),
    "notes": gettext_lazy("Remarks"),
}
_ALLOWED = ("data_mb", "directed_mb", "voice_min", "sms", "broadband_mbps")
# What binds, limits or costs more: beside the price, in the same size.
RESTRICTIONS = ("term_months", "term", "in_network", "penalty", "beyond", "leave", "audience_text")
REST = ("audience", "regions", "channels", "on_date", "off_date", "caps_fen", "trial", "singles", "services", "notes")


def label(field: str) -> str:
    return str(LABELS.get(field, field))


def lines(content: Content, fields: tuple[str, ...]) -> list[Line]:
    """The fields with their texts."""
    return [Line(field, label(field), texts(field, getattr(content, field))) for field in fields]


def allowance_lines(content: Content) -> list[Line]:
    """What is included, each kind on a line; kinds that nothing was stated of are left out."""
    allowed = content.allowances
    found = []
    for name in _ALLOWED:
        said = _allowance(name, allowed)
        if said:
            found.append(Line(f"allowances.{name}", label(f"allowances.{name}"), (said,)))
    return found


def _allowance(name: str, allowed: Allowances) -> str:
    if name in allowed.unlimited:
        return _("without limit")
    value = getattr(allowed, name)
    if value is None:
        return ""
    text = amount(name, value)
    return f"{text} ({allowed.directed_to})" if name == "directed_mb" and allowed.directed_to else text


def amount(name: str, value: int) -> str:
    """An allowance with its unit."""
    if name in ("data_mb", "directed_mb"):
        return volume(value)
    if name == "voice_min":
        return ngettext("%(n)d minute", "%(n)d minutes", value) % {"n": value}
    if name == "sms":
        return ngettext("%(n)d message", "%(n)d messages", value) % {"n": value}
    return f"{value} Mbit/s"


def volume(mb: int | None) -> str:
    """MB as people say it; -1 is without limit."""
    if mb is None:
        return "–"
    if mb < 0:
        return _("without limit")
    return f"{mb / 1024:g} GB" if mb >= 1024 and mb % 256 == 0 else f"{mb} MB" if mb else "0"


def price(one: Price) -> str:
    """“59.00 元/月”, with what it is for."""
    said = " ".join(filter(None, (one.what, _rate(one))))
    if not one.tiers:
        return said
    return "; ".join([said, *(_tier(tier, one) for tier in one.tiers)])


def _rate(one: Price) -> str:
    if one.fen is None:
        return "" if one.tiers else _("price not stated")
    if one.kind == PriceKind.ONE_OFF:
        return pgettext("price", "%(yuan)s yuan once") % {"yuan": yuan(one.fen)}
    return pgettext("price", "%(yuan)s yuan a %(unit)s") % {
        "yuan": yuan(one.fen),
        "unit": words.word("price_unit", one.unit),
    }


def _tier(tier: Tier, one: Price) -> str:
    values = {"yuan": yuan(tier.fen), "unit": words.word("price_unit", one.unit), "upto": tier.upto}
    if tier.upto is None:
        return pgettext("price", "above that %(yuan)s yuan a %(unit)s") % values
    return pgettext("price", "up to %(upto)s: %(yuan)s yuan a %(unit)s") % values


def texts(field: str, value: Any) -> tuple[str, ...]:
    """A field's value as lines of text; empty when nothing was stated."""
    name = field.removeprefix("allowances.")
    if value is None or value == () or value == "":
        return ()
    if name == "prices":
        return tuple(map(price, value))
    if isinstance(value, Allowances):
        found = ((label(f"allowances.{one}"), _allowance(one, value)) for one in _ALLOWED)
        return tuple(f"{what}: {said}" for what, said in found if said)
    if isinstance(value, Trial):
        then = (
            ""
            if value.then_fen is None
            else pgettext("price", "%(yuan)s yuan a month") % {"yuan": yuan(value.then_fen)}
        )
        return (" ".join(filter(None, (ngettext("%(n)d day", "%(n)d days", value.days) % {"n": value.days}, "→",
                                       value.then, then))),)  # fmt: skip
    if name in _ALLOWED:
        return (amount(name, value),)
    return _plain(name, value)


def _plain(name: str, value: Any) -> tuple[str, ...]:
    lists = {"kind": "tariff_kind", "audience": "audience"}
    if name in lists:
        return (str(words.word(lists[name], value)),)
    if name == "channels":
        return (_joined(str(words.word("sales_channel", one)) for one in value),)
    if name == "caps_fen":
        return (" / ".join(pgettext("price", "%(yuan)s yuan") % {"yuan": yuan(one)} for one in value),)
    if name == "term_months":
        return (
            ngettext("%(n)d month", "%(n)d months", value) % {"n": value} if value else _("nothing, leave any month"),
        )
    if name in ("on_date", "off_date"):
        return (formats.date_format(value, "Y-m-d"),)
    if name == "unlimited":
        return (_joined(label(f"allowances.{one}") for one in value),)
    return (_joined(value),) if isinstance(value, tuple) else (str(value),)


def _joined(texts: Iterable[str]) -> str:
    """A list as the reader's language writes it."""
    return ("、" if (get_language() or "").startswith("zh") else ", ").join(texts)
