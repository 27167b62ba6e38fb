"""A contract on A4: the text as it was shown, and who signed it how and when. Sealed by the ledger afterwards."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mingbai.kernel.problems import Problem

# Debian's fonts-noto-cjk; another file, which has to hold Chinese, by MINGBAI_FONT. In the collection, 2 is “SC”.
FONT = Path(os.environ.get("MINGBAI_FONT", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"))
_LARGE, _BODY, _SMALL, _LINE = 16, 10.5, 8.5, 6.0
logging.getLogger("fontTools").setLevel(logging.ERROR)


class _Sheet(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("page", size=_SMALL)
        self.cell(0, 5, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")


def contract(text: str, *, text_sha256: str, signed: list[str], at: datetime) -> bytes:
    """The PDF. `signed`: lines below the text. Raises Problem when this machine has no font with Chinese."""
    if not FONT.exists():
        mend = "apt-get install fonts-noto-cjk, or set MINGBAI_FONT"
        raise Problem("admission.no_font", "there is no font with Chinese on this machine", mend=mend, status=503)
    sheet = _Sheet(format="A4")
    sheet.set_margin(18)
    sheet.set_auto_page_break(True, 18)
    sheet.add_font("page", "", FONT, collection_font_number=2 if FONT.suffix == ".ttc" else 0)
    title, _, rest = text.partition("\n")
    sheet.foot = f"SHA-256 {text_sha256}"
    sheet.set_title(title)
    sheet.set_creation_date(at)
    sheet.add_page()
    _write(sheet, title, _LARGE, 9)
    for line in rest.split("\n"):
        _write(sheet, line, _BODY, _LINE)
    sheet.ln(4)
    sheet.line(sheet.l_margin, sheet.get_y(), sheet.w - sheet.r_margin, sheet.get_y())
    sheet.ln(3)
    for line in signed:
        _write(sheet, line, _BODY, _LINE)
    return bytes(sheet.output())


def _write(sheet: FPDF, text: str, size: float, height: float) -> None:
    if not text:
        sheet.ln(2)
        return
    sheet.set_font("page", size=size)
    sheet.multi_cell(0, height, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
