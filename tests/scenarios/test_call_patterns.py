"""How somebody calls is counted alike from the journal, from the lake, and from both."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from mingbai.calls import queries as calls
from mingbai.calls.queries import Limits, Target
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.gate.feed import segments
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use

pytestmark = pytest.mark.django_db
ROGUE, OTHER = 862160876100, 864008109889
HOUR = 3_600_000_000


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    for folder in (settings.HOME.journal, settings.HOME.lake):
        shutil.rmtree(folder, ignore_errors=True)


def write(home: Home, rows: list[tuple[int, int, int, Decision, Code, int]]) -> None:
    """(hours ago, caller, n-th callee, decision, code, consent) as one segment."""
    writer = journal.Writer(home.journal, capacity=256)
    now = clock.now_us()
    for ago, caller, callee, decision, code, consent in rows:
        firm = 7 if caller == ROGUE else 8
        record = journal.Record(
            at_us=now - ago * HOUR, caller=caller, callee=8613800000000 + callee, consent=consent, position=0, trunk=1,
            resource=1, holder=firm, principal=9, age_ms=1, code=int(code), sip=302, purpose=journal.NO_PURPOSE,
            use=USES.index(Use.MARKETING), mode=0, decision=int(decision), caller_kind=int(Kind.FIXED),
            callee_kind=int(Kind.MOBILE),
        )  # fmt: skip
        writer.append(tuple(record))
    writer.close()


RANG, LABEL = (Decision.ALLOW, Code.PASSED, 0), (Decision.LABEL, Code.LABELLED, 5)
REFUSED, WITHOUT = (Decision.REFUSE, Code.CALLEE_REFUSED, 4), (Decision.REFUSE, Code.CONSENT_MISSING, 0)
FIRST = [(30, ROGUE, 1, *RANG), (30, ROGUE, 2, *LABEL), (30, ROGUE, 3, *REFUSED), (29, OTHER, 1, *RANG)]
SECOND = [(5, ROGUE, 1, *LABEL), (5, ROGUE, 4, *RANG), (5, ROGUE, 5, *WITHOUT), (4, OTHER, 6, *RANG)]


def seen(target: Target, callees: tuple[str, ...] = ()) -> tuple[object, ...]:
    found = calls.pattern(target, 30, callees=callees)
    told = (found.calls, found.rang, found.agreed, found.after_refusal, found.without_consent, found.people)
    return (*told, found.most_a_person, found.most_an_hour, sum(found.clock), sorted(found.days))


def all_of_it() -> list[object]:
    return [
        seen(Target(number=str(ROGUE))), seen(Target(holder=7)), seen(Target(principal=9)), seen(Target(firm=8)),
        seen(Target(number=str(ROGUE)), ("8613800000001",)), seen(Target(number="8613900000000")),
        calls.beyond(Target(number=str(ROGUE)), 30, Limits(1, 0)),
        calls.beyond(Target(number=str(ROGUE)), 30, Limits(0, 1)),
    ]  # fmt: skip


def test_journal_and_lake_count_alike(home: Home) -> None:
    noon = datetime(2026, 11, 20, 12, 30, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    with clock.at(noon):
        write(home, FIRST)
        write(home, SECOND)
        plain = all_of_it()
        days = ["2026-11-19", "2026-11-20"]
        assert plain[0] == (6, 4, 2, 1, 1, 3, 1 + 1, 3, 6, days)
        assert plain[1] == plain[0]
        assert plain[2][0] == 8  # type: ignore[index]  # a tuple
        assert plain[3][:2] == (2, 2)  # type: ignore[index]  # a tuple
        assert plain[4][:6] == (2, 2, 1, 0, 0, 1)  # type: ignore[index]  # a tuple
        assert plain[5][:2] == (0, 0)  # type: ignore[index]  # a tuple
        assert plain[6:] == [2, 2]
        while segments.collect(home):
            pass
        assert [count[:6] if isinstance(count, tuple) else count for count in all_of_it()] == [
            count[:6] if isinstance(count, tuple) else count for count in plain
        ]
        assert all_of_it() == plain
        write(home, [(1, ROGUE, 1, *RANG), (1, ROGUE, 9, *RANG)])
        assert seen(Target(number=str(ROGUE)))[:6] == (8, 6, 2, 1, 1, 4)  # one of them was rung before
