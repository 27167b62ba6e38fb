"""Policy as a file: every threshold with its unit, its source and how binding that source is.

profile = load(Home.from_environment())
profile.gate.hours[Use.MARKETING]          # typed, for code
profile.settings["gate.hours"].standing    # as written, for people
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.kernel.profile.groups import (
    SIP_FAMILIES,
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
from mingbai.kernel.profile.readers import Limits, SipCode
from mingbai.kernel.profile.reading import MARKS, STANDINGS, Profile, Setting, parse
from mingbai.kernel.profile.styles import Style

__all__ = [
    "MARKS",
    "NAMES",
    "SIP_FAMILIES",
    "STANDINGS",
    "Admission",
    "Calls",
    "Cases",
    "Consent",
    "Detection",
    "Gate",
    "Labels",
    "Ledger",
    "Limits",
    "Notices",
    "Numbers",
    "Orders",
    "Profile",
    "Reports",
    "Setting",
    "Sip",
    "SipCode",
    "Style",
    "load",
    "name_of",
    "packaged",
    "parse",
]

NAMES = ("cn-2018-whitelist", "cn-2020-inbound-only")


def packaged(name: str) -> str:
    """The text of a shipped profile. Raises Problem for a name that is not in NAMES."""
    if name not in NAMES:
        raise Problem("profile.unknown_name", f"no profile “{name}” is shipped", mend="take one of " + ", ".join(NAMES))
    return (resources.files("mingbai.kernel") / "profiles" / f"{name}.toml").read_text("utf-8")


def name_of(text: str) -> str:
    """What a profile calls itself, "" where that cannot be read: it may be one that is refused for something else."""
    try:
        head = tomllib.loads(text).get("profile")
    except (ValueError, RecursionError):
        return ""
    return str(head.get("name", "")) if isinstance(head, dict) else ""


def load(home: Home) -> Profile:
    """The profile in force under `home`. Raises Problem when there is none or it has a fault.

    Asked again it answers the same object for as long as the file is the same.
    """
    try:
        stamp = home.profile.stat()
    except FileNotFoundError:
        mend = "run `mingbai init`"
        raise Problem("profile.none", "no profile has been chosen", where=str(home.profile), mend=mend) from None
    return _read(home.profile, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int, _size: int) -> Profile:
    try:
        text = path.read_text("utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as fault:
        line = fault.object.count(b"\n", 0, fault.start) + 1
        where = f"{path.name}:{line}"
        raise Problem("profile.syntax", "this is not UTF-8", where=where, mend="save it as UTF-8") from None
    return parse(text, path.name)
