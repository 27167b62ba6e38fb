"""A profile file, read strictly: whatever is missing, unknown or mistyped is refused with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.groups import (
    GROUPS,
    Admission,
    Calls,
    Cases,
    Consent,
    Detection,
    Gate,
    Labels,
    Ledger,
    Notices,
    Numbers,
    Orders,
    Reports,
    Sip,
)
from mingbai.kernel.profile.readers import Misplaced

STANDINGS = ("law", "notice", "draft", "practice", "ours")
MARKS = ("S", "N", "U")
_PARTS = {"value", "unit", "source", "standing", "mark", "note"}
_HEADER = re.compile(r"""\s*\[\s*settings\s*\.\s*(?:"([^"]*)"|'([^']*)')\s*((?:\.[\w."' -]*)?)\]""")
_KEY = re.compile(r"\s*([A-Za-z]+)\s*[=.]")
_INSIDE = re.compile(r"""\s*["']?([\w-]+)["']?\s*=""")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of policy as written: the value, where it comes from and how binding that is."""

    key: str
    value: Any
    unit: str
    source: str
    standing: str
    mark: str
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A whole policy. `settings` as written, for people; the groups typed, for code."""

    name: str
    title: Mapping[str, str]
    settings: Mapping[str, Setting]
    gate: Gate
    sip: Sip
    consent: Consent
    numbers: Numbers
    notices: Notices
    orders: Orders
    labels: Labels
    reports: Reports
    cases: Cases
    admission: Admission
    ledger: Ledger
    calls: Calls
    detection: Detection


def parse(text: str, filename: str) -> Profile:
    """The profile that `text` holds. Raises Problem with `where` = file:line for the first fault found."""
    reader = _Reader(text, filename)
    return reader.profile()


