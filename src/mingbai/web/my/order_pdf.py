"""An order on A4: what was shown, what was answered, every step with its place in the evidence log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mingbai.kernel.fonts import FACE, FONT
from mingbai.kernel.problems import Problem
from mingbai.orders.queries import EventView, OrderView
from mingbai.web import words

_LARGE, _BODY, _SMALL = 18, 10.5, 8.5
_LINE = 6.0  # mm


class _Sheet(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("page", size=_SMALL)
        self.cell(0, 5, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")


def evidence(order: OrderView, steps: Sequence[EventView], *, number: str, page: str, at: datetime) -> bytes:
    """The order as PDF; `number` masked, `page` its address, `at` when it was made.

    Raises Problem when this machine has no font with Chinese.
    """
    if not FONT.exists():
        raise Problem("tariffs.no_font", "there is no font with Chinese on this machine", status=503)
    sheet = _Sheet(format="A4")
    sheet.set_margin(18)
    sheet.set_auto_page_break(True, 18)
    sheet.add_font("page", "", FONT, collection_font_number=FACE)
    sheet.foot = f"{page} · {at:%Y-%m-%d %H:%M}"
    sheet.set_title(order.terms.name)
    sheet.set_creation_date(at)
    sheet.add_page()
    kind, state = words.word("order_kind", order.kind), words.word("order_state", order.state)
    _text(sheet, f"{kind} · {_('Order')} {order.id} · {number}", _SMALL)
    _text(sheet, order.terms.name, _LARGE, height=9)
    _text(sheet, f"{state} · {order.seller_name} · {order.region}", _BODY)
    _text(sheet, _("Exactly what you were shown"), _BODY, gap=3)
    _text(sheet, order.shown, _BODY)
    _text(sheet, f"SHA-256 {order.shown_sha256}", _SMALL)
    _text(sheet, _("What happened"), _BODY, gap=3)
    for step in steps:
        said = f" “{step.detail}”" if step.detail else ""
        place = _("on record · entry %(index)s") % {"index": step.place} if step.place is not None else ""
        when = f"{timezone.localtime(step.at):%Y-%m-%d %H:%M:%S}"
        _text(sheet, f"{when}  {words.word('order_step', step.what)}{said}  {place}", _BODY)
    return bytes(sheet.output())


def _text(sheet: FPDF, text: str, size: float, *, height: float = _LINE, gap: float = 0) -> None:
    sheet.ln(gap)
    sheet.set_font("page", size=size)
    sheet.multi_cell(0, height, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
