"""Keyed hashes of what holders are known by: without the house's key they tell nothing, and nothing else is kept."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from django.conf import settings

from mingbai.admission.rules import identity
from mingbai.admission.rules.words import Trait


def hashed(trait: Trait, text: str) -> bytes | None:
    """The 32-byte hash of a trait; None when the text says nothing."""
    plain = identity.plain(trait, text)
    if not plain:
        return None
    house: bytes = settings.HOME.key("lookup")
    key = hmac.digest(house, b"mb:admission:trait", "sha256")
    return hmac.digest(key, f"{trait.value}:{plain}".encode(), "sha256")


def of(given: Mapping[Trait, str]) -> dict[Trait, bytes]:
    """The hashes of everything that says something."""
    found = {trait: hashed(trait, text) for trait, text in given.items()}
    return {trait: one for trait, one in found.items() if one is not None}
