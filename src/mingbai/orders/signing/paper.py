"""办理确认书: the paper that a signature stands on: what was shown, how it is known who signed, the strokes.

The house seals it; the seal, not the drawing, is what shows later changes (docs/signatures.md).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mingbai.kernel.fonts import FACE, FONT
from mingbai.kernel.problems import Problem
from mingbai.orders.rules import Terms
from mingbai.orders.signing.rules import HEIGHT, WIDTH, Drawing, Place

_LARGE, _BODY, _SMALL = 17, 10.5, 8.5
_LINE, _LABEL, _MARGIN = 6.0, 36.0, 18.0  # mm
_PAD = 120.0  # mm, how wide the pad is on paper
_TEAL = (11, 106, 102)
_HOW = {
    Place.OWN: (
        "本机登录：以发往本号码的一次性验证码核验，由持有本号码的人在自己的设备上签字。"
        " On an own device, after a code sent to the number."
    ),
    Place.SHOP: (
        "营业现场：以发往本号码的一次性验证码核验，工作人员已核对本人有效证件。"
        " In a shop, after a code sent to the number, identity document seen."
    ),
}
_WAYS = {
    "hall": "营业厅", "web": "网上营业厅", "app": "客户端", "hotline": "热线", "sms": "短信", "agent": "代理渠道",
    "online_shop": "网店", "door": "上门与电话",
}  # fmt: skip
logging.getLogger("fontTools").setLevel(logging.ERROR)


class Facts(NamedTuple):
    """What the paper says besides the terms. Times are local; `offer`: the ledger entry of the offer and its place."""

    order: int
    number: str  # masked
    head: str  # what kind of order
    seller: str
    channel: str
    region: str
    tariff_sha256: str
    shown: str
    shown_sha256: str
    terms: Terms
    log: str  # the evidence log's name
    offer: str
    place: Place
    witness: str  # “工号 …”, "" on the subscriber's own device
    present_at: datetime
    at: datetime


class _Sheet(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("page", size=_SMALL)
        self.cell(0, 5, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")


def agreement(facts: Facts, drawing: Drawing) -> bytes:
    """The paper, A4, not yet sealed. Raises Problem when this machine has no font with Chinese."""
    sheet = _sheet(facts)
    _text(sheet, "业务办理确认书", _LARGE, height=9)
    _text(sheet, f"Confirmation of an order · 受理单号 {facts.order} · {facts.head}", _SMALL)
    _text(sheet, f"{facts.terms.name}（方案编号 {facts.terms.code}）", _BODY, gap=2)
    _heading(sheet, "办理说明（签字人所见原文） · exactly what was shown")
    _text(sheet, facts.shown, _BODY)
    _heading(sheet, "要点 · in short")
    for label, said in (
        ("资费", facts.terms.price), ("有效期限", facts.terms.term), ("违约责任", facts.terms.penalty),
        ("生效", facts.terms.start), ("退订方式", facts.terms.leave), ("办理号码", facts.number),
        ("受理方", f"{facts.seller} · {_WAYS.get(facts.channel, facts.channel)} · {facts.region}"),
    ):  # fmt: skip
        _pair(sheet, label, said)
    _signed(sheet, facts, drawing)
    _heading(sheet, "存证 · evidence")
    _pair(sheet, "邀约存证", f"{facts.log} · {facts.offer}")
    _pair(sheet, "说明原文摘要", f"SHA-256 {facts.shown_sha256}")
    _pair(sheet, "方案内容摘要", f"SHA-256 {facts.tariff_sha256}")
    return bytes(sheet.output())


def _sheet(facts: Facts) -> _Sheet:
    if not FONT.exists():
        mend = "apt-get install fonts-noto-cjk, or set MINGBAI_FONT"
        raise Problem("tariffs.no_font", "there is no font with Chinese on this machine", mend=mend, status=503)
    sheet = _Sheet(format="A4")
    sheet.set_margin(_MARGIN)
    sheet.set_auto_page_break(True, _MARGIN)
    sheet.add_font("page", "", FONT, collection_font_number=FACE)
    sheet.foot = f"本文件由平台电子印章封存，改动即可查出 · sealed electronically · {facts.log}"
    sheet.set_title(f"业务办理确认书 {facts.order}")
    sheet.set_lang("zh-CN")
    sheet.set_creation_date(facts.at)
    sheet.add_page()
    return sheet


def _signed(sheet: _Sheet, facts: Facts, drawing: Drawing) -> None:
    """Consent, drawing and who was there, never on two pages."""
    scale = _PAD / WIDTH
    if sheet.get_y() + HEIGHT * scale + 8 * _LINE > sheet.h - _MARGIN:
        sheet.add_page()
    _heading(sheet, "签字 · signature")
    _text(sheet, "本人已阅读以上办理说明，同意办理。 I have read the above and agree.", _BODY)
    left, top = sheet.l_margin, sheet.get_y() + 1
    sheet.set_draw_color(150, 150, 150)
    sheet.set_line_width(0.2)
    sheet.rect(left, top, _PAD, HEIGHT * scale)
    sheet.set_draw_color(0, 0, 0)
    sheet.set_line_width(0.6)
    for stroke in drawing.strokes:
        _stroke(sheet, [(left + x * scale, top + y * scale) for x, y, _ms in stroke])
    sheet.set_line_width(0.2)
    sheet.set_y(top + HEIGHT * scale + 2)
    _pair(sheet, "签字时间", f"{facts.at:%Y-%m-%d %H:%M:%S} {facts.at:%z}")
    _pair(sheet, "核验", f"{_HOW[facts.place]} {facts.present_at:%Y-%m-%d %H:%M:%S}")
    if facts.witness:
        _pair(sheet, "在场工作人员", facts.witness)


def _stroke(sheet: _Sheet, points: Sequence[tuple[float, float]]) -> None:
    if len(points) == 1:
        (x, y) = points[0]
        sheet.circle(x, y, 0.3, style="F")
    elif points:
        sheet.polyline(points)


def _heading(sheet: _Sheet, title: str) -> None:
    sheet.ln(2)
    sheet.set_draw_color(*_TEAL)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.w - sheet.r_margin, sheet.get_y())
    sheet.ln(1.5)
    sheet.set_text_color(*_TEAL)
    _text(sheet, title, _BODY)
    sheet.set_text_color(0, 0, 0)


def _text(sheet: _Sheet, text: str, size: float, *, height: float = _LINE, gap: float = 0) -> None:
    sheet.ln(gap)
    sheet.set_font("page", size=size)
    sheet.multi_cell(0, height, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _pair(sheet: _Sheet, label: str, said: str) -> None:
    sheet.set_font("page", size=_BODY)
    if sheet.will_page_break(_LINE):
        sheet.add_page()
    top = sheet.get_y()
    sheet.cell(_LABEL, _LINE, label)
    sheet.set_xy(sheet.l_margin + _LABEL, top)
    sheet.multi_cell(0, _LINE, said, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