class _Reader:
    def __init__(self, text: str, filename: str) -> None:
        self.filename = filename
        self.lines = text.splitlines()
        try:
            self.document = tomllib.loads(text)
        except RecursionError:
            self.refuse("profile.syntax", "brackets within brackets without end", 1, "mend the TOML")
        except ValueError as fault:  # of the syntax, or a number longer than Python reads
            found = _AT_LINE.search(str(fault))
            line = int(found[1]) if found else max(len(self.lines), 1)
            self.refuse("profile.syntax", _AT_LINE.sub("", str(fault)).strip(), line, "mend the TOML")
        self.places = self._find_places()

    def profile(self) -> Profile:
        for name in self.document.keys() - {"profile", "settings"}:
            self.refuse("profile.unknown", f"unknown table “{name}”", self.line_of(name), "remove it")
        name, title = self.head()
        settings = self.settings()
        groups = {group: self.group(group, kind, settings) for group, kind in GROUPS.items()}
        return Profile(name=name, title=title, settings=settings, **groups)

    def head(self) -> tuple[str, Mapping[str, str]]:
        head = self.document.get("profile")
        line = self.line_of("profile")
        if not isinstance(head, dict):
            self.refuse("profile.missing", "table [profile] is missing", line, "name the profile and give its title")
        name, title = head.get("name"), head.get("title")
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9-]{1,60}", name):
            self.refuse("profile.name", "profile.name must be lower-case letters, digits and hyphens", line)
        if not isinstance(title, dict) or set(title) != {"zh", "en"} or not all(map(_filled, title.values())):
            self.refuse("profile.title", "profile.title must have zh and en", line)
        if extra := head.keys() - {"name", "title"}:
            self.refuse("profile.unknown", f"unknown key “{min(extra)}” in [profile]", line, "remove it")
        return name, title

    def settings(self) -> dict[str, Setting]:
        known = {f"{group}.{part.name}": part for group, kind in GROUPS.items() for part in fields(kind)}
        written = self.document.get("settings", {})
        if not isinstance(written, dict):
            self.refuse("profile.mistyped", "settings must be tables", self.line_of("settings"))
        for key in written:
            if key not in known:
                mend = 'remove it, or correct its name; write each as [settings."group.name"]'
                self.refuse("profile.unknown", f"unknown setting “{key}”", self.line_of(key), mend)
        for key in known:
            if key not in written:
                mend = "`mingbai profile upgrade` shows what is new since it was made, and adds it"
                self.refuse("profile.missing", f"setting “{key}” is missing", max(len(self.lines), 1), mend)
        return {key: self.setting(key, written[key], known[key].metadata["unit"]) for key in known}

    def setting(self, key: str, written: Any, unit: str) -> Setting:
        if not isinstance(written, dict):
            self.refuse("profile.mistyped", f"“{key}” must be a table", self.line_of(key))
        if extra := written.keys() - _PARTS:
            self.refuse("profile.unknown", f"unknown key “{min(extra)}” in “{key}”", self.line_of(key, min(extra)))
        if missing := _PARTS - {"note"} - written.keys():
            self.refuse("profile.missing", f"“{key}” has no {min(missing)}", self.line_of(key), "add it")
        if written["unit"] != unit:
            what = f"the unit of “{key}” is “{unit}”, not “{written['unit']}”"
            self.refuse("profile.unit", what, self.line_of(key, "unit"), "convert the value and write this unit")
        self.standing(key, written)
        for part in ("source", "note"):
            if part in written and not _filled(written[part]):
                self.refuse("profile.mistyped", f"{part} of “{key}” must be a text", self.line_of(key, part))
        value = written["value"]
        return Setting(
            key, value, unit, written["source"], written["standing"], written["mark"], written.get("note", ""),
            self.line_of(key),
        )  # fmt: skip

    def standing(self, key: str, written: Mapping[str, Any]) -> None:
        """What nobody has seen in writing is ours, and ours is nothing that anybody wrote: never passed off as law."""
        standing, mark = written["standing"], written["mark"]
        if standing not in STANDINGS:
            what = f"standing of “{key}” must be one of {', '.join(STANDINGS)}"
            self.refuse("profile.standing", what, self.line_of(key, "standing"))
        if mark not in MARKS:
            self.refuse("profile.mark", f"mark of “{key}” must be S, N or U", self.line_of(key, "mark"))
        if (mark == "U") != (standing == "ours"):
            what = f"“{key}” is marked {mark} and stands as {standing}: U and ours go together"
            self.refuse("profile.standing", what, self.line_of(key, "standing"))

    def group(self, group: str, kind: type[Any], settings: Mapping[str, Setting]) -> Any:
        values: dict[str, Any] = {}
        for part in fields(kind):
            key = f"{group}.{part.name}"
            try:
                values[part.name] = part.metadata["reader"](settings[key].value)
            except ValueError as fault:
                line = self.line_inside(key, fault.path if isinstance(fault, Misplaced) else "")
                self.refuse("profile.mistyped", f"“{key}” {fault}", line, "correct the value")
        return kind(**values)

    def _find_places(self) -> dict[tuple[str, str], int]:
        """(setting, key inside it) → line, counted from 1; ("name", "") for the table itself."""
        places: dict[tuple[str, str], int] = {}
        current = inside = ""
        for number, line in enumerate(self.lines, start=1):
            if header := _HEADER.match(line):
                current, inside = header[1] or header[2] or "", re.sub(r"""["' ]""", "", header[3]).strip(".")
                places.setdefault((current, inside), number)
            elif inside and not line.lstrip().startswith("["):
                if key := _INSIDE.match(line):
                    places.setdefault((current, f"{inside}.{key[1]}"), number)
            elif line.lstrip().startswith("["):
                current, inside = line.strip().strip("[]").partition(".")[0].strip(), ""
                places.setdefault((current, ""), number)
            elif key := _KEY.match(line):
                places.setdefault((current, key[1]) if current else (key[1], ""), number)
        return places

    def line_of(self, table: str, key: str = "") -> int:
        return self.places.get((table, key)) or self.places.get((table, "")) or 1

    def line_inside(self, key: str, path: str) -> int:
        """The line of the entry at `path` in a setting's value, else of the nearest table around it that has one."""
        while path:
            if line := self.places.get((key, f"value.{path}")):
                return line
            path = path.rpartition(".")[0]
        return self.places.get((key, "value")) or self.line_of(key)

    def refuse(self, code: str, what: str, line: int, mend: str = "") -> NoReturn:
        raise Problem(code, what, where=f"{self.filename}:{line}", mend=mend, status=500)


def _filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
