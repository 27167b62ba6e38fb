"""Money is an integer of fen (分, 1/100 yuan); nothing here is a float."""

from __future__ import annotations

import re

from mingbai.kernel.problems import Problem

_YUAN = re.compile(r"(?P<sign>-?)(?P<yuan>\d{1,12})(?:\.(?P<fen>\d{1,2}))?", re.ASCII)


def parse_yuan(text: str) -> int:
    """Fen from yuan as people write it: “59”, “59.9”, “¥59.90”, “59元”.

    Raises Problem when the text is no amount, or has more than two decimals.
    """
    bare = text.strip().removeprefix("¥").removeprefix("￥").removesuffix("元").replace(",", "").strip()
    found = _YUAN.fullmatch(bare)
    if not found:
        raise Problem("money.unreadable", where=text[:40], mend="write yuan with at most two decimals, such as 59.90")
    fen = int(found["yuan"]) * 100 + int((found["fen"] or "0").ljust(2, "0"))
    return -fen if found["sign"] else fen


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals: 5990 → “59.90”."""
    sign, whole = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100}.{whole % 100:02d}"
