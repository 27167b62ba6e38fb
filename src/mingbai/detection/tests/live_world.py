"""A house whose gate writes a journal that detection follows: the tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django

from mingbai.calls import actions as calls
from mingbai.detection.hourly import Live
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.msisdn import parse
from mingbai.kernel.terms import USES, Decision, Use

SELLER, COURIER, WALKER = "02160876100", "13900009999", "13900001111"


def phone(n: int) -> str:
    """The n-th person's number."""
    return str(13_800_000_000 + n)


class Street:
    """Who calls whom, as a gate's worker writes it."""

    def __init__(self, writer: journal.Writer, now: datetime | None = None) -> None:
        self.writer, self.now, self.stored = writer, now or clock.now(), False

    def store(self) -> None:
        """All of it goes to the lake, as the work loop does."""
        self.stored = True
        for path in self.writer.close():
            calls.store_segment(django.HOME, path)
            path.unlink()

    def call(self, caller: str, callee: str, *, ago_s: float = 60.0, **more: Any) -> None:
        at = self.now - timedelta(seconds=ago_s)
        one, other = parse(caller), parse(callee)
        known = journal.Record(
            at_us=int(at.timestamp() * 1e6), caller=int(one.digits), callee=int(other.digits), consent=0, position=0,
            trunk=1, resource=0, holder=0, principal=0, age_ms=1, code=int(Code.PASSED), sip=302,
            purpose=journal.NO_PURPOSE, use=USES.index(Use.PERSONAL), mode=0, decision=int(Decision.ALLOW),
            caller_kind=int(one.kind), callee_kind=int(other.kind),
        )  # fmt: skip
        self.writer.append(tuple(known._replace(**more)))

    def sells(self, people: range, *, caller: str = SELLER, begin_s: float = 7_000.0, every_s: float = 20.0) -> None:
        """One after the other, each person once."""
        for place, person in enumerate(people):
            self.call(caller, phone(person), ago_s=begin_s - every_s * place)


@contextmanager
def street(now: datetime | None = None) -> Iterator[Street]:
    """Calls are made before `now`; afterwards there were none."""
    writer = journal.Writer(django.HOME.journal)
    made = Street(writer, now)
    try:
        yield made
    finally:
        if not made.stored:
            writer.close()
        for place in (django.HOME.journal, django.HOME.lake):
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def following() -> Iterator[Live]:
    live = Live(django.HOME, threads=2, memory_gb=1)
    try:
        yield live
    finally:
        live.close()
