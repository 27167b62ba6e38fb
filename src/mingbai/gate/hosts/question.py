"""The question as msgspec reads it; `wire` says what is wrong with one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from mingbai.kernel.terms import Use


class Question(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """The body of POST /gate/v1/decide, and one line of a batch."""

    caller: str
    callee: str
    mode: Literal["attempt", "ask"]
    at: datetime | None = None
    purpose: Use | None = None
    trunk: str = ""
    verstat: str = ""
    budget_ms: int = 0


decode_question = msgspec.json.Decoder(Question).decode
