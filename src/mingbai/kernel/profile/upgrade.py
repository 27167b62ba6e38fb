"""What a newer version of the program wants of an older profile.toml: added as shipped, everything else left as it is.

Comments, order, line ends and the operator's own values stay. What a profile says and the program no longer knows is
not taken out: whether it meant something is the operator's to judge.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.groups import GROUPS
from mingbai.kernel.profile.reading import Setting, parse

NEVER = ("ledger.origin",)
"""The name of the log never changes: what stands in a shipped profile is nobody's, and nothing to fall back to."""

_TABLE = re.compile(r"""\s*\[\[?\s*([^\]#]*?)\s*\]\]?\s*(?:#.*)?""")
_OF_SETTING = re.compile(r"""settings\s*\.\s*(?:"([^"]*)"|'([^']*)')""")


class Added(NamedTuple):
    """One thing that is new. `entries`: those of its value alone, where the setting itself is there; else empty."""

    setting: Setting
    entries: tuple[str, ...]


class Upgrade(NamedTuple):
    """The profile as it would be, what is new in it, and settings in it that the program does not know."""

    text: str
    added: tuple[Added, ...]
    unknown: tuple[str, ...]


def upgrade(text: str, shipped: str, filename: str) -> Upgrade:
    """Add to the profile `text` what it lacks, from the profile `shipped`. `text` comes back where nothing is new.

    Raises Problem for a text that is no TOML, or that is still refused with everything added; unknown settings alone
    are told and not raised.
    """
    written = _settings(text, filename)
    source = parse(shipped, "shipped")
    end = "\r\n" if "\r\n" in text else "\n"
    lines, blocks = text.splitlines(), _blocks(shipped)
    known = [f"{group}.{part.name}" for group, kind in GROUPS.items() for part in fields(kind)]
    added: list[Added] = []
    for key, entries in _lacking_entries(written, source.settings):
        lines = _with_entries(lines, key, [line for line in blocks[key] if _entry(line) in entries], filename)
        added.append(Added(source.settings[key], entries))
    for key in NEVER:
        if key not in written:
            mend = f'write it as it stands in your receipts: [settings."{key}"]; the shipped profiles show its form'
            raise Problem(
                "profile.missing", f"“{key}” is missing, and is nobody's but yours", where=filename, mend=mend
            )
    new = [key for key in known if key not in written]
    if new:
        while lines and not lines[-1].strip():
            lines.pop()
        lines += ["", f"# Added by `mingbai profile upgrade`, as {source.name} ships it."]
        lines += [line for key in new for line in ("", *blocks[key])]
        added += [Added(source.settings[key], ()) for key in new]
    unknown = tuple(key for key in written if key not in known)
    whole = end.join(lines) + end if added else text
    if not unknown:
        parse(whole, filename)
    return Upgrade(whole, tuple(added), unknown)


def _settings(text: str, filename: str) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(text).get("settings", {})
    except (ValueError, RecursionError):
        parse(text, filename)  # tells it with its line
        raise
    return found if isinstance(found, dict) else {}


def _lacking_entries(
    written: Mapping[str, Any], shipped: Mapping[str, Setting]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Settings whose value is a table that is refused as it is, and lacks entries that the shipped one has."""
    for group, kind in GROUPS.items():
        for part in fields(kind):
            key = f"{group}.{part.name}"
            setting = written.get(key)
            value = setting.get("value") if isinstance(setting, dict) else None
            if not isinstance(value, dict) or not isinstance(shipped[key].value, dict):
                continue
            lacking = tuple(name for name in shipped[key].value if name not in value)
            if lacking and _is_refused(part.metadata["reader"], value):
                yield key, lacking


def _is_refused(reader: Any, value: object) -> bool:
    try:
        reader(value)
    except ValueError:
        return True
    return False


def _blocks(text: str) -> dict[str, list[str]]:
    """Setting → its lines in a shipped profile, its value's tables with it, without what stands between settings."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if header := _TABLE.fullmatch(line):
            named = _OF_SETTING.match(header[1])
            key = named[1] or named[2] if named else ""
        if key:
            found.setdefault(key, []).append(line)
    for lines in found.values():
        while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
            lines.pop()
    return found


def _entry(line: str) -> str:
    return line.partition("=")[0].strip().strip("\"'") if "=" in line else ""


def _with_entries(lines: list[str], key: str, entries: list[str], filename: str) -> list[str]:
    """The lines with `entries` at the end of the table that is the setting's value. Raises Problem without such."""
    at = _end_of_value(lines, key)
    if at is None:
        what = f"“{key}” lacks {', '.join(map(_entry, entries))}"
        raise Problem("profile.missing", what, where=filename, mend="add: " + "; ".join(entries))
    return [*lines[:at], *entries, *lines[at:]]


def _end_of_value(lines: list[str], key: str) -> int | None:
    """The line behind the last entry of the table that is the setting's value; None without such a table."""
    end: int | None = None
    for number, line in enumerate(lines):
        header = _TABLE.fullmatch(line)
        named = _OF_SETTING.match(header[1]) if header else None
        begins = named and header and (named[1] or named[2]) == key and header[1][named.end() :].strip() == ".value"
        is_entry = not header and bool(line.strip()) and not line.lstrip().startswith("#")
        if begins or (end == number and is_entry):
            end = number + 1
    return end
