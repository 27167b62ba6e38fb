"""办理确认书: the paper that a signature stands on: what was shown, how it is known who signed, the strokes.

The house seals it; the seal, not the drawing, is what shows later changes (docs/signatures.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from mingbai.kernel.paper import LARGE, LINE, MARGIN, SMALL, Paper
from mingbai.orders.rules import Terms
from mingbai.orders.signing.rules import HEIGHT, WIDTH, Drawing, Place

_PAD = 120.0  # mm, how wide the pad is on paper
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


def agreement(facts: Facts, drawing: Drawing) -> bytes:
    """The paper, A4, not yet sealed. Raises Problem when this machine has no font with Chinese."""
    sheet = Paper(
        title=f"业务办理确认书 {facts.order}",
        foot=f"本文件由平台电子印章封存，改动即可查出 · sealed electronically · {facts.log}",
        at=facts.at,
    )
    sheet.text_line("业务办理确认书", LARGE, height=9)
    sheet.text_line(f"Confirmation of an order · 受理单号 {facts.order} · {facts.head}", SMALL)
    sheet.text_line(f"{facts.terms.name}（方案编号 {facts.terms.code}）", gap=2)
    sheet.heading("办理说明（签字人所见原文） · exactly what was shown")
    sheet.text_line(facts.shown)
    sheet.heading("要点 · in short")
    for label, said in (
        ("资费", facts.terms.price), ("有效期限", facts.terms.term), ("违约责任", facts.terms.penalty),
        ("生效", facts.terms.start), ("退订方式", facts.terms.leave), ("办理号码", facts.number),
        ("受理方", f"{facts.seller} · {_WAYS.get(facts.channel, facts.channel)} · {facts.region}"),
    ):  # fmt: skip
        sheet.pair(label, said)
    _signed(sheet, facts, drawing)
    sheet.heading("存证 · evidence")
    sheet.pair("邀约存证", f"{facts.log} · {facts.offer}")
    sheet.pair("说明原文摘要", f"SHA-256 {facts.shown_sha256}")
    sheet.pair("方案内容摘要", f"SHA-256 {facts.tariff_sha256}")
    return sheet.made()


def _signed(sheet: Paper, facts: Facts, drawing: Drawing) -> None:
    """Consent, drawing and who was there, never on two pages."""
    scale = _PAD / WIDTH
    if sheet.get_y() + HEIGHT * scale + 8 * LINE > sheet.h - MARGIN:
        sheet.add_page()
    sheet.heading("签字 · signature")
    sheet.text_line("本人已阅读以上办理说明，同意办理。 I have read the above and agree.")
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
    sheet.pair("签字时间", f"{facts.at:%Y-%m-%d %H:%M:%S} {facts.at:%z}")
    sheet.pair("核验", f"{_HOW[facts.place]} {facts.present_at:%Y-%m-%d %H:%M:%S}")
    if facts.witness:
        sheet.pair("在场工作人员", facts.witness)


def _stroke(sheet: Paper, points: Sequence[tuple[float, float]]) -> None:
    if len(points) == 1:
        (x, y) = points[0]
        sheet.circle(x, y, 0.3, style="F")
    elif points:
        sheet.polyline(points)
