"""What a running town remembers under its home: its seed, its clock, its key to the gate, how its calls fared."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.problems import Problem
from mingbai.town.plan import Town, make

_OPENS, _CLOSES = 9 * 60 + 30, 17 * 60
_LOCAL_S, _TEN_S, _DAY_S = 8 * 3600, 10 * 3600, 86_400


@dataclass
class Notes:
    """The town's own notes; `organisations` maps a firm's key to its id, `stories` what town.stories made to its id."""

    seed: int
    people: int
    offset_s: int = 0
    gate_key: str = ""
    organisations: dict[str, int] = field(default_factory=dict)
    stories: dict[str, int] = field(default_factory=dict)

    def save(self, home: Home) -> None:
        path = notes_path(home)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self)), "utf-8")
        draft.chmod(0o600)
        draft.replace(path)


def notes_path(home: Home) -> Path:
    return home.root / "town" / "notes.json"


def score_path(home: Home) -> Path:
    return home.root / "town" / "score.json"


def load(home: Home) -> Notes:
    """Raises Problem when there is no town under `home`."""
    path = notes_path(home)
    if not path.exists():
        raise Problem("town.none", "there is no town here", where=str(path), mend="run `mingbai demo`", status=404)
    return Notes(**json.loads(path.read_text("utf-8")))


@lru_cache(maxsize=2)
def town_of(seed: int, people: int) -> Town:
    """The town again, from its seed."""
    return make(seed, people)


def daytime_offset(now_s: int, last_s: int = 0) -> int:
    """Seconds to add to the clock so that a town opened at night lives through a working day.

    Zero between 9:30 and 17:00 Beijing time: then the town's time is the real one. A town that was open before goes on
    from `last_s`, its own time then, or from the next morning: its time never runs backwards.
    """
    begin = now_s if _working(now_s) else _morning_after(now_s)
    if begin < last_s:
        begin = last_s if _working(last_s) else _morning_after(last_s)
    return begin - now_s


def _working(at_s: int) -> bool:
    return _OPENS <= (at_s + _LOCAL_S) // 60 % 1440 < _CLOSES


def _morning_after(at_s: int) -> int:
    """The next ten o'clock."""
    return (at_s + _LOCAL_S - _TEN_S) // _DAY_S * _DAY_S + _DAY_S - _LOCAL_S + _TEN_S


def set_clock() -> None:
    """Let this process live in the town's time, which MINGBAI_TOWN_OFFSET tells in seconds (none: real time)."""
    offset = int(os.environ.get("MINGBAI_TOWN_OFFSET", "0")) * 1_000_000_000
    if offset:
        clock.set_source(clock.shifted(offset))
