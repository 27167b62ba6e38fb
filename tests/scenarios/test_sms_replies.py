"""Ten thousand replies: none but the listed forms does anything.

What stands here as a listed form is written anew from docs/consent.md and docs/messages.md, not taken from the code.
"""

from __future__ import annotations

import random
import re

import pytest

from mingbai.kernel import msisdn
from mingbai.notices import inbox
from mingbai.people import actions as people

COUNT = 10_000
STOP = {"T", "TD", "退订", "拒收", "STOP"}
STOP_ALL = {"TT", "全部退订", "STOP ALL"}
NEVER = {"N", "从未同意", "未同意", "没同意", "NEVER"}
CHOICE = re.compile(r"(T|TD)\s*[0-9]{1,2}")
AGREE = re.compile(r"(同意|AGREE)\s*[1-9][0-9]{0,3}")
LOOKALIKES = (
    *"Y是好不别要?？！。,012９Ｔｔtn吗谁😀👌请é'\"\\٣²①Ⅰ𝐓",  # and letters of other alphabets that look like ours
    *("\u0442", "\u03a4", "\uff2e", "td", "tt", "stop", "T恤", "TT群", "回复", ";--", "{0}", "%s", "<b>"),
)
BLANKS = (" ", "\u3000", "\n", "\u200b", "\ufeff", "\u202e", "\u00a0")
PIECES = [*STOP, *STOP_ALL, *NEVER, "同意", "AGREE", *LOOKALIKES, *BLANKS]
OURS = ("consent", "notices")  # other rooms have words of their own, and tests of their own


def listed(text: str) -> bool:
    """Whether a reply is a form that people were told of; full width, case and spaces around do not matter."""
    narrow = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in text.replace("\u3000", " "))
    form = narrow.strip().upper()
    return form in STOP | STOP_ALL | NEVER or bool(CHOICE.fullmatch(form) or AGREE.fullmatch(form))


def replies() -> list[str]:
    """Pieces of the listed forms and of what looks like them, put together by chance; a fixed seed."""
    chance = random.Random(20261122)
    made = ["".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4))) for _ in range(COUNT * 3 // 4)]
    made += ["".join(chr(chance.choice((chance.randint(32, 126), chance.randint(0x4E00, 0x9FFF)))) for _ in range(
        chance.randint(0, 12))) for _ in range(COUNT // 4)]  # fmt: skip
    return made


def acts(subscriber: int, text: str) -> bool:
    found = inbox.find(subscriber, text)
    return found is not None and found[0].partition(".")[0] in OURS


@pytest.mark.django_db
def test_none_but_the_listed_forms_finds_a_handler() -> None:
    one = people.ensure_subscriber(msisdn.require("13812345678"))
    said = replies()
    assert len(said) == COUNT
    assert [text for text in set(said) if acts(one, text) != listed(text)] == []
    # Both happen, so that the test can fail either way.
    hits = sum(map(listed, set(said)))
    assert 50 < hits < len(set(said)) / 2
