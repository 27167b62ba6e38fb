"""What changed between two contents, field by field. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from mingbai.tariffs.content import FIELDS, Allowances, Content


class Change(NamedTuple):
    """`field` by its name (allowances as allowances.x), and both values as the content holds them."""

    field: str
    before: Any
    after: Any


def between(before: Content, after: Content) -> list[Change]:
    """Fields that differ, in the order of the content."""
    found: list[Change] = []
    for field in FIELDS:
        one, other = getattr(before, field), getattr(after, field)
        if one == other:
            continue
        if isinstance(one, Allowances):
            names = Allowances.__struct_fields__
            pairs = ((f"allowances.{name}", getattr(one, name), getattr(other, name)) for name in names)
            found += [Change(*pair) for pair in pairs if pair[1] != pair[2]]
        else:
            found.append(Change(field, one, other))
    return found
