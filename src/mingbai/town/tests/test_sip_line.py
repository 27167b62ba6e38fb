"""The town's exchange speaks SIP as RFC 3261 wants it, and reads the label just as it came."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingbai.gate.hosts.sip.spelling import shown, spell
from mingbai.town import sip_line
from mingbai.town.sip_line import Final, SipLine, label_of

Answerer = Callable[[str, int], list[str]]


class Proxy:
    """A UDP socket that answers each message as told, and remembers all of them."""

    def __init__(self, answer: Answerer) -> None:
        self.seen: list[str] = []
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "{}:{}".format(*self._socket.getsockname())
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(65_535)
            if data == b"end":
                return
            self.seen.append(data.decode())
            for text in self._answer(self.seen[-1], len(self.seen)):
                self._socket.sendto(text.encode(), sender)

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            host, _, port = self.address.partition(":")
            last.sendto(b"end", (host, int(port)))
        self._thread.join(10)
        self._socket.close()


@contextmanager
def proxy(answer: Answerer) -> Iterator[tuple[Proxy, SipLine]]:
    made = Proxy(answer)
    line = SipLine(made.address)
    try:
        yield made, line
    finally:
        line.close()
        made.close()


def header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: (.*)\r$", message, re.MULTILINE)
    assert found, name
    return found[1]


def answer(message: str, first: str, *more: str) -> str:
    """A response to a request, as 8.2.6 makes one."""
    same = [f"{name}: {header(message, name)}" for name in ("Via", "From", "Call-ID", "CSeq")]
    lines = [f"SIP/2.0 {first}", *same, f"To: {header(message, 'To')};tag=gate", *more, "Content-Length: 0"]
    return "\r\n".join(lines) + "\r\n\r\n"


def test_a_call_goes_out_as_an_exchange_sends_it_and_a_refusal_is_acknowledged() -> None:
    def refuse(message: str, _: int) -> list[str]:
        return [answer(message, "607 Unwanted")] if message.startswith("INVITE") else []

    with proxy(refuse) as (gate, line):
        told = line.call("95200011", "13800000001", "centre-a")
        line.call("95200011", "13800000001", "centre-a")
    invite, ack = gate.seen[:2]
    assert told == {"decision": "refuse", "sip": {"code": 607, "reason": "Unwanted"}}
    assert invite.startswith(f"INVITE sip:13800000001@{gate.address};user=phone SIP/2.0\r\n")
    assert invite.endswith("\r\nContent-Length: 0\r\n\r\n")
    assert header(invite, "P-Asserted-Identity").startswith("<sip:95200011@")
    assert header(invite, "X-Trunk") == "centre-a"
    assert header(invite, "Feature-Caps") == "*;+sip.608"
    assert header(invite, "Max-Forwards") == "70"
    assert ack.startswith(f"ACK sip:13800000001@{gate.address};user=phone SIP/2.0\r\n")
    for name in ("Via", "From", "Call-ID"):
        assert header(ack, name) == header(invite, name), name
    assert header(ack, "To") == f"{header(invite, 'To')};tag=gate"
    assert header(ack, "CSeq") == "1 ACK"
    second = gate.seen[2]
    assert header(second, "Via") != header(invite, "Via")
    assert header(second, "Call-ID") != header(invite, "Call-ID")


def test_a_silent_proxy_is_asked_again_and_a_provisional_answer_ends_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_line, "T1_S", 0.02)

    def late(message: str, count: int) -> list[str]:
        if message.startswith("ACK") or count < 3:
            return []
        return [answer(message, "100 Trying"), answer(message, "403 Number Not In Service")]

    with proxy(late) as (gate, line):
        assert line.call("95100099", "13800000001", "centre-b")["sip"]["code"] == 403
    assert gate.seen[0] == gate.seen[1] == gate.seen[2]
    assert gate.seen[3].startswith("ACK")


def test_nothing_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sip_line, "_WAIT_S", 0.2)
    with proxy(lambda *_: []) as (_, line), pytest.raises(OSError, match="no SIP proxy answers"):
        line.call("13800000001", "13800000002", "mobile")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]
    gone = SipLine(f"127.0.0.1:{port}")
    assert not gone.answers()
    with pytest.raises(OSError):  # noqa: PT011  # refused by the kernel, or silence
        gone.call("13800000001", "13800000002", "mobile")
    gone.close()


def test_an_answer_to_another_call_is_not_ours() -> None:
    def confused(message: str, _: int) -> list[str]:
        if not message.startswith("INVITE"):
            return []
        other = re.sub(r"branch=z9hG4bK\w+", "branch=z9hG4bKother", answer(message, "607 Unwanted"))
        return ["", "no SIP", "SIP/2.0 xxx", other, answer(message, "302 Moved", "m: <sip:1@127.0.0.1>")]

    with proxy(confused) as (_, line):
        assert line.call("13800000001", "13800000002", "mobile")["decision"] == "allow"


def test_health_is_asked_by_options() -> None:
    with proxy(lambda message, _: [answer(message, "200 OK")]) as (gate, line):
        assert line.answers()
    assert gate.seen[0].startswith(f"OPTIONS sip:{gate.address} SIP/2.0\r\n")
    assert len(gate.seen) == 1


def test_the_cards_address_leads_to_the_record() -> None:
    receipt = "0198c0aa00007000800000000000abcd-311"

    def card(message: str, _: int) -> list[str]:
        where = f"Call-Info: <http://127.0.0.1:8000/redress/{receipt}.jws>;purpose=jwscard"
        return [answer(message, "608 Rejected", where)] if message.startswith("INVITE") else []

    with proxy(card) as (_, line):
        assert line.call("95100061", "13800000001", "centre-b")["receipt_id"] == receipt


TEXTS = ["松风保险 营销电话", "骚扰电话 32人举报", 'a "quoted" \\ label', "100% + a=b&c;d", "<sip:x@y>?z"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_label_is_read_as_it_was_written(text: str) -> None:
    _reads(text)


@given(st.text(max_size=60))
def test_any_label_is_read_as_it_was_written(text: str) -> None:
    _reads(text)


def _reads(text: str) -> None:
    label, wanted = spell(text), shown(text)
    uri = f"sip:13800000001@127.0.0.1:5080?P-Asserted-Identity={label.name}%20%3Csip%3A%2B8695200011%40127.0.0.1%3E"
    for headers in (
        {"contact": f"<{uri}>"},
        {"contact": f"<{uri}&Call-Info={label.info}>;q=1"},
        {"contact": f"<sip:13800000001@127.0.0.1:5080?Call-Info={label.info}>"},
        {"contact": "<sip:13800000001@127.0.0.1>", "p-asserted-identity": f"{label.quoted} <sip:+8695200011@x>"},
    ):
        assert label_of(Final(302, "Moved Temporarily", headers)) == wanted
    assert label_of(Final(302, "Moved Temporarily", {"contact": "<sip:13800000001@127.0.0.1:5080>"})) == ""
    assert label_of(Final(607, "Unwanted", {"contact": f"<{uri}>"})) == ""
