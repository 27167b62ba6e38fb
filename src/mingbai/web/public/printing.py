"""A receipt on paper: what it proves in words, its text, and the text again as QR codes, by which it comes back."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from mingbai.ledger import queries as ledger
from mingbai.ledger.verify import verify_receipt
from mingbai.web.public import wording

ONE_CODE = 1200  # bytes: a code of 129 × 129 modules, which a telephone reads from 8 cm of paper
MOST_CODES = 6  # beyond it the text alone is printed
_DRAWN: dict[str, Any] = {
    "omitsize": True, "dark": "#000", "light": "#fff", "border": 4, "svgclass": "qr", "lineclass": None,
}  # fmt: skip


def page(request: HttpRequest, text: str, vkey: str) -> HttpResponse:
    """The page to print. Raises Refused for a receipt that does not hold: none such is put on paper."""
    context = wording.told(verify_receipt(text, vkey))
    pieces = parts(text)
    codes = [_code(piece) for piece in pieces] if len(pieces) <= MOST_CODES else []
    return render(
        request,
        "web/public/printed.html",
        {**context, "text": text, "vkey": vkey, "codes": codes, "own": vkey == ledger.vkey()},
    )


def parts(text: str) -> list[str]:
    """The text in as few parts as codes are needed, of nearly the same size; a receipt is ASCII."""
    count = max(1, -(-len(text) // ONE_CODE))
    size = -(-len(text) // count)
    return [text[place * size : (place + 1) * size] for place in range(count)]


def _code(piece: str) -> SafeString:
    """Black on white also where the page is dark; segno writes numbers and paths alone."""
    made = segno.make(piece, error="l", micro=False, boost_error=False)
    return SafeString(made.svg_inline(**_DRAWN))
