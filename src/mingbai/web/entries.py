"""Entries of the evidence log as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from mingbai.ledger.events import wording
from mingbai.ledger.queries import EntryView
from mingbai.people import queries as people
from mingbai.web import words

_LISTS = {
    "purpose": "purpose", "how": "how", "kind": "block", "industry": "industry", "state": "number_state",
    "why": "refused_why", "role": "role",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """An entry and its sentence; `firm` is the organisation that it is about, or ""."""

    entry: EntryView
    sentence: str
    firm: str


def told(entries: Iterable[EntryView]) -> list[Told]:
    """Each entry in the reader's language, with stored words replaced by people's."""
    found = list(entries)
    wanted = {
        one.content["principal"] for one in found if one.content and isinstance(one.content.get("principal"), int)
    }
    names = people.organisation_names(wanted)
    language = get_language() or "zh"
    return [_told(one, names, language) for one in found]


def _told(entry: EntryView, names: Mapping[int, str], language: str) -> Told:
    content = entry.content or {}
    firm = names.get(content.get("principal", 0), "")
    said: dict[str, Any] = {name: _said(name, value) for name, value in content.items()}
    return Told(entry, wording(entry.kind, said, language), firm)


def _said(name: str, value: Any) -> Any:
    listed = _LISTS.get(name)
    return words.word(listed, value) if listed and isinstance(value, str) else value


def latest_entries(entries: Iterable[EntryView]) -> dict[tuple[int, str], EntryView]:
    """The last log entry of a subscriber about each firm and purpose."""
    found: dict[tuple[int, str], EntryView] = {}
    for entry in entries:
        content: dict[str, Any] = entry.content or {}
        if "principal" in content and "purpose" in content:
            found[content["principal"], content["purpose"]] = entry
    return found
