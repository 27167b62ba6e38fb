"""A paper on A4 in Chinese and English: margins, a foot with page numbers, headings, lines, label and value."""

from __future__ import annotations

import logging
import os
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos

from mingbai.kernel.problems import Problem

# Debian's fonts-noto-cjk; another file, which has to hold Chinese, by MINGBAI_FONT.
FONT = Path(os.environ.get("MINGBAI_FONT", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"))
LARGE, BODY, SMALL = 18, 10.5, 8.5  # points
LINE, MARGIN = 6.0, 18.0  # mm
TEAL = (11, 106, 102)
_LABEL = 34.0  # mm
logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of every table that it leaves out


class Paper(FPDF):
    """One paper, its first page begun. Raises Problem when this machine has no font with Chinese."""

    def __init__(self, *, title: str, foot: str, at: datetime) -> None:
        if not FONT.exists():
            mend = "apt-get install fonts-noto-cjk, or set MINGBAI_FONT"
            raise Problem("paper.no_font", "there is no font with Chinese on this machine", mend=mend, status=503)
        super().__init__(format="A4")
        self._foot = foot
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN)
        # in Debian's collection the third face is “SC”, simplified Chinese
        self.add_font("page", "", FONT, collection_font_number=2 if FONT.suffix == ".ttc" else 0)
        self.set_title(title)
        self.set_lang("zh-CN")
        self.set_creation_date(at)
        self.add_page()

    def footer(self) -> None:
        """What fpdf2 puts below each page."""
        self.set_y(-14)
        self.set_font("page", size=SMALL)
        self.cell(0, 5, f"{self._foot} · {self.page_no()}/{{nb}}", align="C")

    def text_line(self, text: str, size: float = BODY, *, height: float = LINE, gap: float = 0) -> None:
        """A paragraph, `gap` mm below what stands; broken between any two characters, as Chinese is."""
        self.ln(gap)
        self.set_font("page", size=size)
        self.multi_cell(0, height, text, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def rule(self) -> None:
        """A line from margin to margin."""
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())

    def heading(self, title: str) -> None:
        """A section's title under a line, both in the colour of the house."""
        self.ln(2.5)
        self.set_draw_color(*TEAL)
        self.rule()
        self.ln(2)
        self.set_text_color(*TEAL)
        self.text_line(title)
        self.set_text_color(0, 0, 0)
        self.set_draw_color(0, 0, 0)

    def pair(self, label: str, said: str) -> None:
        """A label and what is said of it, beginning on the same page."""
        self.set_font("page", size=BODY)
        if self.will_page_break(LINE):
            self.add_page()
        top = self.get_y()
        self.cell(_LABEL, LINE, label)
        self.set_xy(self.l_margin + _LABEL, top)
        self.multi_cell(0, LINE, said, align="L", wrapmode=WrapMode.CHAR, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def made(self) -> bytes:
        """The PDF."""
        return bytes(self.output())
