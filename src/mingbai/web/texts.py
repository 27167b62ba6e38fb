"""What no text that people or systems send us may hold, wherever it comes in: forms, queries, API bodies."""

from __future__ import annotations

from collections.abc import Iterable

from mingbai.kernel.problems import Problem


def refuse_nul(texts: Iterable[object], *, where: str = "") -> None:
    """Raises Problem when one of `texts` is a text with a NUL character: PostgreSQL stores none."""
    if any(isinstance(text, str) and "\0" in text for text in texts):
        raise Problem("web.nul", where=where)
