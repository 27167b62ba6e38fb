"""SIPp, which nobody here wrote, agrees: each verdict and each method, over UDP and TCP; retransmissions."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.sip import sipp
from tests.sip.conftest import (
    AGREED,
    BANK_NUMBER,
    CLAIMING,
    LIMITED_NUMBER,
    REFUSING,
    SERVICE_NUMBER,
    SHUT_NUMBER,
    SILENT,
    House,
)
from tests.sip.harness import journalled

from mingbai.gate.decide import Code

pytestmark = pytest.mark.sip

VERDICTS = {
    "passed": ("13800000001", AGREED, 302, f"Contact: &lt;sip:{AGREED}@127.0.0.1:5080&gt;"),
    "labelled": (BANK_NUMBER, AGREED, 302, f"Contact: &lt;sip:{AGREED}@127.0.0.1:5080[?]P-Asserted-Identity="),
    "claimed": (BANK_NUMBER, CLAIMING, 302, "Contact: "),
    "service": (SERVICE_NUMBER, SILENT, 302, "Contact: "),
    "refused": (BANK_NUMBER, REFUSING, 607, "SIP/2.0 607 Unwanted"),
    "unconsented": (BANK_NUMBER, SILENT, 608, "SIP/2.0 608 Rejected"),
    "suspended": (SHUT_NUMBER, SILENT, 403, "SIP/2.0 403 Number Not In Service"),
    "malformed": ("nobody", SILENT, 403, "SIP/2.0 403 Caller Number Not Allowed"),
    "spoofed": ("110", SILENT, 403, "SIP/2.0 403"),
    "emergency": (BANK_NUMBER, "110", 302, "Contact: &lt;sip:110@127.0.0.1:5080&gt;"),
}


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict(house: House, tmp_path: Path, verdict: str, tcp: bool) -> None:
    caller, callee, code, holds = VERDICTS[verdict]
    names = {"caller": caller, "callee": callee}
    steps = sipp.send(sipp.INVITE, **names) + sipp.receive(code, holds=holds) + sipp.send(sipp.ACK, **names)
    sipp.run(tmp_path, house.proxy.port, steps, tcp=tcp)


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize(("method", "code"), [("OPTIONS", 200), ("REGISTER", 405), ("MESSAGE", 405), ("BYE", 405)])
def test_each_method(house: House, tmp_path: Path, method: str, code: int, tcp: bool) -> None:
    steps = sipp.send(sipp.OTHER, method=method, caller="13800000001", callee=AGREED)
    sipp.run(tmp_path, house.proxy.port, steps + sipp.receive(code, holds="Allow: INVITE, ACK"), tcp=tcp)


def test_a_retransmission_gets_the_same_answer_and_leaves_one_record(house: House, tmp_path: Path) -> None:
    before = len(journalled(house.home))
    invite = sipp.send(sipp.INVITE, caller=SERVICE_NUMBER, callee=SILENT, branch="z9hG4bK-again-[call_number]")
    steps = (invite + sipp.receive(302, holds="Contact: .*call-reason")) * 4
    sipp.run(tmp_path, house.proxy.port, steps, calls=25, rate=100)
    assert len(journalled(house.home)) == before + 25


def test_a_retransmission_is_counted_once(house: House, tmp_path: Path) -> None:
    """The number may call twice an hour: three copies of each call are one call."""
    steps = ""
    for call, code in enumerate((302, 302, 608)):
        branch = f"z9hG4bK-limited-{call}-[call_id]"
        invite = sipp.send(sipp.INVITE, caller=LIMITED_NUMBER, callee=SILENT, branch=branch)
        steps += (invite + sipp.receive(code)) * 3
    sipp.run(tmp_path, house.proxy.port, steps)
    codes = [one.code for one in journalled(house.home) if one.caller == int("86" + LIMITED_NUMBER)]
    assert sorted(codes) == [Code.LIMIT_NUMBER, Code.LABELLED, Code.LABELLED]
