"""A tariff on A4: price and restrictions beside each other in the same size, as the page shows them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mingbai.kernel.fonts import FACE, FONT
from mingbai.kernel.problems import Problem
from mingbai.tariffs.queries import Full
from mingbai.web import words
from mingbai.web.tariffs.lines import Line

_LARGE, _BODY, _SMALL = 18, 10.5, 8.5
_LINE = 6.0  # mm
_LABEL = 32.0  # mm
logging.getLogger("fontTools").setLevel(logging.ERROR)


class _Sheet(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("page", size=_SMALL)
        self.cell(0, 5, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")


def summary(full: Full, shown: Mapping[str, Any], *, page: str, at: datetime) -> bytes:
    """The tariff as PDF; `shown` as the page has it, `page` its address, `at` when it was made.

    Raises Problem when this machine has no font with Chinese.
    """
    sheet = _sheet()
    content = full.content
    sheet.foot = f"{page} · {at:%Y-%m-%d %H:%M}"
    sheet.set_title(content.name)
    sheet.set_author(full.operator_name)
    sheet.set_creation_date(at)
    sheet.add_page()
    _text(sheet, f"{full.operator_name} · {words.word('tariff_kind', content.kind)} · {content.code}", _SMALL)
    _text(sheet, content.name, _LARGE, height=9)
    _section(sheet, _("What it costs"))
    for one in shown["prices"]:
        _text(sheet, one, _BODY)
    for line in shown["allowed"]:
        _fact(sheet, line)
    _section(sheet, _("What it binds you to"))
    for line in shown["restrictions"]:
        _fact(sheet, line)
    _section(sheet, _("All the rest"))
    for line in shown["rest"]:
        if line.texts:
            _fact(sheet, line)
    _section(sheet, pgettext("tariff", "Proof"))
    _proof(sheet, full, shown["index"])
    return bytes(sheet.output())


def _sheet() -> _Sheet:
    if not FONT.exists():
        mend = "apt-get install fonts-noto-cjk, or set MINGBAI_FONT"
        raise Problem("tariffs.no_font", "there is no font with Chinese on this machine", mend=mend, status=503)
    sheet = _Sheet(format="A4")
    sheet.set_margin(18)
    sheet.set_auto_page_break(True, 18)
    sheet.add_font("page", "", FONT, collection_font_number=FACE)
    return sheet


def _text(sheet: FPDF, text: str, size: float, *, height: float = _LINE) -> None:
    sheet.set_font("page", size=size)
    sheet.multi_cell(0, height, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _section(sheet: FPDF, title: str) -> None:
    sheet.ln(3)
    sheet.set_draw_color(11, 106, 102)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.w - sheet.r_margin, sheet.get_y())
    sheet.ln(2)
    sheet.set_text_color(11, 106, 102)
    _text(sheet, title, _BODY)
    sheet.set_text_color(0, 0, 0)


def _fact(sheet: FPDF, line: Line) -> None:
    _pair(sheet, line.label, line.texts or (_("not stated"),))


def _pair(sheet: FPDF, label: str, texts: Sequence[str]) -> None:
    sheet.set_font("page", size=_BODY)
    if sheet.will_page_break(_LINE):
        sheet.add_page()
    top = sheet.get_y()
    sheet.cell(_LABEL, _LINE, label)
    sheet.set_xy(sheet.l_margin + _LABEL, top)
    sheet.multi_cell(0, _LINE, "\n".join(texts), align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _proof(sheet: FPDF, full: Full, index: int | None) -> None:
    _pair(sheet, _("Version"), (str(full.number),))
    if full.published_at is not None:
        _pair(sheet, _("Published"), (f"{full.published_at:%Y-%m-%d %H:%M} UTC",))
    if index is not None:
        _pair(sheet, _("Evidence log"), (_("on record · entry %(index)s") % {"index": index},))
    _pair(sheet, _("Hash of the content"), (full.sha256,))
