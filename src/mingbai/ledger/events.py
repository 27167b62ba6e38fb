"""What each kind of entry is called. Rooms register theirs in AppConfig.ready()."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_wordings: dict[str, dict[str, str]] = {}


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def register(kind: str, *, zh: str, en: str) -> None:
    """Word entries of `kind`; `{name}` stands for the value of that name in the entry's content."""
    _wordings[kind] = {"zh": zh, "en": en}


def kinds() -> tuple[str, ...]:
    """Every kind that has a wording."""
    return tuple(sorted(_wordings))


def wording(kind: str, content: Mapping[str, Any], lang: str) -> str:
    """The sentence for an entry in `lang` ("zh…", else English); the kind itself when nobody worded it."""
    found = _wordings.get(kind)
    if not found:
        return kind
    return found["zh" if lang.startswith("zh") else "en"].format_map(_Known(content))


register("ledger.shredded", zh="已销毁 {subject} 的存证明文：{reason}", en="Openings of {subject} destroyed: {reason}")
