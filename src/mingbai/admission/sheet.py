"""A contract on A4: the text as it was shown, and who signed it how and when. Sealed by the ledger afterwards."""

from __future__ import annotations

from datetime import datetime

from mingbai.kernel.paper import LARGE, Paper


def contract(text: str, *, text_sha256: str, signed: list[str], at: datetime) -> bytes:
    """The PDF. `signed`: lines below the text. Raises Problem when this machine has no font with Chinese."""
    title, _, rest = text.partition("\n")
    paper = Paper(title=title, foot=f"SHA-256 {text_sha256}", at=at)
    paper.text_line(title, LARGE, height=9)
    for line in rest.split("\n"):
        _write(paper, line)
    paper.ln(4)
    paper.rule()
    paper.ln(3)
    for line in signed:
        _write(paper, line)
    return paper.made()


def _write(paper: Paper, text: str) -> None:
    if text:
        paper.text_line(text)
    else:
        paper.ln(2)
