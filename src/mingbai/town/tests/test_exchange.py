"""Calls go over SIP while a proxy answers and over HTTP while none does, and both are held against the truth."""

from __future__ import annotations

from typing import Any

import pytest

from mingbai.kernel import clock, profile
from mingbai.town.exchange import Exchange, codes_of
from mingbai.town.line import Line
from mingbai.town.sip_line import T1_S
from mingbai.town.tests.test_sip_line import Proxy, answer
from mingbai.town.traffic import Score
from mingbai.town.truth import RULES, Kind, Planned

CALL = ("95200011", "13800000001", "centre-a")


class Http(Line):
    """A line that is always answered."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1:1", "")

    def call(self, caller: str, callee: str, trunk: str, *, at: str | None = None) -> dict[str, Any]:
        return {"decision": "allow", "rule": "passed"}


def _refuse(message: str, _: int) -> list[str]:
    if message.startswith("OPTIONS"):
        return [answer(message, "200 OK")]
    return [answer(message, "607 Unwanted")] if message.startswith("INVITE") else []


def test_sip_is_taken_while_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert T1_S < 1
    now = [100.0]
    gate = Proxy(_refuse)
    exchange = Exchange(Http(), gate.address)
    assert (exchange.call(*CALL)["over"], exchange.call(*CALL)["sip"]["code"]) == ("sip", 607)
    gate.close()
    assert exchange.call(*CALL) == {"decision": "allow", "rule": "passed", "over": "http"}
    monkeypatch.setattr(clock, "monotonic", lambda: now[0])
    exchange._ask_at = 101.0
    assert exchange.call(*CALL)["over"] == "http", "a proxy that is gone is not asked for at each call"
    monkeypatch.undo()
    exchange.close()


def test_without_an_address_everything_goes_over_http() -> None:
    exchange = Exchange(Http(), "")
    assert exchange.call(*CALL)["over"] == "http"
    exchange.close()


@pytest.mark.parametrize("name", profile.NAMES)
def test_every_kind_of_call_has_a_code_that_is_right_and_one_that_is_not(name: str) -> None:
    codes = codes_of(profile.parse(profile.packaged(name), name))
    due = {
        **dict.fromkeys(Kind, 302),
        **dict.fromkeys((Kind.UNASKED, Kind.NIGHT), 608),
        **dict.fromkeys((Kind.AFTER_REFUSAL, Kind.BLOCKED, Kind.OPTED_OUT), 607),
        **dict.fromkeys((Kind.WRONG_TRUNK, Kind.SUSPENDED, Kind.PUT_OUT, Kind.ACCUSED, Kind.SPOOFED), 403),
        Kind.UNALLOCATED: 403,
    }
    score = Score()
    for kind, rules in RULES.items():
        call = Planned(0, *CALL, kind, rules, 1)
        assert score.add(call, {"decision": "allow", "sip": {"code": due[kind]}, "over": "sip"}, codes), kind
        assert not score.add(call, {"decision": "allow", "sip": {"code": 500}, "over": "sip"}, codes), kind
    assert score.over_sip == score.calls == 2 * len(RULES)
    assert score.other == {f"{kind.value}: SIP 500": 1 for kind in RULES}
