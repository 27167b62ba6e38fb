"""告知的文字: what messages say, by kind and language. Refused at start, with file and line, while a part is missing.

A check of words finds advertising that names itself; it does not understand sentences. A reminder that praises a
product in words of its own is for whoever reviews the wording to find. Names of tariffs are not checked: what is called
“优惠包” must still be told of.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NoReturn

from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.notices.kinds import FACTS, Kind

LANGS = ("zh", "en")
FOLDER = "wording"
LONGEST = 2000  # characters of one message: thirty SMS
_SPOKEN = tuple(kind for kind in Kind if FACTS[kind].parts)
_ADVERTISING = re.compile(
    "优惠|特惠|折扣|打折|限时|抢购|秒杀|抽奖|红包|赠送|免费领|领取福利|福利|推荐办理|推荐您|欢迎办理|欢迎订购"
    "|立即办理|立即订购|升级套餐|热销|爆款|超值|划算|点击办理|更多好礼|好礼"
    r"|礼包|戳我|戳链接|優惠|加\d+元(?:升级|换)"
    r"|\b(?:special offer|discounts?|limited time|bargain|upgrade (?:now|today)|order now|buy now)\b"
    r"|\b(?:win a|prize|promo\w*)\b",
    re.I,
)
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")  # 优 惠 is read as 优惠
_HEADER, _AT_LINE = re.compile(r"\s*\[([\w-]+)\]"), re.compile(r"\(at line (\d+), column \d+\)")

Wording = Mapping[tuple[Kind, str], str]
_loaded: dict[Path, tuple[tuple[int, ...], Wording]] = {}


def load(home: Home) -> Wording:
    """Text by kind and language, the installation's own before ours; read again when its files change.

    Raises Problem with file and line for the first fault.
    """
    folder, own = _places(home.root)
    stamp = tuple(map(_changed, own))
    known = _loaded.get(folder)
    if known is None or known[0] != stamp:
        found: dict[tuple[Kind, str], str] = {}
        for lang, path in zip(LANGS, own, strict=True):
            found |= parse(
                Path(__file__).with_name(f"{lang}.toml").read_text("utf-8"), f"{lang}.toml", lang, whole=True
            )
            if path.exists():
                found |= parse(path.read_text("utf-8-sig", "replace"), f"{FOLDER}/{lang}.toml", lang, whole=False)
        known = _loaded[folder] = (stamp, found)
    return known[1]


@cache
def _places(root: Path) -> tuple[Path, tuple[Path, ...]]:
    folder = root / FOLDER
    return folder, tuple(folder / f"{lang}.toml" for lang in LANGS)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except (FileNotFoundError, NotADirectoryError):
        return 0


def parse(text: str, name: str, lang: str, *, whole: bool) -> dict[tuple[Kind, str], str]:
    """One file of wording. `whole`: every kind must be there. Raises Problem with `where` = name:line."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        found = _AT_LINE.search(str(fault))
        _refuse("syntax", "this is no TOML", name, int(found[1]) if found else 1)
    lines = {head[1]: at for at, line in enumerate(text.splitlines(), 1) if (head := _HEADER.match(line))}
    wordings: dict[tuple[Kind, str], str] = {}
    for key, entry in document.items():
        line = lines.get(key, 1)
        if key not in {kind.value for kind in _SPOKEN}:
            _refuse("unknown", f"there is no kind of message “{key}”", name, line)
        if not isinstance(entry, dict) or set(entry) != {"text"} or not isinstance(entry["text"], str):
            _refuse("mistyped", f"“{key}” must have a text and nothing else", name, line)
        _check(Kind(key), entry["text"], name, line)
        wordings[Kind(key), lang] = entry["text"]
    if whole and (missing := [kind for kind in _SPOKEN if (kind, lang) not in wordings]):
        _refuse("missing", f"there is no wording for {missing[0]}", name, 1)
    return wordings


def compose(wording: Wording, kind: Kind, lang: str, values: Mapping[str, str]) -> str:
    """The text of one message. Raises Problem for a part that is missing, empty or unknown, for advertising
    added to a reminder, and for a text that is too long."""
    facts = FACTS[kind]
    for part in facts.parts:
        if not values.get(part, "").strip():
            raise Problem("notices.part", f"a {kind} message has no {part}", where=part, mend="say it")
    if extra := values.keys() - {*facts.parts, *facts.optional}:
        raise Problem("notices.part", f"a {kind} message has no place for {min(extra)}", where=min(extra))
    clean = {name: " ".join(value.split()) for name, value in values.items()}
    filled = {name: clean.get(name, "") for name in (*facts.parts, *facts.optional)}
    text = wording[kind, lang].format_map(filled).strip()
    for part in facts.optional if facts.reminder else ():
        if word := advertising(filled[part]):
            raise Problem("notices.advertising", f"“{word}” is advertising", where=part, mend="a reminder has none")
    if len(text) > LONGEST:
        what = f"a {kind} message of {len(text)} characters"
        raise Problem("notices.long", what, where=str(kind), mend=f"at most {LONGEST}")
    return text


def advertising(text: str) -> str:
    """The first word of advertising in a text, "" when there is none of those that we know."""
    found = _ADVERTISING.search(_GAP.sub("", text))
    return found[0] if found else ""


def _check(kind: Kind, text: str, name: str, line: int) -> None:
    facts = FACTS[kind]
    try:
        pieces = [piece for piece in string.Formatter().parse(text) if piece[1] is not None]
    except ValueError:
        _refuse("braces", f"a brace in “{kind}” is not closed", name, line)
    names = [str(piece[1]) for piece in pieces]
    if any(piece[2] or piece[3] for piece in pieces):
        _refuse("braces", f"a place in “{kind}” says more than a name", name, line)
    for part in facts.parts:
        if part not in names:
            _refuse("part", f"“{kind}” does not say {{{part}}}, which it must", name, line)
    for part in names:
        if part not in (*facts.parts, *facts.optional):
            _refuse("part", f"“{kind}” has a place {{{part}}} that nobody fills", name, line)
    if facts.reminder and (word := advertising(text)):
        _refuse("advertising", f"“{word}” in “{kind}” is advertising, and a reminder has none", name, line)


def _refuse(code: str, what: str, name: str, line: int) -> NoReturn:
    raise Problem(f"wording.{code}", what, where=f"{name}:{line}", mend="mend the wording", status=500)
