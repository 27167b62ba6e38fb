"""One attempt by its verdict id, wherever it lies: found by its place, without reading anything else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from mingbai.calls import actions, queries, segments
from mingbai.gate import journal
from mingbai.gate.decide import Code
from mingbai.kernel import clock
from mingbai.kernel.home import Home
from mingbai.kernel.msisdn import Kind
from mingbai.kernel.terms import USES, Decision, Use

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Iterator[Home]:
    yield settings.HOME
    for folder in (settings.HOME.journal, settings.HOME.lake):
        shutil.rmtree(folder, ignore_errors=True)
    for key in settings.HOME.keys.glob("calls-*"):
        key.unlink()


def record(**more: int) -> tuple[int, ...]:
    known = journal.Record(
        at_us=clock.now_us(), caller=8695533, callee=8613812345678, consent=7, position=5, trunk=1, resource=2,
        holder=3, principal=4, age_ms=12, code=int(Code.CONSENT_MISSING), sip=608, purpose=journal.NO_PURPOSE,
        use=USES.index(Use.MARKETING), mode=0, decision=int(Decision.REFUSE), caller_kind=int(Kind.FIRM_95),
        callee_kind=int(Kind.MOBILE),
    )  # fmt: skip
    return tuple(known._replace(**more))


def test_it_is_the_same_in_an_open_segment_a_closed_one_and_the_lake(home: Home) -> None:
    writer = journal.Writer(home.journal, capacity=1024)
    rows = [writer.append(record(consent=place)) for place in range(5)]
    ident = journal.receipt_id(writer.segment, rows[3])
    at_once = queries.attempt(ident)
    assert at_once is not None
    assert (at_once.consent, at_once.sip, at_once.age_ms, at_once.caller) == (3, 608, 12, "8695533")
    (closed,) = writer.close()
    assert queries.attempt(ident) == at_once
    actions.store_segment(home, closed)
    both = queries.attempt(ident)
    closed.unlink()
    later = queries.attempt(ident)
    assert later is not None
    assert later == both
    assert later.entry is not None
    assert replace(later, entry=None) == at_once


def test_nothing_but_its_own_record_is_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = journal.Writer(home.journal, capacity=65_536)
    rows = [writer.append(record()) for _ in range(3)]

    def never(*_args: Any, **_more: Any) -> None:
        raise AssertionError("a whole segment was read")

    monkeypatch.setattr(segments, "read", never)
    assert queries.attempt(journal.receipt_id(writer.segment, rows[2])) is not None
    assert queries.attempt(journal.receipt_id(writer.segment, 3)) is None  # not written yet
    writer.close()


@pytest.mark.parametrize("ident", ["", "-", "x-1", "../../keys/vault-0", "0" * 32 + "-0", "0" * 32 + "--1", "0" * 32])
def test_what_is_no_verdict_is_found_nowhere(home: Home, ident: str) -> None:
    assert queries.attempt(ident) is None


def test_a_torn_record_is_none(home: Home) -> None:
    writer = journal.Writer(home.journal, capacity=1024)
    ident = journal.receipt_id(writer.segment, writer.append(record()))
    (closed,) = writer.close()
    data = bytearray(closed.read_bytes())
    data[journal.HEADER + 8] ^= 1
    closed.write_bytes(data)
    assert queries.attempt(ident) is None
    assert queries.attempt(f"{closed.stem}-9999999") is None
