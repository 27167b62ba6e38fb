"""A house in which people are called and report it: the tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from mingbai.cases import actions
from mingbai.cases.actions import Filed, Said
from mingbai.cases.models import Report, Reported
from mingbai.cases.queries import whose
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.msisdn import Kind, parse
from mingbai.kernel.terms import USES, Decision, Use
from mingbai.people import actions as people

ROGUE = "02160876100"
FIRST = 13800000000


def phone(n: int) -> str:
    """The n-th person's number."""
    return str(FIRST + n)


@dataclass
class World:
    """Calls are written to a journal; a new world's records begin long ago, unless `begins` says otherwise."""

    writer: journal.Writer
    made: list[Filed] = field(default_factory=list)

    def call(self, caller: str, callee: str, *, ago: timedelta = timedelta(hours=1), **more: Any) -> str:
        """A call that rang so long ago; its receipt id."""
        at = clock.now() - ago
        known = journal.Record(
            at_us=int(at.timestamp() * 1e6), caller=int(parse(caller).digits), callee=int(parse(callee).digits),
            consent=0, position=0, trunk=1, resource=0, holder=0, principal=0, age_ms=1, code=int(Code.PASSED), sip=302,
            purpose=journal.NO_PURPOSE, use=USES.index(Use.PERSONAL), mode=0, decision=int(Decision.ALLOW),
            caller_kind=int(Kind.FIXED), callee_kind=int(Kind.MOBILE),
        )  # fmt: skip
        return journal.receipt_id(self.writer.segment, self.writer.append(tuple(known._replace(**more))))

    def report(self, reporter: str | None, number: str = ROGUE, **more: Any) -> Filed:
        """Somebody reports a number."""
        known: dict[str, Any] = {"source": "web", "kind": "marketing", "verified": True, **more}
        who = people.ensure_subscriber(parse(reporter)) if reporter else None
        filed = actions.report(Said(number=parse(number), reporter=who, **known))
        self.made.append(filed)
        return filed

    def called_and_reported(self, *people: int, number: str = ROGUE, **more: Any) -> list[Filed]:
        """Each of these is called by the number and reports it."""
        found = []
        for n in people:
            self.call(number, phone(n))
            found.append(self.report(phone(n), number, **more))
        return found


def settle() -> None:
    """What the work loop does until nothing is left."""
    while actions.triage() or actions.count_stale():
        pass


def row(filed: Filed) -> Report:
    """The report as it stands."""
    return Report.objects.get(id=filed.id)


def weighed(number: str = ROGUE) -> tuple[int, int]:
    """How many people a number's standing reports speak for, and their weight."""
    digits = parse(number).digits
    found = [(one.people, one.weight) for one in Reported.objects.all() if _is(one, digits)]
    return max(found, default=(0, 0))


def _is(one: Reported, digits: str) -> bool:
    number = whose.number_of(one)
    return number is not None and number.digits == digits


@contextmanager
def world(*, begins: timedelta = timedelta(days=400)) -> Iterator[World]:
    """Records that begin with a call between two strangers."""
    writer = journal.Writer(settings.HOME.journal, capacity=4096)
    made = World(writer)
    made.call("13911110001", "13911110002", ago=begins)
    try:
        yield made
    finally:
        writer.close()
        shutil.rmtree(settings.HOME.journal, ignore_errors=True)


def at(text: str) -> datetime:
    """A moment in Shanghai: “2026-11-23 10:00”."""
    return datetime.fromisoformat(f"{text}+08:00")
