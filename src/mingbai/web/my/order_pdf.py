"""An order on A4: what was shown, what was answered, every step with its place in the evidence log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.kernel.paper import LARGE, SMALL, Paper
from mingbai.orders.queries import EventView, OrderView
from mingbai.web import words


def evidence(order: OrderView, steps: Sequence[EventView], *, number: str, page: str, at: datetime) -> bytes:
    """The order as PDF; `number` masked, `page` its address, `at` when it was made.

    Raises Problem when this machine has no font with Chinese.
    """
    sheet = Paper(title=order.terms.name, foot=f"{page} · {at:%Y-%m-%d %H:%M}", at=at)
    kind, state = words.word("order_kind", order.kind), words.word("order_state", order.state)
    sheet.text_line(f"{kind} · {_('Order')} {order.id} · {number}", SMALL)
    sheet.text_line(order.terms.name, LARGE, height=9)
    sheet.text_line(f"{state} · {order.seller_name} · {order.region}")
    sheet.text_line(_("Exactly what you were shown"), gap=3)
    sheet.text_line(order.shown)
    sheet.text_line(f"SHA-256 {order.shown_sha256}", SMALL)
    sheet.text_line(_("What happened"), gap=3)
    for step in steps:
        said = f" “{step.detail}”" if step.detail else ""
        place = _("on record · entry %(index)s") % {"index": step.place} if step.place is not None else ""
        when = f"{timezone.localtime(step.at):%Y-%m-%d %H:%M:%S}"
        sheet.text_line(f"{when}  {words.word('order_step', step.what)}{said}  {place}")
    return sheet.made()
