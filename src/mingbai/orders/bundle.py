"""An order with its evidence in one file: the text that was shown, every step, every receipt, the log's key.

Whoever has it checks it offline: `mingbai ledger verify ORDER.zip --vkey …` (docs/orders.md).
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

from mingbai.kernel.problems import Problem
from mingbai.ledger import queries as ledger
from mingbai.ledger.bundles import RUNNING
from mingbai.orders import queries
from mingbai.orders.queries import OrderView

SHOWN = "shown.txt"
ORDER = "order.json"
SIGNED = "signed.pdf"
README = """办理凭证 / Evidence of an order

shown.txt        exactly what the subscriber was shown / 用户所见的办理说明原文
order.json       the order and its steps / 受理单及各步骤
signed.pdf       the sealed paper of an order confirmed by signature / 签字确认书，带电子印章（仅签字办理的业务）
receipts/        a receipt of each step, from the evidence log / 每一步的存证回执
vkey.txt         the key of the log's signatures; compare it with the published one / 日志验证公钥，请与公布的核对

Check it offline / 离线核验:  mingbai ledger verify THIS.zip --vkey "$(cat vkey.txt)"
"""


def of_order(order: OrderView) -> bytes:
    """The bundle of an order. Raises Problem (409) while the log has not numbered one of its steps, (410) when the
    signed paper is not there any more."""
    steps = queries.events_of(order.id)
    receipts = {step.entry: ledger.receipt(step.entry) for step in steps}
    if not all(receipts.values()):
        raise Problem("web.receipt_waiting", "a step is not yet numbered in the log", status=409)
    at = {step.entry: _iso(entry.at) for step in steps if (entry := ledger.opened(step.entry)) is not None}
    when = {step.what: at[step.entry] for step in steps}
    told = {
        "order": order.id, "kind": order.kind, "state": order.state, "seller": order.seller_name,
        "tariff_sha256": order.tariff_sha256, "price_fen": order.price_fen, "terms": order.terms._asdict(),
        "channel": order.channel, "region": order.region, "shown_sha256": order.shown_sha256,
        "proposed_at": when["proposed"], "confirmed_how": order.confirmed_how,
        "confirmed_at": when.get("confirmed", ""), "done_at": when.get("fulfilled", ""),
        "ended_at": at[steps[-1].entry] if order.state not in RUNNING else "",
        "steps": [
            {"what": one.what, "by": one.by, "detail": one.detail, "at": at[one.entry], "receipt": _name(n, one.what)}
            for n, one in enumerate(steps, 1)
        ],
    }  # fmt: skip
    paper = _paper(order.id)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (
            ("README.txt", README), ("vkey.txt", ledger.vkey()), (SHOWN, order.shown),
            (ORDER, json.dumps(told, ensure_ascii=False, indent=1)),
        ):  # fmt: skip
            file.writestr(_entry(name), text)
        if paper is not None:
            file.writestr(_entry(SIGNED), paper)
        for n, one in enumerate(steps, 1):
            file.writestr(_entry(_name(n, one.what)), receipts[one.entry] or "")
    return out.getvalue()


def _paper(order: int) -> bytes | None:
    signed = queries.signature(order)
    if signed is None:
        return None
    found = ledger.document(signed.document)
    if found is None:
        raise Problem("orders.no_paper", "the signed paper is not there any more", status=410)
    return found


def _name(place: int, what: str) -> str:
    return f"receipts/{place:02d}-{what}.tlog-proof"


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time of packing: the same order gives the same names and times."""
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o600 << 16
    return made


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
