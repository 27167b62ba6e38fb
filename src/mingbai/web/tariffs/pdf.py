"""A tariff on A4: price and restrictions beside each other in the same size, as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mingbai.kernel.paper import LARGE, SMALL, Paper
from mingbai.tariffs.queries import Full
from mingbai.web import words
from mingbai.web.tariffs.lines import Line


def summary(full: Full, shown: Mapping[str, Any], *, page: str, at: datetime) -> bytes:
    """The tariff as PDF; `shown` as the page has it, `page` its address, `at` when it was made.

    Raises Problem when this machine has no font with Chinese.
    """
    content = full.content
    sheet = Paper(title=content.name, foot=f"{page} · {at:%Y-%m-%d %H:%M}", at=at)
    sheet.set_author(full.operator_name)
    sheet.text_line(f"{full.operator_name} · {words.word('tariff_kind', content.kind)} · {content.code}", SMALL)
    sheet.text_line(content.name, LARGE, height=9)
    sheet.heading(_("What it costs"))
    for one in shown["prices"]:
        sheet.text_line(one)
    for line in shown["allowed"]:
        _fact(sheet, line)
    sheet.heading(_("What it binds you to"))
    for line in shown["restrictions"]:
        _fact(sheet, line)
    sheet.heading(_("All the rest"))
    for line in shown["rest"]:
        if line.texts:
            _fact(sheet, line)
    sheet.heading(pgettext("tariff", "Proof"))
    _proof(sheet, full, shown["index"])
    return sheet.made()


def _fact(sheet: Paper, line: Line) -> None:
    sheet.pair(line.label, "\n".join(line.texts) or _("not stated"))


def _proof(sheet: Paper, full: Full, index: int | None) -> None:
    sheet.pair(_("Version"), str(full.number))
    if full.published_at is not None:
        sheet.pair(_("Published"), f"{full.published_at:%Y-%m-%d %H:%M} UTC")
    if index is not None:
        sheet.pair(_("Evidence log"), _("on record · entry %(index)s") % {"index": index})
    sheet.pair(_("Hash of the content"), full.sha256)
