"""The first story: with consent a call rings, without it never, after “stop” no more; each with its receipt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mingbai.calls import queries as calls
from mingbai.consent import actions as consent
from mingbai.gate import feed
from mingbai.gate.feed import segments
from mingbai.kernel import msisdn
from mingbai.kernel.home import Home
from mingbai.ledger import order
from mingbai.ledger import queries as ledger
from mingbai.notices import actions as notices
from mingbai.numbers import actions as numbers
from mingbai.people import actions as people

pytestmark = pytest.mark.django_db(transaction=True)
VERIFY = Path(__file__).parents[2] / "scripts" / "mingbai-verify"
PERSON, STRANGER, FRIEND = "13800000001", "13800000002", "13900000003"
FIRM_LINE, OTHER_LINE = "95200011", "95100011"


class Cast(NamedTuple):
    """Who takes part: ids, and the exchange's key."""

    firm: int
    subscriber: int
    stranger: int
    key: str


@pytest.fixture
def cast(house: Home) -> Cast:
    """A firm that two call centres call for, two people, one exchange."""
    operator = people.create_organisation(name="青山通信", kind="operator")
    firm = people.create_organisation(name="松风保险", kind="enterprise", industry="insurance")
    centres = [people.create_organisation(name=name, kind="call_centre") for name in ("正道呼叫", "飞讯外呼")]
    for number, centre, trunk in zip((FIRM_LINE, OTHER_LINE), centres, ("centre-a", "centre-b"), strict=True):
        line = msisdn.require(number)
        numbers.register_number(
            first=line,
            last=line,
            holder=centre,
            principal=firm,
            use="marketing",
            industry="insurance",
            trunks=[numbers.create_trunk(trunk, operator)],
        )
    numbers.create_trunk("mobile", operator)
    ids = [people.ensure_subscriber(msisdn.require(number)) for number in (PERSON, STRANGER)]
    _, key = people.create_api_key(organisation=operator, name="交换机", scopes=["decide"])
    return Cast(firm, *ids, key)


def _agree(cast: Cast) -> None:
    consent.give(subscriber=cast.subscriber, principal=cast.firm, purpose="marketing", how="web", reference="page-1")


def _enforced(home: Home) -> None:
    """What the work loop does all the time: order, then facts."""
    while order.integrate():
        pass
    feed.catch_up(home)


def _verified(receipt: str, folder: Path) -> str:
    """What the stand-alone script says of a receipt, with nothing but the vkey."""
    path = folder / "receipt.tlog-proof"
    path.write_text(receipt, "utf-8")
    done = subprocess.run(
        [sys.executable, VERIFY, path, "--vkey", ledger.vkey(), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin"},
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _call(gate: Any, cast: Cast, caller: str, callee: str, trunk: str) -> dict[str, Any]:
    line = gate.line(cast.key)
    try:
        answer: dict[str, Any] = line.call(caller, callee, trunk)
    finally:
        line.close()
    return answer


@pytest.fixture
def gate(cast: Cast, house: Home, open_gate: Callable[..., Any]) -> Any:
    """The house's gate. Marketing hours are the whole day: the suite may run at night."""
    text = house.profile.read_text("utf-8")
    assert '"09:00-21:00"' in text
    house.profile.write_text(text.replace('"09:00-21:00"', '"00:00-24:00"'), "utf-8")
    _enforced(house)
    return open_gate()


def _entry_of(cast: Cast, kind: str) -> int:
    """The latest entry of a kind about the subscriber."""
    found = [entry.id for entry in ledger.of_subject(f"subscriber:{cast.subscriber}") if entry.kind == kind]
    return found[-1]


def _holds_offline(entry: int, folder: Path) -> str:
    receipt = ledger.receipt(entry)
    assert receipt
    return _verified(receipt, folder)


def _attempts_hold_offline(gate: Any, subscriber: int, home: Home, folder: Path, rules: list[str]) -> None:
    """Rung or not, the subscriber sees each attempt and why; each has a receipt that holds."""
    seen = calls.attempts_to(subscriber)
    assert [attempt.rule for attempt in reversed(seen)] == rules
    gate.stop()  # closes the journal's segment, as a minute's passing does
    while segments.collect(home):
        pass
    _enforced(home)
    for attempt in calls.attempts_to(subscriber):
        receipt = calls.attempt_receipt(attempt.receipt_id)
        assert receipt
        assert "gate.segment" in _verified(receipt, folder)
    assert [attempt.rule for attempt in reversed(calls.attempts_to(subscriber))] == rules


def test_a_call_with_consent_rings(gate: Any, cast: Cast, house: Home, tmp_path: Path) -> None:
    _agree(cast)
    _enforced(house)
    verdict = _call(gate, cast, FIRM_LINE, PERSON, "centre-a")
    assert (verdict["decision"], verdict["rule"]) == ("label", "labelled")
    assert verdict["label"] == "松风保险 营销电话"
    assert verdict["consent"]
    assert "consent.given" in _holds_offline(_entry_of(cast, "consent.given"), tmp_path)
    _attempts_hold_offline(gate, cast.subscriber, house, tmp_path, ["labelled"])


def test_a_call_without_consent_never_rings(gate: Any, cast: Cast, house: Home, tmp_path: Path) -> None:
    _agree(cast)
    _enforced(house)
    for line, trunk in ((FIRM_LINE, "centre-a"), (OTHER_LINE, "centre-b")):
        verdict = _call(gate, cast, line, STRANGER, trunk)
        assert (verdict["decision"], verdict["rule"]) == ("refuse", "consent.missing")
        assert verdict["sip"]["code"] == 608
    assert _call(gate, cast, FRIEND, STRANGER, "mobile")["decision"] == "allow"
    _attempts_hold_offline(gate, cast.stranger, house, tmp_path, ["consent.missing", "consent.missing", "passed"])


def test_after_stop_the_firm_rings_no_more(gate: Any, cast: Cast, house: Home, tmp_path: Path) -> None:
    _agree(cast)
    _enforced(house)
    assert _call(gate, cast, FIRM_LINE, PERSON, "centre-a")["decision"] == "label"

    text = "【松风保险】感谢接听。不想再接到我们的营销电话，回复 T 即可。"
    notices.send(subscriber=cast.subscriber, template="after_call", text=text, context=f"principal:{cast.firm}")
    assert notices.receive(subscriber=cast.subscriber, text="T") == "consent.stop"
    _enforced(house)

    for line, trunk in ((OTHER_LINE, "centre-b"), (FIRM_LINE, "centre-a")):
        verdict = _call(gate, cast, line, PERSON, trunk)
        assert (verdict["decision"], verdict["rule"]) == ("refuse", "callee.refused"), line
        assert verdict["sip"]["code"] == 607
    assert _call(gate, cast, FRIEND, PERSON, "mobile")["decision"] == "allow"
    assert "consent.refused" in _holds_offline(_entry_of(cast, "consent.refused"), tmp_path)
    rules = ["labelled", "callee.refused", "callee.refused", "passed"]
    _attempts_hold_offline(gate, cast.subscriber, house, tmp_path, rules)
